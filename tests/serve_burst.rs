//! More connections at once than tokio lets a task handle in one go are all served.
#![cfg(feature = "net")]

mod support;

use std::sync::mpsc::{Receiver, channel};

use support::{Client, Server};
use swoole::protocol::connection::SendFlags;
use swoole::serve::{App, Message, Request, ServeOptions, Worker};
use swoole::server::session::SessionId;

/// Echoes, and holds the whole loop up at the first message until the test says to go on.
struct Held(Receiver<()>);

impl App for Held {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        if message.payload == b"hold" {
            self.0.recv().unwrap();
        }
        worker.push(session, message.opcode, message.payload, SendFlags::WHOLE).unwrap();
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        support::respond(worker, session, &request);
    }
}

#[test]
fn a_crowd_that_comes_at_once_gets_in() {
    let (go_on, held) = channel();
    let server = Server::start(ServeOptions::default(), move || Held(held));
    let mut first = server.open();
    first.send(0x81, b"hold");
    // They wait in the listener's queue, their requests too.
    let mut crowd: Vec<Client> = (0..CROWD).map(|_| server.connect()).collect();
    for client in &mut crowd {
        client.write(support::HANDSHAKE);
    }
    go_on.send(()).unwrap();
    assert_eq!(first.receive().payload, b"hold");
    for client in &mut crowd {
        client.read_until("\r\n\r\n");
        client.send(0x81, b"hello");
        assert_eq!(client.receive().payload, b"hello");
    }
}

/// Above tokio's budget of 128, below the listener's queue.
const CROWD: usize = 400;
