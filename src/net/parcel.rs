//! What is sent: bytes, and who would keep them while they have to wait.

use std::fmt;
use std::ops::Deref;

/// Bytes on their way to a peer. What the socket does not take at once is copied, unless it is much and its owner keeps
/// it.
#[derive(Clone, Copy)]
pub struct Parcel<'a> {
    bytes: &'a [u8],
    owner: Option<&'a dyn Owner>,
}

/// Who has the bytes of a parcel.
pub trait Owner: AsRef<[u8]> {
    /// Keeps the bytes, all of them and as they are, until the result is dropped. None where a copy is better.
    fn keep(&self) -> Option<Kept>;
}

/// Bytes that are kept.
pub type Kept = Box<dyn AsRef<[u8]>>;

impl<'a> Parcel<'a> {
    pub const EMPTY: Self = Self { bytes: &[], owner: None };

    /// All bytes of an owner.
    pub fn of(owner: &'a impl Owner) -> Self {
        Self { bytes: owner.as_ref(), owner: Some(owner) }
    }

    /// What follows the first `count` bytes.
    pub fn behind(self, count: usize) -> Self {
        Self { bytes: self.bytes.get(count..).unwrap_or_default(), ..self }
    }

    /// The owner's bytes, of which these are the last.
    pub fn keep(self) -> Option<Kept> {
        self.owner.filter(|_| self.bytes.len() >= KEPT_BYTES_MIN)?.keep()
    }
}

impl<'a> From<&'a [u8]> for Parcel<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self { bytes, owner: None }
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Parcel<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        bytes[..].into()
    }
}

impl<'a> From<&'a Vec<u8>> for Parcel<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        bytes[..].into()
    }
}

impl Deref for Parcel<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Debug for Parcel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.bytes.escape_ascii())
    }
}

/// To keep less is dearer than a copy.
pub const KEPT_BYTES_MIN: usize = 32 * 1024;
