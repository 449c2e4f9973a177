//! Request and response heads: RFC 9112, sections 2 to 6 and 9.

use proptest::prelude::*;

use crate::protocol::http::limits::METHOD_BYTES;
use crate::protocol::http::{
    BodyLength, HeadLimits, HeadSearch, HttpError, RequestHead, ResponseHead, Version,
};

fn limits() -> HeadLimits {
    HeadLimits::default()
}

fn parse(bytes: &[u8]) -> RequestHead {
    let (head, len) = RequestHead::parse(bytes, &limits()).unwrap().unwrap();
    assert_eq!(len, bytes.len());
    head
}

fn refuse(bytes: &[u8]) -> HttpError {
    RequestHead::parse(bytes, &limits()).unwrap_err()
}

/// A request with these header lines.
fn with(lines: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\n{lines}\r\n").into_bytes()
}

#[test]
fn a_request_gives_its_parts() {
    let head = parse(b"GET /chat?a=1&b=%20 HTTP/1.1\r\nHost: example.com\r\nX-A:  b \t\r\n\r\n");
    assert_eq!(head.method(), "GET");
    assert_eq!(head.target(), "/chat?a=1&b=%20");
    assert_eq!((head.path(), head.query()), ("/chat", Some("a=1&b=%20")));
    assert_eq!(head.version(), Version::Http11);
    assert_eq!(head.header("x-a"), Some(&b"b"[..]));
    assert_eq!(head.body_length(), BodyLength::None);
}

#[test]
fn bytes_after_the_head_are_left_to_the_caller() {
    let bytes = b"GET / HTTP/1.1\r\n\r\n\x81\x80....\r\n\r\n";
    let (_, len) = RequestHead::parse(bytes, &limits()).unwrap().unwrap();
    assert_eq!(&bytes[len..], b"\x81\x80....\r\n\r\n");
}

#[test]
fn every_proper_prefix_asks_for_more() {
    let bytes = b"\r\nGET /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    for cut in 0..bytes.len() {
        assert_eq!(RequestHead::parse(&bytes[..cut], &limits()), Ok(None), "cut at {cut}");
    }
    parse(bytes);
}

#[test]
fn empty_lines_before_a_request_are_skipped() {
    let bytes = b"\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    assert_eq!(parse(bytes).method(), "GET");
}

#[test]
fn headers_keep_order_spelling_and_bytes() {
    let head = parse(b"GET / HTTP/1.1\r\nB: 1\r\na: \xff\xfe\r\nb: 2\r\n\r\n");
    let all: Vec<_> = head.fields().iter().collect();
    assert_eq!(all, [("B", &b"1"[..]), ("a", b"\xff\xfe"), ("b", b"2")]);
    assert_eq!(head.headers("B").collect::<Vec<_>>(), [b"1", b"2"]);
    assert_eq!(head.header("b"), Some(&b"1"[..]));
    assert_eq!(head.header("c"), None);
}

#[test]
fn a_token_is_found_in_a_list_over_several_lines() {
    let head = parse(&with("Connection: keep-alive,, Upgrade \r\nConnection: x\r\n"));
    for token in ["keep-alive", "upgrade", "UPGRADE", "X"] {
        assert!(head.fields().has_token("connection", token), "{token}");
    }
    for token in ["up", "upgrades", "keep", ""] {
        assert!(!head.fields().has_token("connection", token), "{token}");
    }
}

#[test]
fn a_target_may_be_absolute() {
    let head = parse(b"GET http://a.b:80/p?q HTTP/1.1\r\nHost: other\r\n\r\n");
    assert_eq!((head.path(), head.query(), head.host()), ("/p", Some("q"), Some(&b"a.b:80"[..])));
    let head = parse(b"GET http://a.b?q HTTP/1.1\r\n\r\n");
    assert_eq!((head.path(), head.query()), ("/", Some("q")));
    let head = parse(b"GET /http://x?y?z HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!((head.path(), head.query(), head.host()), ("/http://x", Some("y?z"), Some(&b"h"[..])));
}

#[test]
fn a_target_has_one_of_four_forms() {
    parse(b"OPTIONS * HTTP/1.1\r\n\r\n");
    parse(b"CONNECT a.b:443 HTTP/1.1\r\n\r\n");
    for line in ["GET *", "GET a", "GET ?a", "GET http:///p", "GET ://a", "GET a/b://c", "CONNECT a/b"] {
        assert_eq!(refuse(format!("{line} HTTP/1.1\r\n\r\n").as_bytes()), HttpError::Target, "{line}");
    }
}

#[test]
fn a_malformed_request_line_is_refused() {
    for line in [
        "GET /",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET / x HTTP/1.1",
        " GET / HTTP/1.1",
        "GET / HTTQ/1.1",
        "G(T / HTTP/1.1",
        "GET\t/ HTTP/1.1",
        "/ HTTP/1.1",
    ] {
        assert_eq!(refuse(format!("{line}\r\nA: b\r\n\r\n").as_bytes()), HttpError::RequestLine, "{line}");
    }
}

#[test]
fn only_versions_1_0_and_1_1_are_spoken() {
    assert_eq!(parse(b"GET / HTTP/1.0\r\n\r\n").version(), Version::Http10);
    for version in ["0.9", "1.2", "2.0", "3.0"] {
        let error = refuse(format!("GET / HTTP/{version}\r\n\r\n").as_bytes());
        assert_eq!((error, error.status()), (HttpError::Version, 505), "{version}");
    }
}

#[test]
fn a_malformed_header_line_is_refused_by_name() {
    for (line, error) in [
        ("A : b", HttpError::FieldName),
        ("A", HttpError::FieldName),
        (": b", HttpError::FieldName),
        ("A b: c", HttpError::FieldName),
        ("\u{e4}: c", HttpError::FieldName),
        ("A: b\0c", HttpError::ControlByte),
        ("A: b\x7fc", HttpError::ControlByte),
        ("A: b\rc", HttpError::BareCarriageReturn),
        ("A: b\nB: c", HttpError::BareLineFeed),
        ("A: b\r\r", HttpError::BareCarriageReturn),
        ("A: b\r\n c", HttpError::ObsoleteFold),
        ("A: b\r\n\tc", HttpError::ObsoleteFold),
        (" A: b", HttpError::ObsoleteFold),
    ] {
        let found = refuse(&with(&format!("{line}\r\n")));
        assert_eq!((found, found.status()), (error, 400), "{line:?}");
    }
}

#[test]
fn binary_on_a_plain_port_is_refused_at_its_first_byte() {
    assert_eq!(refuse(b"\x16"), HttpError::ControlByte);
}

#[test]
fn host_may_be_missing_unless_asked_for() {
    let bytes = b"GET / HTTP/1.1\r\n\r\n";
    parse(bytes);
    let strict = HeadLimits { require_host: true, ..limits() };
    assert_eq!(RequestHead::parse(bytes, &strict), Err(HttpError::MissingHost));
    assert!(RequestHead::parse(b"GET / HTTP/1.0\r\n\r\n", &strict).unwrap().is_some());
    assert!(RequestHead::parse(b"GET / HTTP/1.1\r\nHost:\r\n\r\n", &strict).unwrap().is_some());
}

#[test]
fn host_comes_once_and_is_a_host() {
    assert_eq!(refuse(&with("Host: a\r\nhost: a\r\n")), HttpError::DuplicateHost);
    for host in ["a b", "a/b", "u@a", "a,b", "a?b", "a\u{e4}"] {
        assert_eq!(refuse(&with(&format!("Host: {host}\r\n"))), HttpError::InvalidHost, "{host}");
    }
    for host in ["a", "a:80", "[::1]:80", "127.0.0.1", "a_b.c", "xn--a", ""] {
        parse(&with(&format!("Host: {host}\r\n")));
    }
}

#[test]
fn the_length_of_a_body_is_a_run_of_digits() {
    for (value, length) in [("0", 0), ("5", 5), ("005", 5), ("5, 5", 5), ("18446744073709551615", u64::MAX)] {
        let head = parse(&with(&format!("Content-Length: {value}\r\n")));
        assert_eq!(head.body_length(), BodyLength::Length(length), "{value}");
    }
    for value in ["", "+5", "-5", "5 5", "0x5", "5,", "a", "5.0"] {
        let error = refuse(&with(&format!("Content-Length: {value}\r\n")));
        assert_eq!(error, HttpError::InvalidLength, "{value:?}");
    }
    assert_eq!(refuse(&with("Content-Length: 18446744073709551616\r\n")).status(), 413);
}

#[test]
fn lengths_that_disagree_are_refused() {
    parse(&with("Content-Length: 5\r\nContent-Length: 5\r\n"));
    assert_eq!(refuse(&with("Content-Length: 5\r\nContent-Length: 6\r\n")), HttpError::ConflictingLengths);
    assert_eq!(refuse(&with("Content-Length: 5, 6\r\n")), HttpError::ConflictingLengths);
}

#[test]
fn chunked_is_the_only_transfer_coding() {
    assert_eq!(parse(&with("Transfer-Encoding: Chunked\r\n")).body_length(), BodyLength::Chunked);
    for (value, error) in [
        ("gzip", HttpError::UnknownTransferCoding),
        ("gzip, chunked", HttpError::UnknownTransferCoding),
        ("identity", HttpError::UnknownTransferCoding),
        ("xchunked", HttpError::UnknownTransferCoding),
        ("chunked, gzip", HttpError::ChunkedNotFinal),
        ("chunked, chunked", HttpError::ChunkedNotFinal),
        ("chunked\r\nTransfer-Encoding: chunked", HttpError::ChunkedNotFinal),
        ("", HttpError::ChunkedNotFinal),
    ] {
        assert_eq!(refuse(&with(&format!("Transfer-Encoding: {value}\r\n"))), error, "{value}");
    }
    assert_eq!(HttpError::UnknownTransferCoding.status(), 501);
}

#[test]
fn a_request_cannot_be_smuggled_by_two_framings() {
    for lines in [
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    ] {
        assert_eq!(refuse(&with(lines)), HttpError::LengthAndEncoding);
    }
    let old = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(refuse(old), HttpError::EncodingOnHttp10);
}

#[test]
fn persistence_follows_version_and_connection() {
    for (version, connection, keep) in [
        ("1.1", "x", true),
        ("1.1", "keep-alive, Close", false),
        ("1.0", "x", false),
        ("1.0", "Keep-Alive", true),
        ("1.0", "keep-alive, close", false),
    ] {
        let head = parse(format!("GET / HTTP/{version}\r\nConnection: {connection}\r\n\r\n").as_bytes());
        assert_eq!(head.keep_alive(), keep, "{version} {connection}");
    }
}

#[test]
fn only_100_continue_can_be_expected() {
    let body = "Content-Length: 1\r\n";
    assert_eq!(parse(&with(&format!("{body}Expect: 100-Continue\r\n"))).expects_continue(), Ok(true));
    assert_eq!(parse(&with(body)).expects_continue(), Ok(false));
    assert_eq!(parse(&with("Expect: 100-continue\r\n")).expects_continue(), Ok(false));
    let error = parse(&with("Expect: 100-continue, tea\r\n")).expects_continue().unwrap_err();
    assert_eq!((error, error.status()), (HttpError::UnknownExpectation, 417));
    let old = parse(b"POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(old.expects_continue(), Ok(false));
}

#[test]
fn a_head_may_fill_its_limit_and_no_more() {
    let bytes = b"GET / HTTP/1.1\r\nA: b\r\n\r\n";
    let fits = HeadLimits { head_bytes: bytes.len(), ..limits() };
    assert!(RequestHead::parse(bytes, &fits).unwrap().is_some());
    let short = HeadLimits { head_bytes: bytes.len() - 1, ..limits() };
    assert_eq!(RequestHead::parse(bytes, &short), Err(HttpError::HeadTooLarge));
    assert_eq!(HttpError::HeadTooLarge.status(), 431);
    assert_eq!(RequestHead::parse(&bytes[..bytes.len() - 2], &short), Ok(None));
}

#[test]
fn empty_lines_count_against_the_head_limit() {
    let flood = b"\r\n".repeat(limits().head_bytes);
    assert!(RequestHead::parse(&flood, &limits()).is_err());
}

#[test]
fn the_number_of_headers_may_reach_its_limit_and_no_more() {
    let most = limits().header_count;
    assert_eq!(parse(&with(&"A: b\r\n".repeat(most))).fields().len(), most);
    let error = refuse(&with(&"A: b\r\n".repeat(most + 1)));
    assert_eq!((error, error.status()), (HttpError::TooManyHeaders, 431));
}

#[test]
fn a_target_may_fill_its_limit_and_no_more() {
    let target = |len: usize| format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(len - 1)).into_bytes();
    let most = limits().target_bytes;
    assert_eq!(parse(&target(most)).target().len(), most);
    let error = refuse(&target(most + 1));
    assert_eq!((error, error.status()), (HttpError::TargetTooLong, 414));
    let endless = [b"GET /", &b"a".repeat(most + 20)[..]].concat();
    assert_eq!(refuse(&endless), HttpError::TargetTooLong);
}

#[test]
fn a_method_may_fill_its_limit_and_no_more() {
    let request = |len: usize| format!("{} / HTTP/1.1\r\n\r\n", "M".repeat(len)).into_bytes();
    assert_eq!(parse(&request(METHOD_BYTES)).method().len(), METHOD_BYTES);
    let error = refuse(&request(METHOD_BYTES + 1));
    assert_eq!((error, error.status()), (HttpError::MethodTooLong, 501));
}

#[test]
fn a_response_gives_its_parts() {
    let bytes = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nrest";
    let (head, len) = ResponseHead::parse(bytes, &limits()).unwrap().unwrap();
    assert_eq!((head.status(), head.reason()), (101, &b"Switching Protocols"[..]));
    assert_eq!(head.header("upgrade"), Some(&b"websocket"[..]));
    assert_eq!(&bytes[len..], b"rest");
}

#[test]
fn a_reason_may_be_missing_or_any_bytes() {
    for (line, reason) in
        [(&b"HTTP/1.1 200"[..], &b""[..]), (b"HTTP/1.1 200 ", b""), (b"HTTP/1.0 200 a \xff", b"a \xff")]
    {
        let bytes = [line, b"\r\n\r\n"].concat();
        let (head, _) = ResponseHead::parse(&bytes, &limits()).unwrap().unwrap();
        assert_eq!((head.status(), head.reason()), (200, reason));
    }
}

#[test]
fn a_folded_response_header_becomes_one_line() {
    let bytes = b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\nE: f\r\n\r\n";
    let (head, len) = ResponseHead::parse(bytes, &limits()).unwrap().unwrap();
    assert_eq!(len, bytes.len());
    assert_eq!(head.header("a"), Some(&b"b   c  \td"[..]));
    assert_eq!(head.fields().len(), 2);
    let early = b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n";
    assert_eq!(ResponseHead::parse(early, &limits()), Err(HttpError::ObsoleteFold));
}

#[test]
fn a_malformed_status_line_is_refused() {
    for line in ["HTTP/1.1", "HTTP/1.1 20 OK", "HTTP/1.1 abc", "HTTP/1.1  200 OK", "GET / HTTP/1.1"] {
        let found = ResponseHead::parse(format!("{line}\r\n\r\n").as_bytes(), &limits());
        assert_eq!(found, Err(HttpError::StatusLine), "{line}");
    }
    let found = ResponseHead::parse(b"HTTP/2.0 200 OK\r\n\r\n", &limits());
    assert_eq!(found, Err(HttpError::Version));
}

#[test]
fn a_response_body_is_delimited_as_rfc_9112_6_3_orders() {
    let length = |method: &str, bytes: &str| {
        let (head, _) = ResponseHead::parse(bytes.as_bytes(), &limits()).unwrap().unwrap();
        head.body_length(method)
    };
    let sized = |status: u16| format!("HTTP/1.1 {status} x\r\nContent-Length: 5\r\n\r\n");
    for status in [100, 101, 199, 204, 304] {
        assert_eq!(length("GET", &sized(status)), Ok(BodyLength::None), "{status}");
    }
    assert_eq!(length("HEAD", &sized(200)), Ok(BodyLength::None));
    assert_eq!(length("CONNECT", &sized(200)), Ok(BodyLength::None));
    assert_eq!(length("CONNECT", &sized(407)), Ok(BodyLength::Length(5)));
    assert_eq!(length("GET", &sized(200)), Ok(BodyLength::Length(5)));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(length("GET", chunked), Ok(BodyLength::Chunked));
    assert_eq!(length("GET", "HTTP/1.1 200 OK\r\n\r\n"), Ok(BodyLength::UntilClose));
    let both = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n";
    assert_eq!(length("GET", both), Err(HttpError::LengthAndEncoding));
}

/// Feeds a growing buffer to one search, as a socket would.
fn parse_in_pieces(bytes: &[u8], cuts: &[usize]) -> Result<Option<(RequestHead, usize)>, HttpError> {
    let mut search = HeadSearch::default();
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(bytes.len());
    for end in ends {
        let result = RequestHead::parse_from(&mut search, &bytes[..end], &SMALL);
        if !matches!(result, Ok(None)) {
            return result;
        }
    }
    Ok(None)
}

/// Small enough for random bytes to meet them.
const SMALL: HeadLimits =
    HeadLimits { head_bytes: 120, header_count: 4, target_bytes: 40, require_host: false };

/// Bytes that look like a head often enough to get far into the parser.
fn headlike() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "GET ", "POST / ", "/", "a", "?", "*", "http://a", " ", "HTTP/1.1", "HTTP/1.0", "\r\n", "\r\n", "\r\n",
            "Host: a\r\n", "Content-Length: ", "5", "Transfer-Encoding: chunked\r\n", "A: b\r\n", ": ", "\t",
            "GET / HTTP/1.1\r\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\r\n\r\n",
        ]).prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..3),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_split_gives_the_same_head_or_the_same_error(
        bytes in headlike(),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
    ) {
        let whole = RequestHead::parse(&bytes, &SMALL);
        prop_assert_eq!(&parse_in_pieces(&bytes, &cuts), &whole);
        let every: Vec<usize> = (0..=bytes.len()).collect();
        prop_assert_eq!(&parse_in_pieces(&bytes, &every), &whole);
    }

    #[test]
    fn no_bytes_make_the_parsers_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = RequestHead::parse(&bytes, &limits());
        let _ = ResponseHead::parse(&bytes, &limits());
    }

    #[test]
    fn a_parsed_head_is_made_of_bytes_of_the_input(bytes in headlike()) {
        if let Ok(Some((head, len))) = RequestHead::parse(&bytes, &SMALL) {
            prop_assert!(len <= bytes.len());
            let found = |part: &[u8]| part.is_empty() || bytes[..len].windows(part.len()).any(|w| w == part);
            prop_assert!(found(head.method().as_bytes()) && found(head.target().as_bytes()));
            prop_assert!(head.fields().iter().all(|(name, value)| found(name.as_bytes()) && found(value)));
        }
    }
}
