//! From the path of a request to a relative path of a file that cannot lead out of its root.
//!
//! Only names are looked at here: symbolic links below the root lead where its owner wants.

use super::query::percent_decode;

/// A path without `.`, `..`, empty components or NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafePath {
    /// Relative, separated by single slashes; empty for the root itself.
    pub relative: Vec<u8>,
    /// The request ended in a slash: a directory is meant.
    pub directory: bool,
    /// A component begins with a dot: `.git`, `.env`, but not `.well-known`, which RFC 8615 reserves for the public.
    pub hidden: bool,
}

/// Decodes and normalises the path of a request. `None`: it names nothing below a root (NUL, `..`, or no slash at its
/// start); answer 404 or 400.
///
/// Decoding comes before looking for `..` and happens once, so that neither `%2e%2e` nor `%252e` gets past.
pub fn resolve(path: &[u8]) -> Option<SafePath> {
    let decoded = percent_decode(path);
    let below = decoded.strip_prefix(b"/")?;
    if below.contains(&0) {
        return None;
    }
    let mut safe = SafePath {
        relative: Vec::with_capacity(below.len()),
        directory: below.is_empty() || below.ends_with(b"/") || below.ends_with(b"/."),
        hidden: false,
    };
    for component in below.split(|&b| b == b'/').filter(|c| !c.is_empty() && *c != b".") {
        if component == b".." {
            return None;
        }
        safe.hidden |= component.starts_with(b".") && component != b".well-known";
        if !safe.relative.is_empty() {
            safe.relative.push(b'/');
        }
        safe.relative.extend_from_slice(component);
    }
    safe.directory |= safe.relative.is_empty();
    Some(safe)
}
