//! A heap of deadlines: earliest first, equal ones in the order they were set.
//!
//! Every entry has a key, and removing by key costs O(log n): a wait that ends before its deadline leaves nothing
//! behind, however far away that deadline was. Called by the scheduler, which asks for the one next deadline.

/// Names an entry until it is taken or removed; a later entry never answers to an old key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    slot: u32,
    generation: u32,
}

/// Deadlines with what is due at each.
#[derive(Debug)]
pub struct Heap<T> {
    nodes: Vec<Node<T>>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    serial: u64,
}

impl<T> Heap<T> {
    pub fn new() -> Self {
        Self { nodes: Vec::new(), slots: Vec::new(), free: Vec::new(), serial: 0 }
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The serial number that the next entry will get; see [`Heap::take_due`].
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<u64> {
        self.nodes.first().map(|node| node.at)
    }

    pub fn insert(&mut self, at: u64, what: T) -> Key {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(Slot { generation: 0, place: 0 });
                (self.slots.len() - 1) as u32
            }
        };
        let place = self.nodes.len();
        self.nodes.push(Node { at, serial: self.serial, slot, what });
        self.serial += 1;
        let entry = &mut self.slots[slot as usize];
        entry.place = place as u32;
        let key = Key { slot, generation: entry.generation };
        self.rise(place);
        key
    }

    /// Takes an entry out; `None` when it was already taken or removed.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        let entry = self.slots.get(key.slot as usize)?;
        // The generation moves on when an entry is taken, so a key that matches names a node.
        (entry.generation == key.generation).then_some(entry.place as usize).map(|place| self.take(place))
    }

    /// Takes the earliest entry if it is due at `now` and older than `before`.
    ///
    /// The caller passes the [`Heap::serial`] that it read before its round, so that entries made during the round
    /// (a sleep of nothing, a tick of 1 ms after a long stall) wait for the next one and cannot starve the rest.
    pub fn take_due(&mut self, now: u64, before: u64) -> Option<T> {
        let first = self.nodes.first()?;
        if first.at > now || first.serial >= before {
            return None;
        }
        Some(self.take(0))
    }

    pub fn clear(&mut self) {
        while !self.nodes.is_empty() {
            let last = self.nodes.len() - 1;
            self.take(last);
        }
    }

    fn take(&mut self, place: usize) -> T {
        let node = self.nodes.swap_remove(place);
        if place < self.nodes.len() {
            self.slots[self.nodes[place].slot as usize].place = place as u32;
            if place > 0 && self.nodes[place].rank() < self.nodes[(place - 1) / ARITY].rank() {
                self.rise(place);
            } else {
                self.sink(place);
            }
        }
        let entry = &mut self.slots[node.slot as usize];
        entry.generation = entry.generation.wrapping_add(1);
        self.free.push(node.slot);
        if self.nodes.is_empty() {
            self.shrink();
        }
        node.what
    }

    /// A burst of timers must not keep its memory for ever.
    fn shrink(&mut self) {
        if self.nodes.capacity() > ROOM_KEPT {
            self.nodes.shrink_to(ROOM_KEPT);
        }
    }

    fn rise(&mut self, mut place: usize) {
        while place > 0 {
            let parent = (place - 1) / ARITY;
            if self.nodes[parent].rank() <= self.nodes[place].rank() {
                return;
            }
            self.swap(place, parent);
            place = parent;
        }
    }

    fn sink(&mut self, mut place: usize) {
        loop {
            let first = place * ARITY + 1;
            let last = (first + ARITY).min(self.nodes.len());
            let Some(least) = (first..last).min_by_key(|&child| self.nodes[child].rank()) else { return };
            if self.nodes[place].rank() <= self.nodes[least].rank() {
                return;
            }
            self.swap(place, least);
            place = least;
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.nodes.swap(a, b);
        self.slots[self.nodes[a].slot as usize].place = a as u32;
        self.slots[self.nodes[b].slot as usize].place = b as u32;
    }
}

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug)]
struct Node<T> {
    at: u64,
    serial: u64,
    slot: u32,
    what: T,
}

impl<T> Node<T> {
    fn rank(&self) -> (u64, u64) {
        (self.at, self.serial)
    }
}

#[derive(Debug)]
struct Slot {
    generation: u32,
    place: u32,
}

/// Four children per node: half the depth of a binary heap, and they share a cache line or two.
const ARITY: usize = 4;

/// Room for nodes that an empty heap keeps: what a busy worker needs again at once.
const ROOM_KEPT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drain(heap: &mut Heap<u32>, now: u64) -> Vec<u32> {
        let before = heap.serial();
        std::iter::from_fn(|| heap.take_due(now, before)).collect()
    }

    #[test]
    fn the_earliest_comes_first_and_equal_ones_in_order_of_insertion() {
        let mut heap = Heap::new();
        for (at, what) in [(30, 1), (10, 2), (20, 3), (10, 4), (10, 5)] {
            heap.insert(at, what);
        }
        assert_eq!(heap.next(), Some(10));
        assert_eq!(drain(&mut heap, 9), []);
        assert_eq!(drain(&mut heap, 10), [2, 4, 5]);
        assert_eq!(drain(&mut heap, 100), [3, 1]);
        assert!(heap.is_empty());
    }

    #[test]
    fn a_removed_entry_never_fires_and_its_key_is_dead() {
        let mut heap = Heap::new();
        let key = heap.insert(1, 7);
        assert_eq!(heap.remove(key), Some(7));
        assert_eq!(heap.remove(key), None);
        let other = heap.insert(1, 8);
        assert_eq!(heap.remove(key), None);
        assert_eq!(drain(&mut heap, 1), [8]);
        assert_eq!(heap.remove(other), None);
    }

    #[test]
    fn an_entry_made_during_a_round_waits_for_the_next() {
        let mut heap = Heap::new();
        heap.insert(1, 1);
        let before = heap.serial();
        assert_eq!(heap.take_due(5, before), Some(1));
        heap.insert(0, 2);
        assert_eq!(heap.take_due(5, before), None);
        assert_eq!(drain(&mut heap, 5), [2]);
    }

    #[test]
    fn slots_are_reused_so_churn_costs_no_memory() {
        let mut heap = Heap::new();
        for round in 0..10_000u64 {
            let key = heap.insert(u64::MAX, 1);
            heap.insert(round, 2);
            heap.remove(key);
            drain(&mut heap, round);
        }
        assert!(heap.slots.len() <= 2);
    }

    proptest! {
        #[test]
        fn any_mix_of_inserts_and_removals_drains_in_order(
            ops in prop::collection::vec((any::<bool>(), 0u64..50, any::<prop::sample::Index>()), 1..200)
        ) {
            let mut heap = Heap::new();
            let mut live: Vec<(u64, u32, Key)> = Vec::new();
            for (number, (remove, at, which)) in ops.into_iter().enumerate() {
                if remove && !live.is_empty() {
                    let (_, what, key) = live.remove(which.index(live.len()));
                    prop_assert_eq!(heap.remove(key), Some(what));
                } else {
                    live.push((at, number as u32, heap.insert(at, number as u32)));
                }
            }
            live.sort_by_key(|&(at, what, _)| (at, what));
            let expected: Vec<u32> = live.into_iter().map(|(_, what, _)| what).collect();
            prop_assert_eq!(drain(&mut heap, u64::MAX), expected);
        }
    }
}
