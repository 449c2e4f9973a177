//! What the scheduler needs from whoever owns the stacks: run a body, park it, go on with it.
//!
//! The scheduler decides who runs; an implementation of [`Resume`] only switches. It never calls back into the
//! scheduler on its own account.

use super::routine::{Cid, Wake};

/// A maker and switcher of coroutine stacks.
pub trait Resume: Sized {
    /// A stack that holds one coroutine at a time; clones name the same stack.
    type Stack: Clone;
    /// What a user's timer runs; clones share one.
    type Alarm: Clone;

    /// Finds a stack for a new coroutine. The scheduler calls [`Resume::start`] on it next.
    fn acquire(&self) -> Result<Self::Stack, SpawnError>;

    /// Runs `body` on the stack at once and returns when it first parks or has ended.
    fn start<F: FnOnce()>(&self, stack: &Self::Stack, cid: Cid, body: F) -> Turn;

    /// Goes on with a parked body, and returns when it parks again or has ended.
    fn resume(&self, stack: &Self::Stack) -> Turn;

    /// Takes the stack of a coroutine that has ended back, to be acquired again.
    fn release(&self, stack: Self::Stack);

    /// Called on the coroutine's own stack: goes back to whoever started or resumed it, and returns when resumed.
    fn park(&self, stack: &Self::Stack);

    /// Whether stacks may be switched just now. Where they may not (a destructor that the engine guards), waits are
    /// refused and their callers block instead.
    fn may_switch(&self) -> bool;

    /// Called on the coroutine's own stack when a wait is over, before the waiter sees why.
    fn woken(&self, wake: Wake);

    /// Runs a timer's callback; called inside the coroutine made for it.
    fn ring(&self, alarm: Self::Alarm, id: i64);
}

/// How a turn on a coroutine's stack came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Parked,
    Ended,
}

/// Why there is no new coroutine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpawnError {
    /// `max_coro_num` (or `max_coroutine`) coroutines exist.
    Limit(usize),
    /// The operating system gave no memory or mapping for a stack.
    NoStack,
    /// Stacks may not be switched just now.
    Blocked,
}

impl std::fmt::Display for SpawnError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Limit(limit) => write!(f, "exceed max number of coroutine {limit}"),
            Self::NoStack => f.write_str("no memory for a coroutine stack"),
            Self::Blocked => {
                f.write_str("coroutines cannot be switched in a destructor run by the garbage collector")
            }
        }
    }
}

impl std::error::Error for SpawnError {}
