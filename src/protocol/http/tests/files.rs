//! What a static file handler asks: ranges, dates, validators, paths (RFC 9110, sections 5.6.7, 13 and 14).

use proptest::prelude::*;

use crate::protocol::http::conditional::Validators;
use crate::protocol::http::date::{imf_fixdate, parse as parse_date};
use crate::protocol::http::path::{SafePath, resolve};
use crate::protocol::http::range::{ByteRange, RANGES_MAX, Ranges, content_range, parse, unsatisfied};
use crate::protocol::http::{HeadLimits, RequestHead};

/// Some day in 2026.
const NOW: u64 = 1_790_000_000;

fn parts(list: &[(u64, u64)]) -> Ranges {
    Ranges::Parts(list.iter().map(|&(start, end)| ByteRange { start, end }).collect())
}

#[test]
fn the_ranges_of_the_rfc_are_understood() {
    // RFC 9110, 14.1.2, for a representation of 10000 bytes.
    for (value, expected) in [
        ("bytes=0-499", parts(&[(0, 500)])),
        ("bytes=500-999", parts(&[(500, 1000)])),
        ("bytes=-500", parts(&[(9500, 10000)])),
        ("bytes=9500-", parts(&[(9500, 10000)])),
        ("bytes=0-0,-1", parts(&[(0, 1), (9999, 10000)])),
        ("bytes= 0-999, 4500-5499, -1000", parts(&[(0, 1000), (4500, 5500), (9000, 10000)])),
        ("bytes=500-600,601-999", parts(&[(500, 601), (601, 1000)])),
        ("BYTES=0-", parts(&[(0, 10000)])),
    ] {
        assert_eq!(parse(value.as_bytes(), 10_000), expected, "{value}");
    }
}

#[test]
fn a_range_is_cut_to_the_size() {
    assert_eq!(parse(b"bytes=5-9999", 10), parts(&[(5, 10)]));
    assert_eq!(parse(b"bytes=-9999", 10), parts(&[(0, 10)]));
    assert_eq!(parse(b"bytes=9-18446744073709551616", 10), parts(&[(9, 10)]));
    assert_eq!(parse(b"bytes=20-30, 1-2", 10), parts(&[(1, 3)]));
}

#[test]
fn a_range_beyond_the_end_cannot_be_satisfied() {
    for value in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-", "bytes=10-11,12-13"]
    {
        assert_eq!(parse(value.as_bytes(), 10), Ranges::Unsatisfiable, "{value}");
    }
    assert_eq!(parse(b"bytes=0-", 0), Ranges::Unsatisfiable);
    assert_eq!(parse(b"bytes=-1", 0), Ranges::Unsatisfiable);
    assert_eq!(unsatisfied(10), "bytes */10");
}

#[test]
fn what_is_no_range_is_ignored() {
    for value in [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=+1-2",
        "bytes=0-1,",
        "lines=0-1",
    ] {
        assert_eq!(parse(value.as_bytes(), 10), Ranges::Whole, "{value}");
    }
}

#[test]
fn ranges_may_reach_their_limit_and_no_more() {
    let value = |count: usize| format!("bytes={}", vec!["1-1"; count].join(","));
    assert_eq!(parse(value(RANGES_MAX).as_bytes(), 1000), parts(&[(1, 2); RANGES_MAX]));
    assert_eq!(parse(value(RANGES_MAX + 1).as_bytes(), 1000), Ranges::Whole);
}

#[test]
fn parts_that_are_more_than_the_whole_give_the_whole() {
    assert_eq!(parse(b"bytes=0-,0-", 10), Ranges::Whole);
    assert_eq!(parse(b"bytes=0-4,5-9", 10), parts(&[(0, 5), (5, 10)]));
}

#[test]
fn a_content_range_names_the_last_byte() {
    assert_eq!(content_range(ByteRange { start: 0, end: 500 }, 1234), "bytes 0-499/1234");
}

#[test]
fn all_three_forms_of_a_date_are_understood() {
    for date in
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
    {
        assert_eq!(parse_date(date.as_bytes(), NOW), Some(784_111_777), "{date}");
    }
    assert_eq!(parse_date(b"Wed Nov 16 08:49:37 1994", NOW), Some(784_111_777 + 10 * 86_400));
    assert_eq!(parse_date(b"Sat, 01 Jan 0000 00:00:00 GMT", NOW), Some(0));
    assert_eq!(parse_date(b"Fri, 31 Dec 1999 23:59:60 GMT", NOW), Some(946_684_800));
}

#[test]
fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
    let year = |date: &str| {
        let secs = parse_date(date.as_bytes(), NOW).expect("a date");
        String::from_utf8_lossy(&imf_fixdate(secs)[12..16]).into_owned()
    };
    assert_eq!(year("Friday, 06-Nov-26 08:49:37 GMT"), "2026");
    assert_eq!(year("Friday, 06-Nov-76 08:49:37 GMT"), "2076");
    assert_eq!(year("Friday, 06-Nov-77 08:49:37 GMT"), "1977");
}

#[test]
fn what_is_no_date_is_none() {
    for date in [
        "",
        "Sun",
        "0",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xxx 1994 08:49:37 GMT",
        "Sun, 32 Jan 1994 08:49:37 GMT",
        "Sun, 00 Jan 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 08:49:37 GMT",
        "Mon, 29 Feb 2100 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov 06 08:49:37 94",
        "Sun Nov 6 08:49:37 1994",
        "Sun, 06 N\u{f6}v 1994 08:49:37 GMT",
    ] {
        assert_eq!(parse_date(date.as_bytes(), NOW), None, "{date}");
    }
}

fn request(lines: &str) -> RequestHead {
    let bytes = format!("GET / HTTP/1.1\r\n{lines}\r\n");
    RequestHead::parse(bytes.as_bytes(), &HeadLimits::default()).unwrap().unwrap().0
}

fn file() -> Validators {
    Validators { etag: "\"abc\"".into(), modified: 784_111_777 }
}

#[test]
fn a_copy_is_good_by_tag_or_else_by_date() {
    for (lines, good) in [
        ("", false),
        ("If-None-Match: \"abc\"\r\n", true),
        ("If-None-Match: W/\"abc\"\r\n", true),
        ("If-None-Match: \"x\", \"abc\"\r\n", true),
        ("If-None-Match: *\r\n", true),
        ("If-None-Match: \"x\"\r\n", false),
        ("If-None-Match: abc\r\n", false),
        ("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", true),
        ("If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT\r\n", true),
        ("If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", false),
        ("If-Modified-Since: yesterday\r\n", false),
        ("If-None-Match: \"x\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", false),
    ] {
        assert_eq!(file().not_modified(request(lines).fields(), NOW), good, "{lines}");
    }
}

#[test]
fn a_client_that_means_another_state_is_told_so() {
    for (lines, failed) in [
        ("", false),
        ("If-Match: \"abc\"\r\n", false),
        ("If-Match: \"x\", \"abc\"\r\n", false),
        ("If-Match: *\r\n", false),
        ("If-Match: W/\"abc\"\r\n", true),
        ("If-Match: \"x\"\r\n", true),
        ("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", false),
        ("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", true),
        ("If-Unmodified-Since: yesterday\r\n", false),
        ("If-Match: \"abc\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", false),
    ] {
        assert_eq!(file().precondition_failed(request(lines).fields(), NOW), failed, "{lines}");
    }
}

#[test]
fn a_range_counts_only_for_the_state_it_was_asked_for() {
    for (lines, counts) in [
        ("", true),
        ("If-Range: \"abc\"\r\n", true),
        ("If-Range: W/\"abc\"\r\n", false),
        ("If-Range: \"x\"\r\n", false),
        ("If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n", true),
        ("If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n", false),
        ("If-Range: \"abc\"\r\nIf-Range: \"abc\"\r\n", false),
    ] {
        assert_eq!(file().range_applies(request(lines).fields(), NOW), counts, "{lines}");
    }
}

#[test]
fn the_tag_of_a_file_changes_with_it() {
    let tags =
        [(1, 2, 3), (2, 2, 3), (1, 3, 3), (1, 2, 4)].map(|(s, m, n)| Validators::of_file(s, m, n).etag);
    assert!(tags.iter().all(|tag| tag.starts_with('"') && tag.ends_with('"')));
    assert!((1..4).all(|i| tags[i] != tags[0]));
}

#[test]
fn a_path_is_decoded_and_normalised() {
    for (path, relative, directory, hidden) in [
        ("/", "", true, false),
        ("/a/b.txt", "a/b.txt", false, false),
        ("//a//./b/", "a/b", true, false),
        ("/a/.", "a", true, false),
        ("/%61%2Fb", "a/b", false, false),
        ("/a%20b+c", "a b+c", false, false),
        ("/.git/config", ".git/config", false, true),
        ("/.well-known/acme", ".well-known/acme", false, false),
        ("/.well-known/.x", ".well-known/.x", false, true),
        ("/...", "...", false, true),
        ("/a..b", "a..b", false, false),
        ("/%252e%252e/a", "%2e%2e/a", false, false),
        ("/a\\..\\b", "a\\..\\b", false, false),
    ] {
        let safe = SafePath { relative: relative.into(), directory, hidden };
        assert_eq!(resolve(path.as_bytes()), Some(safe), "{path}");
    }
}

#[test]
fn a_path_cannot_leave_its_root() {
    for path in [
        "",
        "a",
        "*",
        "/..",
        "/../a",
        "/a/../b",
        "/a/..",
        "/%2e%2e/a",
        "/a/.%2E/",
        "/..%2fa",
        "/a%00",
        "/%00",
    ] {
        assert_eq!(resolve(path.as_bytes()), None, "{path}");
    }
}

proptest! {
    #[test]
    fn a_written_date_reads_back(secs in 0u64..253_402_300_800) {
        prop_assert_eq!(parse_date(&imf_fixdate(secs), NOW), Some(secs));
    }

    #[test]
    fn no_bytes_are_a_dangerous_range_date_or_path(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        text in "(bytes=)?[0-9, -]{0,30}",
        size in any::<u64>(),
    ) {
        let _ = parse_date(&bytes, size);
        for value in [&bytes[..], text.as_bytes()] {
            if let Ranges::Parts(parts) = parse(value, size) {
                prop_assert!(!parts.is_empty() && parts.len() <= RANGES_MAX);
                prop_assert!(parts.iter().all(|part| part.start < part.end && part.end <= size));
            }
        }
        if let Some(safe) = resolve(&[b"/", &bytes[..]].concat()) {
            prop_assert!(!safe.relative.contains(&0) && !safe.relative.starts_with(b"/"));
            let mut components = safe.relative.split(|&b| b == b'/');
            prop_assert!(safe.relative.is_empty() || components.all(|c| !matches!(c, b"" | b"." | b"..")));
        }
    }
}
