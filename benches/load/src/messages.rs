//! The messages of a run: built, masked and compressed once, then sent over and over.

use flate2::{Compress, Compression, FlushCompress};

use crate::frames::{BINARY, TEXT, client_frame};

pub struct Message {
    /// As it goes on the wire.
    pub frame: Vec<u8>,
    /// What must come back.
    pub payload: Vec<u8>,
}

/// A small set of different messages; connection `c` sends number `(c + n) % len` as its `n`th,
/// so that an answer which belongs to another message or connection is noticed.
pub fn plain(bytes: usize) -> Vec<Message> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let build = |_| {
        let payload: Vec<u8> = (0..bytes).map(|_| b' ' + (random.next() % 95) as u8).collect();
        // Text up to a few KiB, as chats and games send; large messages are binary, as files and images are.
        let opcode = if bytes <= TEXT_BYTES_MAX { TEXT } else { BINARY };
        Message { frame: client_frame(opcode, false, &payload), payload }
    };
    (0..set_size(bytes)).map(build).collect()
}

/// JSON records, each compressed on its own: a client may always start with an empty window (RFC 7692, 7.1.1.2
/// forbids only the opposite once that was agreed).
pub fn compressed_json(bytes: usize) -> Vec<Message> {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let build = |_| {
        let payload = json(bytes, &mut random);
        Message { frame: client_frame(TEXT, true, &deflate(&payload)), payload }
    };
    (0..set_size(bytes)).map(build).collect()
}

/// A primary number, so that connections do not fall into step; few of the large ones.
fn set_size(bytes: usize) -> usize {
    if bytes <= TEXT_BYTES_MAX { 61 } else { 3 }
}

fn json(bytes: usize, random: &mut Random) -> Vec<u8> {
    let mut text = String::from("[");
    while text.len() < bytes {
        let (id, user, room) = (random.next() % 1_000_000, random.next() % 5000, random.next() % 40);
        text += &format!(
            "{{\"id\":{id},\"user\":\"user-{user}\",\"room\":\"room {room}\",\"type\":\"message\",\"at\":1700{id:06}}},"
        );
    }
    text.truncate(bytes);
    text.into_bytes()
}

/// RFC 7692, 7.2.1: a sync flush, less its last four bytes.
fn deflate(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 64);
    Compress::new(Compression::default(), false)
        .compress_vec(payload, &mut out, FlushCompress::Sync)
        .expect("deflating from memory to memory");
    out.truncate(out.len() - 4);
    out
}

/// xorshift64: repeatable, and good enough for payloads.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

const TEXT_BYTES_MAX: usize = 4096;
