//! Our opening handshake against somebody else's, in both directions, over a real socket pair.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use swoole::protocol::handshake::{
    ClientHandshake, ClientOptions, Extras, HandshakeOptions, Refusal, check, is_upgrade,
};
use swoole::protocol::http::date::imf_fixdate;
use swoole::protocol::http::{HeadLimits, HeadSearch, RequestHead, ResponseHead};
use tungstenite::client::ClientRequestBuilder;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::{ClientHandshake as TheirHandshake, HandshakeError, Message, WebSocket};

const NO_EXTRAS: Extras<'static> =
    Extras { headers: &[(b"X-Greeting", b"hello")], server: "test", date: b"Thu, 01 Jan 1970 00:00:00 GMT" };

type TheirResult =
    Result<(WebSocket<UnixStream>, tungstenite::handshake::client::Response), tungstenite::Error>;

/// Runs their client on its own thread.
fn their_client(protocols: &'static [&'static str], stream: UnixStream) -> thread::JoinHandle<TheirResult> {
    thread::spawn(move || {
        let mut request = ClientRequestBuilder::new("ws://example.com/chat?room=1".parse().expect("a URI"));
        for protocol in protocols {
            request = request.with_sub_protocol(*protocol);
        }
        tungstenite::client(request, stream).map_err(plain)
    })
}

fn plain(error: HandshakeError<TheirHandshake<UnixStream>>) -> tungstenite::Error {
    match error {
        HandshakeError::Failure(error) => error,
        HandshakeError::Interrupted(_) => panic!("a blocking socket does not interrupt"),
    }
}

/// Reads one head, `step` bytes at a time; returns it with the bytes behind it.
fn read_head<H>(
    stream: &mut UnixStream,
    step: usize,
    mut parse: impl FnMut(&[u8]) -> Option<(H, usize)>,
) -> (H, Vec<u8>) {
    let mut buf = Vec::new();
    let mut piece = vec![0; step];
    loop {
        let n = stream.read(&mut piece).expect("the peer is there");
        assert_ne!(n, 0, "the peer closed inside its head");
        buf.extend_from_slice(&piece[..n]);
        if let Some((head, len)) = parse(&buf) {
            return (head, buf.split_off(len));
        }
    }
}

fn read_request(stream: &mut UnixStream, step: usize) -> RequestHead {
    let mut search = HeadSearch::default();
    let limits = HeadLimits { require_host: true, ..Default::default() };
    let parse = |buf: &[u8]| RequestHead::parse_from(&mut search, buf, &limits).expect("a request");
    let (head, rest) = read_head(stream, step, parse);
    assert!(rest.is_empty());
    head
}

#[test]
fn their_client_accepts_our_servers_answer() {
    for step in [1, 7, 4096] {
        let (mut ours, theirs) = UnixStream::pair().expect("a socket pair");
        let client = their_client(&["x", "chat"], theirs);
        let head = read_request(&mut ours, step);
        assert!(is_upgrade(&head));
        assert_eq!((head.path(), head.query()), ("/chat", Some("room=1")));
        let options = HandshakeOptions { subprotocols: vec!["chat".into()], ..Default::default() };
        let mut out = Vec::new();
        check(&head, &options).expect("a handshake").write(&mut out, &NO_EXTRAS).expect("plain headers");
        // The first frame travels with the head.
        out.extend_from_slice(b"\x81\x02hi");
        ours.write_all(&out).expect("the peer reads");
        let (mut socket, response) = client.join().expect("no panic").expect("their client agrees");
        assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
        assert_eq!(response.headers()["x-greeting"], "hello");
        assert_eq!(socket.read().expect("a frame"), Message::text("hi"));
    }
}

#[test]
fn their_client_sees_our_servers_refusal() {
    let (mut ours, theirs) = UnixStream::pair().expect("a socket pair");
    let client = their_client(&[], theirs);
    let head = read_request(&mut ours, 4096);
    let options = HandshakeOptions { allowed_origins: Some(vec!["https://a".into()]), ..Default::default() };
    let refusal = check(&head, &options).expect_err("an origin is missing");
    assert_eq!(refusal, Refusal::ORIGIN);
    let mut out = Vec::new();
    refusal.write(&mut out, &NO_EXTRAS).expect("plain headers");
    ours.write_all(&out).expect("the peer reads");
    drop(ours);
    match client.join().expect("no panic") {
        Err(tungstenite::Error::Http(response)) => {
            assert_eq!(response.status(), 403);
            assert_eq!(response.body().as_deref(), Some(Refusal::ORIGIN.reason.as_bytes()));
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn their_server_accepts_our_clients_request() {
    for step in [1, 4096] {
        let (mut ours, theirs) = UnixStream::pair().expect("a socket pair");
        let server = thread::spawn(move || {
            #[expect(clippy::result_large_err, reason = "their signature")]
            let choose = |request: &Request, mut response: Response| {
                assert_eq!(request.uri().path(), "/chat");
                assert_eq!(request.headers()["sec-websocket-protocol"], "chat, superchat");
                response.headers_mut().insert("Sec-WebSocket-Protocol", "superchat".parse().expect("ASCII"));
                Ok(response)
            };
            let mut socket = tungstenite::accept_hdr(theirs, choose).expect("their server agrees");
            socket.send(Message::text("hi")).expect("the peer reads");
        });
        let client = ClientHandshake::with_random_key(ClientOptions {
            host: b"example.com".to_vec(),
            target: b"/chat".to_vec(),
            subprotocols: vec!["chat".into(), "superchat".into()],
            ..Default::default()
        })
        .expect("randomness");
        ours.write_all(&client.request().expect("plain headers")).expect("the peer reads");
        let limits = HeadLimits::default();
        let (head, mut rest) =
            read_head(&mut ours, step, |buf| ResponseHead::parse(buf, &limits).expect("a response"));
        let agreed = client.verify(&head).expect("their answer is right");
        assert_eq!(agreed.subprotocol.as_deref(), Some("superchat"));
        ours.read_to_end(&mut rest).expect("the peer writes, then closes");
        assert_eq!(rest, b"\x81\x02hi");
        server.join().expect("no panic");
    }
}

#[test]
fn both_compute_the_same_proof() {
    for secs in 0..64 {
        let key = String::from_utf8(imf_fixdate(secs * 86_399).to_vec()).expect("ASCII");
        let theirs = tungstenite::handshake::derive_accept_key(key.as_bytes());
        assert_eq!(swoole::protocol::handshake::accept_key(key.as_bytes()), theirs);
    }
}
