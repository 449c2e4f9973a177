//! `Sec-WebSocket-Key` and `Sec-WebSocket-Accept`: the proof that the other end speaks WebSocket.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// RFC 6455, 4.2.2: the value of `Sec-WebSocket-Accept` for a key as it stands in the request.
pub fn accept_key(key: &[u8]) -> String {
    STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}

/// RFC 6455, 4.2.1: "a base64-encoded value that, when decoded, is 16 bytes in length". The engine refuses blanks,
/// missing padding and stray bits behind the last byte.
pub fn is_key(key: &[u8]) -> bool {
    let mut decoded = [0; 18];
    key.len() == KEY_CHARS && STANDARD.decode_slice(key, &mut decoded) == Ok(16)
}

/// 16 bytes in base64.
const KEY_CHARS: usize = 24;

/// RFC 6455, 1.3.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
