//! `Swoole\Coroutine\Iterator`: the ids of all coroutines, as an ArrayIterator.

use super::construct;
use crate::zend::{Array, Call, Class, ClassEntry, Object, Result, Value, world};

/// The class.
pub static ITERATOR: Class = Class::new("Swoole\\Coroutine\\Iterator");

pub(super) fn register() {
    ITERATOR.define().extends(ClassEntry::named("ArrayIterator").expect("PHP has SPL")).register();
}

pub(super) fn list(_: &mut Call<'_>) -> Result<Object> {
    let mut cids = Array::new();
    for cid in world::scheduler().list() {
        cids.push(cid.0);
    }
    construct(&ITERATOR, &[Value::from(cids)])
}
