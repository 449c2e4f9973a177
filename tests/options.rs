//! `docs/options.md` is written from the list of options: it cannot say anything else than the code does.
//!
//! After a change of the list: `UPDATE_DOCS=1 cargo test --no-default-features --test options`.

use std::fmt::Write as _;
use std::path::Path;

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

/// Settings that wait for what the README lists as not there yet.
const AWAITED: &[&str] = &["Http2Settings", "TlsSettings", "SniCert"];

/// An option without effect has no field ([`Setter::Inert`](swoole::server::settings::option::Setter)); a field that
/// nobody reads would be an option that is accepted and not obeyed.
#[test]
fn every_setting_is_read_by_somebody() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut unread = Vec::new();
    for (path, text) in sources.iter().filter(|(path, _)| is_list(path)) {
        for (owner, field) in fields(text) {
            let is_read = || sources.iter().any(|(_, text)| reads(text, field));
            if !AWAITED.contains(&owner) && !is_read() {
                unread.push(format!("{path}: {owner}::{field}"));
            }
        }
    }
    assert!(unread.is_empty(), "read by nobody:\n{}", unread.join("\n"));
}

/// Whether the file has fields that options fill; `option.rs` says what an option is.
fn is_list(path: &str) -> bool {
    path.contains("/server/settings/") && !path.ends_with("option.rs")
}

/// All code but that of tests.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() && !entry.ends_with("tests") {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") && !entry.ends_with("tests.rs")
        {
            let text = std::fs::read_to_string(&entry).expect("text");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            found.push((entry.display().to_string(), code.to_owned()));
        }
    }
    found
}

/// The fields of the structs in a file, each with its owner.
fn fields(text: &str) -> Vec<(&str, &str)> {
    let (mut owner, mut found) = ("", Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("pub struct ").and_then(|rest| rest.strip_suffix(" {")) {
            owner = name;
        } else if line.starts_with('}') {
            owner = "";
        } else if let Some((field, _)) = line.strip_prefix("    pub ").and_then(|rest| rest.split_once(':'))
            && !owner.is_empty()
        {
            found.push((owner, field));
        }
    }
    found
}

/// Whether a field of this name is used. The rows of the list call what they fill `s`.
fn reads(text: &str, field: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(field).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + field.len()..]);
        let Some(receiver) = before.strip_suffix('.') else { return false };
        let fills = receiver.strip_suffix('s').is_some_and(|before| !before.ends_with(is_word));
        !fills && !behind.starts_with(is_word) && !behind.starts_with('(')
    })
}

#[test]
fn a_field_that_is_only_filled_is_not_read() {
    assert!(!reads("|s| &mut s.worker_num, process.worker_number, x.worker_num()", "worker_num"));
    assert!(reads("let workers = process.worker_num;", "worker_num"));
    assert_eq!(fields("pub struct A {\n    /// B.\n    pub b: u8,\n}\n    pub c: u8\n"), [("A", "b")]);
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
                about(&spec)
            );
        }
    }
    text
}

fn about(spec: &Spec) -> String {
    let about = spec.about.replace('|', "\\|");
    if spec.is_obeyed { about } else { format!("**No effect.** {about}") }
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
**No effect** stands before the reason why an option changes nothing; setting it is no mistake.
Options that other ports set by themselves are those of the socket, of packages, of WebSocket, of HTTP/2 and of TLS. Options of what
the README lists as not there yet are accepted and wait for it.
";
