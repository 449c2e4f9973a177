//! Strings of a script that wait to be written: PHP keeps them, so that the outbox needs no copy.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::net::parcel::{Kept, Owner, Parcel};
use crate::zend::memory;
use crate::zend::string::Str;

/// The bytes of a string on their way to a peer.
#[derive(Debug)]
pub struct Sent<'a>(&'a Str);

impl<'a> Sent<'a> {
    pub fn new(string: &'a Str) -> Self {
        Self(string)
    }

    pub fn parcel(&self) -> Parcel<'_> {
        Parcel::of(self)
    }
}

impl AsRef<[u8]> for Sent<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Owner for Sent<'_> {
    fn keep(&self) -> Option<Kept> {
        let allowance = memory::limit().map_or(usize::MAX, |limit| limit / ALLOWED_PART);
        let is_kept = SHELF.with_borrow_mut(|shelf| shelf.put(self.as_ref(), allowance));
        is_kept.then(|| Box::new(KeptString(self.0.clone())) as Kept)
    }
}

struct KeptString(Str);

impl AsRef<[u8]> for KeptString {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Drop for KeptString {
    fn drop(&mut self) {
        SHELF.with_borrow_mut(|shelf| shelf.take(self.0.as_bytes()));
        RELEASED.set(true);
    }
}

/// What is kept: how often, by the place of each string.
#[derive(Debug, Default)]
struct Shelf {
    strings: HashMap<*const u8, usize>,
    /// Of all of them, each once.
    bytes: usize,
}

impl Shelf {
    /// Puts a string here, once more or where there is room for it.
    fn put(&mut self, string: &[u8], allowance: usize) -> bool {
        let times = self.strings.get(&string.as_ptr()).copied().unwrap_or_default();
        if times == 0 {
            if self.bytes.saturating_add(string.len()) > allowance {
                return false;
            }
            self.bytes += string.len();
        }
        self.strings.insert(string.as_ptr(), times + 1);
        true
    }

    fn take(&mut self, string: &[u8]) {
        let times = self.strings.remove(&string.as_ptr()).unwrap_or_default();
        if times > 1 {
            self.strings.insert(string.as_ptr(), times - 1);
        } else {
            self.bytes -= string.len();
        }
    }
}

thread_local! {
    static SHELF: RefCell<Shelf> = RefCell::default();
    static RELEASED: Cell<bool> = const { Cell::new(false) };
}

/// Whether strings have been let go that nobody has looked after yet.
pub fn has_released() -> bool {
    RELEASED.get()
}

/// Whether strings have been let go since the last call.
pub fn take_released() -> bool {
    RELEASED.take()
}

/// Slow readers may keep so much of a script's `memory_limit` from it.
const ALLOWED_PART: usize = 8;
