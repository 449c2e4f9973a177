//! `Swoole\Connection\Iterator`: `$server->connections`, the `$fd` of every connection of every worker.

use std::cell::Cell;

use super::server::sessions::{Fd, describe};
use super::server::worker;
use crate::serve::Worker;
use crate::server::session::SessionId;
use crate::zend::{Array, Call, Class, ClassEntry, Foreach, IntoValue, Native, Object, Result, Value, error};

/// The class.
pub static ITERATOR: Class<Iterator> = Class::native("Swoole\\Connection\\Iterator");

/// Where the object's own methods stand; a `foreach` has a walk of its own.
#[derive(Debug, Default)]
pub struct Iterator {
    /// Only the connections that came in by the port of this number.
    port: Cell<Option<u8>>,
    walk: Cell<Walk>,
    current: Cell<Option<SessionId>>,
}

/// A walk over the connections of all workers.
#[derive(Clone, Copy, Debug, Default)]
struct Walk {
    position: usize,
    /// How many it has found: the running key, from 1.
    index: i64,
}

impl Walk {
    #[inline(always)]
    fn step(&mut self, worker: &Worker, port: Option<u8>) -> Option<SessionId> {
        loop {
            let (next, session) = worker.next_session(self.position)?;
            self.position = next;
            if port.is_none_or(|port| worker.port_of(session) == port) {
                self.index += 1;
                return Some(session);
            }
        }
    }
}

impl Native for Iterator {
    fn class() -> &'static Class<Self> {
        &ITERATOR
    }

    fn create() -> Self {
        Self::default()
    }
}

impl Foreach for Iterator {
    type Items = Items;

    fn items(&self) -> Items {
        Items { worker: worker(), walk: Walk::default(), port: self.port.get() }
    }
}

/// What a `foreach` sees.
#[derive(Debug)]
pub struct Items {
    worker: Option<Worker>,
    walk: Walk,
    port: Option<u8>,
}

impl std::iter::Iterator for Items {
    type Item = (i64, Value);

    #[inline]
    fn next(&mut self) -> Option<(i64, Value)> {
        let worker = self.worker.as_ref()?;
        let session = self.walk.step(worker, self.port)?;
        worker.foresee(self.walk.position);
        Some((self.walk.index, session.as_u64().into_value()))
    }
}

impl Iterator {
    fn advance(&self) {
        let mut walk = self.walk.get();
        self.current.set(worker().and_then(|worker| walk.step(&worker, self.port.get())));
        self.walk.set(walk);
    }
}

/// Defines the class.
pub fn register() {
    ITERATOR
        .define()
        .implements(ClassEntry::iterator())
        .implements(ClassEntry::array_access())
        .implements(ClassEntry::countable())
        .foreach()
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

/// The iterator of a server, or of one of its ports.
pub fn create(port: Option<u8>) -> Object {
    Object::of(Iterator { port: Cell::new(port), ..Iterator::default() })
}

fn construct(_call: &mut Call<'_>) -> Result {
    Err(error::error("please use the Swoole\\Server->connections"))
}

fn destruct(_call: &mut Call<'_>) -> Result {
    Ok(())
}

fn rewind(iterator: &Iterator, _call: &mut Call<'_>) -> Result {
    iterator.walk.take();
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
    Ok(iterator.walk.get().index)
}

fn valid(iterator: &Iterator, _call: &mut Call<'_>) -> Result<bool> {
    Ok(iterator.current.get().is_some())
}

fn count(iterator: &Iterator, _call: &mut Call<'_>) -> Result<u64> {
    let port = iterator.port.get();
    Ok(worker().map_or(0, |worker| match port {
        Some(_) if worker.options().ports.len() > 1 => {
            let mut walk = Walk::default();
            std::iter::from_fn(|| walk.step(&worker, port)).count() as u64
        }
        _ => worker.session_count(),
    }))
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
