//! Listening sockets become links. One task per listener; ends when it is aborted.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::rc::Rc;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};

use super::link::{Link, LinkTask, Pause};
use super::reactor::Reactor;
use super::shortage;
use super::stream::Stream;
use super::turns;
use crate::server::event::Event;
use crate::server::session::{Descriptors, Peer, WebSocketStatus};
use crate::server::sessions::Opening;
use crate::server::stats::Counter;

/// A listening socket of this worker, registered with its runtime.
#[derive(Debug)]
pub enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// What every connection of a listener has in common.
#[derive(Clone, Copy, Debug)]
pub struct Entrance {
    /// The listener's number.
    pub port: u8,
    pub server_port: u16,
    /// The status of a fresh connection.
    pub status: WebSocketStatus,
    /// Nothing is read before the application resumes the connection.
    pub paused: bool,
}

impl Listener {
    /// Registers a socket from [`super::bind`]. Only after the last fork, inside the runtime.
    pub fn register(socket: socket2::Socket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        if socket.domain()? == socket2::Domain::UNIX {
            return UnixListener::from_std(socket.into()).map(Self::Unix);
        }
        TcpListener::from_std(socket.into()).map(Self::Tcp)
    }

    async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok((Stream::Tcp(stream), Peer::Inet(address)))
            }
            Self::Unix(listener) => {
                listener.accept().await.map(|(stream, _)| (Stream::Unix(stream), Peer::Unix))
            }
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Unix(listener) => listener.as_fd(),
        }
    }
}

/// Accepts for ever. To be spawned on the worker's `LocalSet`; abort the task to stop.
pub async fn run(reactor: Rc<Reactor>, listener: Listener, entrance: Entrance) {
    let reserve = Reserve::new();
    for count in 1_u64.. {
        // A crowd at the door must not keep those inside waiting.
        if count.is_multiple_of(TURN) {
            turns::pass().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                let descriptors = Descriptors {
                    listener: listener.as_fd().as_raw_fd(),
                    connection: stream.as_fd().as_raw_fd(),
                };
                admit(&reactor, stream, peer, descriptors, entrance);
            }
            Err(error) if is_out_of_descriptors(&error) => {
                reactor.stats.add(Counter::Aborted, 1);
                if !reserve.refuse_one(&listener).await {
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
            // The connection stays where it is.
            Err(error) if shortage::caused(&error) => {
                reactor.stats.add(Counter::Aborted, 1);
                shortage::sit_out().await;
            }
            // The client went away while it waited, or the network hiccuped (accept(2) lists the errors).
            Err(_) => {
                reactor.stats.add(Counter::Aborted, 1);
                turns::pass().await;
            }
        }
    }
}

fn admit(reactor: &Rc<Reactor>, stream: Stream, peer: Peer, descriptors: Descriptors, entrance: Entrance) {
    reactor.update_clock();
    let opening = Opening {
        worker: reactor.options.worker,
        port: entrance.port,
        server_port: entrance.server_port,
        status: entrance.status,
        peer,
        descriptors,
        now_us: reactor.now_us(),
        steady_us: reactor.steady_us(),
    };
    let Some((id, slot)) = reactor.table.open(&opening) else {
        // `max_connection`: closing tells the client at once, a full backlog would let it wait.
        reactor.stats.add(Counter::Aborted, 1);
        return;
    };
    if let Some(flow) = reactor.options.flow {
        flow.open(id);
    }
    let link = Rc::new(Link::new(id, slot, entrance.port, stream, reactor.now_ms()));
    if entrance.paused {
        link.pause(Pause::Asked);
    }
    reactor.add_link(Rc::clone(&link));
    reactor.stats.add(Counter::Accepted, 1);
    reactor.push_event(Event::Accepted(id));
    tokio::task::spawn_local(turns::unbudgeted(LinkTask { link, reactor: Rc::clone(reactor) }));
}

/// A descriptor kept for the moment when there are none left: giving it up lets us accept one connection and close
/// it, so that the client hears at once and the listener does not spin on a queue it cannot empty.
struct Reserve(Cell<Option<File>>);

impl Reserve {
    fn new() -> Self {
        Self(Cell::new(File::open("/dev/null").ok()))
    }

    /// Accepts and closes one connection; false when there is no descriptor to give up.
    async fn refuse_one(&self, listener: &Listener) -> bool {
        let Some(file) = self.0.take() else {
            self.0.set(File::open("/dev/null").ok());
            return false;
        };
        drop(file);
        // Dropping the stream closes the connection.
        let refused = tokio::time::timeout(BACK_OFF, listener.accept()).await;
        let was_refused = matches!(refused, Ok(Ok(_)));
        drop(refused);
        self.0.set(File::open("/dev/null").ok());
        was_refused
    }
}

fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(nix::libc::EMFILE | nix::libc::ENFILE))
}

/// Connections accepted before the others have a turn.
const TURN: u64 = 64;

/// How long to wait when not even the reserve helps: connections end in such spans.
const BACK_OFF: Duration = Duration::from_millis(50);
