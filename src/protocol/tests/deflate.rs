//! Sections are those of RFC 7692; the byte examples of 7.2.3 come first.

use proptest::prelude::*;

use crate::protocol::deflate::{Deflate, DeflatePool};
use crate::protocol::error::ProtocolError;
use crate::protocol::extension::{DeflateConfig, DeflateParams};
use crate::protocol::role::Role;

const FORGET: DeflateParams = DeflateParams {
    server_no_context_takeover: true,
    client_no_context_takeover: true,
    server_max_window_bits: 15,
    client_max_window_bits: 15,
};
const TAKEOVER: DeflateParams =
    DeflateParams { server_no_context_takeover: false, client_no_context_takeover: false, ..FORGET };
const HELLO: &[u8] = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
const HELLO_FINAL: &[u8] = &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
const LIMIT: usize = 1 << 20;

/// Compresses everything, however short.
fn config() -> DeflateConfig {
    DeflateConfig { threshold: 0, ..DeflateConfig::default() }
}

/// One end of a connection with its own pool.
struct End {
    deflate: Deflate,
    pool: DeflatePool,
}

impl End {
    fn new(role: Role, params: DeflateParams) -> Self {
        Self::with(role, params, config())
    }

    fn with(role: Role, params: DeflateParams, config: DeflateConfig) -> Self {
        Self { deflate: Deflate::new(role, params, &config), pool: DeflatePool::new() }
    }

    fn compress(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        let mut out = b"before".to_vec();
        let compressed = self.deflate.compress(&mut self.pool, payload, &mut out);
        let message = out.strip_prefix(b"before").expect("what was in the buffer stays").to_vec();
        assert!(compressed || message.is_empty(), "a message that goes plain leaves nothing behind");
        compressed.then_some(message)
    }

    fn inflate(&mut self, pieces: &[&[u8]]) -> Result<Vec<u8>, ProtocolError> {
        self.inflate_up_to(LIMIT, pieces).0
    }

    fn inflate_up_to(&mut self, limit: usize, pieces: &[&[u8]]) -> (Result<Vec<u8>, ProtocolError>, usize) {
        let mut out = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            let fin = at + 1 == pieces.len();
            if let Err(error) = self.deflate.decompress(&mut self.pool, piece, fin, &mut out, limit) {
                assert!(out.len() <= limit);
                return (Err(error), out.capacity());
            }
        }
        assert!(out.len() <= limit);
        let capacity = out.capacity();
        (Ok(out), capacity)
    }
}

fn server(params: DeflateParams) -> End {
    End::new(Role::Server, params)
}

fn pair(params: DeflateParams, config: DeflateConfig) -> (End, End) {
    (End::with(Role::Server, params, config), End::with(Role::Client, params, config))
}

/// Text like that of a chat: compressible, but not all the same.
fn text(len: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(len + 64);
    let mut n = 12345u32;
    while text.len() < len {
        n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(
            format!("{{\"user\":{},\"text\":\"message {}\"}},", n >> 20, n >> 24).as_bytes(),
        );
    }
    text.truncate(len);
    text
}

/// Bytes that no compressor makes smaller.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn section_7_2_3_1_one_block_with_fixed_codes() {
    assert_eq!(server(FORGET).inflate(&[HELLO]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_1_the_same_in_two_fragments() {
    assert_eq!(server(FORGET).inflate(&[&HELLO[..3], &HELLO[3..]]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_2_a_second_message_may_refer_to_the_first() {
    let again: &[u8] = &[0xf2, 0x00, 0x11, 0x00, 0x00];
    let mut end = server(TAKEOVER);
    assert_eq!(end.inflate(&[HELLO]).unwrap(), b"Hello");
    assert_eq!(end.inflate(&[again]).unwrap(), b"Hello");
    let mut end = server(FORGET);
    assert_eq!(end.inflate(&[HELLO]).unwrap(), b"Hello");
    assert_eq!(end.inflate(&[HELLO]).unwrap(), b"Hello");
    assert_eq!(end.inflate(&[again]), Err(ProtocolError::InvalidDeflate));
}

#[test]
fn section_7_2_3_3_a_block_without_compression() {
    let stored = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    assert_eq!(server(FORGET).inflate(&[&stored]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_4_a_block_with_bfinal() {
    for params in [FORGET, TAKEOVER, DeflateParams { client_max_window_bits: 9, ..TAKEOVER }] {
        let mut end = server(params);
        for _ in 0..3 {
            assert_eq!(end.inflate(&[HELLO_FINAL, &[0x00]]).unwrap(), b"Hello");
            assert_eq!(end.inflate(&[HELLO]).unwrap(), b"Hello");
        }
    }
}

#[test]
fn section_7_2_3_4_a_block_with_bfinal_in_the_middle_of_a_message() {
    let message = [HELLO_FINAL, HELLO_FINAL, HELLO].concat();
    for params in [FORGET, TAKEOVER] {
        assert_eq!(server(params).inflate(&[&message]).unwrap(), b"HelloHelloHello");
    }
}

#[test]
fn a_final_block_needs_no_octet_behind_it() {
    for params in [FORGET, TAKEOVER] {
        let mut end = server(params);
        assert_eq!(end.inflate(&[HELLO_FINAL]).unwrap(), b"Hello");
        assert_eq!(end.inflate(&[HELLO_FINAL, b""]).unwrap(), b"Hello");
    }
}

#[test]
fn section_7_2_3_5_two_blocks_in_one_message() {
    let two = [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
    assert_eq!(server(FORGET).inflate(&[&two]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_6_an_empty_message() {
    for params in [FORGET, TAKEOVER] {
        let mut end = server(params);
        assert_eq!(end.inflate(&[&[0x00]]).unwrap(), b"");
        assert_eq!(end.inflate(&[HELLO]).unwrap(), b"Hello");
    }
}

#[test]
fn a_compressed_message_without_any_octet_is_empty() {
    // What a zlib that was flushed twice in a row leaves of an empty message.
    for params in [FORGET, TAKEOVER] {
        let mut end = server(params);
        assert_eq!(end.inflate(&[b""]).unwrap(), b"");
        assert_eq!(end.inflate(&[b"", b"", HELLO, b""]).unwrap(), b"Hello");
    }
}

#[test]
fn garbage_behind_a_final_block_is_refused() {
    for garbage in [&b"\xff"[..], b"\x06", b"\x05garbage", b"\x01\x05\x00\x00\x00hello"] {
        let message = [HELLO_FINAL, garbage].concat();
        for params in [FORGET, TAKEOVER] {
            assert_eq!(
                server(params).inflate(&[&message]),
                Err(ProtocolError::InvalidDeflate),
                "{garbage:x?}"
            );
        }
    }
}

#[test]
fn a_message_that_kept_its_tail_is_refused() {
    let message = [HELLO, &[0x00, 0x00, 0xff, 0xff]].concat();
    for params in [FORGET, TAKEOVER] {
        assert_eq!(server(params).inflate(&[&message]), Err(ProtocolError::InvalidDeflate));
    }
}

#[test]
fn a_message_that_is_cut_short_is_refused() {
    for level in [1, 6] {
        let (mut server, mut client) = pair(FORGET, DeflateConfig { level, ..config() });
        let message = server.compress(&text(600)).unwrap();
        for cut in 1..message.len() {
            assert_eq!(
                client.inflate(&[&message[..cut]]),
                Err(ProtocolError::InvalidDeflate),
                "level {level} cut {cut}"
            );
        }
    }
}

#[test]
fn what_is_not_deflate_is_refused() {
    // A reserved block type; a stored block whose length does not match its complement; a distance before the start.
    for message in [&b"\x06\x00"[..], b"\x00\x05\x00\x00\x00hello\x00", b"\x02\x11\x00\x00"] {
        assert_eq!(server(FORGET).inflate(&[message]), Err(ProtocolError::InvalidDeflate), "{message:x?}");
    }
}

#[test]
fn with_takeover_a_repeated_message_shrinks_and_without_it_stays_the_same() {
    let payload = text(1000);
    for (params, shrinks) in [(TAKEOVER, true), (FORGET, false)] {
        let (mut server, mut client) = pair(params, config());
        let first = server.compress(&payload).unwrap();
        let second = server.compress(&payload).unwrap();
        assert_eq!(second.len() < first.len() / 4, shrinks);
        assert_eq!(second == first, !shrinks);
        assert_eq!(client.inflate(&[&first]).unwrap(), payload);
        assert_eq!(client.inflate(&[&second]).unwrap(), payload);
    }
}

#[test]
fn takeover_is_per_side() {
    let payload = text(1000);
    let server_only = DeflateParams { server_no_context_takeover: false, ..FORGET };
    let client_only = DeflateParams { client_no_context_takeover: false, ..FORGET };
    for (params, server_shrinks) in [(server_only, true), (client_only, false)] {
        let (mut server, mut client) = pair(params, config());
        let from_server = [server.compress(&payload).unwrap(), server.compress(&payload).unwrap()];
        let from_client = [client.compress(&payload).unwrap(), client.compress(&payload).unwrap()];
        assert_eq!(from_server[0] != from_server[1], server_shrinks);
        assert_eq!(from_client[0] == from_client[1], server_shrinks);
        for at in 0..2 {
            assert_eq!(client.inflate(&[&from_server[at]]).unwrap(), payload);
            assert_eq!(server.inflate(&[&from_client[at]]).unwrap(), payload);
        }
    }
}

#[test]
fn a_message_that_would_not_become_smaller_goes_plain() {
    for params in [FORGET, TAKEOVER] {
        let mut end = server(params);
        for payload in [&b""[..], b"a", b"Hello", &noise(100), &noise(100_000)] {
            assert_eq!(end.compress(payload), None);
        }
        let message = end.compress(b"aaaaaaaa").expect("eight equal letters take fewer bytes");
        assert!(message.len() < 8);
    }
}

#[test]
fn a_caller_told_to_compress_gets_what_becomes_larger_too() {
    for (params, level) in [(FORGET, 1), (FORGET, 6), (TAKEOVER, 1), (TAKEOVER, 6)] {
        let (mut server, mut client) = pair(params, DeflateConfig { level, threshold: 1000, ..config() });
        for payload in [&b"a"[..], &noise(500), &text(50_000)] {
            let mut message = Vec::new();
            assert!(server.deflate.compress_always(&mut server.pool, payload, &mut message));
            assert!(client.inflate(&[&message]).unwrap() == payload);
        }
        assert!(!server.deflate.compress_always(&mut server.pool, b"", &mut Vec::new()));
    }
}

#[test]
fn a_plain_message_in_between_leaves_both_windows_in_step() {
    let (mut server, mut client) = pair(TAKEOVER, config());
    for round in 0..20 {
        let payload = text(300 + round);
        let message = server.compress(&payload).unwrap();
        assert_eq!(client.inflate(&[&message]).unwrap(), payload);
        // The client never sees this one compressed; a reference to it would be to another text.
        let mixed = [noise(3000 + round), text(100)].concat();
        assert_eq!(server.compress(&mixed), None);
    }
}

#[test]
fn the_threshold_is_the_shortest_message_that_is_compressed() {
    let (mut server, mut client) = pair(TAKEOVER, DeflateConfig { threshold: 64, ..config() });
    assert_eq!(server.compress(&[b'a'; 63]), None);
    assert_eq!(server.pool.created(), 0);
    let message = server.compress(&[b'a'; 64]).unwrap();
    assert_eq!(client.inflate(&[&message]).unwrap(), [b'a'; 64]);
}

#[test]
fn a_message_may_be_as_long_as_the_limit_and_no_longer() {
    let payload = text(40_000);
    for params in [FORGET, TAKEOVER] {
        for (limit, fits) in [(39_999, false), (40_000, true), (40_001, true), (0, false), (usize::MAX, true)]
        {
            let (mut server, mut client) = pair(params, config());
            let message = server.compress(&payload).unwrap();
            let (head, tail) = message.split_at(message.len() / 2);
            let result = client.inflate_up_to(limit, &[head, tail]).0;
            assert_eq!(result, if fits { Ok(payload.clone()) } else { Err(ProtocolError::InflatedTooBig) });
        }
    }
}

#[test]
fn a_limit_of_nothing_lets_an_empty_message_pass() {
    assert_eq!(server(FORGET).inflate_up_to(0, &[&[0x00]]).0, Ok(vec![]));
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let (mut server, mut client) = pair(FORGET, DeflateConfig { level: 9, ..config() });
    let bomb = server.compress(&vec![0; 32 << 20]).unwrap();
    assert!(bomb.len() < (32 << 20) / 1000);
    let limit = 100_000;
    let (result, capacity) = client.inflate_up_to(limit, &[&bomb]);
    assert_eq!(result, Err(ProtocolError::InflatedTooBig));
    assert!(capacity <= 2 * limit, "the buffer grew to {capacity}");
}

#[test]
fn an_idle_connection_without_takeover_owns_no_context() {
    let (mut server, mut client) = pair(FORGET, config());
    let message = server.compress(&text(1000)).unwrap();
    client.inflate(&[&message]).unwrap();
    assert!(!server.deflate.owns_context() && !client.deflate.owns_context());
    assert_eq!((server.pool.idle(), client.pool.idle()), (1, 1));
}

#[test]
fn a_message_under_way_holds_a_context_until_it_ends_fails_or_is_released() {
    let mut end = server(FORGET);
    let mut out = Vec::new();
    let mut begin = |end: &mut End| {
        end.deflate.decompress(&mut end.pool, &HELLO[..3], false, &mut out, LIMIT).unwrap();
        assert_eq!((end.deflate.owns_context(), end.pool.idle()), (true, 0));
    };
    begin(&mut end);
    assert!(end.inflate(&[&HELLO[3..]]).is_ok());
    assert_eq!((end.deflate.owns_context(), end.pool.idle()), (false, 1));
    begin(&mut end);
    assert!(end.inflate(&[&[0xff; 9]]).is_err());
    assert_eq!((end.deflate.owns_context(), end.pool.idle()), (false, 1));
    begin(&mut end);
    end.deflate.release(&mut end.pool);
    assert_eq!((end.deflate.owns_context(), end.pool.idle()), (false, 1));
    assert_eq!(end.inflate(&[HELLO]).unwrap(), b"Hello", "a context that came back unfinished is clean");
    assert_eq!(end.pool.created(), 1);
}

#[test]
fn a_steady_state_creates_no_context_and_grows_no_buffer() {
    for params in [FORGET, TAKEOVER] {
        let (mut server, mut client) = pair(params, config());
        let (mut message, mut back) = (Vec::with_capacity(2048), Vec::with_capacity(2048));
        let capacity = (message.capacity(), back.capacity());
        for round in 0..200 {
            message.clear();
            back.clear();
            assert!(server.deflate.compress(&mut server.pool, &text(1000 + round), &mut message));
            client.deflate.decompress(&mut client.pool, &message, true, &mut back, LIMIT).unwrap();
            assert_eq!((server.pool.created(), client.pool.created()), (1, 1));
            assert_eq!((message.capacity(), back.capacity()), capacity);
        }
    }
}

#[test]
fn connections_of_one_thread_share_the_contexts_of_a_pool() {
    let mut pool = DeflatePool::new();
    let mut out = Vec::new();
    for bits in [15, 15, 12, 15, 12] {
        let params = DeflateParams { server_max_window_bits: bits, ..FORGET };
        let mut deflate = Deflate::new(Role::Server, params, &config());
        assert!(deflate.compress(&mut pool, &text(500), &mut out));
    }
    assert_eq!(pool.created(), 2);
}

#[test]
fn a_pool_keeps_a_bounded_number_of_contexts() {
    let mut pool = DeflatePool::new();
    let mut many: Vec<_> = (0..100).map(|_| Deflate::new(Role::Server, FORGET, &config())).collect();
    for deflate in &mut many {
        deflate.decompress(&mut pool, &HELLO[..3], false, &mut Vec::new(), LIMIT).unwrap();
    }
    for deflate in &mut many {
        deflate.decompress(&mut pool, &HELLO[3..], true, &mut Vec::new(), LIMIT).unwrap();
    }
    assert!((1..=16).contains(&pool.idle()));
}

#[test]
fn a_client_limited_to_eight_bits_sends_plain_and_still_reads() {
    let params = DeflateParams { client_max_window_bits: 8, ..TAKEOVER };
    let (mut server, mut client) = pair(params, config());
    assert_eq!(client.compress(&text(1000)), None);
    let message = server.compress(&text(1000)).unwrap();
    assert_eq!(client.inflate(&[&message]).unwrap(), text(1000));
    assert_eq!(server.inflate(&[HELLO]).unwrap(), b"Hello");
}

#[test]
fn a_window_never_reaches_further_back_than_agreed() {
    // Two equal halves of noise: only a window longer than a half (and zlib's lookahead) finds the repetition.
    for bits in 9..=15u8 {
        let window = 1usize << bits;
        let params = DeflateParams { server_max_window_bits: bits, ..FORGET };
        for (half, reaches) in [(window - 300, true), (window + 1, false)] {
            let mut end = End::with(Role::Server, params, DeflateConfig { level: 9, ..config() });
            assert_eq!(end.compress(&noise(half).repeat(2)).is_some(), reaches, "{bits} bits, {half} bytes");
        }
    }
}

#[test]
fn a_state_is_small_and_may_change_threads() {
    fn assert_send<T: Send>() {}
    assert_send::<Deflate>();
    assert_send::<DeflatePool>();
    assert!(size_of::<Deflate>() <= 48);
}

/// Payloads of all kinds: noise, repetition, and text; up to beyond the largest window.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        (any::<u8>(), 0..70_000usize).prop_map(|(byte, len)| vec![byte; len]),
        (0..70_000usize).prop_map(text),
        (0..2000usize, 0..2000usize).prop_map(|(a, b)| [noise(a), text(b), noise(a)].concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_messages_in_any_pieces_with_any_parameters_come_back(
        payloads in proptest::collection::vec(payload(), 1..6),
        takeover: bool,
        bits in 9..=15u8,
        level in 1..=9u8,
        mem_level in 1..=9u8,
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let params = DeflateParams {
            server_no_context_takeover: !takeover,
            client_no_context_takeover: !takeover,
            server_max_window_bits: bits,
            client_max_window_bits: bits,
        };
        let (mut server, mut client) = pair(params, DeflateConfig { level, mem_level, ..config() });
        for payload in payloads {
            for towards_client in [true, false] {
                let (from, to) =
                    if towards_client { (&mut server, &mut client) } else { (&mut client, &mut server) };
                let Some(message) = from.compress(&payload) else { continue };
                prop_assert!(message.len() < payload.len());
                let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(message.len() + 1)).collect();
                at.extend([0, message.len()]);
                at.sort_unstable();
                let pieces: Vec<_> = at.windows(2).map(|ends| &message[ends[0]..ends[1]]).collect();
                prop_assert!(to.inflate(&pieces).unwrap() == payload, "{params:?} level {level} mem {mem_level}");
            }
        }
    }

    #[test]
    fn any_bytes_are_inflated_or_refused_within_the_limit(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        takeover: bool,
        limit in 0..5000usize,
    ) {
        let mut end = server(if takeover { TAKEOVER } else { FORGET });
        let cut = bytes.len() / 2;
        let whole = end.inflate_up_to(limit, &[&bytes]).0;
        let mut end = server(if takeover { TAKEOVER } else { FORGET });
        let pieces = end.inflate_up_to(limit, &[&bytes[..cut], &bytes[cut..]]).0;
        // What is both too big and garbled may be refused for either.
        prop_assert_eq!(pieces.ok(), whole.ok());
    }
}
