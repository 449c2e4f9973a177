//! What heads look like when written, and what can never be written.

use crate::protocol::http::date::imf_fixdate;
use crate::protocol::http::write::{self, FieldError};
use crate::protocol::http::{HeadLimits, ResponseHead, Version};

#[test]
fn a_written_head_reads_back() {
    let mut out = Vec::new();
    write::status_line(&mut out, Version::Http11, 404, None).unwrap();
    write::field(&mut out, b"X-Bytes", b"\xff\xfe").unwrap();
    write::field(&mut out, b"x-empty", b"").unwrap();
    write::end(&mut out);
    assert!(out.starts_with(b"HTTP/1.1 404 Not Found\r\nX-Bytes: \xff\xfe\r\n"));
    let (head, len) = ResponseHead::parse(&out, &HeadLimits::default()).unwrap().unwrap();
    assert_eq!((len, head.status(), head.reason()), (out.len(), 404, &b"Not Found"[..]));
    assert_eq!(head.header("x-bytes"), Some(&b"\xff\xfe"[..]));
    assert_eq!(head.header("X-Empty"), Some(&b""[..]));
}

#[test]
fn cr_lf_and_nul_never_get_into_a_value() {
    for value in [&b"a\r\nSet-Cookie: b"[..], b"a\nb", b"a\rb", b"a\0b", b"\n"] {
        let mut out = Vec::new();
        let error = write::field(&mut out, b"X-A", value).unwrap_err();
        assert_eq!(error, FieldError::Value("X-A".into()));
        assert!(error.to_string().contains("X-A"));
        assert!(out.is_empty());
    }
}

#[test]
fn only_tokens_are_names() {
    for name in [&b""[..], b"a b", b"a:", b"a\r\n", b"a\0", b"\xc3\xa4", b"(a)"] {
        let mut out = Vec::new();
        assert!(matches!(write::field(&mut out, name, b"v"), Err(FieldError::Name(_))));
        assert!(out.is_empty());
    }
}

#[test]
fn a_first_line_cannot_be_broken() {
    let mut out = Vec::new();
    for reason in [&b"a\r\nb"[..], b"\0"] {
        assert!(write::status_line(&mut out, Version::Http11, 200, Some(reason)).is_err());
    }
    for status in [0, 99, 1000] {
        assert!(write::status_line(&mut out, Version::Http11, status, None).is_err());
    }
    for target in [&b""[..], b"/a b", b"/a\r\nb", b"/\x7f"] {
        assert!(write::request_line(&mut out, "GET", target).is_err());
    }
    assert!(write::request_line(&mut out, "G T", b"/").is_err());
    assert!(out.is_empty());
}

#[test]
fn an_unregistered_status_has_an_empty_or_a_given_reason() {
    let mut out = Vec::new();
    write::status_line(&mut out, Version::Http11, 999, None).unwrap();
    write::status_line(&mut out, Version::Http10, 999, Some(b"Unknown Status")).unwrap();
    assert_eq!(out, b"HTTP/1.1 999 \r\nHTTP/1.0 999 Unknown Status\r\n");
}

#[test]
fn dates_are_those_of_rfc_9110() {
    let cases = [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
        (1_735_689_600, "Wed, 01 Jan 2025 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (u64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ];
    for (secs, date) in cases {
        assert_eq!(std::str::from_utf8(&imf_fixdate(secs)).unwrap(), date);
    }
}
