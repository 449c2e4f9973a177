//! The ports of a server: sockets begin to listen, connections and packets come in, packets go out.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::rc::Rc;

use nix::libc;
use tokio::task::JoinHandle;

use super::app::{App, LogLine};
use super::core::Core;
use super::options::{PortOptions, Protocol, ServeOptions};
use super::worker::Worker;
use crate::net::accept::{self, Entrance, Listener};
use crate::net::bind::Bound;
use crate::net::datagram;
use crate::net::socket::{Name, Socket};
use crate::net::turns::unbudgeted;
use crate::process::sys;
use crate::server::session::{SessionId, WebSocketStatus};
use crate::server::settings::SocketKind;
use crate::server::stats::Counter;

/// A socket for packets, and the port it belongs to.
#[derive(Debug)]
pub(super) struct DatagramSocket {
    port: u8,
    kind: SocketKind,
    socket: Rc<Socket>,
}

/// Makes every port listen.
pub(super) fn listen<A: App>(ports: &mut [Bound], options: &ServeOptions, app: &A) -> io::Result<()> {
    for (bound, port) in ports.iter_mut().zip(&options.ports) {
        bound.listen(options.acceptors(), &port.listen)?;
        if matches!(bound.kind(), SocketKind::Tcp | SocketKind::Tcp6) {
            for socket in bound.descriptors() {
                tune(socket, port, app);
            }
        }
    }
    Ok(())
}

/// What the kernel may do before the handshake of TCP is over or right after it. It works without, too.
fn tune<A: App>(socket: BorrowedFd<'_>, port: &PortOptions, app: &A) {
    let settings = [
        ("tcp_defer_accept", libc::TCP_DEFER_ACCEPT, port.defer_accept_secs),
        ("tcp_fastopen", libc::TCP_FASTOPEN, if port.fastopen { port.listen.backlog } else { 0 }),
    ];
    for (name, option, value) in settings {
        if value > 0
            && let Err(cause) =
                sys::socket::set_option(socket, libc::IPPROTO_TCP, option, &value.to_ne_bytes())
        {
            app.log(LogLine::Warning(&format!("{name}: {cause}")));
        }
    }
}

impl Worker {
    /// The number of the port that a session came in by, wherever it lives; the first's when it is gone.
    #[inline]
    pub fn port_of(&self, session: SessionId) -> u8 {
        match self.0.heard_of.get() {
            Some((heard_of, port)) if heard_of == session => port,
            _ => self.0.shared.sessions.port_of(session).unwrap_or(0),
        }
    }

    /// Counts what a callback is about to work on.
    pub(super) fn count_dispatch(&self) {
        self.0.reactor.stats.add(Counter::Requests, 1);
        self.0.reactor.stats.add(Counter::Dispatched, 1);
    }

    /// What is spoken with a session, and its limits.
    pub fn port(&self, session: SessionId) -> &PortOptions {
        &self.0.options.ports[usize::from(self.port_of(session))]
    }

    /// Begins to take what comes in by all ports. Inside the runtime; abort the tasks to stop.
    pub(super) fn accept(&self, ports: &[Bound]) -> io::Result<Vec<JoinHandle<()>>> {
        let core = &*self.0;
        let packets = core.datagram_sockets.borrow();
        let mut tasks: Vec<_> = packets
            .iter()
            .map(|packets| {
                let (reactor, socket) = (Rc::clone(&core.reactor), Rc::clone(&packets.socket));
                core.tasks.spawn_local(unbudgeted(datagram::run(reactor, socket, packets.port)))
            })
            .collect();
        for (bound, port) in ports.iter().zip(0..).filter(|(bound, _)| !bound.kind().is_datagram()) {
            let listener = Listener::register(bound.socket(usize::from(core.options.acceptor(core.id)))?)?;
            let entrance = core.entrance(bound, port);
            let reactor = Rc::clone(&core.reactor);
            tasks.push(core.tasks.spawn_local(unbudgeted(accept::run(reactor, listener, entrance))));
        }
        Ok(tasks)
    }

    /// Every process can send packets, task workers too.
    pub(super) fn take_datagram_sockets(&self, ports: &[Bound]) -> io::Result<()> {
        let mut sockets = self.0.datagram_sockets.borrow_mut();
        for (bound, port) in ports.iter().zip(0..).filter(|(bound, _)| bound.kind().is_datagram()) {
            let socket = Rc::new(Socket::adopt(
                bound.socket(usize::from(self.options().acceptor(self.id())))?.into(),
            )?);
            sockets.push(DatagramSocket { port, kind: bound.kind(), socket });
        }
        Ok(())
    }

    /// Hands the packets that wait to the application; those that come meanwhile have to wait for the next round.
    pub(super) fn take_datagrams<A: App>(&self, app: &A) {
        for _ in 0..PACKETS_PER_ROUND {
            let Some(packet) = self.0.reactor.datagrams.pop() else { return };
            self.count_dispatch();
            app.on_packet(self, packet);
            self.settle(app);
        }
    }

    /// The descriptor of the socket that receives the packets of a port.
    pub fn datagram_socket(&self, port: u8) -> Option<i32> {
        self.0.find_datagram_socket(|socket| socket.port == port).map(|socket| socket.number())
    }

    /// Sends a packet: through the socket with this descriptor, else through the first one of that kind. None when there
    /// is no such socket.
    pub fn send_to(
        &self,
        kind: SocketKind,
        descriptor: Option<i32>,
        to: &Name,
        bytes: &[u8],
    ) -> Option<io::Result<usize>> {
        let socket = self.0.find_datagram_socket(|socket| match descriptor {
            Some(descriptor) => socket.socket.descriptor().as_fd().as_raw_fd() == descriptor,
            None => socket.kind == kind,
        })?;
        let sent = socket.send_to(bytes, to);
        if let Ok(count) = sent {
            self.0.reactor.stats.add(Counter::BytesSent, count as u64);
        }
        Some(sent)
    }
}

impl Core {
    fn find_datagram_socket(&self, is_it: impl Fn(&DatagramSocket) -> bool) -> Option<Rc<Socket>> {
        let sockets = self.datagram_sockets.borrow();
        sockets.iter().find(|socket| is_it(socket)).map(|socket| Rc::clone(&socket.socket))
    }

    fn entrance(&self, bound: &Bound, port: u8) -> Entrance {
        let status = match self.options.ports[usize::from(port)].protocol {
            Protocol::WebSocket => WebSocketStatus::Connection,
            Protocol::Http | Protocol::Raw => WebSocketStatus::None,
        };
        Entrance { port, server_port: bound.port(), status, paused: self.options.delay_receive }
    }
}

/// Packets between two looks at the connections.
const PACKETS_PER_ROUND: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::bind::Address;
    use crate::serve::{Message, Request};

    struct Silent;

    impl App for Silent {
        fn on_message(&self, _: &Worker, _: SessionId, _: Message<'_>) {}

        fn on_request(&self, _: &Worker, _: SessionId, _: Request) {}
    }

    #[test]
    fn a_port_has_the_socket_options_it_asks_for() {
        let bind = || Bound::bind(&Address::Inet("127.0.0.1:0".parse().unwrap())).unwrap();
        let mut ports = [bind(), bind()];
        let mut options = ServeOptions::default();
        options.ports.push(options.ports[0].clone());
        (options.ports[1].defer_accept_secs, options.ports[1].fastopen) = (5, true);
        options.ports[1].listen.backlog = 77;
        listen(&mut ports, &options, &Silent).unwrap();
        let value = |bound: &Bound, option| {
            let socket = bound.descriptors().next().unwrap();
            let bytes = sys::socket::option(socket, libc::IPPROTO_TCP, option).unwrap();
            i32::from_ne_bytes(bytes[..4].try_into().unwrap())
        };
        assert_eq!(value(&ports[0], libc::TCP_DEFER_ACCEPT), 0);
        assert_eq!(value(&ports[0], libc::TCP_FASTOPEN), 0);
        // The kernel rounds up to the span of a whole number of its repetitions.
        assert!(value(&ports[1], libc::TCP_DEFER_ACCEPT) >= 5);
        assert_eq!(value(&ports[1], libc::TCP_FASTOPEN), 77);
    }
}
