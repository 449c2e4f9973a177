//! Every exception class of the extension.

use super::server;
use crate::zend::exit::ExitException;
use crate::zend::{Call, Class, ClassEntry, Object, Result, Slot, Thrown, Value, error};

/// `Swoole\Exception`.
pub static EXCEPTION: Class = Class::new("Swoole\\Exception");
/// `Swoole\Error`: misuse of the API.
pub static ERROR: Class = Class::new("Swoole\\Error");
/// `Swoole\ExitException`: `exit()` inside a coroutine.
pub static EXIT_EXCEPTION: Class = Class::new("Swoole\\ExitException");
/// `Swoole\Coroutine\CanceledException`.
pub static CANCELED_EXCEPTION: Class = Class::new("Swoole\\Coroutine\\CanceledException");
/// `Swoole\Coroutine\TimeoutException`.
pub static TIMEOUT_EXCEPTION: Class = Class::new("Swoole\\Coroutine\\TimeoutException");
/// `Swoole\Coroutine\Http\Client\Exception`.
pub static HTTP_CLIENT_EXCEPTION: Class = Class::new("Swoole\\Coroutine\\Http\\Client\\Exception");
/// `Swoole\Coroutine\Socket\Exception`.
pub static SOCKET_EXCEPTION: Class = Class::new("Swoole\\Coroutine\\Socket\\Exception");
/// `Swoole\Client\Exception`.
pub static CLIENT_EXCEPTION: Class = Class::new("Swoole\\Client\\Exception");

/// How the coroutine was left; see `SWOOLE_EXIT_IN_*`.
pub static EXIT_FLAGS: Slot = Slot::new();
/// What was passed to `exit()`.
pub static EXIT_STATUS: Slot = Slot::new();

/// Defines the classes.
pub fn register() {
    EXCEPTION.define().extends(ClassEntry::exception()).register();
    ERROR.define().extends(ClassEntry::error()).register();
    EXIT_EXCEPTION
        .define()
        .extends(&EXCEPTION)
        .slot(&EXIT_FLAGS, "private $flags = 0")
        .slot(&EXIT_STATUS, "private $status = 0")
        .method("getFlags(): int", exit_flags)
        .method("getStatus(): mixed", exit_status)
        .register();
    CANCELED_EXCEPTION.define().extends(ClassEntry::exception()).final_().register();
    TIMEOUT_EXCEPTION.define().extends(ClassEntry::exception()).final_().register();
    HTTP_CLIENT_EXCEPTION.define().extends(&EXCEPTION).register();
    SOCKET_EXCEPTION.define().extends(&EXCEPTION).register();
    CLIENT_EXCEPTION.define().extends(&EXCEPTION).register();
}

/// What `exit()` in a coroutine becomes.
pub const EXIT: ExitException =
    ExitException { class: &EXIT_EXCEPTION, status: &EXIT_STATUS, throw: throw_exit };

fn throw_exit(status: Value) -> Thrown {
    let exception = match Object::new(&EXIT_EXCEPTION) {
        Ok(exception) => exception,
        Err(thrown) => return thrown,
    };
    let in_server = if server::start::is_any_running() { EXIT_IN_SERVER } else { 0 };
    exception.set(&EXIT_FLAGS, EXIT_IN_COROUTINE | in_server);
    exception.set(&EXIT_STATUS, status);
    match exception.write("message", "swoole exit") {
        Ok(()) => error::throw_object(exception),
        Err(thrown) => thrown,
    }
}

fn exit_flags(call: &mut Call<'_>) -> Result<i64> {
    Ok(call.this().get(&EXIT_FLAGS).to_long())
}

fn exit_status(call: &mut Call<'_>) -> Result<Value> {
    Ok(call.this().get(&EXIT_STATUS))
}

/// `SWOOLE_EXIT_IN_COROUTINE` and `SWOOLE_EXIT_IN_SERVER`.
const EXIT_IN_COROUTINE: i64 = 2;
const EXIT_IN_SERVER: i64 = 4;
