//! One party's ends of the rings between sockets and PHP: a reactor's, with a lane for each worker and the master, or a
//! worker's or the master's, with a lane for each reactor.
//!
//! Nothing here waits: what a ring does not take is queued and written when the reader has made room.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::process::ring::{Mark, Reader, Ring};
use crate::process::rings::{Bell, Rings};
use crate::server::session::SessionId;

/// The lanes of one party.
#[derive(Debug)]
pub(super) struct Lanes {
    pub rings: Arc<Rings>,
    /// This party's number.
    own: u16,
    lanes: Vec<Lane>,
}

/// Both ways between this party and another.
#[derive(Debug)]
struct Lane {
    /// The other party.
    peer: u16,
    reader: RefCell<Reader>,
    /// What the reader has of a record.
    record: RefCell<Vec<u8>>,
    out: Ring,
    backlog: RefCell<Backlog>,
    /// What may wait before senders are held back.
    waiting_bytes_max: usize,
    /// Sessions that wait until there is room.
    awaited: RefCell<Vec<SessionId>>,
}

impl Lanes {
    /// The lanes of a worker, or of the master as the one behind the last; numbered as the reactors are.
    pub fn of_worker(rings: Arc<Rings>, worker: u16) -> Self {
        let lane = |reactor| {
            let peer = rings.workers() + reactor;
            Lane::new(peer, rings.down(reactor, worker), rings.up(reactor, worker), ORDERS_BYTES_MAX)
        };
        let lanes = (0..rings.reactors()).map(lane).collect();
        Self { own: worker, lanes, rings }
    }

    /// The lanes of a reactor, numbered as the workers and the master are.
    pub fn of_reactor(rings: Arc<Rings>, reactor: u16) -> Self {
        let lane = |worker| {
            Lane::new(worker, rings.up(reactor, worker), rings.down(reactor, worker), NEWS_BYTES_MAX)
        };
        let lanes = (0..=rings.workers()).map(lane).collect();
        Self { own: rings.workers() + reactor, lanes, rings }
    }

    /// What wakes this party.
    pub fn bell(&self) -> &Bell {
        self.rings.bell(self.own)
    }

    /// Sends a record, made of `parts`. It may have to wait for room; [`Lanes::is_congested`] says when that is too
    /// much.
    pub fn send(&self, lane: u16, parts: &[&[u8]]) {
        let Some(lane) = self.lanes.get(usize::from(lane)) else { return };
        if !lane.is_waiting() && lane.out.write(Mark::WHOLE, parts) {
            return self.rings.bell(lane.peer).ring();
        }
        let sent = if lane.is_waiting() { 0 } else { lane.write_beginning(parts) };
        lane.backlog.borrow_mut().append(parts, sent);
        if lane.write_waiting() || sent > 0 {
            self.rings.bell(lane.peer).ring();
        }
    }

    /// Writes what waits and has room now, and hands out the sessions that waited for that.
    pub fn flush(&self, mut has_room: impl FnMut(SessionId)) {
        for lane in &self.lanes {
            if lane.is_waiting() && lane.write_waiting() {
                self.rings.bell(lane.peer).ring();
            }
            if lane.waiting_bytes() * 2 <= lane.waiting_bytes_max && !lane.awaited.borrow().is_empty() {
                lane.awaited.take().into_iter().for_each(&mut has_room);
            }
        }
    }

    /// Takes the records that are there now, unless `each` says that it is enough. Those that come meanwhile are for the
    /// next time: whoever else waits for this party has a turn before. `each` may take the buffer or leave another one.
    pub fn read(&self, mut each: impl FnMut(u16, &mut Vec<u8>) -> bool) {
        for (number, lane) in self.lanes.iter().enumerate() {
            let mut record = lane.record.take();
            let ring = lane.ring_in();
            let present = ring.written();
            while !ring.has_read(present) && lane.reader.borrow_mut().take(&mut record) {
                if !each(number as u16, &mut record) {
                    return self.end_turn(lane, record);
                }
            }
            self.end_turn(lane, record);
        }
    }

    fn end_turn(&self, lane: &Lane, record: Vec<u8>) {
        lane.record.replace(record);
        if lane.reader.borrow().ring().owes_word_of_room() {
            self.rings.bell(lane.peer).ring();
        }
    }

    /// How far each lane has been written to at this moment.
    pub fn marks(&self) -> Vec<u64> {
        self.lanes.iter().map(|lane| lane.ring_in().written()).collect()
    }

    /// How far the records of each lane have been read, by whoever has been this party.
    pub fn read_so_far(&self) -> impl Iterator<Item = u64> {
        self.lanes.iter().map(|lane| lane.ring_in().read())
    }

    /// Where the last record that was sent ends; it has been taken when as much has been read.
    pub fn end_of_last(&self, lane: u16) -> u64 {
        let lane = self.lanes.get(usize::from(lane)).filter(|lane| !lane.is_waiting());
        lane.map_or(u64::MAX, |lane| lane.out.written())
    }

    /// Whether everything before `marks` has been read.
    pub fn have_read(&self, marks: &[u64]) -> bool {
        self.lanes.iter().zip(marks).all(|(lane, mark)| lane.ring_in().has_read(*mark))
    }

    /// Whether there is something to read.
    pub fn has_mail(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.ring_in().is_empty())
    }

    /// Whether something waits for room, and there is some.
    pub fn has_room_to_send(&self) -> bool {
        self.lanes.iter().any(|lane| lane.is_waiting() && lane.out.is_roomy())
    }

    /// Whether something waits for room.
    pub fn is_sending(&self) -> bool {
        self.lanes.iter().any(Lane::is_waiting)
    }

    /// Bytes of all that waits for room.
    pub fn waiting_bytes(&self) -> usize {
        self.lanes.iter().map(Lane::waiting_bytes).sum()
    }

    /// Whether the other party does not keep up.
    pub fn is_congested(&self, lane: u16) -> bool {
        self.lanes.get(usize::from(lane)).is_some_and(Lane::is_congested)
    }

    /// Has [`Lanes::flush`] hand out the session when there is room again; false when there is room now.
    pub fn await_room(&self, lane: u16, session: SessionId) -> bool {
        let Some(lane) = self.lanes.get(usize::from(lane)).filter(|lane| lane.is_congested()) else {
            return false;
        };
        lane.awaited.borrow_mut().push(session);
        true
    }
}

impl Lane {
    fn new(peer: u16, inward: Ring, out: Ring, waiting_bytes_max: usize) -> Self {
        Self {
            peer,
            reader: RefCell::new(Reader::new(inward)),
            record: RefCell::default(),
            out,
            backlog: RefCell::default(),
            waiting_bytes_max,
            awaited: RefCell::default(),
        }
    }

    fn ring_in(&self) -> Ring {
        self.reader.borrow().ring()
    }

    fn is_waiting(&self) -> bool {
        !self.backlog.borrow().is_empty()
    }

    fn waiting_bytes(&self) -> usize {
        self.backlog.borrow().len()
    }

    fn is_congested(&self) -> bool {
        self.waiting_bytes() > self.waiting_bytes_max
    }

    /// Writes as many pieces of a long record as the ring takes, save the last, and says how many bytes that is.
    fn write_beginning(&self, parts: &[&[u8]]) -> usize {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let most = self.out.piece_bytes_max();
        let mut sent = 0;
        while len - sent > most {
            let piece = piece_of(parts, sent, most);
            if !self.out.write(Mark::new(sent == 0, false, len), &piece) {
                break;
            }
            sent += most;
        }
        sent
    }

    /// Writes what the ring takes; true if it took something.
    fn write_waiting(&self) -> bool {
        let mut wrote = false;
        let mut backlog = self.backlog.borrow_mut();
        while let Some((mark, piece)) = backlog.next(self.out.piece_bytes_max()) {
            if !self.out.write(mark, &[piece]) {
                self.out.await_room();
                // The reader may have made room before it could see that.
                if !self.out.write(mark, &[piece]) {
                    return wrote;
                }
            }
            wrote = true;
            let count = piece.len();
            backlog.advance(count);
        }
        wrote
    }
}

/// Records that wait for room in a ring, behind each other in one buffer.
#[derive(Debug, Default)]
struct Backlog {
    bytes: Vec<u8>,
    /// How far they are written.
    at: usize,
    /// How long each record is.
    records: VecDeque<usize>,
    /// How much of the first one is written.
    begun: usize,
}

impl Backlog {
    fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn len(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Appends a record of which the first `sent` bytes are written; 0 unless it is the only one.
    fn append(&mut self, parts: &[&[u8]], sent: usize) {
        if self.at * 2 > self.bytes.len() {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        self.bytes.reserve(len - sent);
        piece_of(parts, sent, len - sent).iter().for_each(|part| self.bytes.extend_from_slice(part));
        self.records.push_back(len);
        self.begun += sent;
    }

    /// What is to be written next, in pieces of at most so many bytes.
    fn next(&self, piece_bytes_max: usize) -> Option<(Mark, &[u8])> {
        let len = *self.records.front()?;
        let count = (len - self.begun).min(piece_bytes_max);
        let mark = Mark::new(self.begun == 0, self.begun + count == len, len);
        Some((mark, &self.bytes[self.at..self.at + count]))
    }

    /// So many bytes of that are written.
    fn advance(&mut self, count: usize) {
        self.at += count;
        self.begun += count;
        if self.records.front() == Some(&self.begun) {
            self.records.pop_front();
            self.begun = 0;
        }
        if self.records.is_empty() {
            self.bytes.clear();
            self.bytes.shrink_to(BACKLOG_BYTES_KEPT);
            self.at = 0;
        }
    }
}

/// So many bytes of what `parts` make up, from `start` on.
fn piece_of<'a>(parts: &[&'a [u8]], mut start: usize, mut count: usize) -> Vec<&'a [u8]> {
    let cut = |part: &&'a [u8]| {
        let skipped = start.min(part.len());
        let taken = count.min(part.len() - skipped);
        (start, count) = (start - skipped, count - taken);
        &part[skipped..skipped + taken]
    };
    parts.iter().map(cut).collect()
}

/// Bytes that may wait for a worker that does not keep up, before its clients are held back.
const NEWS_BYTES_MAX: usize = 1 << 20;
/// Bytes that may wait for a reactor, before callbacks hear that there is no room. A reactor never blocks, so this is for
/// bursts: one connection that reads slowly must not keep a callback from the others.
const ORDERS_BYTES_MAX: usize = 16 << 20;

/// Memory kept for the next time that something has to wait.
const BACKLOG_BYTES_KEPT: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Lanes, Lanes) {
        let rings = Arc::new(Rings::map(1, 1).unwrap());
        (Lanes::of_reactor(Arc::clone(&rings), 0), Lanes::of_worker(rings, 0))
    }

    fn read(lanes: &Lanes) -> Vec<Vec<u8>> {
        let mut records = Vec::new();
        lanes.read(|_, record| {
            records.push(record.to_vec());
            true
        });
        records
    }

    #[test]
    fn a_record_of_any_length_arrives_whole_and_in_order() {
        let (reactor, worker) = pair();
        let long: Vec<u8> = (0..3_000_000).map(|n| n as u8).collect();
        reactor.send(0, &[b"before"]);
        reactor.send(0, &[&long[..10], &long[10..]]);
        reactor.send(0, &[b"after"]);
        let mut got = Vec::new();
        while reactor.is_sending() || worker.has_mail() {
            got.extend(read(&worker));
            reactor.flush(|_| {});
        }
        assert!(got == [b"before".to_vec(), long, b"after".to_vec()]);
    }

    #[test]
    fn records_that_wait_are_not_mixed_up_with_those_that_are_written_in_part() {
        let (reactor, worker) = pair();
        let record =
            |n: usize| -> Vec<u8> { (0..n * 37_001 % 700_000).map(|at| (at * 31 + n) as u8).collect() };
        let (mut sent, mut got) = (0, Vec::new());
        while got.len() < 60 {
            while sent < 60 && !reactor.is_congested(0) {
                let next = record(sent);
                let cut = next.len() / 3;
                reactor.send(0, &[&next[..cut], &[], &next[cut..]]);
                sent += 1;
            }
            got.extend(read(&worker));
            reactor.flush(|_| {});
        }
        assert!(got.iter().enumerate().all(|(n, got)| *got == record(n)));
        assert!(!reactor.is_sending() && reactor.waiting_bytes() == 0);
    }

    #[test]
    fn a_sleeper_hears_of_a_long_record_before_all_of_it_is_written() {
        use std::os::fd::AsFd;

        use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

        let (reactor, worker) = pair();
        worker.bell().fall_asleep();
        reactor.send(0, &[&[7; 3_000_000]]);
        assert!(reactor.is_sending());
        let mut bell = [PollFd::new(worker.bell().as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut bell, PollTimeout::ZERO), Ok(1));
    }

    #[test]
    fn pieces_are_cut_across_parts() {
        let parts: [&[u8]; 4] = [b"abc", b"", b"def", b"g"];
        for start in 0..=7 {
            for count in 0..=7 - start {
                assert_eq!(piece_of(&parts, start, count).concat(), b"abcdefg"[start..start + count]);
            }
        }
    }

    #[test]
    fn a_sender_that_is_held_back_hears_of_room() {
        let (reactor, worker) = pair();
        let session = SessionId::new(7);
        assert!(!reactor.await_room(0, session));
        while !reactor.is_congested(0) {
            reactor.send(0, &[&[0; 50_000]]);
        }
        assert!(reactor.await_room(0, session));
        let mut told = Vec::new();
        while reactor.is_sending() {
            reactor.flush(|session| told.push(session));
            read(&worker);
        }
        reactor.flush(|session| told.push(session));
        assert_eq!(told, [session]);
    }

    #[test]
    fn a_reader_may_stop_between_two_records() {
        let (reactor, worker) = pair();
        for record in [b"one", b"two"] {
            reactor.send(0, &[record]);
        }
        let marks = worker.marks();
        worker.read(|_, record| {
            assert_eq!(record, b"one");
            false
        });
        assert!(!worker.have_read(&marks) && worker.has_mail());
        assert_eq!(read(&worker), [b"two"]);
        assert!(worker.have_read(&marks));
    }
}
