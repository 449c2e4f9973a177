//! The client's side: RFC 6455, sections 1.2, 1.3 and 4.1.

use crate::protocol::extension::{DeflateConfig, NegotiationError};
use crate::protocol::handshake::{Agreed, ClientError, ClientHandshake, ClientOptions};
use crate::protocol::handshake::{Extras, HandshakeOptions, check};
use crate::protocol::http::{FieldError, HeadLimits, RequestHead, ResponseHead};

/// The nonce of section 1.3.
const NONCE: [u8; 16] = *b"the sample nonce";

/// The response of section 1.2.
const EXAMPLE: &str = "HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: chat\r\n\
    \r\n";

fn options() -> ClientOptions {
    ClientOptions {
        host: b"server.example.com".to_vec(),
        target: b"/chat".to_vec(),
        subprotocols: vec!["chat".into(), "superchat".into()],
        ..Default::default()
    }
}

fn verify(options: ClientOptions, response: &str) -> Result<Agreed, ClientError> {
    let (head, _) = ResponseHead::parse(response.as_bytes(), &HeadLimits::default()).unwrap().unwrap();
    ClientHandshake::new(options, NONCE).verify(&head)
}

/// The example with one line replaced; an empty `new` removes it.
fn altered(line: &str, new: &str) -> String {
    let start = EXAMPLE.find(line).unwrap();
    let end = start + EXAMPLE[start..].find("\r\n").unwrap() + 2;
    let new = if new.is_empty() { String::new() } else { format!("{new}\r\n") };
    format!("{}{new}{}", &EXAMPLE[..start], &EXAMPLE[end..])
}

fn with_headers(headers: &[(&str, &str)]) -> ClientOptions {
    let headers = headers.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
    ClientOptions { headers, ..options() }
}

#[test]
fn the_request_is_that_of_the_rfc() {
    let request = ClientHandshake::new(options(), NONCE).request().unwrap();
    let expected = "GET /chat HTTP/1.1\r\n\
        Host: server.example.com\r\n\
        Connection: Upgrade\r\n\
        Upgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: chat, superchat\r\n\
        \r\n";
    assert_eq!(String::from_utf8(request).unwrap(), expected);
}

#[test]
fn further_headers_replace_host_and_subprotocol_but_nothing_of_the_handshake() {
    let options = with_headers(&[
        ("HOST", "other"),
        ("X-A", "1"),
        ("sec-websocket-protocol", "x"),
        ("Upgrade", "h2c"),
        ("sec-websocket-key", "k"),
        ("Content-Length", "5"),
    ]);
    let request = ClientHandshake::new(options, NONCE).request().unwrap();
    let (head, _) = RequestHead::parse(&request, &HeadLimits::default()).unwrap().unwrap();
    assert_eq!(head.headers("host").collect::<Vec<_>>(), [b"other"]);
    assert_eq!(head.headers("sec-websocket-protocol").collect::<Vec<_>>(), [b"x"]);
    assert_eq!(head.headers("upgrade").collect::<Vec<_>>(), [b"websocket"]);
    assert_eq!(head.headers("sec-websocket-key").count(), 1);
    assert_eq!((head.header("x-a"), head.header("content-length")), (Some(&b"1"[..]), None));
}

#[test]
fn a_request_that_would_break_is_refused_by_name() {
    let broken = ClientHandshake::new(with_headers(&[("X-A", "1\r\nX-B: 2")]), NONCE);
    assert_eq!(broken.request(), Err(FieldError::Value("X-A".into())));
    let broken = ClientHandshake::new(ClientOptions { target: b"/a b".to_vec(), ..options() }, NONCE);
    assert_eq!(broken.request(), Err(FieldError::StartLine("target")));
    let broken = ClientHandshake::new(ClientOptions { host: b"a\r\n".to_vec(), ..options() }, NONCE);
    assert_eq!(broken.request(), Err(FieldError::Value("Host".into())));
}

#[test]
fn random_keys_differ() {
    let key = || ClientHandshake::with_random_key(options()).unwrap().request().unwrap();
    assert_ne!(key(), key());
}

#[test]
fn the_response_of_the_rfc_is_accepted() {
    let agreed = verify(options(), EXAMPLE).unwrap();
    assert_eq!(agreed, Agreed { subprotocol: Some("chat".into()), deflate: None });
}

#[test]
fn case_does_not_count_where_the_rfc_says_so() {
    verify(options(), &altered("Upgrade", "UPGRADE: WebSocket")).unwrap();
    verify(options(), &altered("Connection", "connection: keep-alive, upgrade")).unwrap();
    let agreed = verify(options(), &altered("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: Chat"));
    assert_eq!(agreed.unwrap().subprotocol.as_deref(), Some("Chat"));
}

#[test]
fn each_wrong_answer_has_its_name() {
    for (line, new, error) in [
        ("HTTP", "HTTP/1.1 200 OK", ClientError::Status(200)),
        ("HTTP", "HTTP/1.1 401 Unauthorized", ClientError::Status(401)),
        ("HTTP", "HTTP/1.0 101 x", ClientError::HttpVersion),
        ("Upgrade", "", ClientError::Upgrade),
        ("Upgrade", "Upgrade: h2c", ClientError::Upgrade),
        ("Upgrade", "Upgrade: websocket, h2c", ClientError::Upgrade),
        ("Connection", "", ClientError::Connection),
        ("Connection", "Connection: close", ClientError::Connection),
        ("Sec-WebSocket-Accept", "", ClientError::Accept),
        ("Sec-WebSocket-Accept", "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", ClientError::Accept),
        ("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: other", ClientError::Subprotocol),
        ("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol:", ClientError::Subprotocol),
        (
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat",
            ClientError::Subprotocol,
        ),
        (
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions: permessage-deflate",
            ClientError::Extensions(NegotiationError::NotOffered),
        ),
    ] {
        assert_eq!(verify(options(), &altered(line, new)), Err(error), "{line} -> {new}");
    }
}

#[test]
fn a_subprotocol_offered_as_a_header_counts_as_offered() {
    let options = with_headers(&[("Sec-WebSocket-Protocol", "x, y")]);
    let response = |name| altered("Sec-WebSocket-Protocol", &format!("Sec-WebSocket-Protocol: {name}"));
    assert_eq!(verify(options.clone(), &response("y")).unwrap().subprotocol.as_deref(), Some("y"));
    assert_eq!(verify(options, &response("chat")), Err(ClientError::Subprotocol));
}

#[test]
fn both_sides_of_this_crate_agree() {
    let deflate = Some(DeflateConfig::default());
    let client =
        ClientHandshake::with_random_key(ClientOptions { deflate, ..options() }).expect("randomness");
    let mut request = client.request().unwrap();
    request.extend_from_slice(b"\x81\x80abcd");
    let (head, len) = RequestHead::parse(&request, &HeadLimits::default()).unwrap().unwrap();
    assert_eq!(&request[len..], b"\x81\x80abcd");
    let options = HandshakeOptions { subprotocols: vec!["superchat".into()], deflate, ..Default::default() };
    let accepted = check(&head, &options).unwrap();
    let mut response = Vec::new();
    accepted.write(&mut response, &Extras { headers: &[], server: "s", date: b"d" }).unwrap();
    let (head, _) = ResponseHead::parse(&response, &HeadLimits::default()).unwrap().unwrap();
    let agreed = client.verify(&head).unwrap();
    assert_eq!(agreed.subprotocol.as_deref(), Some("superchat"));
    assert_eq!(agreed.deflate, accepted.deflate.map(|(params, _)| params));
    assert!(agreed.deflate.is_some());
}
