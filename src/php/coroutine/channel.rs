//! `Swoole\Coroutine\Channel` (alias `chan`): values between coroutines.

use crate::coroutine::{Cancel, Channel as Queue, ChannelError, Wake};
use crate::zend::{Array, Call, Class, Gc, Native, Object, Result, Slot, Value, world};

use super::{after_wait, deadline, inside};

/// The class.
pub static CHANNEL: Class<Channel> = Class::native("Swoole\\Coroutine\\Channel");
static CAPACITY: Slot = Slot::new();
static ERR_CODE: Slot = Slot::new();

/// The state of a channel object.
#[derive(Debug)]
pub struct Channel(Queue<Value>);

impl Native for Channel {
    fn class() -> &'static Class<Self> {
        &CHANNEL
    }

    fn create() -> Self {
        Self(Queue::new(1))
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(self.0.values());
    }
}

pub(super) fn register() {
    CHANNEL
        .define()
        .slot(&CAPACITY, "public $capacity = 0")
        .slot(&ERR_CODE, "public $errCode = 0")
        .method("__construct(int $size = 1)", construct)
        .method("push(mixed $data, float $timeout = -1.0): bool", push)
        .method("pop(float $timeout = -1.0): mixed", pop)
        .method("isEmpty(): bool", |channel: &Channel, _: &mut Call<'_>| Ok(channel.0.is_empty()))
        .method("isFull(): bool", |channel: &Channel, _: &mut Call<'_>| Ok(channel.0.is_full()))
        .method("close(): bool", close)
        .method("stats(): array", stats)
        .method("length(): int", |channel: &Channel, _: &mut Call<'_>| Ok(channel.0.len()))
        .register();
}

fn construct(channel: &Channel, call: &mut Call<'_>) -> Result {
    let size: i64 = call.arg_or(1)?;
    channel.0.set_capacity(usize::try_from(size).unwrap_or(1));
    call.this().set(&CAPACITY, channel.0.capacity());
    Ok(())
}

fn push(channel: &Channel, call: &mut Call<'_>) -> Result<bool> {
    let value: Value = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    inside()?;
    match channel.0.push(world::scheduler(), value, deadline(seconds)) {
        Ok(()) => {
            world::settle()?;
            call.this().set(&ERR_CODE, OK);
            Ok(true)
        }
        Err((value, error)) => {
            drop(value);
            failed(call.this(), error).map(|()| false)
        }
    }
}

fn pop(channel: &Channel, call: &mut Call<'_>) -> Result<Value> {
    let seconds: f64 = call.arg_or(-1.0)?;
    inside()?;
    match channel.0.pop(world::scheduler(), deadline(seconds)) {
        Ok(value) => {
            world::settle()?;
            call.this().set(&ERR_CODE, OK);
            Ok(value)
        }
        Err(error) => failed(call.this(), error).map(|()| Value::from(false)),
    }
}

fn close(channel: &Channel, call: &mut Call<'_>) -> Result<bool> {
    let closed = channel.0.close(world::scheduler());
    if closed {
        call.this().set(&ERR_CODE, CLOSED);
    }
    world::settle()?;
    Ok(closed)
}

fn stats(channel: &Channel, _: &mut Call<'_>) -> Result<Array> {
    let mut stats = Array::new();
    stats.set("consumer_num", channel.0.consumers());
    stats.set("producer_num", channel.0.producers());
    stats.set("queue_num", channel.0.len());
    Ok(stats)
}

fn failed(channel: &Object, error: ChannelError) -> Result {
    let (code, wake) = match error {
        ChannelError::Timeout => (TIMEOUT, Wake::Timeout),
        ChannelError::Closed => (CLOSED, Wake::Ready),
        ChannelError::Canceled(cancel) => (CANCELED, Wake::Canceled(cancel)),
        ChannelError::Shutdown => (CANCELED, Wake::Shutdown),
        ChannelError::Refused => (CANCELED, Wake::Canceled(Cancel::Quiet)),
    };
    channel.set(&ERR_CODE, code);
    after_wait(wake).map(|_| ())
}

/// `SWOOLE_CHANNEL_OK` and its kind.
const OK: i64 = 0;
const TIMEOUT: i64 = -1;
const CLOSED: i64 = -2;
const CANCELED: i64 = -3;
