//! Work that blocks in the kernel (names, files) on a thread of its own.
//!
//! The thread lives as long as its work and no longer: a pool's idle threads would stand in the way of a later fork.
//! No signal is ever delivered to it; handlers belong to the PHP thread.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::thread;

use nix::sys::signal::{SigSet, SigmaskHow};
use tokio::sync::{Semaphore, oneshot};

/// Runs `work` beside the loop. Given up, it still comes to its end, and its result is dropped.
pub async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let permit = room().acquire_owned().await.map_err(io::Error::other)?;
    let (done, result) = oneshot::channel();
    let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let started =
        thread::Builder::new().name("swoole-aside".into()).stack_size(STACK_BYTES).spawn(move || {
            let result = work();
            drop(permit);
            // Whoever asked may have given up.
            let _ = done.send(result);
        });
    mask.thread_set_mask()?;
    started?;
    result.await.map_err(io::Error::other)
}

/// The room for threads of this process; a forked child has its own.
fn room() -> Arc<Semaphore> {
    let process = std::process::id();
    ROOM.with_borrow_mut(|room| match room {
        Some((owner, room)) if *owner == process => Arc::clone(room),
        _ => {
            let fresh = Arc::new(Semaphore::new(THREADS_MAX));
            *room = Some((process, Arc::clone(&fresh)));
            fresh
        }
    })
}

thread_local! {
    static ROOM: RefCell<Option<(u32, Arc<Semaphore>)>> = const { RefCell::new(None) };
}

/// More work waits its turn: a thousand lookups at once must not be a thousand threads.
const THREADS_MAX: usize = 32;
/// getaddrinfo() and its plug-ins need more than the least, and much less than the default.
const STACK_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_runs_elsewhere_and_gives_its_room_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let here = thread::current().id();
        runtime.block_on(async {
            let work: Vec<_> = (0..2 * THREADS_MAX)
                .map(|number| offload(move || (number, thread::current().id())))
                .collect();
            for (number, work) in work.into_iter().enumerate() {
                let (result, there) = work.await.unwrap();
                assert!(result == number && there != here);
            }
        });
        assert_eq!(room().available_permits(), THREADS_MAX);
    }
}
