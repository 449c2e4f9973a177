//! The kernel's coarse clock: a read of a memory page, where the exact clock has to ask the hardware. It is as late as
//! the last tick (some milliseconds), which is good enough to say how long a coroutine has lived.

use nix::time::{ClockId, clock_gettime};

/// Microseconds since some fixed point.
#[inline]
pub(super) fn coarse_micros() -> u64 {
    // The clock exists on every Linux; a failure would read as the beginning of time.
    clock_gettime(COARSE).map_or(0, |time| time.tv_sec() as u64 * 1_000_000 + time.tv_nsec() as u64 / 1_000)
}

#[cfg(target_os = "linux")]
const COARSE: ClockId = ClockId::CLOCK_MONOTONIC_COARSE;
#[cfg(not(target_os = "linux"))]
const COARSE: ClockId = ClockId::CLOCK_MONOTONIC;
