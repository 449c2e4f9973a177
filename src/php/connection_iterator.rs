//! `Swoole\Connection\Iterator`: `$server->connections`, the `$fd` of every connection of every worker.

use std::cell::Cell;

use super::server::sessions::{Fd, describe};
use super::server::worker;
use crate::server::session::SessionId;
use crate::zend::{Array, Call, Class, ClassEntry, IntoValue, Native, Object, Result, Value, error};

/// The class.
pub static ITERATOR: Class<Iterator> = Class::native("Swoole\\Connection\\Iterator");

/// Where a walk over the connections stands.
#[derive(Debug, Default)]
pub struct Iterator {
    position: Cell<usize>,
    current: Cell<Option<SessionId>>,
    /// The running key, from 1.
    index: Cell<i64>,
}

impl Native for Iterator {
    fn class() -> &'static Class<Self> {
        &ITERATOR
    }

    fn create() -> Self {
        Self::default()
    }
}

impl Iterator {
    fn advance(&self) {
        let found = worker().and_then(|worker| worker.next_session(self.position.get()));
        self.current.set(found.map(|(_, session)| session));
        if let Some((next, _)) = found {
            self.position.set(next);
            self.index.set(self.index.get() + 1);
        }
    }
}

/// Defines the class.
pub fn register() {
    ITERATOR
        .define()
        .implements(ClassEntry::iterator())
        .implements(ClassEntry::array_access())
        .implements(ClassEntry::countable())
        .method("__construct()", construct)
        .method("__destruct()", destruct)
        .method("rewind(): void", rewind)
        .method("next(): void", next)
        .method("current(): mixed", current)
        .method("key(): mixed", key)
        .method("valid(): bool", valid)
        .method("count(): int", count)
        .method("offsetExists(mixed $fd): bool", offset_exists)
        .method("offsetGet(mixed $fd): mixed", offset_get)
        .method("offsetSet(mixed $fd, mixed $value): void", offset_set)
        .method("offsetUnset(mixed $fd): void", offset_unset)
        .register();
}

/// The iterator of a server.
pub fn create() -> Object {
    Object::of(Iterator::default())
}

fn construct(_call: &mut Call<'_>) -> Result {
    Err(error::error("please use the Swoole\\Server->connections"))
}

fn destruct(_call: &mut Call<'_>) -> Result {
    Ok(())
}

fn rewind(iterator: &Iterator, _call: &mut Call<'_>) -> Result {
    iterator.position.set(0);
    iterator.index.set(0);
    iterator.advance();
    Ok(())
}

fn next(iterator: &Iterator, _call: &mut Call<'_>) -> Result {
    iterator.advance();
    Ok(())
}

fn current(iterator: &Iterator, _call: &mut Call<'_>) -> Result<Option<u64>> {
    Ok(iterator.current.get().map(SessionId::as_u64))
}

fn key(iterator: &Iterator, _call: &mut Call<'_>) -> Result<i64> {
    Ok(iterator.index.get())
}

fn valid(iterator: &Iterator, _call: &mut Call<'_>) -> Result<bool> {
    Ok(iterator.current.get().is_some())
}

fn count(_iterator: &Iterator, _call: &mut Call<'_>) -> Result<u64> {
    Ok(worker().map_or(0, |worker| worker.session_count()))
}

fn offset_exists(_iterator: &Iterator, call: &mut Call<'_>) -> Result<bool> {
    let fd = fd(call)?;
    Ok(worker().is_some_and(|worker| worker.exists(fd.session())))
}

fn offset_get(_iterator: &Iterator, call: &mut Call<'_>) -> Result<Value> {
    let fd = fd(call)?;
    let described: Option<Array> = worker().and_then(|worker| {
        let info = worker.client_info(fd.session())?;
        Some(describe(&worker, &info))
    });
    Ok(described.map_or_else(|| false.into_value(), IntoValue::into_value))
}

fn offset_set(_call: &mut Call<'_>) -> Result {
    Ok(())
}

fn offset_unset(_call: &mut Call<'_>) -> Result {
    Ok(())
}

fn fd(call: &mut Call<'_>) -> Result<Fd> {
    let key: &Value = call.arg()?;
    Ok(Fd(key.to_long()))
}
