//! How tasks take turns in a worker's loop.
//!
//! The loop polls its tasks and, when they brought events, leaves the runtime at once, without a look at the kernel. But a
//! task that tokio interrupts because it has done much (its cooperative budget), and one that calls
//! `tokio::task::yield_now`, is woken only when the runtime parks: it would be forgotten. So our tasks have no such
//! budget, and pass their turn by waking themselves.

use std::future::poll_fn;
use std::task::Poll;

/// The task without tokio's budget. Every task of a worker's loop is spawned so.
pub fn unbudgeted<F: Future>(task: F) -> impl Future<Output = F::Output> {
    tokio::task::unconstrained(task)
}

/// Lets the other tasks run.
pub async fn pass() {
    let mut passed = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut passed, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
