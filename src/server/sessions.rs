//! The table of every connection of every worker, in memory they share.
//!
//! The table is a view of words that somebody else allocated (`process::shared` before the fork, a leaked box in
//! tests). Each slot has one writer, the worker or the reactor that owns the connection; everybody
//! reads, and others only mark what they have asked the owner to close. An id picks its slot by
//! its low bits, so a lookup is one load, and an id whose slot is taken is skipped: ids grow and are never reused.
//!
//! A reader copies the slot and checks the id before and after, so it never mixes two connections.

mod row;

use std::sync::atomic::{AtomicU64, Ordering};

use row::*;

use super::session::{ClientInfo, Descriptors, Peer, SessionId, WebSocketStatus};
use super::uids::Uids;

/// A view of the shared table. Cheap to copy; every process of the server holds one.
#[derive(Clone, Copy, Debug)]
pub struct SessionTable {
    /// `[last id, live sessions, most sessions allowed, spare ...]`.
    head: &'static [AtomicU64],
    /// One bit per slot, so that a walk over few sessions in a large table is short.
    bits: &'static [AtomicU64],
    slots: &'static [[AtomicU64; SLOT_WORDS]],
    uids: Uids,
}

/// What a worker says about a connection when it accepts it.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    pub worker: u16,
    /// The number of the port it came in by, and the port's own.
    pub port: u8,
    pub server_port: u16,
    pub status: WebSocketStatus,
    pub peer: Peer,
    pub descriptors: Descriptors,
    pub now_us: u64,
    /// The same moment on the clock of [`ClientInfo::heard_us`].
    pub steady_us: u64,
}

/// One session's words and the uid; a copy that outlives it.
pub type Row = [u64; SLOT_WORDS + 1];

/// Where a session lives in the table. Only its owner holds one, and only while the session is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(u32);

impl SessionTable {
    /// How many slots a table for so many connections has: a power of two.
    pub fn slots(capacity: usize) -> usize {
        slot_count(capacity)
    }

    /// How many words of zeroed memory a table for so many connections needs.
    pub fn words(capacity: usize) -> usize {
        let slots = slot_count(capacity);
        HEAD_WORDS + slots / 64 + slots * (SLOT_WORDS + 1)
    }

    /// The table in `memory`, which is zeroed and holds [`SessionTable::words`] words. The first id will be `start + 1`.
    pub fn new(memory: &'static [AtomicU64], capacity: usize, start: u64) -> Self {
        let slots = slot_count(capacity);
        let (head, rest) = memory.split_at(HEAD_WORDS);
        let (bits, rest) = rest.split_at(slots / 64);
        head[LAST_ID].store(start, Ordering::Relaxed);
        head[CAPACITY].store(capacity as u64, Ordering::Relaxed);
        let (slots, uids) = rest.split_at(slots * SLOT_WORDS);
        Self { head, bits, slots: slots.as_chunks().0, uids: Uids(uids) }
    }

    /// Registers a connection; `None` when the table is full. The caller must [`SessionTable::close`] it.
    pub fn open(&self, opening: &Opening) -> Option<(SessionId, Slot)> {
        if self.head[COUNT].fetch_add(1, Ordering::Relaxed) >= self.head[CAPACITY].load(Ordering::Relaxed) {
            self.head[COUNT].fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        for _ in 0..self.slots.len() {
            let id = self.head[LAST_ID].fetch_add(1, Ordering::Relaxed) + 1;
            let slot = self.slot_of(id);
            let bit = 1 << (slot % 64);
            if self.bits[slot / 64].fetch_or(bit, Ordering::AcqRel) & bit == 0 {
                self.fill(slot, opening);
                self.word(slot, ID).store(id, Ordering::Release);
                return Some((SessionId::new(id), Slot(slot as u32)));
            }
        }
        self.head[COUNT].fetch_sub(1, Ordering::Relaxed);
        None
    }

    /// Forgets a session. Only its owner calls this, once.
    pub fn close(&self, slot: Slot) {
        self.release(slot.0 as usize);
    }

    /// Forgets every session of a worker that died, and says how many there were.
    pub fn close_worker(&self, worker: u16) -> usize {
        let (mut closed, mut position) = (0, 0);
        while let Some(slot) = self.taken_from(position) {
            position = slot + 1;
            if unpack_worker(self.word(slot, PACKED).load(Ordering::Acquire)) == worker {
                self.release(slot);
                closed += 1;
            }
        }
        closed
    }

    /// Binds a user's number, not 0, to a session, from any worker; false when there is one already, or no session.
    pub fn bind(&self, session: SessionId, uid: u32) -> bool {
        self.find(session).is_some_and(|slot| self.uids.bind(slot, session, uid))
    }

    /// The number bound to a session; 0 is none.
    pub fn uid_of(&self, session: SessionId) -> u32 {
        self.uids.of(self.slot_of(session.as_u64()), session)
    }

    /// Everything known of a session, from any worker.
    pub fn info(&self, session: SessionId) -> Option<ClientInfo> {
        let slot = self.find(session)?;
        let field = |field| self.word(slot, field).load(Ordering::Relaxed);
        let info = read(session, self.uid_of(session), field);
        // Acquire: the fields above are read before the id is checked again.
        std::sync::atomic::fence(Ordering::Acquire);
        (self.word(slot, ID).load(Ordering::Relaxed) == session.as_u64()).then_some(info)
    }

    /// The words of a session that is still open, for [`SessionTable::info_in`].
    pub fn row(&self, slot: Slot) -> Row {
        let field = |field| self.word(slot.0 as usize, field).load(Ordering::Relaxed);
        let uid = self.uid_of(SessionId::new(field(ID)));
        std::array::from_fn(|index| if index < SLOT_WORDS { field(index) } else { uid.into() })
    }

    /// What [`SessionTable::info`] said when the row was copied.
    pub fn info_in(row: &Row) -> ClientInfo {
        read(SessionId::new(row[ID]), row[SLOT_WORDS] as u32, |field| row[field])
    }

    /// Which worker owns a session.
    pub fn worker_of(&self, session: SessionId) -> Option<u16> {
        let slot = self.find(session)?;
        let packed = self.word(slot, PACKED).load(Ordering::Relaxed);
        (self.word(slot, ID).load(Ordering::Acquire) == session.as_u64()).then(|| unpack_worker(packed))
    }

    /// The number of the port that a session came in by.
    #[inline]
    pub fn port_of(&self, session: SessionId) -> Option<u8> {
        self.find(session).map(|slot| unpack_port(self.word(slot, PACKED).load(Ordering::Relaxed)))
    }

    /// Whether the session is there and nobody has begun to close it.
    pub fn exists(&self, session: SessionId) -> bool {
        self.find(session)
            .is_some_and(|slot| self.word(slot, PACKED).load(Ordering::Relaxed) & CLOSING_FLAG == 0)
    }

    /// Whether frames may be pushed to the session.
    #[inline]
    pub fn is_established(&self, session: SessionId) -> bool {
        self.find(session).is_some_and(|slot| {
            let packed = self.word(slot, PACKED).load(Ordering::Relaxed);
            packed & CLOSING_FLAG == 0 && unpack_status(packed) == WebSocketStatus::Active
        })
    }

    /// Sessions open now, in all workers.
    pub fn count(&self) -> u64 {
        self.head[COUNT].load(Ordering::Relaxed)
    }

    /// The last id handed out.
    pub fn last_id(&self) -> u64 {
        self.head[LAST_ID].load(Ordering::Relaxed)
    }

    /// The first open session at or after `position`, and the position to ask for next. Start with 0. Sessions that
    /// live through the whole walk are seen exactly once.
    #[inline]
    pub fn next(&self, mut position: usize) -> Option<(usize, SessionId)> {
        loop {
            let slot = self.taken_from(position)?;
            position = slot + 1;
            let id = self.word(slot, ID).load(Ordering::Acquire);
            if id != 0 && self.word(slot, PACKED).load(Ordering::Relaxed) & CLOSING_FLAG == 0 {
                return Some((position, SessionId::new(id)));
            }
        }
    }

    /// The position just behind a session, for lists that continue after it.
    pub fn position_after(&self, session: SessionId) -> Option<usize> {
        self.find(session).map(|slot| slot + 1)
    }

    pub fn set_status(&self, slot: Slot, status: WebSocketStatus) {
        self.update(slot.0 as usize, |packed| {
            packed & !(STATUS_MASK << STATUS_SHIFT) | (status as u64) << STATUS_SHIFT
        });
    }

    /// Marks the session as being closed: it no longer exists for anybody but its own `onClose`.
    pub fn set_closing(&self, slot: Slot) {
        self.update(slot.0 as usize, |packed| packed | CLOSING_FLAG);
    }

    /// Exempts a session from the heartbeat.
    pub fn set_protected(&self, slot: Slot, protected: bool) {
        self.update(slot.0 as usize, |packed| {
            if protected { packed | PROTECTED_FLAG } else { packed & !PROTECTED_FLAG }
        });
    }

    #[inline]
    pub fn touch_received(&self, slot: Slot, steady_us: u64) {
        self.word(slot.0 as usize, RECEIVED).store(steady_us, Ordering::Relaxed);
    }

    #[inline]
    pub fn touch_sent(&self, slot: Slot, now_us: u64) {
        self.word(slot.0 as usize, SENT).store(now_us, Ordering::Relaxed);
    }

    /// The owner and workers that close or upgrade a session may change its word at once.
    fn update(&self, slot: usize, change: impl Fn(u64) -> u64) {
        let _ = self
            .word(slot, PACKED)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |packed| Some(change(packed)));
    }

    /// As [`SessionTable::set_status`], from a process that does not own the session. It is the owner's status from then
    /// on.
    pub fn set_status_of(&self, session: SessionId, status: WebSocketStatus) {
        if let Some(slot) = self.find(session) {
            self.set_status(Slot(slot as u32), status);
        }
    }

    /// As [`SessionTable::set_closing`], from a process that does not own the session but has asked for its end.
    pub fn set_closing_of(&self, session: SessionId) {
        if let Some(slot) = self.find(session) {
            self.set_closing(Slot(slot as u32));
        }
    }

    /// Says whether a message that is being pushed to the session lacks its last frame, from any process.
    pub fn set_amid_message(&self, session: SessionId, amid: bool) {
        if let Some(slot) = self.find(session) {
            self.update(
                slot,
                |packed| if amid { packed | UNFINISHED_FLAG } else { packed & !UNFINISHED_FLAG },
            );
        }
    }

    fn fill(&self, slot: usize, opening: &Opening) {
        let (low, high, family) = pack_peer(opening.peer);
        let packed = u64::from(opening.worker)
            | (opening.status as u64) << STATUS_SHIFT
            | u64::from(opening.port) << PORT_SHIFT
            | family
            | u64::from(opening.peer.port()) << PEER_PORT_SHIFT
            | u64::from(opening.server_port) << SERVER_PORT_SHIFT;
        self.word(slot, PACKED).store(packed, Ordering::Relaxed);
        self.word(slot, IP_LOW).store(low, Ordering::Relaxed);
        self.word(slot, IP_HIGH).store(high, Ordering::Relaxed);
        self.word(slot, DESCRIPTORS).store(pack_descriptors(opening.descriptors), Ordering::Relaxed);
        for (field, value) in [(CONNECTED, opening.now_us), (RECEIVED, opening.steady_us), (SENT, 0)] {
            self.word(slot, field).store(value, Ordering::Relaxed);
        }
    }

    fn release(&self, slot: usize) {
        self.word(slot, ID).store(0, Ordering::Release);
        let bit = 1 << (slot % 64);
        if self.bits[slot / 64].fetch_and(!bit, Ordering::AcqRel) & bit != 0 {
            self.head[COUNT].fetch_sub(1, Ordering::Relaxed);
        }
    }

    #[inline]
    fn find(&self, session: SessionId) -> Option<usize> {
        let slot = self.slot_of(session.as_u64());
        let id = self.word(slot, ID).load(Ordering::Acquire);
        (id != 0 && id == session.as_u64()).then_some(slot)
    }

    /// The first taken slot from `from` on, skipping 64 free ones at a time.
    #[inline]
    fn taken_from(&self, from: usize) -> Option<usize> {
        let mut index = from / 64;
        let mut word = self.bits.get(index)?.load(Ordering::Acquire) & u64::MAX << (from % 64);
        while word == 0 {
            index += 1;
            word = self.bits.get(index)?.load(Ordering::Acquire);
        }
        Some(index * 64 + word.trailing_zeros() as usize)
    }

    /// Where a session is in the table, if it is; no two open sessions are at one place.
    #[inline]
    pub fn place_of(&self, session: SessionId) -> usize {
        self.slot_of(session.as_u64())
    }

    /// What is at a place, for a look ahead.
    #[inline]
    pub fn words_at(&self, place: usize) -> Option<&[AtomicU64; SLOT_WORDS]> {
        self.slots.get(place)
    }

    #[inline]
    fn slot_of(&self, id: u64) -> usize {
        id as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn word(&self, slot: usize, field: usize) -> &AtomicU64 {
        &self.slots[slot][field]
    }
}

fn slot_count(capacity: usize) -> usize {
    // A quarter more slots than sessions keeps skipped ids rare in a full table; 64 fill one word of bits.
    (capacity + capacity / 4).next_power_of_two().max(64)
}

/// Words of the head; a cache line apart from the bits.
const HEAD_WORDS: usize = 8;
const LAST_ID: usize = 0;
const COUNT: usize = 1;
const CAPACITY: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn table(capacity: usize, start: u64) -> SessionTable {
        let memory: Vec<AtomicU64> = (0..SessionTable::words(capacity)).map(|_| AtomicU64::new(0)).collect();
        SessionTable::new(Vec::leak(memory), capacity, start)
    }

    fn opening(worker: u16) -> Opening {
        Opening {
            worker,
            port: 200,
            server_port: 9501,
            status: WebSocketStatus::Connection,
            peer: Peer::Inet("192.0.2.7:4321".parse().unwrap()),
            descriptors: Descriptors { listener: 7, connection: i32::MAX },
            now_us: 77,
            steady_us: 7,
        }
    }

    fn ids(table: &SessionTable) -> Vec<u64> {
        let mut position = 0;
        std::iter::from_fn(|| {
            let (next, id) = table.next(position)?;
            position = next;
            Some(id.as_u64())
        })
        .collect()
    }

    #[test]
    fn ids_start_after_the_start_id_and_are_never_reused() {
        let table = table(4, 100);
        let (first, slot) = table.open(&opening(0)).unwrap();
        assert_eq!(first.as_u64(), 101);
        table.close(slot);
        assert_eq!(table.open(&opening(0)).unwrap().0.as_u64(), 102);
        assert!(!table.exists(first));
    }

    #[test]
    fn a_table_takes_exactly_its_capacity() {
        let table = table(3, 0);
        let slots: Vec<_> = (0..3).map(|_| table.open(&opening(0)).unwrap().1).collect();
        assert!(table.open(&opening(0)).is_none());
        assert_eq!(table.count(), 3);
        table.close(slots[1]);
        assert!(table.open(&opening(0)).is_some());
        assert_eq!(table.count(), 3);
    }

    #[test]
    fn a_long_lived_session_keeps_its_slot_while_ids_go_round() {
        let table = table(50, 0);
        let (old, _) = table.open(&opening(1)).unwrap();
        for _ in 0..1000 {
            let (id, slot) = table.open(&opening(2)).unwrap();
            assert_ne!(id, old);
            table.close(slot);
        }
        assert_eq!(table.info(old).unwrap().worker, 1);
        assert_eq!(ids(&table), [old.as_u64()]);
    }

    #[test]
    fn everything_said_about_a_session_can_be_read_back() {
        let table = table(8, 0);
        for peer in ["192.0.2.7:4321", "[2001:db8::1]:65535"] {
            let peer = Peer::Inet(peer.parse().unwrap());
            let (id, slot) = table.open(&Opening { peer, worker: 65535, ..opening(0) }).unwrap();
            table.set_status(slot, WebSocketStatus::Active);
            table.touch_sent(slot, 5);
            let info = table.info(id).unwrap();
            assert_eq!((info.peer, info.worker, info.server_port), (peer, 65535, 9501));
            assert_eq!((info.port, table.port_of(id)), (200, Some(200)));
            assert_eq!((info.connected_us, info.heard_us, info.sent_us), (77, 7, 5));
            assert_eq!(info.status, WebSocketStatus::Active);
        }
        let (id, _) = table.open(&Opening { peer: Peer::Unix, ..opening(0) }).unwrap();
        assert_eq!(table.info(id).unwrap().peer, Peer::Unix);
    }

    #[test]
    fn a_closing_session_exists_for_nobody_but_is_still_readable() {
        let table = table(8, 0);
        let (id, slot) = table.open(&opening(0)).unwrap();
        table.set_status(slot, WebSocketStatus::Active);
        assert!(table.exists(id) && table.is_established(id));
        table.set_closing(slot);
        assert!(!table.exists(id) && !table.is_established(id));
        assert!(table.info(id).unwrap().closing);
        assert_eq!(ids(&table), []);
    }

    #[test]
    fn an_unfinished_message_is_known_until_its_end() {
        let table = table(2, 0);
        let (id, slot) = table.open(&opening(0)).unwrap();
        table.set_status(slot, WebSocketStatus::Closing);
        for amid in [true, true, false] {
            table.set_amid_message(id, amid);
            let info = table.info(id).unwrap();
            assert_eq!((info.amid_message, info.status, info.port), (amid, WebSocketStatus::Closing, 200));
        }
        table.close(slot);
        table.set_amid_message(id, true);
        assert!(table.info(id).is_none());
    }

    #[test]
    fn a_dead_worker_takes_only_its_own_sessions_along() {
        let table = table(300, 0);
        for n in 0..300 {
            table.open(&opening(n % 3)).unwrap();
        }
        assert_eq!(table.close_worker(1), 100);
        assert_eq!(table.count(), 200);
        assert_eq!(ids(&table).len(), 200);
    }

    #[test]
    fn session_zero_never_exists() {
        let table = table(8, 0);
        assert!(!table.exists(SessionId::new(0)));
        assert!(table.info(SessionId::new(0)).is_none());
    }

    #[test]
    fn a_walk_can_continue_after_any_session() {
        let table = table(200, 0);
        let all: Vec<_> = (0..130).map(|_| table.open(&opening(0)).unwrap().0).collect();
        let after = table.position_after(all[69]).unwrap();
        assert_eq!(table.next(after).unwrap().1, all[70]);
    }
}
