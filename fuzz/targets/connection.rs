//! Any bytes from a peer, in either role, with and without compression: however they are cut into reads, the same events,
//! replies, state and end; and the replies are frames that the other role accepts.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use swoole::protocol::close::CloseReason;
use swoole::protocol::connection::{Connection, End, Event, Io, Limits, Options, Payload, Pool, State};
use swoole::protocol::deflate::Deflate;
use swoole::protocol::error::ProtocolError;
use swoole::protocol::extension::{DeflateConfig, DeflateParams};
use swoole::protocol::mask::MaskKeys;
use swoole::protocol::role::Role;

/// What the first bytes of the input choose.
#[derive(Clone, Copy)]
struct Setup {
    role: Role,
    auto_pong: bool,
    small: bool,
    /// `Some(takeover)`.
    deflate: Option<bool>,
    /// Close after this many bytes.
    close_at: Option<usize>,
}

/// All that can be seen of a connection from outside.
#[derive(Debug, PartialEq)]
struct Outcome {
    events: Vec<Event<'static>>,
    out: Vec<u8>,
    state: State,
    end: End,
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, close_at, cut, stream @ ..] = bytes else { return };
    let role = if choice & 1 == 0 { Role::Server } else { Role::Client };
    let setup = Setup {
        role,
        auto_pong: choice & 2 == 0,
        small: choice & 4 != 0,
        deflate: (choice & 8 != 0).then_some(choice & 16 != 0),
        close_at: (choice & 32 != 0).then_some(usize::from(*close_at)),
    };
    let whole = run(setup, stream, usize::MAX, false);
    assert_same(&whole, &run(setup, stream, 1, false), setup);
    assert_same(&whole, &run(setup, stream, usize::from(*cut).max(1), true), setup);
    assert_replies_are_frames(setup, &whole.out);
});

/// One connection's life with reads of `size` bytes, of large payloads directly if `direct`.
fn run(setup: Setup, mut stream: &[u8], size: usize, direct: bool) -> Outcome {
    let limits = match setup.small {
        true => {
            Limits { frame_bytes_max: 200, message_bytes_max: 300, inflated_bytes_max: 400, fragments_max: 3 }
        }
        false => Limits::default(),
    };
    let mut connection = Connection::new(
        setup.role,
        Arc::new(Options { auto_pong: setup.auto_pong, limits }),
        setup.deflate.map(|takeover| Box::new(deflate(setup.role, takeover))),
    );
    let (mut out, mut pool, mut keys) = (Vec::new(), Pool::default(), MaskKeys::fixed([0; 4]));
    let mut events = Vec::new();
    let mut close_at = setup.close_at;
    loop {
        let mut io = Io { out: &mut out, pool: &mut pool, keys: &mut keys };
        if close_at == Some(0) {
            close_at = None;
            let _ = connection.close(&CloseReason::new(1000, "enough").expect("valid"), &mut io);
        }
        if stream.is_empty() {
            break;
        }
        let mut now = stream.len().min(size).min(close_at.unwrap_or(usize::MAX));
        match connection.payload_space().filter(|_| direct) {
            Some(mut space) => {
                now = now.min(space.limit());
                space.get_mut().extend_from_slice(&stream[..now]);
                events.extend(connection.payload_filled(now, &mut io).map(owned));
            }
            None => {
                let mut read = stream[..now].to_vec();
                let mut input = &mut read[..];
                while let Some(event) = connection.receive(&mut input, &mut io) {
                    events.push(owned(event));
                }
                assert!(input.is_empty());
            }
        }
        stream = &stream[now..];
        close_at = close_at.map(|at| at - now);
    }
    let state = connection.state();
    let end = connection.eof();
    assert_eq!(end, connection.eof());
    Outcome { events, out, state, end }
}

/// The same outcome. A compressed message that is wrong in two ways (does not inflate, is not text, is too big) may be
/// refused for either: which one shows first depends on how far the inflater got with the bytes it was given.
fn assert_same(whole: &Outcome, cut: &Outcome, setup: Setup) {
    let either = |event: Option<&Event<'_>>| {
        use ProtocolError::{InflatedTooBig, InvalidDeflate, InvalidUtf8};
        matches!(event, Some(Event::Failed(InvalidDeflate | InvalidUtf8 | InflatedTooBig)))
    };
    if setup.deflate.is_some() && either(whole.events.last()) && either(cut.events.last()) {
        let but_last = |events: &[Event<'static>]| events.len() - 1;
        assert_eq!(whole.events[..but_last(&whole.events)], cut.events[..but_last(&cut.events)]);
        return;
    }
    assert_eq!(whole, cut);
}

/// The peer, which speaks the same protocol, takes every reply without a complaint.
fn assert_replies_are_frames(setup: Setup, out: &[u8]) {
    let role = if setup.role == Role::Server { Role::Client } else { Role::Server };
    let mut peer = Connection::new(role, Arc::default(), None);
    let (mut replies, mut pool, mut keys) = (Vec::new(), Pool::default(), MaskKeys::fixed([0; 4]));
    let mut bytes = out.to_vec();
    let mut input = &mut bytes[..];
    let mut io = Io { out: &mut replies, pool: &mut pool, keys: &mut keys };
    while let Some(event) = peer.receive(&mut input, &mut io) {
        match event {
            Event::Pong(_) => assert!(setup.auto_pong, "a pong that was not to be sent"),
            Event::Close(_) => {}
            other => panic!("replied with {other:?}"),
        }
    }
    assert!(
        !matches!(peer.eof(), End::Abnormal(cut) if cut != swoole::protocol::connection::Cut::BetweenMessages)
    );
}

fn deflate(role: Role, takeover: bool) -> Deflate {
    let params = DeflateParams {
        server_no_context_takeover: !takeover,
        client_no_context_takeover: !takeover,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    };
    Deflate::new(role, params, &DeflateConfig::default())
}

fn owned(event: Event<'_>) -> Event<'static> {
    let keep = |payload: Payload<'_>| Payload::Owned(payload[..].into());
    match event {
        Event::Message { opcode, compressed, payload } => {
            Event::Message { opcode, compressed, payload: keep(payload) }
        }
        Event::Ping(payload) => Event::Ping(keep(payload)),
        Event::Pong(payload) => Event::Pong(keep(payload)),
        Event::Close(reason) => Event::Close(reason),
        Event::Failed(error) => Event::Failed(error),
    }
}
