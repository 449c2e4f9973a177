//! The kernel has no memory for a socket: `ENOBUFS` and `ENOMEM`. That passes, but no event says when, as one does for room
//! in a socket's own buffer. So whoever meets it tries again in a while.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use nix::libc;
use tokio::task::spawn_local;

use super::turns::unbudgeted;

/// Whether a call failed for want of memory.
pub fn caused(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOBUFS | libc::ENOMEM))
}

/// Waits until it is worth another try.
pub async fn sit_out() {
    tokio::time::sleep(PAUSE).await;
}

/// Tasks of a worker that will try again, all at one moment.
#[derive(Clone, Debug, Default)]
pub struct Queue(Rc<RefCell<Vec<Waker>>>);

impl Queue {
    /// Wakes the task in a while. Call it inside of a poll.
    pub fn join(&self, cx: &Context<'_>) {
        self.0.borrow_mut().push(cx.waker().clone());
        if self.0.borrow().len() == 1 {
            let queue = self.clone();
            spawn_local(unbudgeted(async move {
                sit_out().await;
                queue.0.take().into_iter().for_each(Waker::wake);
            }));
        }
    }
}

/// Short for a client, long for a kernel; a worker that is short of memory for an hour wakes fifty times a second.
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    #[test]
    fn all_who_wait_are_woken_again_and_again() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let queue = Queue::default();
        let tries = Rc::new(Cell::new(0));
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let one = || {
                let (queue, tries, mut left) = (queue.clone(), Rc::clone(&tries), 3);
                spawn_local(poll_fn(move |cx| {
                    tries.set(tries.get() + 1);
                    left -= 1;
                    if left == 0 {
                        return Poll::Ready(());
                    }
                    queue.join(cx);
                    Poll::Pending
                }))
            };
            let began = std::time::Instant::now();
            let (first, second) = (one(), one());
            first.await.unwrap();
            second.await.unwrap();
            assert!(began.elapsed() >= 2 * PAUSE);
        });
        assert_eq!(tries.get(), 6);
    }
}
