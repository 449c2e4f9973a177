//! permessage-deflate: what a message costs with what connections share, and what it costs with a zlib context of its
//! own in each direction.
//!
//! `cargo bench --no-default-features --bench deflate`, with `-- reuse` for that comparison alone, and with `-- backend`
//! for zlib alone: with another feature of flate2 in Cargo.toml (`zlib-ng`, `zlib-default`, `rust_backend`) it measures
//! that backend.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use swoole::protocol::deflate::{Deflate, DeflatePool};
use swoole::protocol::extension::{DeflateConfig, DeflateParams};
use swoole::protocol::role::Role;

const FORGET: DeflateParams = DeflateParams {
    server_no_context_takeover: true,
    client_no_context_takeover: true,
    server_max_window_bits: 15,
    client_max_window_bits: 15,
};
const LIMIT: usize = 1 << 20;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .without_plots();
    targets = reuse, sizes, backend
}
criterion_main!(benches);

/// A 1 KiB message there and back.
fn reuse(c: &mut Criterion) {
    let payload = json(1024);
    let mut group = c.benchmark_group("reuse: deflate + inflate 1 KiB");
    group.throughput(Throughput::Bytes(payload.len() as u64));
    for level in [1, 6] {
        let config = DeflateConfig { level, ..DeflateConfig::default() };
        let mut ends = Ends::new(FORGET, &config);
        group.bench_function(BenchmarkId::new("reused, level", level), |b| {
            b.iter(|| ends.there_and_back(black_box(&payload)));
        });
        let (mut message, mut back) = (vec![0; 2048], vec![0; 2048]);
        group.bench_function(BenchmarkId::new("zlib context per message, level", level), |b| {
            b.iter(|| context_per_message(black_box(&payload), level, &mut message, &mut back));
        });
    }
    group.finish();
}

/// The least that a message costs with new contexts: one call of zlib each, into buffers that are there.
fn context_per_message(payload: &[u8], level: u8, message: &mut [u8], back: &mut [u8]) {
    let mut deflate = Compress::new(Compression::new(u32::from(level)), false);
    deflate.compress(payload, message, FlushCompress::Sync).expect("the buffer is large enough");
    let message = &message[..deflate.total_out() as usize];
    let mut inflate = Decompress::new(false);
    inflate.decompress(message, back, FlushDecompress::Sync).expect("our own message inflates");
    assert_eq!(inflate.total_out(), payload.len() as u64);
}

/// What `Deflate` costs without context takeover.
fn sizes(c: &mut Criterion) {
    for (name, level, payload) in cases() {
        let config = DeflateConfig { level, ..DeflateConfig::default() };
        let mut ends = Ends::new(FORGET, &config);
        let mut group = c.benchmark_group(format!("ours: {name}"));
        group.throughput(Throughput::Bytes(payload.len() as u64));
        group.bench_function("deflate", |b| b.iter(|| ends.compress(black_box(&payload))));
        if ends.compress(&payload) {
            group.bench_function("inflate", |b| b.iter(|| ends.inflate()));
        }
        group.finish();
    }
}

/// What the backend costs with contexts that are reset for each message.
fn backend(c: &mut Criterion) {
    for (name, level, payload) in cases() {
        let mut group = c.benchmark_group(format!("backend: {name}"));
        group.throughput(Throughput::Bytes(payload.len() as u64));
        let mut deflate = Compress::new(Compression::new(u32::from(level)), false);
        let (mut message, mut back) = (vec![0; payload.len() * 2], vec![0; payload.len() + 1]);
        group.bench_function("deflate", |b| {
            b.iter(|| {
                deflate.reset();
                deflate.compress(black_box(&payload), &mut message, FlushCompress::Sync)
            });
        });
        message.truncate(deflate.total_out() as usize);
        let mut inflate = Decompress::new(false);
        group.bench_function("inflate", |b| {
            b.iter(|| {
                inflate.reset(false);
                inflate.decompress(black_box(&message), &mut back, FlushDecompress::Sync)
            });
        });
        group.finish();
    }
}

fn cases() -> impl Iterator<Item = (String, u8, Vec<u8>)> {
    let kinds = [("json", json as fn(usize) -> Vec<u8>), ("random", random)];
    let sizes = [1, 16, 256];
    kinds.into_iter().flat_map(move |(kind, make)| {
        sizes.into_iter().flat_map(move |kib| {
            [1, 6].map(|level| (format!("{kind} {kib} KiB level {level}"), level, make(kib * 1024)))
        })
    })
}

/// Both ends of a connection on one thread.
struct Ends {
    pool: DeflatePool,
    server: Deflate,
    client: Deflate,
    message: Vec<u8>,
    back: Vec<u8>,
}

impl Ends {
    fn new(params: DeflateParams, config: &DeflateConfig) -> Self {
        Self {
            pool: DeflatePool::new(),
            server: Deflate::new(Role::Server, params, config),
            client: Deflate::new(Role::Client, params, config),
            message: Vec::new(),
            back: Vec::new(),
        }
    }

    fn there_and_back(&mut self, payload: &[u8]) {
        assert!(self.compress(payload));
        self.inflate();
    }

    fn compress(&mut self, payload: &[u8]) -> bool {
        self.message.clear();
        self.server.compress(&mut self.pool, payload, &mut self.message)
    }

    fn inflate(&mut self) {
        self.back.clear();
        self.client
            .decompress(&mut self.pool, black_box(&self.message), true, &mut self.back, LIMIT)
            .expect("our own message inflates");
    }
}

/// What a chat sends: small objects with the same keys and different words.
fn json(len: usize) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "hello", "world", "lorem", "ipsum", "chat", "room", "lobby", "typing", "joined", "left", "the",
        "and", "you", "are", "is", "not",
    ];
    let mut next = xorshift();
    let mut text = String::new();
    while text.len() < len {
        let mut word = || WORDS[next() as usize % WORDS.len()];
        let (room, name) = (word(), word());
        let words: Vec<_> = (0..4 + word().len() * 2).map(|_| word()).collect();
        let (id, at) = (next() % 100_000, next() % 1_000_000);
        text.push_str(&format!(
            r#"{{"id":{id},"type":"message","room":"{room}","user":"{name}{}","text":"{}","ts":1700{at:06}}},"#,
            id % 97,
            words.join(" ")
        ));
    }
    text.truncate(len);
    text.into_bytes()
}

fn random(len: usize) -> Vec<u8> {
    let mut next = xorshift();
    (0..len).map(|_| (next() >> 32) as u8).collect()
}

fn xorshift() -> impl FnMut() -> u64 {
    let mut state = 88_172_645_463_325_252_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}
