//! The queue of waits that are over: what tasks push to while tokio polls, and the loop resumes from afterwards.
//!
//! It knows no stacks, so a future can keep it: a finished future pushes its ticket here and the loop, woken, resumes
//! the coroutine outside of any poll (invariant 4 of ARCHITECTURE.md).

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::bell::Bell;
use super::routine::Ticket;

/// What the loop is to do, oldest first: go on with coroutines, ring bells.
#[derive(Debug, Default)]
pub struct Ready {
    queue: RefCell<VecDeque<Item>>,
    waker: RefCell<Option<Waker>>,
    holds: Cell<usize>,
    /// Somebody rang since the loop looked last.
    rung: Cell<bool>,
}

/// One thing that the loop is to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Resume(Ticket),
    Ring { bell: Bell, once: bool },
}

impl Ready {
    /// Queues the end of a wait and wakes the loop. A ticket whose wait is already over is ignored later.
    pub fn push(&self, ticket: Ticket) {
        self.queue.borrow_mut().push_back(Item::Resume(ticket));
        self.ring();
    }

    /// Has the loop ring a bell; `once` takes it down then. One that is gone by then does not ring.
    pub fn strike(&self, bell: Bell, once: bool) {
        self.queue.borrow_mut().push_back(Item::Ring { bell, once });
        self.ring();
    }

    /// Has the loop look around: it wakes, or does not fall asleep.
    pub fn ring(&self) {
        self.rung.set(true);
        // Taken out first: a waker may run code of its own.
        let waker = self.waker.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Ready when there is somebody to resume or somebody rang; else the loop is woken by the next ring.
    pub fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.rung.replace(false) || !self.queue.borrow().is_empty() {
            return Poll::Ready(());
        }
        let mut waker = self.waker.borrow_mut();
        match &mut *waker {
            Some(old) => old.clone_from(cx.waker()),
            None => *waker = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    pub fn len(&self) -> usize {
        self.queue.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.queue.borrow().is_empty()
    }

    pub(super) fn pop(&self) -> Option<Item> {
        self.queue.borrow_mut().pop_front()
    }

    /// Says that something outside will push or wake: while a hold lives, waiting is not a deadlock and the loop goes on.
    pub fn hold(self: &Rc<Self>) -> Hold {
        self.holds.set(self.holds.get() + 1);
        Hold { ready: Rc::clone(self) }
    }

    /// How many holds live.
    pub fn holds(&self) -> usize {
        self.holds.get()
    }
}

/// See [`Ready::hold`].
#[derive(Debug)]
pub struct Hold {
    ready: Rc<Ready>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.ready.holds.set(self.ready.holds.get() - 1);
        // The loop may have been waiting for just this.
        self.ready.ring();
    }
}
