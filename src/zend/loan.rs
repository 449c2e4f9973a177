//! A PHP string whose memory is ours: a large payload reaches PHP without a copy.
//!
//! We keep one reference that PHP knows nothing of. So the string is shared for PHP, which copies it before it would
//! write to it, and it is never PHP's to free. When our reference is the last one, the loan is over.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::string::{GC_NOT_COLLECTABLE, HEADER, Str};
use super::sys;

/// A string that PHP may hold, in a buffer that comes back.
#[derive(Debug)]
pub struct Loan {
    string: NonNull<sys::zend_string>,
    /// Of the buffer: all that is needed to make a `Vec` of it again, besides the string's own length.
    capacity: usize,
}

impl Loan {
    /// What the buffer of a loan begins with, before the bytes of the string.
    pub const HEADROOM: usize = HEADER;

    /// Makes a string of what is behind [`Loan::HEADROOM`] in `room`. An error gives the buffer back: it does not lie
    /// where a string may.
    pub fn of(mut room: Vec<u8>) -> Result<Self, Vec<u8>> {
        room.reserve(1);
        let raw = room.as_mut_ptr().cast::<sys::zend_string>();
        if room.len() < Self::HEADROOM || !raw.is_aligned() {
            return Err(room);
        }
        let len = room.len() - Self::HEADROOM;
        let mut room = ManuallyDrop::new(room);
        // SAFETY: the buffer is ours alone, aligned as checked, and holds the header, `len` bytes and one more for the
        // closing NUL, which `reserve` made room for. `end` and `drop` alone make it a Vec again.
        let string = unsafe {
            (*raw).gc.refcount = 1;
            (*raw).gc.u.type_info = sys::IS_STRING | GC_NOT_COLLECTABLE;
            (*raw).h = 0;
            (*raw).len = len;
            room.as_mut_ptr().add(Self::HEADROOM + len).write(0);
            NonNull::new_unchecked(raw)
        };
        Ok(Self { string, capacity: room.capacity() })
    }

    /// The string, for PHP to hold as long as it likes.
    pub fn string(&self) -> Str {
        // SAFETY: the string lives as long as our own reference; the new one is the caller's.
        unsafe {
            (*self.string.as_ptr()).gc.refcount += 1;
            Str::from_raw(self.string.as_ptr()).unwrap_unchecked()
        }
    }

    /// How long the string is.
    pub fn len(&self) -> usize {
        // SAFETY: our reference keeps it alive.
        unsafe { self.string.as_ref().len }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether PHP holds the string no longer.
    pub fn is_over(&self) -> bool {
        // SAFETY: as above; references are counted by this thread only.
        unsafe { self.string.as_ref().gc.refcount == 1 }
    }

    /// The buffer, once the loan is over.
    pub fn end(self) -> Result<Vec<u8>, Self> {
        if !self.is_over() {
            return Err(self);
        }
        let loan = ManuallyDrop::new(self);
        // SAFETY: it is over, and `ManuallyDrop` keeps `drop` from taking the buffer once more.
        Ok(unsafe { loan.take() })
    }

    /// The buffer.
    ///
    /// # Safety
    /// The loan is over, and is not used any more.
    unsafe fn take(&self) -> Vec<u8> {
        let len = Self::HEADROOM + self.len();
        // SAFETY: these are the parts of the Vec in `of`: nobody has moved its buffer, header and bytes are initialised,
        // and the last reference is ours, which ends here.
        unsafe { Vec::from_raw_parts(self.string.as_ptr().cast(), len, self.capacity) }
    }
}

impl Drop for Loan {
    /// A string that PHP still holds stays for ever: it is not known when it would be free to go.
    fn drop(&mut self) {
        if self.is_over() {
            // SAFETY: it is over, and nobody sees it after this.
            drop(unsafe { self.take() });
        }
    }
}
