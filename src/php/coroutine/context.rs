//! `Swoole\Coroutine\Context`: an ArrayObject that belongs to one coroutine and goes when that ends.

use super::{construct, named};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Array, Call, Class, ClassEntry, Object, Result, Value, world};

/// The class.
pub static CONTEXT: Class = Class::new("Swoole\\Coroutine\\Context");

pub(super) fn register() {
    CONTEXT.define().extends(ClassEntry::named("ArrayObject").expect("PHP has SPL")).register();
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Option<Object>> {
    let Some(cid) = named(call)? else { return Ok(None) };
    match world::locals(cid, make) {
        Some(context) => context.map(Some),
        None => {
            last_error::set(ErrorCode::CO_NOT_EXISTS);
            Ok(None)
        }
    }
}

fn make() -> Result<Object> {
    construct(&CONTEXT, &[Value::from(Array::new()), Value::from(ARRAY_AS_PROPS)])
}

/// `ArrayObject::ARRAY_AS_PROPS`: `$context->name` and `$context['name']` are the same.
const ARRAY_AS_PROPS: i64 = 2;
