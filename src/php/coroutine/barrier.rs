//! `Swoole\Coroutine\Barrier`: a coroutine waits until the others have let go of an object that all of them hold.

use std::cell::Cell;
use std::rc::Rc;

use super::{after_wait, deadline, inside};
use crate::coroutine::{Ticket, Wait};
use crate::php::exceptions;
use crate::zend::{ByRef, Call, Class, Native, Object, Result, Value, error, world};

/// The class.
pub static BARRIER: Class<Barrier> = Class::native("Swoole\\Coroutine\\Barrier");

/// The state of a barrier object. When it goes, whoever waits goes on.
#[derive(Debug, Default)]
pub struct Barrier(Rc<Watch>);

/// What the waiting coroutine keeps of the object.
#[derive(Debug, Default)]
struct Watch {
    claimed: Cell<bool>,
    waiter: Cell<Option<Ticket>>,
    gone: Cell<bool>,
}

impl Native for Barrier {
    fn class() -> &'static Class<Self> {
        &BARRIER
    }

    fn create() -> Self {
        Self::default()
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        self.0.gone.set(true);
        if let Some(waiter) = self.0.waiter.take() {
            // Not at once: an object may die anywhere, also where nothing can be switched.
            world::scheduler().ready().push(waiter);
        }
    }
}

pub(super) fn register() {
    BARRIER
        .define()
        .method("static make(): Swoole\\Coroutine\\Barrier", |_: &mut Call<'_>| {
            Ok(Object::of(Barrier::default()))
        })
        .method("static wait(Swoole\\Coroutine\\Barrier &$barrier, float $timeout = -1.0): void", wait)
        .register();
}

fn wait(call: &mut Call<'_>) -> Result {
    let variable: ByRef<'_> = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    let held = variable.get();
    let Some(watch) =
        held.as_object().and_then(Object::state::<Barrier>).map(|barrier| Rc::clone(&barrier.0))
    else {
        return Err(error::type_error(format_args!(
            "Swoole\\Coroutine\\Barrier::wait(): Argument #1 ($barrier) must be of type Swoole\\Coroutine\\Barrier, {} given",
            held.type_name()
        )));
    };
    inside()?;
    if watch.claimed.replace(true) {
        return Err(error::throw(&exceptions::EXCEPTION, "The barrier is waiting, cannot wait again.", 0));
    }
    let until = deadline(seconds);
    variable.set(Value::null())?;
    drop(held);
    if watch.gone.get() {
        return Ok(());
    }
    watch.waiter.set(world::scheduler().ticket());
    let wake = world::scheduler().suspend(Wait::Join, until);
    watch.waiter.set(None);
    after_wait(wake).map(drop)
}
