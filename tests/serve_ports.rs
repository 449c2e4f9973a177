//! Several ports of one server: each speaks its own protocol, with its own limits.
#![cfg(feature = "net")]

mod support;

use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use support::{Client, HANDSHAKE, Server, respond};
use swoole::net::datagram::Datagram;
use swoole::protocol::connection::SendFlags;
use swoole::protocol::framing::{Cut, Framing, FramingError};
use swoole::serve::{App, LogLine, Message, Packets, Protocol, Request, ServeOptions, Worker};
use swoole::server::session::{Closed, SessionId, WebSocketStatus};
use swoole::server::settings::SocketKind;

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

/// Sends every packet back with its length before it, and tells what is logged.
struct Packer(Sender<String>);

impl App for Packer {
    fn on_message(&self, _: &Worker, _: SessionId, _: Message<'_>) {}

    fn on_request(&self, _: &Worker, _: SessionId, _: Request) {}

    /// A digit says how many bytes follow; a letter is not to be understood.
    fn package_length(&self, _: &Worker, _: SessionId, bytes: &[u8]) -> Result<Option<u64>, FramingError> {
        match bytes[0] {
            b'.' => Ok(None),
            digit if digit.is_ascii_digit() => Ok(Some(u64::from(digit - b'0') + 1)),
            _ => Err(FramingError::Malformed),
        }
    }

    fn on_receive(&self, worker: &Worker, session: SessionId, bytes: &[u8]) {
        worker.send(session, &[format!("{}:", bytes.len()).as_bytes(), bytes].concat()).unwrap();
        if bytes.starts_with(b"bye") {
            worker.close(session, false).unwrap();
        }
    }

    fn on_packet(&self, worker: &Worker, packet: Datagram) {
        assert!(worker.datagram_socket(packet.port).is_some());
        assert!(worker.send_to(SocketKind::Udp6, None, &packet.from, b"").is_none());
        let sent = worker.send_to(SocketKind::Udp, None, &packet.from, &packet.bytes);
        assert_eq!(sent.unwrap().unwrap(), packet.bytes.len());
    }

    fn log(&self, line: LogLine<'_>) {
        let (LogLine::Warning(text) | LogLine::Info(text) | LogLine::Error(text)) = line;
        let _ = self.0.send(text.to_owned());
    }
}

fn pack(packets: Packets, limit: usize) -> (Server, Receiver<String>) {
    let mut options = ServeOptions::default();
    let port = &mut options.ports[0];
    (port.protocol, port.packets, port.body_bytes_max) = (Protocol::Raw, packets, limit);
    let (tell, hear) = channel();
    (Server::start(options, || Packer(tell)), hear)
}

#[test]
fn a_stream_is_cut_into_packets_however_it_comes() {
    let framing = Framing::Eof { mark: b"\r\n".to_vec(), cut: Cut::Every };
    let (server, _hear) = pack(Packets::Framed(framing), 100);
    let mut client = server.connect();
    client.write(b"one\r\ntw");
    assert_eq!(client.read(7), b"5:one\r\n");
    client.write(b"o\r");
    client.write(b"\n\r\n");
    assert_eq!(client.read(11), b"5:two\r\n2:\r\n");
    // What comes behind the packet that ends the connection is nobody's any more.
    client.write(b"bye\r\nthree\r\n");
    assert_eq!(client.read_to_end(), b"5:bye\r\n");
}

#[test]
fn the_application_may_know_the_length() {
    let (server, _hear) = pack(Packets::Measured, 100);
    let mut client = server.connect();
    client.write(b"2ab0");
    client.write(b"1");
    assert_eq!(client.read(8), b"3:2ab1:0");
    client.write(b"c");
    assert_eq!(client.read(4), b"2:1c");
}

#[test]
fn a_packet_that_breaks_the_rules_ends_its_connection_and_is_logged() {
    let framing = Framing::Eof { mark: b"\n".to_vec(), cut: Cut::Every };
    for (packets, bytes, reason) in [
        (
            Packets::Framed(framing),
            b"endless".as_slice(),
            "(ERRNO 1201): the received packet length 7 is too large",
        ),
        (Packets::Measured, b"9", "(ERRNO 1201): the received packet length 10 is too large"),
        (Packets::Measured, b"......", "(ERRNO 1201): the received packet length 6 is too large"),
        (Packets::Measured, b"x", "(ERRNO 1204): the received packet has a malformed length"),
    ] {
        let (server, hear) = pack(packets, 5);
        let mut client = server.connect();
        let peer = client.0.local_addr().unwrap();
        client.write(bytes);
        assert_eq!(client.read_to_end(), b"");
        assert_eq!(hear.recv().unwrap(), format!("{reason}, remote_addr={peer}"));
    }
}

#[test]
fn packets_come_without_connections_and_are_answered() {
    let mut options = ServeOptions::default();
    let mut port = options.ports[0].clone();
    port.kind = SocketKind::Udp;
    options.ports.push(port);
    let (tell, _hear) = channel();
    let server = Server::start(options, || Packer(tell));
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    client.connect(server.addresses[1]).unwrap();
    let mut buffer = vec![0; 65_536];
    for length in [0, 1, 1000, 60_000] {
        client.send(&vec![b'x'; length]).unwrap();
        assert_eq!(client.recv(&mut buffer).unwrap(), length);
    }
}
