//! The server's side: RFC 6455, sections 1.2, 1.3, 4.2 and 4.4.

use crate::protocol::extension::DeflateConfig;
use crate::protocol::handshake::server::Extras;
use crate::protocol::handshake::{Accepted, HandshakeOptions, Refusal, check, is_upgrade};
use crate::protocol::http::date::imf_fixdate;
use crate::protocol::http::{FieldError, HeadLimits, RequestHead};

/// The request of section 1.2.
const EXAMPLE: &str = "GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Origin: http://example.com\r\n\
    Sec-WebSocket-Protocol: chat, superchat\r\n\
    Sec-WebSocket-Version: 13\r\n\
    \r\n";

fn head(request: &str) -> RequestHead {
    RequestHead::parse(request.as_bytes(), &HeadLimits::default()).unwrap().unwrap().0
}

/// The example with one line replaced; an empty `new` removes it.
fn altered(line: &str, new: &str) -> RequestHead {
    let start = EXAMPLE.find(line).unwrap();
    let end = start + EXAMPLE[start..].find("\r\n").unwrap() + 2;
    let new = if new.is_empty() { String::new() } else { format!("{new}\r\n") };
    head(&format!("{}{new}{}", &EXAMPLE[..start], &EXAMPLE[end..]))
}

fn plain(head: &RequestHead) -> Result<Accepted, Refusal> {
    check(head, &HandshakeOptions::default())
}

fn extras<'a>(headers: &'a [(&'a [u8], &'a [u8])], date: &'a [u8]) -> Extras<'a> {
    Extras { headers, server: "swoole-http-server", date }
}

fn protocols(list: &[&str]) -> HandshakeOptions {
    HandshakeOptions { subprotocols: list.iter().map(|&p| p.into()).collect(), ..Default::default() }
}

fn origins(list: &[&str]) -> HandshakeOptions {
    HandshakeOptions { allowed_origins: Some(list.iter().map(|&o| o.into()).collect()), ..Default::default() }
}

#[test]
fn the_example_of_the_rfc_is_accepted() {
    let accepted = check(&head(EXAMPLE), &protocols(&["chat"])).unwrap();
    assert_eq!(accepted.accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(accepted.subprotocol.as_deref(), Some("chat"));
    assert_eq!(accepted.deflate, None);
}

#[test]
fn header_names_and_tokens_match_in_any_case() {
    for (line, new) in [
        ("Upgrade", "uPGRADE: WebSocket"),
        ("Upgrade", "Upgrade: h2c, websocket"),
        ("Connection", "connection: keep-alive, UPGRADE"),
        ("Connection", "Connection: keep-alive\r\nConnection: Upgrade"),
        ("Host", "hOST: a"),
    ] {
        plain(&altered(line, new)).unwrap();
    }
}

#[test]
fn each_missing_requirement_is_refused_by_name() {
    for (line, new, refusal) in [
        ("GET", "POST /chat HTTP/1.1", Refusal::METHOD),
        ("GET", "GET /chat HTTP/1.0", Refusal::HTTP_VERSION),
        ("Host", "", Refusal::HOST),
        ("Host", "Host:", Refusal::HOST),
        ("Upgrade", "", Refusal::UPGRADE),
        ("Upgrade", "Upgrade: h2c", Refusal::UPGRADE),
        ("Connection", "", Refusal::CONNECTION),
        ("Connection", "Connection: keep-alive", Refusal::CONNECTION),
        ("Origin", "Content-Length: 1", Refusal::BODY),
        ("Origin", "Transfer-Encoding: chunked", Refusal::BODY),
        ("Sec-WebSocket-Key", "", Refusal::NO_KEY),
        ("Sec-WebSocket-Version", "", Refusal::NO_VERSION),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", Refusal::VERSION),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 013", Refusal::VERSION),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13, 8", Refusal::VERSION),
    ] {
        assert_eq!(plain(&altered(line, new)), Err(refusal), "{line} -> {new}");
    }
}

#[test]
fn an_unsupported_version_is_answered_with_the_supported_one() {
    let refusal = plain(&altered("Sec-WebSocket-Version", "Sec-WebSocket-Version: 25")).unwrap_err();
    let mut out = Vec::new();
    refusal.write(&mut out, &extras(&[], b"now")).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
    assert!(text.contains("\r\nSec-WebSocket-Version: 13\r\n"));
    assert!(text.contains("\r\nUpgrade: websocket\r\n"));
    assert!(text.contains("\r\nConnection: Upgrade, close\r\n"));
    assert!(text.ends_with("\r\n\r\nonly version 13 of WebSocket is supported"));
}

#[test]
fn a_key_is_16_bytes_in_canonical_base64() {
    for key in [
        "",
        "dGhlIHNhbXBsZSBub25jZQ=",    // padding cut
        "dGhlIHNhbXBsZSBub25jZQ",     // padding missing
        "dGhlIHNhbXBsZSBub25jZR==",   // stray bits
        "dGhlIHNhbXBsZSBub25jZSE=",   // 17 bytes
        "dGhlIHNhbXBsZSBub25j",       // 15 bytes
        "dGhlIHNhbXBsZSBub25jZQ==aa", // too long
        "dGhlIHNhbXBsZSBub25j====",
        "!!!!!!!!!!!!!!!!!!!!!!==",
        "dGhl IHNhbXBsZSBub25jZQ=",
        "____________________-w==", // the URL alphabet
    ] {
        let found = plain(&altered("Sec-WebSocket-Key", &format!("Sec-WebSocket-Key: {key}")));
        assert_eq!(found, Err(Refusal::KEY), "{key}");
    }
    plain(&altered("Sec-WebSocket-Key", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")).unwrap();
}

#[test]
fn a_key_comes_once() {
    let twice = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    assert_eq!(plain(&altered("Sec-WebSocket-Key", twice)), Err(Refusal::SEVERAL_KEYS));
}

#[test]
fn origins_are_looked_at_only_when_listed() {
    let example = head(EXAMPLE);
    let without = altered("Origin", "");
    assert!(plain(&without).is_ok());
    assert!(check(&example, &origins(&["https://a", "HTTP://example.com"])).is_ok());
    assert_eq!(check(&example, &origins(&["https://example.com"])), Err(Refusal::ORIGIN));
    assert_eq!(check(&example, &origins(&[])), Err(Refusal::ORIGIN));
    assert_eq!(check(&without, &origins(&["http://example.com"])), Err(Refusal::ORIGIN));
    assert!(check(&without, &origins(&["*"])).is_ok());
    let twice = altered("Origin", "Origin: http://example.com\r\nOrigin: http://evil");
    assert_eq!(check(&twice, &origins(&["http://example.com"])), Err(Refusal::ORIGIN));
    assert_eq!(Refusal::ORIGIN.status, 403);
}

#[test]
fn the_clients_first_supported_subprotocol_is_chosen_in_our_spelling() {
    let choose = |offer: &str, ours: &[&str]| {
        let head = altered("Sec-WebSocket-Protocol", &format!("Sec-WebSocket-Protocol: {offer}"));
        check(&head, &protocols(ours)).unwrap().subprotocol
    };
    assert_eq!(choose("a, b", &["b", "a"]).as_deref(), Some("a"));
    assert_eq!(choose("CHAT", &["Chat"]).as_deref(), Some("Chat"));
    assert_eq!(choose("x\r\nSec-WebSocket-Protocol: b", &["b"]).as_deref(), Some("b"));
    assert_eq!(choose("chats", &["chat"]), None);
    assert_eq!(choose("a", &[]), None);
    assert_eq!(check(&altered("Sec-WebSocket-Protocol", ""), &protocols(&["a"])).unwrap().subprotocol, None);
}

#[test]
fn compression_is_agreed_only_when_both_want_it() {
    let offer =
        altered("Origin", "Sec-WebSocket-Extensions: x-foo\r\nSec-WebSocket-Extensions: permessage-deflate");
    assert_eq!(plain(&offer).unwrap().deflate, None);
    let options = HandshakeOptions { deflate: Some(DeflateConfig::default()), ..Default::default() };
    assert_eq!(check(&head(EXAMPLE), &options).unwrap().deflate, None);
    let (_, answer) = check(&offer, &options).unwrap().deflate.unwrap();
    assert!(answer.starts_with("permessage-deflate"));
}

#[test]
fn only_upgrades_to_websocket_go_to_the_handshake() {
    assert!(is_upgrade(&head(EXAMPLE)));
    assert!(!is_upgrade(&altered("Upgrade", "")));
    assert!(!is_upgrade(&altered("Upgrade", "Upgrade: websockets")));
}

#[test]
fn the_answer_has_swooles_order() {
    let accepted = Accepted {
        accept_key: "KEY".into(),
        subprotocol: Some("chat".into()),
        deflate: check(
            &altered("Origin", "Sec-WebSocket-Extensions: permessage-deflate"),
            &HandshakeOptions { deflate: Some(DeflateConfig::default()), ..Default::default() },
        )
        .unwrap()
        .deflate,
    };
    let extension = accepted.deflate.clone().unwrap().1;
    let headers: &[(&[u8], &[u8])] = &[(b"Set-Cookie", b"a=b"), (b"X-A", b"1"), (b"upgrade", b"h2c")];
    let mut out = b"before".to_vec();
    accepted.write(&mut out, &extras(headers, &imf_fixdate(0))).unwrap();
    let expected = format!(
        "beforeHTTP/1.1 101 Switching Protocols\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Accept: KEY\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: chat\r\n\
         X-A: 1\r\n\
         Sec-WebSocket-Extensions: {extension}\r\n\
         Set-Cookie: a=b\r\n\
         Server: swoole-http-server\r\n\
         Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n"
    );
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn the_application_may_replace_protocol_server_and_date() {
    let accepted = check(&head(EXAMPLE), &protocols(&["chat"])).unwrap();
    let headers: &[(&[u8], &[u8])] =
        &[(b"sec-websocket-protocol", b"superchat"), (b"SERVER", b"s"), (b"Date", b"d")];
    let mut out = Vec::new();
    accepted.write(&mut out, &extras(headers, b"now")).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with("13\r\nsec-websocket-protocol: superchat\r\nSERVER: s\r\nDate: d\r\n\r\n"));
}

#[test]
fn a_header_that_breaks_its_line_leaves_nothing_behind() {
    let headers: &[(&[u8], &[u8])] = &[(b"X-A", b"1\r\nX-B: 2")];
    let mut out = b"before".to_vec();
    let accepted = plain(&head(EXAMPLE)).unwrap();
    assert_eq!(accepted.write(&mut out, &extras(headers, b"")), Err(FieldError::Value("X-A".into())));
    assert!(Refusal::KEY.write(&mut out, &extras(headers, b"")).is_err());
    assert_eq!(out, b"before");
}
