//! `url_rewrite_rules`: patterns, and what takes the place of what they match in the path of a static file.

use std::borrow::Cow;
use std::fmt;

use regex_lite::{Regex, RegexBuilder};

/// The rules in their order; the first that matches counts.
#[derive(Clone, Default)]
pub struct Rewrites(Vec<(Regex, String)>);

impl Rewrites {
    /// Compiles patterns. The error is the first that is none.
    pub fn new(rules: &[(Vec<u8>, Vec<u8>)]) -> Result<Self, String> {
        rules
            .iter()
            .map(|(pattern, replacement)| Ok((compile(pattern)?, text(replacement))))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The path that is looked for instead of `path`.
    pub fn apply<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let rule = self.0.iter().find(|(pattern, _)| pattern.is_match(path));
        rule.map_or(Cow::Borrowed(path), |(pattern, replacement)| {
            pattern.replace_all(path, replacement.as_str())
        })
    }
}

impl fmt::Debug for Rewrites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(pattern, _)| pattern.as_str())).finish()
    }
}

/// A pattern, bare or as PHP writes it: between two `~` or `#`, perhaps with an `i` behind them.
fn compile(pattern: &[u8]) -> Result<Regex, String> {
    let whole = text(pattern);
    let delimiter = whole.chars().next().filter(|first| matches!(first, '~' | '#'));
    let (bare, flags) =
        delimiter.and_then(|delimiter| whole[1..].rsplit_once(delimiter)).unwrap_or((&whole, ""));
    if !matches!(flags, "" | "i") {
        return Err(format!("unknown flags '{flags}' of {whole}"));
    }
    RegexBuilder::new(bare)
        .case_insensitive(flags == "i")
        .size_limit(COMPILED_BYTES_MAX)
        .build()
        .map_err(|error| format!("{whole}: {error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Patterns of paths are short; this one bounds what `{1000}{1000}` becomes.
const COMPILED_BYTES_MAX: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrite(rules: &[(&str, &str)], path: &str) -> String {
        let rules: Vec<_> =
            rules.iter().map(|(a, b)| (a.as_bytes().to_vec(), b.as_bytes().to_vec())).collect();
        Rewrites::new(&rules).unwrap().apply(path).into_owned()
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let rules = [("^/a/(.+)$", "/b/$1"), ("^/", "/c/"), ("^/b", "/never")];
        assert_eq!(rewrite(&rules, "/a/x.js"), "/b/x.js");
        assert_eq!(rewrite(&rules, "/b/x.js"), "/c/b/x.js");
        assert_eq!(rewrite(&[("^/a$", "/b")], "/other"), "/other");
    }

    #[test]
    fn patterns_may_stand_between_delimiters() {
        assert_eq!(rewrite(&[("~^/A/(\\d+)~i", "/n${1}.txt")], "/a/12"), "/n12.txt");
        assert_eq!(rewrite(&[("#/x~y#", "/z")], "/x~y"), "/z");
    }

    #[test]
    fn what_is_no_pattern_is_an_error() {
        for pattern in ["(", "~/a~x", "a{1000}{1000}{1000}"] {
            assert!(Rewrites::new(&[(pattern.as_bytes().to_vec(), Vec::new())]).is_err(), "{pattern}");
        }
    }
}
