//! Our own engine without PHP: what is left of the cost of a message when no PHP runs. It is measured beside the others, and
//! the conformance suite can be run against it: `echo-engine PORT [echo|deflate|broadcast]`.

use swoole::net::bind::{Address, Bound};
use swoole::protocol::connection::SendFlags;
use swoole::serve::{App, Message, Request, ServeOptions, Worker, serve};
use swoole::server::session::SessionId;
use swoole::server::settings::{Machine, Mode, OptionValue, Population, Settings};

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
    let machine = Machine { cpus: 1, open_files: 200_000 };
    let mut settings = Settings::new(Mode::Base, machine);
    settings.port.websocket.open = true;
    // The same options by the same names as benches/php/echo.php.
    let refused = settings.set(&[
        ("max_connection".into(), OptionValue::Int(100_000)),
        ("package_max_length".into(), OptionValue::Int(64 << 20)),
        ("websocket_compression".into(), OptionValue::Bool(compress)),
    ]);
    let impossible = settings.prepare(machine, Population::default());
    assert!(refused.is_empty() && impossible.is_empty(), "{refused:?} {impossible:?}");
    let options = ServeOptions::new(&settings);
    let mut bound = Bound::bind(&Address::Inet(([127, 0, 0, 1], port).into()))?;
    bound.listen(1, &options.ports[0].listen)?;
    let echo = Echo { broadcast: task == "broadcast", flags: SendFlags { fin: true, compress } };
    serve(vec![bound], &options, &echo).map(drop)
}
