//! Several ports of one server: each speaks its own protocol, with its own limits.

mod support;

use std::sync::mpsc::{Receiver, Sender, channel};

use support::{Client, HANDSHAKE, Server, respond};
use swoole::protocol::connection::SendFlags;
use swoole::serve::{App, Message, Protocol, Request, ServeOptions, Worker};
use swoole::server::session::{Closed, SessionId, WebSocketStatus};

/// Answers everything with where it came in.
struct Doors(Sender<String>);

impl Doors {
    fn tell(&self, worker: &Worker, what: &str, session: SessionId) {
        let info = worker.client_info(session).unwrap();
        assert_eq!(info.port, worker.port_of(session));
        // Not every test listens.
        let _ = self.0.send(format!("{what} {}", info.port));
    }
}

impl App for Doors {
    fn on_connect(&self, worker: &Worker, session: SessionId) {
        self.tell(worker, "connect", session);
    }

    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        worker.push(session, message.opcode, message.payload, SendFlags::WHOLE).unwrap();
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        respond(worker, session, &request);
    }

    fn on_receive(&self, worker: &Worker, session: SessionId, bytes: &[u8]) {
        let info = worker.client_info(session).unwrap();
        assert_eq!(info.status, WebSocketStatus::None);
        worker.send(session, format!("{}:{}", info.server_port, bytes.len()).as_bytes()).unwrap();
    }

    fn on_close(&self, worker: &Worker, session: SessionId, _: &Closed) {
        self.tell(worker, "close", session);
    }
}

/// A server with a port for each protocol.
fn start(change: impl FnOnce(&mut ServeOptions)) -> (Server, Receiver<String>) {
    let mut options = ServeOptions::default();
    for protocol in [Protocol::Http, Protocol::Raw] {
        let mut port = options.ports[0].clone();
        port.protocol = protocol;
        options.ports.push(port);
    }
    change(&mut options);
    let (tell, hear) = channel();
    (Server::start(options, || Doors(tell)), hear)
}

#[test]
fn each_port_speaks_its_protocol() {
    let (server, hear) = start(|_| {});
    let ports: Vec<_> = server.addresses.clone();

    let mut socket = Client::connect(ports[0]);
    socket.handshake();
    socket.send(0x81, b"hi");
    assert_eq!(socket.receive().payload, b"hi");

    // No upgrade here: the header is one like any other.
    let mut http = Client::connect(ports[1]);
    http.write(HANDSHAKE);
    assert!(http.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));

    let mut raw = Client::connect(ports[2]);
    raw.write(HANDSHAKE);
    let answer = format!("{}:{}", ports[2].port(), HANDSHAKE.len());
    assert_eq!(raw.read(answer.len()), answer.as_bytes());

    drop((socket, http, raw));
    let mut heard: Vec<String> = (0..6).map(|_| hear.recv().unwrap()).collect();
    heard.sort();
    assert_eq!(heard, ["close 0", "close 1", "close 2", "connect 0", "connect 1", "connect 2"]);
}

#[test]
fn limits_belong_to_the_port() {
    let (server, _hear) = start(|options| options.ports[1].body_bytes_max = 4);
    let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345";
    for (address, status) in [(server.addresses[0], "200"), (server.addresses[1], "413")] {
        let mut client = Client::connect(address);
        client.write(request);
        let head = client.read_until("\r\n\r\n");
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    }
}
