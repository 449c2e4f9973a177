//! `Swoole\Timer\Iterator`: the ids of all timers, as an ArrayIterator.

use crate::zend::{Array, Call, Class, ClassEntry, Object, Result, Value, world};

/// The class.
pub static ITERATOR: Class = Class::new("Swoole\\Timer\\Iterator");

pub(super) fn register() {
    ITERATOR.define().extends(ClassEntry::named("ArrayIterator").expect("PHP has SPL")).register();
}

pub(super) fn list(_: &mut Call<'_>) -> Result<Object> {
    let mut ids = Array::new();
    for id in world::scheduler().alarm_ids() {
        ids.push(id);
    }
    let iterator = Object::new(&ITERATOR)?;
    iterator.call("__construct", &[Value::from(ids)])?;
    Ok(iterator)
}
