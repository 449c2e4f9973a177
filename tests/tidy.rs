//! Checks the repository as the compiler checks the code: layers, unsafe, file sizes, openings.

use std::fs;
use std::path::{Path, PathBuf};

/// A longer file tells two stories.
const FILE_LINES_MAX: usize = 500;

/// What a folder of a layer may not name. Lower layers are free to use; siblings and higher layers are not.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "src/protocol",
        &[
            "crate::server",
            "crate::net",
            "crate::process",
            "crate::coroutine",
            "crate::serve",
            "crate::zend",
            "crate::php",
            "tokio::",
            "nix::",
            "socket2::",
            "ext_php_rs",
        ],
    ),
    (
        "src/server",
        &[
            "crate::net",
            "crate::process",
            "crate::coroutine",
            "crate::serve",
            "crate::zend",
            "crate::php",
            "tokio::",
            "nix::",
            "socket2::",
            "ext_php_rs",
        ],
    ),
    (
        "src/net",
        &["crate::process", "crate::coroutine", "crate::serve", "crate::zend", "crate::php", "ext_php_rs"],
    ),
    (
        "src/process",
        &[
            "crate::net",
            "crate::coroutine",
            "crate::serve",
            "crate::zend",
            "crate::php",
            "tokio::",
            "ext_php_rs",
        ],
    ),
    (
        "src/coroutine",
        &["crate::net", "crate::process", "crate::serve", "crate::zend", "crate::php", "ext_php_rs"],
    ),
    ("src/serve", &["crate::client", "crate::zend", "crate::php", "ext_php_rs"]),
    (
        "src/client",
        &["crate::process", "crate::coroutine", "crate::serve", "crate::zend", "crate::php", "ext_php_rs"],
    ),
    ("src/zend", &["crate::php"]),
];

/// The only places where `unsafe` may stand.
const UNSAFE_HOMES: &[&str] = &["src/zend/", "src/process/sys.rs", "src/process/sys/"];

/// Who shows what time it is.
const WALL_CLOCK_READERS: &[&str] = &[
    // When a connection was made and heard, for scripts; and the `Date` of responses.
    "src/net/reactor.rs",
    // Whether cookies have expired.
    "src/php/coroutine/http/client/exchange.rs",
    "src/php/http/cookie_class.rs",
    // `request_time`
    "src/php/http/request.rs",
    // `time_sleep_until()`
    "src/php/runtime.rs",
    // When the server started.
    "src/process/shared.rs",
    // The dates of lines, and when files rotate.
    "src/server/log/mod.rs",
];

/// Left in the code, these say that it is not finished.
const UNFINISHED: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("#[ig", "nore]")];

#[test]
fn a_folder_names_only_lower_layers() {
    let mut wrong = Vec::new();
    for (folder, forbidden) in LAYERS {
        for (path, text) in sources(folder) {
            for (number, line) in code_lines(&text) {
                for name in *forbidden {
                    if names(line, name) {
                        wrong.push(format!("{path}:{number}: {name} is not for {folder}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a line names a path as a whole: `std::os::unix::` is not `nix::`, `crate::server` is not `crate::serve`.
fn names(line: &str, path: &str) -> bool {
    let part_of_a_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(path).any(|(at, _)| {
        let follows = line[at + path.len()..].chars().next();
        !part_of_a_word(line[..at].chars().next_back()) && (path.ends_with(':') || !part_of_a_word(follows))
    })
}

#[test]
fn a_name_inside_another_name_is_not_that_name() {
    assert!(names("use nix::sys;", "nix::") && names("crate::serve::run()", "crate::serve"));
    assert!(!names("use std::os::unix::net;", "nix::") && !names("use crate::server;", "crate::serve"));
}

#[test]
fn unsafe_stands_only_at_the_borders() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        if UNSAFE_HOMES.iter().any(|home| path.starts_with(home)) {
            continue;
        }
        for (number, line) in code_lines(&text) {
            let names_it =
                line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
            if names_it {
                wrong.push(format!("{path}:{number}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "unsafe outside its homes:\n{}", wrong.join("\n"));
}

#[test]
fn the_core_forbids_unsafe() {
    for module in ["src/protocol/mod.rs", "src/server/mod.rs"] {
        assert!(read(Path::new(module)).contains("#![forbid(unsafe_code)]"), "{module}");
    }
}

#[test]
fn every_source_file_opens_with_what_it_is() {
    let wrong: Vec<_> = sources("src")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!") && !text.starts_with("<?php\n/**"))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "no word at the top on what it is: {wrong:?}");
}

#[test]
fn no_source_file_is_too_long() {
    let wrong: Vec<_> = sources("src")
        .into_iter()
        .filter(|(_, text)| text.lines().count() > FILE_LINES_MAX)
        .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
        .collect();
    assert!(wrong.is_empty(), "split by idea:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_unfinished() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches", "fuzz", "examples", "php-stubs"] {
        for (path, text) in sources(folder) {
            for (number, line) in text.lines().enumerate() {
                if UNFINISHED.iter().any(|mark| line.contains(mark)) && !path.ends_with("tests/tidy.rs") {
                    wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_wall_clock_is_read_for_dates_alone() {
    let reads = |text: &str| code_lines(text).any(|(_, line)| line.contains("SystemTime::now"));
    let readers: Vec<_> =
        sources("src").into_iter().filter(|(_, text)| reads(text)).map(|(path, _)| path).collect();
    // Timers, limits and waits go by clocks that never jump.
    assert_eq!(readers, WALL_CLOCK_READERS);
}

#[test]
fn php_facing_code_has_no_unit_tests() {
    // A test binary that touches Zend does not link: PHP behaviour is tested by phpt.
    for folder in ["src/zend", "src/php"] {
        for (path, text) in sources(folder) {
            assert!(!text.contains("#[cfg(test)]"), "{path}: test it by phpt");
        }
    }
}

#[test]
fn a_class_of_the_library_has_a_stub() {
    let library = sources("src/php/library");
    assert!(!library.is_empty(), "the library has moved");
    for (path, _) in library.iter().filter(|(path, _)| path.ends_with(".php")) {
        let stub = path.replace("src/php/library", "php-stubs");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&stub).exists(), "{path} has no {stub}");
    }
}

#[test]
fn the_tests_that_facts_names_are_there() {
    let table = read(Path::new("tests/facts.md"));
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ") && line.contains('-')).collect();
    assert!(rows.len() > 150, "the table of behaviours has moved");
    for row in rows {
        let shown = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        for test in shown.split('`').filter(|name| name.ends_with(".phpt")) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests-phpt").join(test);
            assert!(path.exists(), "{test} is not there: {row}");
        }
    }
}

/// Every `.rs` and `.php` file below a folder, with its text; the path is relative to the crate.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    let file = PathBuf::from(format!("{folder}.rs"));
    if file.exists() {
        found.push((file.display().to_string(), read(&file)));
    }
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder)) else { continue };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                if name != "target" && name != "node_modules" {
                    folders.push(path);
                }
            } else if name.ends_with(".rs")
                || (name.ends_with(".php") && folder.starts_with("src") || folder.starts_with("examples"))
            {
                found.push((path.display().to_string(), read(&path)));
            }
        }
    }
    found.retain(|(path, _)| path.ends_with(".rs") || path.ends_with(".php"));
    found.sort();
    found
}

/// The lines without comments (good enough: no string of ours holds two slashes and a forbidden name).
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.contains("forbid(unsafe_code)"))
}

fn read(path: &Path) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&full).unwrap_or_else(|e| panic!("{}: {e}", full.display()))
}
