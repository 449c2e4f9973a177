//! Tells the crate which PHP it is built against, so that version differences stay behind cfgs in `src/zend/`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for minor in 1..=5 {
        println!("cargo:rustc-check-cfg=cfg(php8{minor})");
    }
    println!("cargo:rustc-check-cfg=cfg(php_debug)");
    if std::env::var_os("CARGO_FEATURE_PHP").is_none() {
        return;
    }
    println!("cargo:rerun-if-env-changed=PHP_CONFIG");
    let config = std::env::var("PHP_CONFIG").unwrap_or_else(|_| "php-config".into());
    let ask = |what: &str| {
        let output = std::process::Command::new(&config).arg(what).output();
        let output = output
            .unwrap_or_else(|e| panic!("{config} does not run ({e}); `make setup` installs PHP's headers"));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let vernum: u32 = ask("--vernum").parse().expect("php-config --vernum prints a number");
    // php81 .. php85 each mean "this minor version or newer".
    for minor in 1..=5 {
        if vernum >= 80_000 + minor * 100 {
            println!("cargo:rustc-cfg=php8{minor}");
        }
    }
    // Where the engine's allocator wants to know who calls it.
    if ask("--configure-options").split_whitespace().any(|option| option == "--enable-debug") {
        println!("cargo:rustc-cfg=php_debug");
    }
}
