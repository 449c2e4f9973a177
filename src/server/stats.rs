//! The counters behind `$server->stats()`, in memory that all processes share.
//!
//! Each worker owns a block and is its only writer, so counting is a load and a store; totals are sums. A worker
//! that is forked again continues its predecessor's block.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a worker counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Counter {
    /// Connections accepted.
    Accepted,
    /// Connections closed.
    Closed,
    /// Connections refused: table full, out of descriptors.
    Aborted,
    /// Messages and requests received.
    Requests,
    /// Messages and responses sent.
    Responses,
    /// Callbacks started.
    Dispatched,
    BytesReceived,
    BytesSent,
    /// Outbound bytes that wait for slow readers, now.
    BytesQueued,
    /// Coroutines alive, now.
    Coroutines,
    CoroutinesPeak,
    /// HTTP requests that callbacks work on, now.
    Concurrency,
    /// 1 while the worker runs callbacks, 0 while it waits.
    Busy,
    /// Tasks given to a task worker, by anybody.
    TasksGiven,
    /// Tasks that a task worker has done with, or that were lost with one.
    TasksDone,
    /// The process id, so that any process can signal the worker.
    Pid,
    /// Messages that were not sent because their reader is too slow.
    Dropped,
    /// Connections closed because their reader is too slow.
    TooSlow,
    /// Nanoseconds in which the worker did not wait.
    BusyNanos,
    /// How often a process has begun to be this worker.
    Starts,
    /// Bytes received that PHP has not seen: unfinished messages, and what waits for workers that do not keep up.
    BytesHeld,
    /// The session whose callback runs now; 0 is none. Only where the socket is in another process.
    Working,
    /// Tasks that a task worker has begun to read: no successor will find them.
    TasksTaken,
}

impl Counter {
    /// Whether the owner of a socket counts it, not whoever works on what comes by it.
    const fn is_of_sockets(self) -> bool {
        matches!(
            self,
            Self::Accepted
                | Self::Closed
                | Self::Aborted
                | Self::BytesReceived
                | Self::BytesSent
                | Self::BytesQueued
                | Self::BytesHeld
                | Self::Dropped
                | Self::TooSlow
        )
    }
}

/// A view of the counters; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Stats {
    words: &'static [AtomicU64],
}

/// One worker's block.
#[derive(Clone, Copy, Debug)]
pub struct WorkerStats {
    words: &'static [AtomicU64; BLOCK_WORDS],
}

impl Stats {
    /// How many words of zeroed memory so many workers need.
    pub const fn words(workers: usize) -> usize {
        HEAD_WORDS + workers * BLOCK_WORDS
    }

    /// The counters in `memory`, which is zeroed and holds [`Stats::words`] words.
    /// Of all blocks the first `workers` belong to workers, the others to threads that own sockets only.
    pub fn new(memory: &'static [AtomicU64], workers: u16, started_secs: u64, master_pid: u32) -> Self {
        let stats = Self { words: memory };
        memory[WORKERS].store(workers.into(), Ordering::Relaxed);
        memory[STARTED].store(started_secs, Ordering::Relaxed);
        memory[MASTER_PID].store(u64::from(master_pid), Ordering::Relaxed);
        stats.set_manager_pid(master_pid);
        stats
    }

    /// The block of a worker.
    pub fn worker(&self, id: u16) -> WorkerStats {
        self.block(id)
    }

    /// The block of a worker or a thread below the number the memory was made for.
    pub fn block(&self, id: u16) -> WorkerStats {
        WorkerStats { words: &self.words[HEAD_WORDS..].as_chunks().0[usize::from(id)] }
    }

    pub fn workers(&self) -> u16 {
        self.words[WORKERS].load(Ordering::Relaxed) as u16
    }

    /// Workers and, behind them, threads that own sockets only.
    pub fn blocks(&self) -> u16 {
        ((self.words.len() - HEAD_WORDS) / BLOCK_WORDS) as u16
    }

    /// The sum over all workers; what sockets count, also over the threads that own some.
    pub fn total(&self, counter: Counter) -> u64 {
        let blocks = match counter {
            // Those that no worker hears of count too.
            Counter::Requests if self.blocks() > self.workers() => self.workers()..self.blocks(),
            counter if counter.is_of_sockets() => 0..self.blocks(),
            _ => 0..self.workers(),
        };
        blocks.map(|id| self.block(id).value(counter)).fold(0, u64::wrapping_add)
    }

    pub fn started_secs(&self) -> u64 {
        self.words[STARTED].load(Ordering::Relaxed)
    }

    /// The process that runs the server and is told to end it.
    pub fn master_pid(&self) -> u32 {
        self.words[MASTER_PID].load(Ordering::Relaxed) as u32
    }

    /// Says that another process than the master watches the workers.
    pub fn set_manager_pid(&self, pid: u32) {
        self.words[MANAGER_PID].store(u64::from(pid), Ordering::Relaxed);
    }

    /// The server has been told to end.
    pub fn set_ending(&self) {
        self.words[ENDING].store(1, Ordering::Relaxed);
    }

    /// Whether it has, so that a worker that is told to is not the only one.
    pub fn is_ending(&self) -> bool {
        self.words[ENDING].load(Ordering::Relaxed) != 0
    }

    /// The process that watches the workers, or the only one.
    pub fn manager_pid(&self) -> u32 {
        self.words[MANAGER_PID].load(Ordering::Relaxed) as u32
    }

    /// How many of the first so many workers wait for work.
    pub fn idle_workers(&self, workers: u16) -> u64 {
        (0..workers).filter(|id| self.worker(*id).value(Counter::Busy) == 0).count() as u64
    }
}

impl WorkerStats {
    pub fn value(&self, counter: Counter) -> u64 {
        self.words[counter as usize].load(Ordering::Relaxed)
    }

    /// Counts. Only the worker itself calls this.
    #[inline]
    pub fn add(&self, counter: Counter, amount: u64) {
        let word = &self.words[counter as usize];
        word.store(word.load(Ordering::Relaxed).wrapping_add(amount), Ordering::Relaxed);
    }

    /// Counts in the block of another worker.
    pub fn add_from_outside(&self, counter: Counter, amount: u64) {
        self.words[counter as usize].fetch_add(amount, Ordering::Relaxed);
    }

    /// Counts the tasks as done that a worker which has ended had taken: they are lost.
    pub fn give_tasks_up(&self) {
        self.set(Counter::TasksDone, self.value(Counter::TasksTaken).max(self.value(Counter::TasksDone)));
    }

    /// Tasks that wait for this task worker or run in it.
    pub fn tasks_left(&self) -> u64 {
        self.value(Counter::TasksGiven).saturating_sub(self.value(Counter::TasksDone))
    }

    /// Takes back, for the counters that say "now".
    #[inline]
    pub fn sub(&self, counter: Counter, amount: u64) {
        let word = &self.words[counter as usize];
        word.store(word.load(Ordering::Relaxed).saturating_sub(amount), Ordering::Relaxed);
    }

    #[inline]
    pub fn set(&self, counter: Counter, value: u64) {
        self.words[counter as usize].store(value, Ordering::Relaxed);
    }
}

/// One cache line before the blocks.
const HEAD_WORDS: usize = 8;
const STARTED: usize = 0;
const MANAGER_PID: usize = 1;
const MASTER_PID: usize = 2;
const WORKERS: usize = 3;
const ENDING: usize = 4;
/// Three cache lines per worker: no two workers write to one line.
const BLOCK_WORDS: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(workers: usize) -> Stats {
        let memory: Vec<AtomicU64> = (0..Stats::words(workers)).map(|_| AtomicU64::new(0)).collect();
        Stats::new(Vec::leak(memory), workers as u16, 1_700_000_000, 42)
    }

    #[test]
    fn totals_are_the_sum_of_the_workers() {
        let stats = stats(3);
        for id in 0..3 {
            stats.worker(id).add(Counter::Requests, 10 + u64::from(id));
        }
        assert_eq!(stats.total(Counter::Requests), 33);
        assert_eq!(stats.total(Counter::Responses), 0);
        assert_eq!((stats.workers(), stats.started_secs(), stats.manager_pid()), (3, 1_700_000_000, 42));
    }

    #[test]
    fn a_gauge_never_falls_below_zero() {
        let worker = stats(1).worker(0);
        worker.add(Counter::BytesQueued, 5);
        worker.sub(Counter::BytesQueued, 9);
        assert_eq!(worker.value(Counter::BytesQueued), 0);
    }

    #[test]
    fn tasks_that_are_lost_with_a_worker_do_not_wait() {
        let worker = stats(1).worker(0);
        worker.add(Counter::TasksGiven, 5);
        worker.add(Counter::TasksTaken, 3);
        worker.add(Counter::TasksDone, 1);
        assert_eq!(worker.tasks_left(), 4);
        worker.give_tasks_up();
        assert_eq!(worker.tasks_left(), 2);
        worker.give_tasks_up();
        assert_eq!(worker.tasks_left(), 2);
    }

    #[test]
    fn the_last_counter_fits_into_the_block() {
        assert!((Counter::TasksTaken as usize) < BLOCK_WORDS);
    }
}
