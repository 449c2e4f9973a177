//! `Swoole\Event`, as far as coroutines and timers need it: running the loop, and its end with the script.

use super::coroutine::scheduler::run_loop;
use crate::zend::{Call, Class, Functions, Result, error, world};

/// The class.
pub static EVENT: Class = Class::new("Swoole\\Event");

/// Defines the class and its functions.
pub fn register() {
    EVENT
        .define()
        .method("static wait(): void", wait)
        .method("static rshutdown(): void", end_of_script)
        .method("static exit(): void", exit)
        .register();
    Functions::new()
        .function("swoole_event_wait(): void", wait)
        .function("swoole_event_rshutdown(): void", end_of_script)
        .function("swoole_event_exit(): void", exit)
        .register();
}

fn wait(_: &mut Call<'_>) -> Result {
    if !world::is_outside() {
        return Err(error::fatal("Unable to call Event::wait() in coroutine"));
    }
    if world::is_looping() {
        return Ok(());
    }
    run_loop()
}

fn exit(_: &mut Call<'_>) -> Result {
    world::scheduler().stop();
    Ok(())
}

/// PHP calls this when a script has ended: what it left behind runs to its end, the rest is unwound.
fn end_of_script(_: &mut Call<'_>) -> Result {
    if !world::is_outside() || world::is_looping() {
        return Ok(());
    }
    let ran = if world::is_ending() { Ok(()) } else { run_loop() };
    world::unwind();
    ran?;
    world::settle()
}
