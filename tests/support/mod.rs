//! A server in a thread and a client made of raw bytes, for the socket tests.
#![allow(dead_code)]

pub mod orders;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

use swoole::net::bind::{Address, Bound};
use swoole::net::datagram::Datagram;
use swoole::protocol::connection::SendFlags;
use swoole::protocol::framing::FramingError;
use swoole::serve::{
    App, Headers, Hooks, LogLine, Message, Outcome, PortOptions, Request, ServeOptions, Stop, Worker, serve,
};
use swoole::server::session::{Closed, SessionId};

/// Stops a server from another thread.
#[derive(Clone, Default)]
pub struct Switch(Arc<(AtomicBool, Mutex<Option<Waker>>)>);

impl Switch {
    pub fn stop(&self) {
        self.0.0.store(true, Ordering::SeqCst);
        if let Some(waker) = self.0.1.lock().unwrap().take() {
            waker.wake();
        }
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        *self.0.1.lock().unwrap() = Some(cx.waker().clone());
        if self.is_stopped() { Poll::Ready(()) } else { Poll::Pending }
    }

    fn is_stopped(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }
}

/// Adds the switch to an application.
struct Switched<A> {
    app: A,
    switch: Switch,
    stopped: std::cell::Cell<bool>,
}

impl<A: App> App for Switched<A> {
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.stopped.get() && self.switch.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        self.app.poll_ready(cx)
    }

    fn run_ready(&self, worker: &Worker) {
        if self.switch.is_stopped() && !self.stopped.replace(true) {
            worker.stop(Stop::Shutdown);
        }
        self.app.run_ready(worker);
    }

    fn on_connect(&self, worker: &Worker, session: SessionId) {
        self.app.on_connect(worker, session);
    }
    fn hooks(&self, port: u8) -> Hooks {
        self.app.hooks(port)
    }
    fn on_handshake(&self, worker: &Worker, session: SessionId, request: Request) {
        self.app.on_handshake(worker, session, request);
    }
    fn before_handshake_response(&self, worker: &Worker, session: SessionId, request: &Request) -> Headers {
        self.app.before_handshake_response(worker, session, request)
    }
    fn on_open(&self, worker: &Worker, session: SessionId, request: Request) {
        self.app.on_open(worker, session, request);
    }
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        self.app.on_message(worker, session, message);
    }
    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        self.app.on_request(worker, session, request);
    }
    fn on_receive(&self, worker: &Worker, session: SessionId, bytes: &[u8]) {
        self.app.on_receive(worker, session, bytes);
    }
    fn package_length(
        &self,
        worker: &Worker,
        session: SessionId,
        bytes: &[u8],
    ) -> Result<Option<u64>, FramingError> {
        self.app.package_length(worker, session, bytes)
    }
    fn on_packet(&self, worker: &Worker, packet: Datagram) {
        self.app.on_packet(worker, packet);
    }
    fn on_buffer_full(&self, worker: &Worker, session: SessionId) {
        self.app.on_buffer_full(worker, session);
    }
    fn on_buffer_empty(&self, worker: &Worker, session: SessionId) {
        self.app.on_buffer_empty(worker, session);
    }
    fn on_room(&self, worker: &Worker, session: SessionId) {
        self.app.on_room(worker, session);
    }
    fn on_close(&self, worker: &Worker, session: SessionId, closed: &Closed) {
        self.app.on_close(worker, session, closed);
    }
    fn log(&self, line: LogLine<'_>) {
        self.app.log(line);
    }
    fn on_worker_stop(&self, worker: &Worker) {
        self.app.on_worker_stop(worker);
    }
    fn next_deadline(&self) -> Option<std::time::Instant> {
        self.app.next_deadline()
    }
}

/// A running server; stopped and joined on drop.
pub struct Server {
    pub address: SocketAddr,
    /// All of its ports, that one first.
    pub addresses: Vec<SocketAddr>,
    switch: Switch,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server whose application `make` builds on the server's thread.
    pub fn start<A: App>(options: ServeOptions, make: impl FnOnce() -> A + Send + 'static) -> Self {
        Self::start_with_connections(options, 1000, make)
    }

    /// As [`Server::start`], for so many connections.
    pub fn start_with_connections<A: App>(
        options: ServeOptions,
        max_connection: usize,
        make: impl FnOnce() -> A + Send + 'static,
    ) -> Self {
        let address = Address::Inet("127.0.0.1:0".parse().unwrap());
        let bind = |port: &PortOptions| match port.kind.is_datagram() {
            true => Bound::bind_datagrams(&address).unwrap(),
            false => Bound::bind(&address).unwrap(),
        };
        let ports: Vec<_> = options.ports.iter().map(bind).collect();
        let local = |bound: &Bound| SocketAddr::new("127.0.0.1".parse().unwrap(), bound.port());
        let addresses: Vec<_> = ports.iter().map(local).collect();
        let switch = Switch::default();
        let options = ServeOptions { handle_signals: false, max_connection, ..options };
        let inside = switch.clone();
        let (listening, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut ports = ports;
            for (bound, port) in ports.iter_mut().zip(&options.ports) {
                bound.listen(1, &port.listen).unwrap();
            }
            listening.send(()).unwrap();
            let app = Switched { app: make(), switch: inside, stopped: false.into() };
            assert_eq!(serve(ports, &options, &app).unwrap(), Outcome::Server);
        });
        started.recv().unwrap();
        Self { address: addresses[0], addresses, switch, thread: Some(thread) }
    }

    /// An echo server.
    pub fn echo() -> Self {
        Self::start(ServeOptions::default(), || Echo)
    }

    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// A connected WebSocket.
    pub fn open(&self) -> Client {
        let mut client = self.connect();
        client.handshake();
        client
    }

    /// Begins to stop, without waiting.
    pub fn stop(&self) {
        self.switch.stop();
    }

    pub fn join(mut self) {
        self.switch.stop();
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.switch.stop();
        if let Some(thread) = self.thread.take() {
            let result = thread.join();
            if !std::thread::panicking() {
                result.unwrap();
            }
        }
    }
}

/// Sends every message back and answers every request with its body.
pub struct Echo;

impl App for Echo {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        worker.push(session, message.opcode, message.payload, SendFlags::WHOLE).unwrap();
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        respond(worker, session, &request);
    }
}

/// Answers a request with its body.
pub fn respond(worker: &Worker, session: SessionId, request: &Request) {
    let keep_alive = request.head.keep_alive();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", request.body.len());
    worker.send(session, &[head.as_bytes(), &request.body].concat()).unwrap();
    worker.end_response(session, keep_alive).unwrap();
}

/// A client that speaks in bytes.
pub struct Client(pub TcpStream);

/// A frame as it came from the server.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// FIN, RSV and opcode.
    pub first: u8,
    pub payload: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads up to and with `end`.
    pub fn read_until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap_or_else(|error| {
                panic!("{error} after {:?}", String::from_utf8_lossy(&bytes));
            });
            bytes.push(byte[0]);
        }
        String::from_utf8(bytes).unwrap()
    }

    /// Reads until the server ends its side; panics on a reset.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// Reads exactly so many bytes.
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    pub fn handshake(&mut self) -> String {
        self.write(HANDSHAKE);
        let head = self.read_until("\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        head
    }

    /// Sends one masked frame.
    pub fn send(&mut self, first: u8, payload: &[u8]) {
        self.write(&frame(first, payload));
    }

    pub fn receive(&mut self) -> Frame {
        let head = self.read(2);
        let len = match head[1] {
            126 => u16::from_be_bytes(self.read(2).try_into().unwrap()).into(),
            127 => u64::from_be_bytes(self.read(8).try_into().unwrap()) as usize,
            len => usize::from(len),
        };
        Frame { first: head[0], payload: self.read(len) }
    }

    /// Expects a Close with this code, answers it, and expects the end of the stream.
    pub fn expect_close(&mut self, code: u16) {
        let frame = self.receive();
        assert_eq!(frame.first, 0x88, "{frame:?}");
        assert_eq!(u16::from_be_bytes([frame.payload[0], frame.payload[1]]), code, "{frame:?}");
        // The server may have closed its side already.
        let _ = self.0.write_all(&self::frame(0x88, &code.to_be_bytes()));
        assert_eq!(self.read_to_end(), b"");
    }
}

/// A masked frame, FIN and opcode in `first`.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [1, 2, 3, 4];
    let mut out = vec![first];
    match payload.len() {
        len @ 0..=125 => out.push(0x80 | len as u8),
        len @ 126..=0xffff => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&key);
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    out
}

pub const HANDSHAKE: &[u8] = b"GET /chat?room=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
