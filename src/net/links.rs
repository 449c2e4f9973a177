//! The connections of a worker, by the place of their sessions in the table: a lookup is two loads, and a walk over all
//! sessions meets their links side by side.

use std::collections::HashMap;
use std::rc::Rc;

use super::link::Link;
use crate::server::session::SessionId;

/// Links by place. A chunk exists while a link is in it.
#[derive(Debug, Default)]
pub struct Links {
    chunks: Vec<Option<Box<Chunk>>>,
    /// Those whose place a later session has: their own is over, and they only wait for the peer's end.
    displaced: HashMap<SessionId, Rc<Link>>,
    count: usize,
}

#[derive(Debug)]
struct Chunk {
    links: [Option<Rc<Link>>; CHUNK],
    used: usize,
}

impl Links {
    /// The link of a session whose place is `place`.
    #[inline]
    pub fn get(&self, place: usize, session: SessionId) -> Option<&Rc<Link>> {
        match self.at(place) {
            Some(link) if link.id() == session => Some(link),
            _ if self.displaced.is_empty() => None,
            _ => self.displaced.get(&session),
        }
    }

    /// Whatever link is at a place.
    #[inline]
    pub fn at(&self, place: usize) -> Option<&Rc<Link>> {
        self.chunks.get(place / CHUNK)?.as_ref()?.links[place % CHUNK].as_ref()
    }

    pub fn insert(&mut self, place: usize, link: Rc<Link>) {
        let index = place / CHUNK;
        if index >= self.chunks.len() {
            self.chunks.resize_with(index + 1, || None);
        }
        let chunk = self.chunks[index].get_or_insert_with(Chunk::empty);
        match chunk.links[place % CHUNK].replace(link) {
            Some(old) => drop(self.displaced.insert(old.id(), old)),
            None => chunk.used += 1,
        }
        self.count += 1;
    }

    /// Forgets the link of a session, if it is there.
    pub fn remove(&mut self, place: usize, session: SessionId) {
        if self.at(place).is_some_and(|link| link.id() == session) {
            self.take(place);
            self.count -= 1;
        } else if self.displaced.remove(&session).is_some() {
            self.count -= 1;
            self.displaced.shrink_to(DISPLACED_KEPT);
        }
    }

    fn take(&mut self, place: usize) {
        let Some(slot) = self.chunks.get_mut(place / CHUNK) else { return };
        let Some(chunk) = slot else { return };
        chunk.links[place % CHUNK] = None;
        chunk.used -= 1;
        if chunk.used == 0 {
            *slot = None;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rc<Link>> {
        let placed = self.chunks.iter().flatten().flat_map(|chunk| chunk.links.iter().flatten());
        placed.chain(self.displaced.values())
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Chunk {
    fn empty() -> Box<Self> {
        Box::new(Self { links: [const { None }; CHUNK], used: 0 })
    }
}

/// Links that share one allocation: as many as the table has in one word of its bits.
const CHUNK: usize = 64;
/// What the map of the displaced keeps for the next burst.
const DISPLACED_KEPT: usize = 64;

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use tokio::net::UnixStream;

    use super::*;
    use crate::net::stream::Stream;
    use crate::server::session::{Descriptors, Peer, WebSocketStatus};
    use crate::server::sessions::{Opening, SessionTable, Slot};

    fn table() -> SessionTable {
        let words = (0..SessionTable::words(CAPACITY)).map(|_| AtomicU64::new(0)).collect::<Vec<_>>();
        SessionTable::new(words.leak(), CAPACITY, 0)
    }

    fn open(table: &SessionTable) -> (SessionId, Slot, Rc<Link>) {
        let opening = Opening {
            worker: 0,
            port: 0,
            server_port: 0,
            status: WebSocketStatus::Active,
            peer: Peer::Unix,
            descriptors: Descriptors { listener: 0, connection: 0 },
            now_us: 0,
            steady_us: 0,
        };
        let (session, slot) = table.open(&opening).unwrap();
        let (stream, _) = UnixStream::pair().unwrap();
        (session, slot, Rc::new(Link::new(session, slot, 0, Stream::Unix(stream), 0)))
    }

    fn run(test: impl FnOnce()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let _guard = runtime.enter();
        test();
    }

    #[test]
    fn links_are_found_until_they_are_removed_and_chunks_go_with_the_last() {
        run(|| {
            let (table, mut links) = (table(), Links::default());
            let mut sessions = Vec::new();
            for _ in 0..CAPACITY {
                let (session, _, link) = open(&table);
                links.insert(table.place_of(session), link);
                sessions.push(session);
            }
            assert_eq!((links.len(), links.iter().count()), (CAPACITY, CAPACITY));
            for session in sessions {
                let place = table.place_of(session);
                assert_eq!(links.get(place, session).unwrap().id(), session);
                links.remove(place, session);
                assert!(links.get(place, session).is_none());
                links.remove(place, session);
            }
            assert!(links.is_empty() && links.chunks.iter().all(Option::is_none));
        });
    }

    #[test]
    fn a_link_that_outlives_its_session_is_found_behind_the_next_at_its_place() {
        run(|| {
            let (table, mut links) = (table(), Links::default());
            let (old, slot, link) = open(&table);
            let place = table.place_of(old);
            links.insert(place, link);
            table.close(slot);
            let new = loop {
                let (session, slot, link) = open(&table);
                if table.place_of(session) == place {
                    links.insert(place, link);
                    break session;
                }
                table.close(slot);
            };
            assert_eq!(links.get(place, old).unwrap().id(), old);
            assert_eq!(links.get(place, new).unwrap().id(), new);
            assert_eq!((links.len(), links.iter().count()), (2, 2));
            links.remove(place, old);
            assert!(links.get(place, old).is_none());
            assert_eq!(links.get(place, new).unwrap().id(), new);
            links.remove(place, new);
            assert!(links.is_empty());
        });
    }

    const CAPACITY: usize = 200;
}
