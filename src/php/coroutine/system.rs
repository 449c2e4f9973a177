//! `Swoole\Coroutine\System`: names, files, processes and signals, waited for by the current coroutine only.
//!
//! `Swoole\Coroutine` has the same methods.

mod files;
pub(super) mod names;
mod processes;

use super::{after_wait, deadline, inside, sleep};
use crate::coroutine::Wake;
use crate::net::watch::{Events, Watch};
use crate::php::{descriptors, errors, event};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::class::ClassBuilder;
use crate::zend::{Call, Class, Functions, Result, Value, error, world};

/// The class.
pub static SYSTEM: Class = Class::new("Swoole\\Coroutine\\System");

pub(super) fn register() {
    methods(SYSTEM.define()).register();
    Functions::new()
        .function("swoole_async_dns_lookup_coro(string $domain_name, float $timeout = 60.0, int $type = AF_INET): string|false", names::dns_lookup)
        .register();
}

/// The methods that both classes have.
pub(super) fn methods(class: ClassBuilder<()>) -> ClassBuilder<()> {
    class
        .method("static gethostbyname(string $domain_name, int $type = AF_INET, float $timeout = -1.0): string|false", names::host_by_name)
        .method("static dnsLookup(string $domain_name, float $timeout = 60.0, int $type = AF_INET): string|false", names::dns_lookup)
        .method("static exec(string $command, bool $get_error_stream = false): array|false", processes::exec)
        .method("static sleep(float $seconds): bool", sleep)
        .method("static getaddrinfo(string $domain, int $family = AF_INET, int $socktype = SOCK_STREAM, int $protocol = STREAM_IPPROTO_TCP, ?string $service = null, float $timeout = -1.0): array|bool", names::address_info)
        .method("static statvfs(string $path): array|false", files::statvfs)
        .method("static readFile(string $filename, int $flag = 0): string|false", files::read)
        .method("static writeFile(string $filename, string $fileContent, int $flags = 0): int|false", files::write)
        .method("static wait(float $timeout = -1.0): array|false", processes::wait)
        .method("static waitPid(int $pid, float $timeout = -1.0): array|false", processes::wait_pid)
        .method("static waitSignal(array|int $signals, float $timeout = -1.0): int|false", processes::wait_signal)
        .method("static waitEvent(mixed $socket, int $events = SWOOLE_EVENT_READ, float $timeout = -1.0): int|false", wait_event)
}

/// Waits for something outside. `Err` in the result tells why it did not come.
pub(super) fn await_outside<T: 'static>(
    task: impl Future<Output = T> + 'static,
    until: Option<u64>,
) -> Result<std::result::Result<T, Wake>> {
    match world::await_task(task, until) {
        Err(error) => Err(error::error(format_args!("no event loop: {error}"))),
        Ok(Ok(value)) => world::settle().map(|()| Ok(value)),
        Ok(Err(wake)) => after_wait(wake).map(Err),
    }
}

/// `false`, and the last error says why.
fn failed(error: &std::io::Error) -> Value {
    last_error::set(ErrorCode::from(error));
    Value::from(false)
}

fn wait_event(call: &mut Call<'_>) -> Result<Value> {
    let value: Value = call.arg()?;
    let events = event::events_of(call.arg_or(event::bits_of(Events::READ))?);
    let seconds: f64 = call.arg_or(-1.0)?;
    inside()?;
    let Some(descriptor) = descriptors::open(&value) else {
        error::check()?;
        errors::warn("unknown type");
        return Ok(Value::from(false));
    };
    if events == Events::default() {
        errors::warn("$events must have SWOOLE_EVENT_READ or SWOOLE_EVENT_WRITE");
        return Ok(Value::from(false));
    }
    let watch = std::rc::Rc::new(Watch::new(descriptor.file));
    Ok(match await_outside(watch.ready(events), deadline(seconds))? {
        Ok(Ok(found)) => Value::from(event::bits_of(found)),
        Ok(Err(error)) => failed(&error),
        Err(_) => Value::from(false),
    })
}
