//! The writing half of a link: at once if the socket takes it, else through the outbox.

use std::io::{self, IoSlice};
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{Link, Stage, Writing};
use crate::net::outbox::{Level, OutboxLimits};
use crate::net::parcel::Parcel;
use crate::net::reactor::Reactor;
use crate::net::shortage;
use crate::server::event::Event;
use crate::server::stats::Counter;

/// There is no room for bytes. Nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// What the caller knows about the rest of the batch; see [`Link::send`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Defer {
    /// Callbacks have been short, so waiting for the end of the batch costs little.
    pub allowed: bool,
    /// More bytes of the same connection are about to be looked at.
    pub more: bool,
    /// Numbers the batches.
    pub batch: u32,
}

impl Link {
    /// Sends `head` and `payload` as one: at once if the socket takes them, else what is left waits in the outbox.
    /// With `defer` they may wait for the end of the batch, to share a system call. On an error nothing was queued.
    #[inline(always)]
    pub fn send(
        self: &Rc<Self>,
        reactor: &Rc<Reactor>,
        head: &[u8],
        payload: Parcel<'_>,
        defer: Defer,
    ) -> Result<(), Full> {
        if self.writing.get() != Writing::Direct {
            return self.send_behind(reactor, head, payload, defer);
        }
        let again = self.wrote_in.replace(defer.batch) == defer.batch;
        if defer.allowed && (defer.more || again) && head.len() + payload.len() <= DEFERRED_BYTES_MAX {
            self.outbox.borrow_mut().lend(|| reactor.take_spare());
            self.queue(reactor, head, payload);
            self.writing.set(Writing::Deferred);
            reactor.defer(Rc::clone(self));
            return Ok(());
        }
        self.send_now(reactor, head, payload)
    }

    /// Sends behind what waits already.
    fn send_behind(
        self: &Rc<Self>,
        reactor: &Rc<Reactor>,
        head: &[u8],
        payload: Parcel<'_>,
        defer: Defer,
    ) -> Result<(), Full> {
        let count = head.len() + payload.len();
        if self.writing.get() == Writing::Deferred && self.queued_bytes() + count > DEFERRED_BYTES_MAX {
            self.flush(reactor);
        }
        match self.writing.get() {
            Writing::Broken => Ok(()),
            Writing::Blocked if !self.may_queue(reactor, count) => Err(Full),
            Writing::Blocked | Writing::Deferred | Writing::Held => {
                self.queue(reactor, head, payload);
                Ok(())
            }
            Writing::Direct => self.send(reactor, head, payload, defer),
        }
    }

    #[inline(always)]
    fn send_now(&self, reactor: &Reactor, head: &[u8], payload: Parcel<'_>) -> Result<(), Full> {
        let written = match self.write_once(head, &payload) {
            Ok(written) => written,
            Err(error) if would_block(&error) || shortage::caused(&error) => 0,
            Err(error) => {
                self.fail(reactor, &error);
                return Ok(());
            }
        };
        reactor.stats.add(Counter::BytesSent, written as u64);
        self.touch_sent(reactor);
        match written == head.len() + payload.len() {
            true => Ok(()),
            false => self.keep_rest(reactor, head, payload, written),
        }
    }

    /// Queues what the socket did not take: the rest of what it has taken in part always, whatever waits elsewhere.
    #[cold]
    fn keep_rest(
        &self,
        reactor: &Reactor,
        head: &[u8],
        payload: Parcel<'_>,
        written: usize,
    ) -> Result<(), Full> {
        if written == 0 && !reactor.may_queue_any() {
            // The task looks when the socket has room: a sender may wait for that.
            self.writing.set(Writing::Blocked);
            self.wake(reactor);
            return Err(Full);
        }
        let head_left = head.get(written..).unwrap_or_default();
        self.queue(reactor, head_left, payload.behind(written.saturating_sub(head.len())));
        self.writing.set(Writing::Blocked);
        self.wake(reactor);
        Ok(())
    }

    /// Queues what `send` had no room for and what must not be missing: a frame that the connection has counted.
    #[cold]
    pub fn queue_anyway(&self, reactor: &Reactor, head: &[u8], payload: Parcel<'_>) {
        if self.writing.get() == Writing::Blocked {
            self.queue(reactor, head, payload);
        }
    }

    #[inline]
    fn touch_sent(&self, reactor: &Reactor) {
        self.times.sent_ms.set(reactor.now_ms());
        reactor.table.touch_sent(self.slot, reactor.now_us());
    }

    #[inline]
    fn write_once(&self, head: &[u8], payload: &[u8]) -> io::Result<usize> {
        let stream = self.stream.borrow();
        let Some(stream) = stream.as_ref() else { return Err(io::ErrorKind::NotConnected.into()) };
        if payload.is_empty() {
            stream.try_write(head)
        } else if head.is_empty() {
            stream.try_write(payload)
        } else {
            stream.try_write_vectored(&[IoSlice::new(head), IoSlice::new(payload)])
        }
    }

    /// Whether `send` would take `count` more bytes, as far as one knows without asking the socket.
    #[inline]
    pub fn has_room(&self, reactor: &Reactor, count: usize) -> bool {
        self.writing.get() != Writing::Blocked || self.may_queue(reactor, count)
    }

    /// Whether the outboxes, this one and all of the worker's, have room.
    fn may_queue(&self, reactor: &Reactor, count: usize) -> bool {
        self.outbox.borrow().admits(count, self.limits(reactor))
            && reactor.queued_bytes().saturating_add(count) <= reactor.options.outbox_bytes_max
    }

    /// Those of its port.
    fn limits<'a>(&self, reactor: &'a Reactor) -> &'a OutboxLimits {
        &reactor.options.outbox[usize::from(self.port)]
    }

    fn queue(&self, reactor: &Reactor, head: &[u8], payload: Parcel<'_>) {
        let level = self.outbox.borrow_mut().append(head, payload, self.limits(reactor));
        reactor.add_queued(head.len() + payload.len());
        reactor.tell_queued(self);
        if level == Level::Full {
            reactor.push_event(Event::Filled(self.id));
        }
    }

    /// Keeps everything that is sent from now on behind what [`Link::release_behind`] brings.
    pub fn hold_back(&self) {
        self.writing.set(Writing::Held);
    }

    /// Sends `head` and behind it what was held back.
    pub fn release_behind(self: &Rc<Self>, reactor: &Rc<Reactor>, head: &[u8]) {
        if self.writing.get() != Writing::Held {
            return;
        }
        let mut outbox = self.outbox.borrow_mut();
        let held = outbox.to_vec();
        reactor.sub_queued(outbox.discard());
        drop(outbox);
        self.writing.set(Writing::Direct);
        // A head that finds no room leaves a connection that cannot go on.
        if self.send_now(reactor, head, held[..].into()).is_err() {
            reactor.push_event(Event::Broken { session: self.id, errno: 0 });
        }
    }

    /// Writes deferred bytes; what the socket does not take is left to the task.
    pub fn flush(&self, reactor: &Reactor) {
        if self.writing.get() != Writing::Deferred {
            return;
        }
        self.writing.set(Writing::Blocked);
        self.write_queued(reactor);
        if self.writing.get() == Writing::Blocked {
            self.wake(reactor);
        }
    }

    /// Writes until the outbox is empty, then turns to [`Writing::Direct`], or until the socket is full. False when the
    /// kernel has no memory: the socket will not tell when it has.
    fn write_queued(&self, reactor: &Reactor) -> bool {
        while !self.outbox.borrow().is_empty() {
            let result = match self.stream.borrow().as_ref() {
                Some(stream) => stream.try_write(self.outbox.borrow().pending()),
                None => return true,
            };
            match result {
                Ok(count) => self.written(reactor, count),
                Err(error) if would_block(&error) => return true,
                Err(error) if shortage::caused(&error) => return false,
                Err(error) => {
                    self.fail(reactor, &error);
                    return true;
                }
            }
        }
        let awaited = self.outbox.borrow().is_awaited();
        if let Some(spare) = self.outbox.borrow_mut().release() {
            reactor.give_spare(spare);
        }
        self.writing.set(Writing::Direct);
        if awaited {
            reactor.push_event(Event::Room(self.id));
        }
        true
    }

    fn written(&self, reactor: &Reactor, count: usize) {
        reactor.stats.add(Counter::BytesSent, count as u64);
        reactor.sub_queued(count);
        self.touch_sent(reactor);
        let level = self.outbox.borrow_mut().advance(count, self.limits(reactor));
        reactor.tell_queued(self);
        match level {
            Level::Drained => reactor.push_event(Event::Drained(self.id)),
            Level::Room => reactor.push_event(Event::Room(self.id)),
            Level::Same | Level::Full => {}
        }
    }

    /// Asks for [`Event::Room`] when there is room again; false when nothing stands in the way now.
    pub fn await_room(&self) -> bool {
        let waits = self.writing.get() == Writing::Blocked;
        if waits {
            self.outbox.borrow_mut().await_room();
        }
        waits
    }

    #[cold]
    fn fail(&self, reactor: &Reactor, error: &io::Error) {
        if self.writing.replace(Writing::Broken) == Writing::Broken {
            return;
        }
        reactor.sub_queued(self.outbox.borrow_mut().discard());
        if self.stage.get() == Stage::Open {
            let errno = error.raw_os_error().unwrap_or(0);
            reactor.push_event(Event::Broken { session: self.id, errno });
        }
    }

    pub(super) fn poll_write(&self, reactor: &Reactor, cx: &mut Context<'_>) {
        while self.writing.get() == Writing::Blocked {
            let ready = match self.stream.borrow().as_ref() {
                Some(stream) => stream.poll_write_ready(cx),
                None => return,
            };
            match ready {
                Poll::Pending => return,
                Poll::Ready(Ok(())) if self.write_queued(reactor) => {}
                Poll::Ready(Ok(())) => return reactor.short.join(cx),
                Poll::Ready(Err(error)) => self.fail(reactor, &error),
            }
        }
    }
}

fn would_block(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Beyond this a deferred write gains nothing: the system call is already amortised.
const DEFERRED_BYTES_MAX: usize = 32 * 1024;
