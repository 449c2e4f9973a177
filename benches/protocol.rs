//! Throughput of the frame code, beside fastwebsockets and tungstenite through their public functions.
//!
//! `cargo bench --no-default-features --bench protocol [-- FILTER]`. A filter is part of a name like `unmask/ours/1024`.

use std::hint::black_box;
use std::io::{self, Cursor, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use swoole::protocol::connection::{Connection, Event, Io, Options, Pool};
use swoole::protocol::frame::FrameHeader;
use swoole::protocol::mask::{MaskKeys, mask};
use swoole::protocol::opcode::Opcode;
use swoole::protocol::role::Role;
use swoole::protocol::utf8::{Utf8, is_valid};

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// Small (an event), middling, and large enough to leave the first-level cache.
const SIZES: [usize; 3] = [32, 1024, 65_536];
/// What a driver reads at once.
const READ_BYTES: usize = 64 * 1024;
/// Frames are received for about this many bytes per round.
const STREAM_BYTES: usize = 256 * 1024;

/// Headers of all three forms, masked, one behind the other.
fn headers(c: &mut Criterion) {
    let mut bytes = Vec::new();
    let mut count = 0_u64;
    for i in 0..1000_u64 {
        let len = [20, 100, 500, 4000, 100_000][(i % 5) as usize];
        FrameHeader { mask: Some(KEY), ..FrameHeader::new(Opcode::Binary, len + i % 20) }.encode(&mut bytes);
        count += 1;
    }
    let mut group = c.benchmark_group("header");
    group.throughput(Throughput::Elements(count));
    group.bench_function("ours", |b| {
        b.iter(|| {
            let (mut rest, mut sum) = (black_box(&bytes[..]), 0);
            while let Ok(Some((header, used))) = FrameHeader::parse(rest) {
                sum += header.len;
                rest = &rest[used..];
            }
            sum
        });
    });
    group.bench_function("tungstenite", |b| {
        b.iter(|| {
            let (mut rest, mut sum) = (Cursor::new(black_box(&bytes[..])), 0);
            while let Ok(Some((_, len))) = tungstenite::protocol::frame::FrameHeader::parse(&mut rest) {
                sum += len;
            }
            sum
        });
    });
    group.finish();
}

fn unmask(c: &mut Criterion) {
    let mut group = c.benchmark_group("unmask");
    for size in SIZES {
        let mut payload = vec![0x55; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("ours", size), |b| {
            b.iter(|| mask(black_box(&mut payload), black_box(KEY), 0));
        });
        group.bench_function(BenchmarkId::new("fastwebsockets", size), |b| {
            b.iter(|| fastwebsockets::unmask(black_box(&mut payload), black_box(KEY)));
        });
    }
    group.finish();
}

/// A whole frame into a buffer that is there, as a server sends it and as a client does.
fn encode(c: &mut Criterion) {
    use fastwebsockets::{Frame, OpCode, Payload};
    let mut group = c.benchmark_group("encode");
    for size in SIZES {
        let payload = vec![0x55; size];
        let mut out = Vec::with_capacity(size + 14);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("ours", size), |b| {
            b.iter(|| {
                out.clear();
                FrameHeader::new(Opcode::Binary, 0).encode_with(black_box(&payload), &mut out);
                out.len()
            });
        });
        let mut out = Vec::with_capacity(size + 14);
        group.bench_function(BenchmarkId::new("fastwebsockets", size), |b| {
            b.iter(|| {
                let payload = Payload::Borrowed(black_box(&payload));
                Frame::new(true, OpCode::Binary, None, payload).write(&mut out).len()
            });
        });
        let shared = tungstenite::Bytes::from(payload.clone());
        let mut out = Vec::with_capacity(size + 14);
        group.bench_function(BenchmarkId::new("tungstenite", size), |b| {
            b.iter(|| {
                use tungstenite::protocol::frame::{Frame, coding};
                out.clear();
                let opcode = coding::OpCode::Data(coding::Data::Binary);
                let _ = Frame::message(black_box(&shared).clone(), opcode, true).format(&mut out);
                out.len()
            });
        });
    }
    group.finish();

    let mut group = c.benchmark_group("encode masked");
    for size in SIZES {
        let payload = vec![0x55; size];
        let mut out = Vec::with_capacity(size + 14);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("ours", size), |b| {
            b.iter(|| {
                out.clear();
                let header =
                    FrameHeader { mask: Some(black_box(KEY)), ..FrameHeader::new(Opcode::Binary, 0) };
                header.encode_with(black_box(&payload), &mut out);
                out.len()
            });
        });
        let mut out = Vec::with_capacity(size + 14);
        group.bench_function(BenchmarkId::new("fastwebsockets", size), |b| {
            b.iter(|| {
                let payload = Payload::Borrowed(black_box(&payload));
                let mut frame = Frame::new(true, OpCode::Binary, Some(black_box(KEY)), payload);
                frame.mask();
                frame.write(&mut out).len()
            });
        });
    }
    group.finish();
}

/// The whole receiving path of a server, from reads of 64 KiB to unmasked payloads.
fn receive(c: &mut Criterion) {
    let mut group = c.benchmark_group("receive");
    for size in SIZES {
        let mut frame = Vec::new();
        FrameHeader { mask: Some(KEY), ..FrameHeader::new(Opcode::Binary, 0) }
            .encode_with(&vec![0x55; size], &mut frame);
        let count = STREAM_BYTES.div_ceil(frame.len());
        let stream = frame.repeat(count);
        let payloads = count * size;
        group.throughput(Throughput::Bytes(payloads as u64));
        group.bench_function(BenchmarkId::new("ours", size), |b| {
            let mut buffer = vec![0; READ_BYTES];
            b.iter(|| assert_eq!(receive_ours(&stream, &mut buffer), payloads));
        });
        group.bench_function(BenchmarkId::new("fastwebsockets", size), |b| {
            b.iter_batched_ref(
                || fastwebsockets::WebSocket::after_handshake(Memory(&stream), fastwebsockets::Role::Server),
                |socket| assert_eq!(receive_fastwebsockets(socket), payloads),
                BatchSize::SmallInput,
            );
        });
        group.bench_function(BenchmarkId::new("tungstenite", size), |b| {
            b.iter_batched_ref(
                || {
                    tungstenite::WebSocket::from_raw_socket(
                        Memory(&stream),
                        tungstenite::protocol::Role::Server,
                        None,
                    )
                },
                |socket| {
                    let mut sum = 0;
                    while let Ok(message) = socket.read() {
                        sum += message.len();
                    }
                    assert_eq!(sum, payloads);
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn receive_ours(mut stream: &[u8], buffer: &mut [u8]) -> usize {
    let mut connection = Connection::new(Role::Server, Arc::new(Options::default()), None);
    let (mut out, mut pool, mut keys) = (Vec::new(), Pool::default(), MaskKeys::new());
    let mut io = Io { out: &mut out, pool: &mut pool, keys: &mut keys };
    let mut sum = 0;
    let mut count = |event: Event<'_>| match event {
        Event::Message { payload, .. } => sum += black_box(&payload[..]).len(),
        other => panic!("{other:?}"),
    };
    while !stream.is_empty() {
        let now;
        if let Some(mut space) = connection.payload_space() {
            (now, stream) = stream.split_at(stream.len().min(space.limit()));
            // What a socket's read would do.
            bytes::BufMut::put_slice(&mut space, now);
            if let Some(event) = connection.payload_filled(now.len(), &mut io) {
                count(event);
            }
            continue;
        }
        (now, stream) = stream.split_at(stream.len().min(buffer.len()));
        let mut input = &mut buffer[..now.len()];
        input.copy_from_slice(now);
        while let Some(event) = connection.receive(&mut input, &mut io) {
            count(event);
        }
    }
    sum
}

fn receive_fastwebsockets(socket: &mut fastwebsockets::WebSocket<Memory<'_>>) -> usize {
    let mut context = Context::from_waker(Waker::noop());
    let reading = std::pin::pin!(async {
        let mut sum = 0;
        while let Ok(frame) = socket.read_frame().await {
            sum += black_box(&frame.payload[..]).len();
        }
        sum
    });
    match reading.poll(&mut context) {
        Poll::Ready(sum) => sum,
        Poll::Pending => panic!("memory is always ready"),
    }
}

fn utf8(c: &mut Criterion) {
    let mut group = c.benchmark_group("utf8");
    for (script, unit) in [("ascii", "Hello, "), ("mixed", "Grüße, 你好, мир 😀. ")] {
        for size in SIZES {
            let text = unit.repeat(size.div_ceil(unit.len())).into_bytes();
            group.throughput(Throughput::Bytes(text.len() as u64));
            let id = |name: &str| BenchmarkId::new(format!("{name} {script}"), size);
            group.bench_function(id("ours, whole"), |b| b.iter(|| is_valid(black_box(&text))));
            group.bench_function(id("ours, in pieces"), |b| {
                b.iter(|| {
                    let mut state = Utf8::new();
                    let fed = black_box(&text).chunks(1447).try_for_each(|piece| state.feed(piece));
                    fed.and_then(|()| state.finish())
                });
            });
            // What tungstenite checks with.
            group.bench_function(id("std"), |b| b.iter(|| std::str::from_utf8(black_box(&text)).is_ok()));
        }
    }
    group.finish();
}

/// A socket that is always ready and then at its end.
struct Memory<'a>(&'a [u8]);

impl Memory<'_> {
    fn next(&mut self, most: usize) -> &[u8] {
        let (taken, rest) = self.0.split_at(self.0.len().min(most));
        self.0 = rest;
        taken
    }
}

impl Read for Memory<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.next(buffer.len().min(READ_BYTES));
        buffer[..taken.len()].copy_from_slice(taken);
        Ok(taken.len())
    }
}

impl Write for Memory<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Memory<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        buffer.put_slice(self.next(buffer.remaining().min(READ_BYTES)));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory<'_> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

criterion_group! {
    name = benches;
    // Short: what is compared differs by more than the noise.
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(20);
    targets = headers, unmask, encode, receive, utf8
}
criterion_main!(benches);
