//! A bounded queue between coroutines: full, a push waits; empty, a pop waits; first come, first served.
//!
//! A push hands over at once: when somebody waits for the value they run before the push returns, as users of the
//! original expect. It holds values of any kind and knows no PHP.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::resume::Resume;
use super::routine::{Cancel, Ticket, Wait, Wake};
use super::scheduler::Scheduler;

/// Values on their way between coroutines.
#[derive(Debug)]
pub struct Channel<T> {
    values: RefCell<VecDeque<T>>,
    producers: RefCell<VecDeque<Ticket>>,
    consumers: RefCell<VecDeque<Ticket>>,
    capacity: Cell<usize>,
    closed: Cell<bool>,
}

/// Why a push or pop failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelError {
    Timeout,
    Closed,
    Canceled(Cancel),
    /// The script is ending.
    Shutdown,
    /// It would have had to wait where nothing can: outside a coroutine.
    Refused,
}

impl<T> Channel<T> {
    /// A channel for `capacity` values, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            values: RefCell::default(),
            producers: RefCell::default(),
            consumers: RefCell::default(),
            capacity: Cell::new(capacity.max(1)),
            closed: Cell::new(false),
        }
    }

    /// Adds a value, waiting for room until `deadline`. The value comes back when that fails.
    pub fn push<R: Resume>(
        &self,
        scheduler: &Scheduler<R>,
        value: T,
        deadline: Option<u64>,
    ) -> Result<(), (T, ChannelError)> {
        let mut turn = self.producers.borrow().is_empty();
        while !self.closed.get() && (!turn || self.is_full()) {
            if let Err(error) = wait(scheduler, &self.producers, turn, deadline) {
                return Err((value, error));
            }
            turn = true;
        }
        if self.closed.get() {
            return Err((value, ChannelError::Closed));
        }
        self.values.borrow_mut().push_back(value);
        wake_first(scheduler, &self.consumers);
        Ok(())
    }

    /// Takes the oldest value, waiting for one until `deadline`. A closed channel still gives what it has.
    pub fn pop<R: Resume>(&self, scheduler: &Scheduler<R>, deadline: Option<u64>) -> Result<T, ChannelError> {
        let mut turn = self.consumers.borrow().is_empty();
        loop {
            if turn || self.closed.get() {
                let value = self.values.borrow_mut().pop_front();
                if let Some(value) = value {
                    wake_first(scheduler, &self.producers);
                    return Ok(value);
                }
            }
            if self.closed.get() {
                return Err(ChannelError::Closed);
            }
            wait(scheduler, &self.consumers, turn, deadline)?;
            turn = true;
        }
    }

    /// Refuses pushes from now on and ends all waits. False when it was closed before.
    pub fn close<R: Resume>(&self, scheduler: &Scheduler<R>) -> bool {
        if self.closed.replace(true) {
            return false;
        }
        while wake_first(scheduler, &self.producers) || wake_first(scheduler, &self.consumers) {}
        true
    }

    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    pub fn len(&self) -> usize {
        self.values.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn is_full(&self) -> bool {
        self.len() >= self.capacity.get()
    }

    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// Before first use only: the PHP constructor runs after the object exists.
    pub fn set_capacity(&self, capacity: usize) {
        self.capacity.set(capacity.max(1));
    }

    /// How many coroutines wait to push.
    pub fn producers(&self) -> usize {
        self.producers.borrow().len()
    }

    /// How many coroutines wait to pop.
    pub fn consumers(&self) -> usize {
        self.consumers.borrow().len()
    }

    /// The values in it, for whoever must see what it refers to (the garbage collector).
    pub fn values(&self) -> &RefCell<VecDeque<T>> {
        &self.values
    }
}

/// Waits in a queue. Somebody who has had their turn and found it taken waits in front.
fn wait<R: Resume>(
    scheduler: &Scheduler<R>,
    queue: &RefCell<VecDeque<Ticket>>,
    front: bool,
    deadline: Option<u64>,
) -> Result<(), ChannelError> {
    let Some(ticket) = scheduler.ticket() else { return Err(ChannelError::Refused) };
    if front {
        queue.borrow_mut().push_front(ticket);
    } else {
        queue.borrow_mut().push_back(ticket);
    }
    let wake = scheduler.suspend(Wait::Channel, deadline);
    let error = match wake {
        Wake::Ready => return Ok(()),
        Wake::Timeout => ChannelError::Timeout,
        Wake::Canceled(cancel) => ChannelError::Canceled(cancel),
        Wake::Shutdown => ChannelError::Shutdown,
        Wake::Refused => ChannelError::Refused,
    };
    let mut queue = queue.borrow_mut();
    match queue.iter().position(|&other| other == ticket) {
        Some(place) => {
            queue.remove(place);
            Err(error)
        }
        // It was called up in the same moment: it must look once more, or what it was called for stays lying there.
        None if matches!(wake, Wake::Timeout | Wake::Canceled(_)) => Ok(()),
        None => Err(error),
    }
}

/// Runs whoever has waited longest; false when nobody waits.
fn wake_first<R: Resume>(scheduler: &Scheduler<R>, queue: &RefCell<VecDeque<Ticket>>) -> bool {
    loop {
        let first = queue.borrow_mut().pop_front();
        match first {
            None => return false,
            Some(ticket) if scheduler.resume(ticket, Wake::Ready) => return true,
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coroutine::tests::world;

    #[test]
    fn outside_a_coroutine_it_takes_what_fits_and_refuses_to_wait() {
        let (scheduler, channel) = (world(), Channel::new(2));
        assert_eq!(channel.push(&scheduler, 1, None), Ok(()));
        assert_eq!(channel.push(&scheduler, 2, None), Ok(()));
        assert!(channel.is_full());
        assert_eq!(channel.push(&scheduler, 3, None), Err((3, ChannelError::Refused)));
        assert_eq!(channel.pop(&scheduler, None), Ok(1));
        assert_eq!(channel.pop(&scheduler, None), Ok(2));
        assert_eq!(channel.pop(&scheduler, None), Err(ChannelError::Refused));
        assert_eq!((channel.producers(), channel.consumers()), (0, 0));
    }

    #[test]
    fn closed_it_gives_what_it_has_and_takes_nothing() {
        let (scheduler, channel) = (world(), Channel::new(0));
        assert_eq!(channel.capacity(), 1);
        assert_eq!(channel.push(&scheduler, 1, None), Ok(()));
        assert!(channel.close(&scheduler));
        assert!(!channel.close(&scheduler));
        assert_eq!(channel.push(&scheduler, 2, None), Err((2, ChannelError::Closed)));
        assert_eq!(channel.pop(&scheduler, None), Ok(1));
        assert_eq!(channel.pop(&scheduler, None), Err(ChannelError::Closed));
    }
}
