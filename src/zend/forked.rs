//! Children that a script forks in the middle of a server's loop, with `pcntl_fork()`.
//!
//! Such a child has its parent's sockets, epoll and shared memory. Were they given back here, the parent would be deaf and
//! its clients would hear that the server ends.

use super::error::{self, Uncaught};
use super::fiber_abi as abi;
use crate::process::sys::child;

/// Ends this process if it is one: its status is what `exit`, an error or nothing says, what it has printed is written, and
/// nothing that it inherited is touched. To be called before anything else is made of how PHP came back.
#[inline]
pub fn end_forked_child() {
    if child::is_forked_inside() {
        leave();
    }
}

#[cold]
fn leave() -> ! {
    let status = match error::report_uncaught() {
        Uncaught::Exit(status) => status,
        Uncaught::Exception => UNCAUGHT_STATUS,
        Uncaught::Nothing => error::exit_status(),
    };
    abi::end_output();
    child::leave(status)
}

/// As PHP ends with an exception that nobody caught.
const UNCAUGHT_STATUS: i32 = 255;
