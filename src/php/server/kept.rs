//! Strings of a script that wait to be written: PHP keeps them, so that the outbox needs no copy.

use std::cell::Cell;

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
    /// What waits for slow readers must not use up the memory of the script.
    fn keep(&self) -> Option<Kept> {
        memory::is_ample().then(|| Box::new(KeptString(self.0.clone())) as Kept)
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
        RELEASED.set(true);
    }
}

thread_local! {
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
