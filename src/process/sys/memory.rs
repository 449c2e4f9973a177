//! Values in memory that forked processes share, and sleeping until one of them changes.

use std::io;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};
use std::time::Duration;

use nix::libc;

/// What may be mapped.
///
/// # Safety
/// Zeros are a valid value, and nothing but atomics changes it: several processes look at it at once.
pub unsafe trait Shareable: Sync + 'static {}

// SAFETY: an atomic number.
unsafe impl Shareable for AtomicU32 {}
// SAFETY: an atomic number.
unsafe impl Shareable for AtomicI64 {}
// SAFETY: two atomic numbers.
unsafe impl Shareable for (AtomicU64, AtomicU32) {}

/// A zeroed value in a mapping of its own, shared with every process that is forked while it lives. Each process gives
/// its own view back; the memory lives as long as the last one.
#[derive(Debug)]
pub struct Mapped<T: Shareable>(NonNull<T>);

impl<T: Shareable> Mapped<T> {
    pub fn new() -> io::Result<Self> {
        Ok(Self(map(size_of::<T>())?.cast()))
    }
}

impl<T: Shareable> Deref for Mapped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the mapping is page-aligned, large enough and lives as long as `self`; zeros are a valid `T`.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Shareable> Drop for Mapped<T> {
    fn drop(&mut self) {
        // SAFETY: mapped above with this size, and no reference outlives `self`.
        unsafe { libc::munmap(self.0.as_ptr().cast(), size_of::<T>()) };
    }
}

/// Zeroed words in a mapping of their own, shared as [`Mapped`] is.
#[derive(Debug)]
pub struct MappedWords {
    first: NonNull<AtomicU64>,
    count: usize,
}

// SAFETY: the words are atomics, and the mapping belongs to no thread.
unsafe impl Send for MappedWords {}
// SAFETY: as above.
unsafe impl Sync for MappedWords {}

impl MappedWords {
    pub fn new(count: usize) -> io::Result<Self> {
        let bytes = count.checked_mul(size_of::<AtomicU64>()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { first: map(bytes)?.cast(), count })
    }
}

impl Deref for MappedWords {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        // SAFETY: the mapping is page-aligned, has so many words and lives as long as `self`.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.count) }
    }
}

impl Drop for MappedWords {
    fn drop(&mut self) {
        // SAFETY: mapped above with this size, and no reference outlives `self`.
        unsafe { libc::munmap(self.first.as_ptr().cast(), self.count * size_of::<AtomicU64>()) };
    }
}

fn map(bytes: usize) -> io::Result<NonNull<libc::c_void>> {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: a fresh anonymous mapping at an address of the kernel's choice touches no memory of ours.
    let address = unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, -1, 0) };
    match NonNull::new(address) {
        Some(start) if address != libc::MAP_FAILED => Ok(start),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sleeps while the word is `seen`, until some process wakes it or the time is over. It may come back for no reason.
#[cfg(target_os = "linux")]
pub fn sleep_on(word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let until = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the word and the time live during the call; the kernel only reads them.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, seen, until) };
}

/// Wakes so many of those who sleep on the word.
#[cfg(target_os = "linux")]
pub fn wake(word: &AtomicU32, sleepers: u32) {
    // SAFETY: the address is only a name here.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, sleepers) };
}

/// Where there is no futex, a nap does: whoever sleeps looks again.
#[cfg(not(target_os = "linux"))]
pub fn sleep_on(word: &AtomicU32, seen: u32, timeout: Option<Duration>) {
    if word.load(std::sync::atomic::Ordering::Acquire) == seen {
        std::thread::sleep(timeout.map_or(NAP, |timeout| timeout.min(NAP)));
    }
}

#[cfg(not(target_os = "linux"))]
pub fn wake(_word: &AtomicU32, _sleepers: u32) {}

#[cfg(not(target_os = "linux"))]
const NAP: Duration = Duration::from_millis(1);

/// Begins to fetch a value from memory, for somebody who will look at it soon. Waits for nothing.
#[inline(always)]
pub fn fetch_ahead<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(CACHE_LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint about an address inside the value; nothing is read.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(ptr::from_ref(value).cast::<i8>().add(line)) };
    }
    let _ = value;
}

/// What the processor fetches at a time.
#[cfg(target_arch = "x86_64")]
const CACHE_LINE: usize = 64;

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;

    #[test]
    fn a_sleeper_wakes_when_the_word_changes() {
        let mapped = Mapped::<AtomicU32>::new().unwrap();
        let word = &*mapped;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while word.load(SeqCst) == 0 {
                    sleep_on(word, 0, None);
                }
            });
            word.store(1, SeqCst);
            wake(word, 1);
        });
    }

    #[test]
    fn a_sleep_ends_with_its_time() {
        let word = Mapped::<AtomicU32>::new().unwrap();
        sleep_on(&word, 0, Some(Duration::from_millis(1)));
        sleep_on(&word, 1, None);
        assert_eq!(word.load(SeqCst), 0);
    }
}
