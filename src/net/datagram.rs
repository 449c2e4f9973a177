//! Packets without connections: one task for each socket reads them, a queue hands them to the loop.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::reactor::Reactor;
use super::shortage;
use super::socket::{Name, Socket};
use super::turns;
use super::watch::Events;
use crate::server::stats::Counter;

/// A packet, and who it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The number of the port it came in by.
    pub port: u8,
    pub from: Name,
    pub bytes: Vec<u8>,
}

/// Packets that wait for the loop.
#[derive(Debug, Default)]
pub struct Datagrams {
    queue: RefCell<VecDeque<Datagram>>,
    bytes: Cell<usize>,
    /// Tasks that found no room. What comes meanwhile waits in the kernel, which drops what it cannot hold.
    starved: RefCell<Vec<Waker>>,
}

impl Datagrams {
    pub fn is_empty(&self) -> bool {
        self.queue.borrow().is_empty()
    }

    /// The packet that has waited longest. Wakes readers when there is room again.
    pub fn pop(&self) -> Option<Datagram> {
        let packet = self.queue.borrow_mut().pop_front()?;
        self.bytes.set(self.bytes.get() - packet.bytes.len());
        if self.has_room() {
            self.starved.take().into_iter().for_each(Waker::wake);
        }
        Some(packet)
    }

    fn push(&self, packet: Datagram) {
        self.bytes.set(self.bytes.get() + packet.bytes.len());
        self.queue.borrow_mut().push_back(packet);
    }

    fn has_room(&self) -> bool {
        self.bytes.get() < QUEUED_BYTES_MAX && self.queue.borrow().len() < QUEUED_PACKETS_MAX
    }

    async fn room(&self) {
        std::future::poll_fn(|cx| {
            if self.has_room() {
                return Poll::Ready(());
            }
            self.starved.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Reads for ever. To be spawned on the worker's `LocalSet`; abort the task to stop.
pub async fn run(reactor: Rc<Reactor>, socket: Rc<Socket>, port: u8) {
    let mut buffer = vec![0; PACKET_BYTES_MAX];
    for count in 1_u64.. {
        reactor.datagrams.room().await;
        // A flood of packets must not keep connections waiting.
        if count.is_multiple_of(TURN) {
            turns::pass().await;
        }
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                reactor.stats.add(Counter::BytesReceived, length as u64);
                let from = from.unwrap_or_else(|| Name::Unix(Default::default()));
                reactor.datagrams.push(Datagram { port, from, bytes: buffer[..length].to_vec() });
                reactor.wake();
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if socket.watch().ready(Events::READ).await.is_err() {
                    return;
                }
            }
            Err(error) if shortage::caused(&error) => shortage::sit_out().await,
            // What an earlier answer met on its way (ICMP) is reported here; it concerns no packet.
            Err(_) => turns::pass().await,
        }
    }
}

/// The largest packet of UDP; a longer one on a unix socket is cut off there.
const PACKET_BYTES_MAX: usize = 64 * 1024;
/// Packets read before the others have a turn.
const TURN: u64 = 64;
/// What may wait for the loop: as much as a batch of streams.
const QUEUED_BYTES_MAX: usize = 1 << 20;
const QUEUED_PACKETS_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(length: usize) -> Datagram {
        Datagram { port: 1, from: Name::Unix(Default::default()), bytes: vec![0; length] }
    }

    #[test]
    fn packets_come_out_as_they_came_in_and_room_returns() {
        let packets = Datagrams::default();
        packets.push(packet(QUEUED_BYTES_MAX - 1));
        assert!(packets.has_room());
        packets.push(packet(1));
        assert!(!packets.has_room());
        assert_eq!(packets.pop().unwrap().bytes.len(), QUEUED_BYTES_MAX - 1);
        assert!(packets.has_room());
        assert_eq!(packets.pop(), Some(packet(1)));
        assert!(packets.is_empty() && packets.pop().is_none());
    }

    #[test]
    fn empty_packets_take_room_too() {
        let packets = Datagrams::default();
        for _ in 0..QUEUED_PACKETS_MAX {
            assert!(packets.has_room());
            packets.push(packet(0));
        }
        assert!(!packets.has_room());
    }
}
