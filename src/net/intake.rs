//! What the tasks of a worker bring in: one arena for bytes and one queue of events, shared by all connections.
//!
//! Tasks read straight into the arena's free end, so an idle connection owns no buffer and a message is copied
//! nowhere between the kernel and the loop. When the arena or the queue is full, tasks stop reading until the loop
//! has taken the batch; that bounds both memory and the time before everybody gets a turn.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::BufMut;
use bytes::buf::Limit;
use tokio::io::AsyncReadExt;

use super::shortage;
use super::stream::Stream;
use crate::server::event::Event;
use crate::server::session::SessionId;

/// The batch in the making.
#[derive(Debug)]
pub struct Intake {
    arena: Vec<u8>,
    used: usize,
    /// Bytes of this batch that went past the arena.
    direct: usize,
    events: Vec<Event>,
    /// The loop, when it waits for a first event.
    loop_waker: Option<Waker>,
    /// Tasks that found no room.
    starved: Vec<Waker>,
    /// Memory is short: each task reads little, and once in a batch.
    sparing: bool,
}

/// What the loop works on. Give it back with [`Intake::restore`].
#[derive(Debug, Default)]
pub struct Batch {
    pub arena: Vec<u8>,
    pub events: Vec<Event>,
}

/// What a task should do after [`Intake::read`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Wait for the socket; the waker is registered.
    Wait,
    /// The socket may hold more: read again.
    More,
    /// No room for more; the task is woken after the batch.
    Starved,
    /// The kernel has no memory: read again in a while.
    Short,
    /// Nothing more will ever come; an event says why.
    Over,
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            arena: vec![0; ARENA_BYTES],
            used: 0,
            direct: 0,
            events: Vec::new(),
            loop_waker: None,
            starved: Vec::new(),
            sparing: false,
        }
    }
}

impl Intake {
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
        self.wake_loop();
    }

    pub fn wake_loop(&mut self) {
        if let Some(waker) = self.loop_waker.take() {
            waker.wake();
        }
    }

    /// Reads once from `stream` into the arena and queues what came.
    pub fn read(&mut self, session: SessionId, stream: &mut Stream, cx: &mut Context<'_>) -> Taken {
        let most = if self.sparing { SPARING_BYTES } else { READ_BYTES };
        let room = (self.arena.len() - self.used).min(most);
        if room < READ_BYTES_MIN || self.events.len() >= EVENTS_MAX {
            self.starved.push(cx.waker().clone());
            return Taken::Starved;
        }
        let start = self.used;
        let read = stream.poll_read(cx, &mut self.arena[start..start + room]);
        let count = match self.taken(session, read) {
            Ok(count) => count,
            Err(taken) => return taken,
        };
        self.used += count;
        self.push(Event::Received { session, start: start as u32, end: self.used as u32 });
        // As much as there was room for: perhaps the beginning of something large, which goes past the arena as soon as
        // the loop has seen it.
        if self.sparing || count == READ_BYTES {
            self.starved.push(cx.waker().clone());
            return Taken::Starved;
        }
        Taken::More
    }

    /// Reads once from `stream` into the message that a connection awaits more of. Once in a batch: the loop has to look
    /// at it first.
    pub fn read_on(
        &mut self,
        session: SessionId,
        stream: &mut Stream,
        mut space: Limit<&mut Vec<u8>>,
        cx: &mut Context<'_>,
    ) -> Taken {
        space.set_limit(space.remaining_mut().min(DIRECT_BYTES - self.direct));
        let read = pin!(stream.read_buf(&mut space)).poll(cx);
        let count = match self.taken(session, read) {
            Ok(count) => count,
            Err(taken) => return taken,
        };
        self.direct += count;
        self.push(Event::Placed { session, count: count as u32 });
        self.starved.push(cx.waker().clone());
        Taken::Starved
    }

    /// Whether bytes of a connection may be read into its message: all before them have been looked at, and the batch
    /// has room for them.
    pub fn may_read_on(&self, session: SessionId) -> bool {
        !self.sparing
            && self.direct < DIRECT_BYTES
            && self.events.iter().all(|event| event.session() != session)
    }

    /// What a read brought, and what its end or failure means.
    #[inline(always)]
    fn taken(&mut self, session: SessionId, read: Poll<io::Result<usize>>) -> Result<usize, Taken> {
        Err(match read {
            Poll::Ready(Ok(count @ 1..)) => return Ok(count),
            Poll::Pending => Taken::Wait,
            Poll::Ready(Ok(0)) => {
                self.push(Event::Ended(session));
                Taken::Over
            }
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => Taken::More,
            Poll::Ready(Err(error)) if shortage::caused(&error) => Taken::Short,
            Poll::Ready(Err(error)) => {
                self.push(Event::Broken { session, errno: error.raw_os_error().unwrap_or(0) });
                Taken::Over
            }
        })
    }

    /// Reads and forgets, until the socket is empty or has ended.
    pub fn discard(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Taken {
        let start = self.used.min(self.arena.len() - READ_BYTES_MIN);
        if start < self.used {
            self.starved.push(cx.waker().clone());
            return Taken::Starved;
        }
        for _ in 0..DISCARDS_MAX {
            match stream.poll_read(cx, &mut self.arena[start..]) {
                Poll::Pending => return Taken::Wait,
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Poll::Ready(_) => return Taken::Over,
            }
        }
        // Somebody who sends for ever gets no further attention; the lingering deadline ends it.
        Taken::Over
    }

    /// Whether tasks read as little as they can, so that the loop sees it before there is more.
    pub fn set_sparing(&mut self, sparing: bool) {
        self.sparing = sparing;
    }

    /// Lets starved tasks go on.
    pub fn wake_starved(&mut self) {
        for waker in self.starved.drain(..) {
            waker.wake();
        }
    }

    /// Ready when there is a batch to take; else the loop is woken by the first event.
    pub fn poll_events(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.events.is_empty() {
            return Poll::Ready(());
        }
        match &mut self.loop_waker {
            Some(old) => old.clone_from(cx.waker()),
            None => self.loop_waker = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Takes the batch. No task may run before [`Intake::restore`]: there is only one arena.
    pub fn take(&mut self, batch: &mut Batch) {
        std::mem::swap(&mut self.arena, &mut batch.arena);
        std::mem::swap(&mut self.events, &mut batch.events);
        self.used = 0;
        self.direct = 0;
    }

    /// Gives the arena back after the batch. Events that came up meanwhile stay.
    pub fn restore(&mut self, batch: &mut Batch) {
        std::mem::swap(&mut self.arena, &mut batch.arena);
        batch.events.clear();
        batch.events.shrink_to(EVENTS_KEPT);
    }
}

/// One read. Larger reads gain nothing measurable: the copy out of the kernel dominates.
const READ_BYTES: usize = 64 * 1024;
/// Below this a read is not worth its system call; the batch is full.
const READ_BYTES_MIN: usize = 8 * 1024;
/// One read where memory is short: what a message may have without waiting for its turn.
const SPARING_BYTES: usize = 16 * 1024;
/// The bytes of one batch: a few full reads, within the second-level cache.
const ARENA_BYTES: usize = 256 * 1024;
/// The bytes of one batch that are read into the messages they belong to: still in the cache when they are unmasked.
const DIRECT_BYTES: usize = 512 * 1024;
/// Events of one batch, so that a flood of tiny reads cannot keep the first sender waiting.
const EVENTS_MAX: usize = 1024;
/// Reads of a link that only waits for its end: whatever was in flight when we closed, not a download.
const DISCARDS_MAX: u32 = 16;
/// Capacity kept between batches.
const EVENTS_KEPT: usize = 2048;
