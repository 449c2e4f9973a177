//! permessage-deflate: what one end compresses the other inflates to the same bytes, in any pieces, with any parameters,
//! and never larger than it was; any other bytes are inflated or refused within the limit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swoole::protocol::deflate::{Deflate, DeflatePool};
use swoole::protocol::error::ProtocolError;
use swoole::protocol::extension::{DeflateConfig, DeflateParams};
use swoole::protocol::role::Role;

/// What the first bytes of the input choose.
#[derive(Clone, Copy)]
struct Setup {
    params: DeflateParams,
    config: DeflateConfig,
    piece: usize,
    limit: usize,
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, bits, level, piece, limit, data @ ..] = bytes else { return };
    let bits = 9 + bits % 7;
    let setup = Setup {
        params: DeflateParams {
            server_no_context_takeover: choice & 1 == 0,
            client_no_context_takeover: choice & 2 == 0,
            server_max_window_bits: bits,
            client_max_window_bits: bits,
        },
        config: DeflateConfig {
            level: 1 + level % 9,
            mem_level: 1 + level / 9 % 9,
            threshold: 0,
            ..DeflateConfig::default()
        },
        piece: usize::from(*piece).max(1),
        limit: usize::from(*limit) * 16,
    };
    round_trip(setup, data);
    any_bytes(setup, data);
});

/// The data as several messages, in both directions. A length of two bytes stands before each message.
fn round_trip(setup: Setup, mut data: &[u8]) {
    let mut pool = DeflatePool::new();
    let mut server = Deflate::new(Role::Server, setup.params, &setup.config);
    let mut client = Deflate::new(Role::Client, setup.params, &setup.config);
    let mut message = Vec::new();
    let mut towards_client = true;
    while let Some((len, rest)) = data.split_first_chunk() {
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(u16::from_le_bytes(*len))));
        data = rest;
        let (from, to) = if towards_client { (&mut server, &mut client) } else { (&mut client, &mut server) };
        towards_client = !towards_client;
        message.clear();
        if !from.compress(&mut pool, payload, &mut message) {
            assert!(message.is_empty());
            continue;
        }
        assert!(message.len() < payload.len());
        let back = inflate(to, &mut pool, &message, setup.piece, payload.len());
        assert_eq!(back.as_deref(), Ok(payload));
    }
    assert!(
        !setup.params.server_no_context_takeover
            || !setup.params.client_no_context_takeover
            || !server.owns_context()
    );
}

/// The data as two messages of a peer.
fn any_bytes(setup: Setup, data: &[u8]) {
    let mut pool = DeflatePool::new();
    let mut whole = Deflate::new(Role::Server, setup.params, &setup.config);
    let mut pieces = Deflate::new(Role::Server, setup.params, &setup.config);
    for data in [&data[..data.len() / 2], &data[data.len() / 2..]] {
        let expected = inflate(&mut whole, &mut pool, data, usize::MAX, setup.limit);
        let result = inflate(&mut pieces, &mut pool, data, setup.piece, setup.limit);
        // A message that is both too big and garbled may be refused for either.
        assert_eq!(result.as_ref().ok(), expected.as_ref().ok());
        if expected.is_err() {
            return;
        }
    }
}

fn inflate(
    deflate: &mut Deflate,
    pool: &mut DeflatePool,
    message: &[u8],
    piece: usize,
    limit: usize,
) -> Result<Vec<u8>, ProtocolError> {
    let mut out = Vec::new();
    let mut left = message;
    loop {
        let (now, rest) = left.split_at(left.len().min(piece));
        left = rest;
        let result = deflate.decompress(pool, now, left.is_empty(), &mut out, limit);
        assert!(out.len() <= limit);
        result?;
        if left.is_empty() {
            return Ok(out);
        }
    }
}
