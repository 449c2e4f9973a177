//! `docs/options.md` is written from the list of options: it cannot say anything else than the code does.
//!
//! After a change of the list: `UPDATE_DOCS=1 cargo test --no-default-features --test options`.

use std::fmt::Write as _;

use swoole::server::settings::option::Default;
use swoole::server::settings::{Kind, Spec, Tier, groups};

#[test]
fn the_documented_options_are_those_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/options.md");
    let text = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).expect("docs/ can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "docs/options.md is out of date: run with UPDATE_DOCS=1");
}

fn document() -> String {
    let mut text = String::from(HEAD);
    for (title, specs) in groups() {
        let _ = write!(text, "\n## {title}\n\n| option | type | default | effect |\n|---|---|---|---|\n");
        for spec in specs {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                names(&spec),
                kind(spec.kind),
                default(spec.default),
                spec.about.replace('|', "\\|")
            );
        }
    }
    text
}

fn names(spec: &Spec) -> String {
    let names: Vec<_> = spec.names().map(|name| format!("`{name}`")).collect();
    let ours = if spec.tier == Tier::Ours { " (ours)" } else { "" };
    names.join(", ") + ours
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "bool",
        Kind::Int => "int",
        Kind::Float => "float",
        Kind::Size => "size",
        Kind::Str => "string",
        Kind::Array => "array",
        Kind::Callable => "callable",
    }
}

fn default(default: Default) -> String {
    match default {
        Default::Derived => String::new(),
        Default::Bool(value) => value.to_string(),
        Default::Int(value) => value.to_string(),
        Default::Float(value) => value.to_string(),
        Default::Str("") => String::new(),
        Default::Str(value) => format!("`{value:?}`"),
    }
}

const HEAD: &str = "# Options of `$server->set()`

Written from the code: see `tests/options.rs`. *(ours)* marks what Swoole does not have. An option that is null counts
as absent; values are converted as PHP casts them and then moved into their range. A *size* is a number of bytes, or a
string with K, M or G behind it. An empty default follows from other options or from the machine, as the effect says.
Options that other ports set by themselves are those of the socket, of packages, of WebSocket, of HTTP/2 and of TLS. Options of what
the README lists as not there yet are accepted and wait for it.
";
