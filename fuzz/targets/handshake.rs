//! Any bytes where a head is expected: however they are cut into reads, the same head or the same error; a parsed head
//! writes and reads back the same; every answer to a handshake is itself a head that the client side understands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swoole::protocol::extension::DeflateConfig;
use swoole::protocol::handshake::{
    Accepted, ClientHandshake, ClientOptions, Extras, HandshakeOptions, Refusal, accept_key, check,
    is_upgrade,
};
use swoole::protocol::http::write;
use swoole::protocol::http::{
    Body, BodyLength, HeadLimits, HeadSearch, HttpError, RequestHead, ResponseHead,
};

const EXTRAS: Extras<'static> = Extras { headers: &[(b"Set-Cookie", b"a=b")], server: "s", date: b"d" };

fuzz_target!(|bytes: &[u8]| {
    let [choice, cut, stream @ ..] = bytes else { return };
    let limits = match choice & 1 {
        0 => HeadLimits::default(),
        _ => HeadLimits { head_bytes: 300, header_count: 8, target_bytes: 40, require_host: true },
    };
    let cut = usize::from(*cut).max(1);
    let whole = RequestHead::parse(stream, &limits);
    assert_eq!(whole, in_pieces(stream, cut, |search, buf| RequestHead::parse_from(search, buf, &limits)));
    assert_eq!(whole, in_pieces(stream, 1, |search, buf| RequestHead::parse_from(search, buf, &limits)));
    let response = ResponseHead::parse(stream, &limits);
    assert_eq!(
        response,
        in_pieces(stream, cut, |search, buf| ResponseHead::parse_from(search, buf, &limits))
    );
    match whole {
        Ok(Some((head, len))) => {
            assert!(len <= stream.len().min(limits.head_bytes));
            assert_reads_back(&head);
            answer(&head, *choice);
        }
        Ok(None) => assert!(stream.len() < limits.head_bytes),
        Err(error) => assert!((400..=505).contains(&error.status())),
    }
});

type Parsed<H> = Result<Option<(H, usize)>, HttpError>;

fn in_pieces<H>(
    stream: &[u8],
    size: usize,
    mut parse: impl FnMut(&mut HeadSearch, &[u8]) -> Parsed<H>,
) -> Parsed<H> {
    let mut search = HeadSearch::default();
    let mut end = 0;
    while end < stream.len() {
        end = (end + size).min(stream.len());
        let parsed = parse(&mut search, &stream[..end]);
        if !matches!(parsed, Ok(None)) {
            return parsed;
        }
    }
    Ok(None)
}

/// Nothing that was parsed can break a head it is written into, or mean something else there.
fn assert_reads_back(head: &RequestHead) {
    let mut out = Vec::new();
    write::request_line(&mut out, head.method(), head.target().as_bytes()).expect("was a request line");
    for (name, value) in head.fields().iter() {
        write::field(&mut out, name.as_bytes(), value).expect("was a field line");
    }
    write::end(&mut out);
    let (again, len) =
        RequestHead::parse(&out, &HeadLimits::default()).expect("a head").expect("a whole one");
    assert_eq!(len, out.len());
    assert_eq!((again.method(), again.target()), (head.method(), head.target()));
    assert_eq!((again.path(), again.query()), (head.path(), head.query()));
    assert!(again.fields().iter().eq(head.fields().iter()));
    assert_eq!(again.body_length(), head.body_length());
}

fn answer(head: &RequestHead, choice: u8) {
    let options = HandshakeOptions {
        subprotocols: vec!["chat".into(), "Soap".into()],
        allowed_origins: (choice & 2 != 0).then(|| vec!["http://a".into()]),
        deflate: (choice & 4 != 0).then(DeflateConfig::default),
    };
    let mut out = Vec::new();
    match check(head, &options) {
        Ok(accepted) => {
            assert!(is_upgrade(head));
            accepted.write(&mut out, &EXTRAS).expect("our own headers");
            assert_accepted(head, &accepted, &out);
        }
        Err(refusal) => {
            refusal.write(&mut out, &EXTRAS).expect("our own headers");
            assert_refused(&refusal, &out);
        }
    }
}

/// The client whose request this could have been takes the answer.
fn assert_accepted(request: &RequestHead, accepted: &Accepted, out: &[u8]) {
    let (head, len) = ResponseHead::parse(out, &HeadLimits::default()).expect("a head").expect("a whole one");
    assert_eq!((len, head.status()), (out.len(), 101));
    assert_eq!(head.headers("sec-websocket-extensions").count(), usize::from(accepted.deflate.is_some()));
    let key = request.header("sec-websocket-key").expect("was checked");
    assert_eq!(head.header("sec-websocket-accept"), Some(accept_key(key).as_bytes()));
    if accepted.deflate.is_none() && key == b"dGhlIHNhbXBsZSBub25jZQ==" {
        let offers = request.headers("sec-websocket-protocol");
        let headers = offers.map(|offer| (b"Sec-WebSocket-Protocol".to_vec(), offer.to_vec())).collect();
        let options = ClientOptions { headers, ..Default::default() };
        let agreed = ClientHandshake::new(options, *b"the sample nonce").verify(&head).expect("agreed");
        assert_eq!(agreed.subprotocol, accepted.subprotocol);
    }
}

fn assert_refused(refusal: &Refusal, out: &[u8]) {
    let (head, len) = ResponseHead::parse(out, &HeadLimits::default()).expect("a head").expect("a whole one");
    assert_eq!(head.status(), refusal.status);
    assert!(!head.keep_alive());
    let length = head.body_length("GET").expect("a length");
    assert!(matches!(length, BodyLength::Length(_)));
    let mut body = Vec::new();
    assert_eq!(Body::new(length, 1000).expect("short").decode(&mut &out[len..], &mut body), Ok(true));
    assert_eq!(body, refusal.reason.as_bytes());
}
