//! The descriptors behind what scripts call `$fd`: streams, numbers, sockets, and the objects of this extension.

use std::os::fd::RawFd;

use crate::zend::descriptor::{self, Descriptor};
use crate::zend::{ClassEntry, Value};

/// The number of the descriptor behind a value.
pub fn number_of(value: &Value) -> Option<RawFd> {
    descriptor::number_of(value).or_else(|| of_object(value))
}

/// The descriptor behind a value, with a copy of our own.
pub fn open(value: &Value) -> Option<Descriptor> {
    Descriptor::open(number_of(value)?)
}

/// Our own classes show their descriptor in a property.
fn of_object(value: &Value) -> Option<RawFd> {
    let object = value.as_object()?;
    let property = HOLDERS.iter().find_map(|(class, property)| {
        let class = ClassEntry::named(class)?;
        object.is(class).then_some(*property)
    })?;
    descriptor::number_of(&object.read(property).ok()?)
}

/// Classes that hold a descriptor, and the property it is in.
const HOLDERS: &[(&str, &str)] = &[
    ("Swoole\\Coroutine\\Socket", "fd"),
    ("Swoole\\Coroutine\\Client", "fd"),
    ("Swoole\\Client", "sock"),
    ("Swoole\\Process", "pipe"),
];
