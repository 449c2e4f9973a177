//! Our own engine without PHP: what is left of the cost of a message when no PHP runs. It is measured beside the others, and
//! the conformance suite can be run against it: `echo-engine PORT [echo|deflate|broadcast]`.

use std::sync::Arc;

use swoole::net::bind::{Address, Bound};
use swoole::protocol::connection::{Limits, Options, SendFlags};
use swoole::protocol::extension::DeflateConfig;
use swoole::protocol::handshake::HandshakeOptions;
use swoole::serve::{App, Message, PortOptions, Request, ServeOptions, Worker, serve};
use swoole::server::session::SessionId;

/// Sends every message back, to everybody if asked to.
struct Echo {
    broadcast: bool,
    flags: SendFlags,
}

impl App for Echo {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        // A client that has gone or never reads loses its answer, as it would with PHP.
        if !self.broadcast {
            let _ = worker.push(session, message.opcode, message.payload, self.flags);
            return;
        }
        let mut position = 0;
        while let Some((next, other)) = worker.next_session(position) {
            let _ = worker.push(other, message.opcode, message.payload, self.flags);
            position = next;
        }
    }

    fn on_request(&self, worker: &Worker, session: SessionId, _: Request) {
        let _ = worker.send(session, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        let _ = worker.end_response(session, true);
    }
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let port: u16 = args.next().and_then(|p| p.parse().ok()).unwrap_or(9001);
    let task = args.next().unwrap_or_default();
    let compress = task == "deflate";
    let limits = Limits {
        frame_bytes_max: MESSAGE_BYTES_MAX,
        message_bytes_max: MESSAGE_BYTES_MAX,
        inflated_bytes_max: MESSAGE_BYTES_MAX,
        ..Limits::default()
    };
    let options = ServeOptions {
        port: PortOptions {
            handshake: HandshakeOptions {
                deflate: compress.then(DeflateConfig::default),
                ..HandshakeOptions::default()
            },
            websocket: Arc::new(Options { auto_pong: true, limits }),
            ..PortOptions::default()
        },
        ..ServeOptions::default()
    };
    let mut bound = Bound::bind(&Address::Inet(([127, 0, 0, 1], port).into()))?;
    bound.listen(1, false, options.backlog)?;
    let echo = Echo { broadcast: task == "broadcast", flags: SendFlags { fin: true, compress } };
    serve(bound, &options, &echo)
}

/// The largest message of the scenarios and of the conformance suite is 16 MiB.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
