//! L2: coroutines on one thread: who runs, who waits, timers, channels. Generic over [`Resume`]; knows no PHP.
//!
//! | file | what |
//! |---|---|
//! | `routine` | one coroutine: id, state, waits |
//! | `scheduler` | spawn, suspend, resume, cancel, join |
//! | `resume` | what the owner of the stacks provides |
//! | `ready` | the ends of waits that futures report |
//! | `heap` | deadlines |
//! | `clock` | the coarse clock |
//! | `alarm` | the user's timers |
//! | `bell` | callbacks that tasks ring |
//! | `channel` | values between coroutines |
//! | `driver` | the loop of a script without a server |
#![forbid(unsafe_code)]

mod alarm;
mod bell;
mod channel;
mod clock;
mod driver;
mod heap;
mod ready;
mod resume;
mod routine;
mod scheduler;
#[cfg(test)]
mod tests;

pub use alarm::AlarmInfo;
pub use bell::Bell;
pub use channel::{Channel, ChannelError};
pub use driver::{Driver, End, Job, Task, await_task, run_timers, start_task};
pub use ready::{Hold, Ready};
pub use resume::{Resume, SpawnError, Turn};
pub use routine::{Cancel, Cid, State, Ticket, Wait, Wake};
pub use scheduler::{COROUTINES_MAX, Scheduler, Stats};
