//! `Swoole\ConnectionPool`: connections that coroutines take, use and give back; made when they are needed.

use super::coroutine::channel::CHANNEL;
use crate::zend::{Call, Callback, Class, ClassEntry, Object, Result, Slot, Str, Thrown, Value, error};

/// The class.
pub static CONNECTION_POOL: Class = Class::new("Swoole\\ConnectionPool");
static POOL: Slot = Slot::new();
static CONSTRUCTOR: Slot = Slot::new();
static SIZE: Slot = Slot::new();
static NUM: Slot = Slot::new();
static PROXY: Slot = Slot::new();

/// Defines the class.
pub fn register() {
    CONNECTION_POOL
        .define()
        .constant("DEFAULT_SIZE", SIZE_DEFAULT)
        .slot(&POOL, "protected $pool = null")
        .slot(&CONSTRUCTOR, "protected $constructor = null")
        .slot(&SIZE, "protected $size = 0")
        .slot(&NUM, "protected $num = 0")
        .slot(&PROXY, "protected $proxy = null")
        .method("__construct(callable $constructor, int $size = 64, ?string $proxy = null)", construct)
        .method("fill(): void", fill)
        .method("get(float $timeout = -1.0): mixed", get)
        .method("put(mixed $connection): void", put)
        .method("close(): void", close)
        .method("protected make(): void", make)
        .register();
}

fn construct(call: &mut Call<'_>) -> Result {
    let constructor: &Value = call.arg()?;
    let (size, proxy): (i64, Option<&Str>) = (call.arg_or(SIZE_DEFAULT)?, call.opt()?.flatten());
    Callback::new(constructor)?;
    let channel = Object::new(&CHANNEL)?;
    channel.call("__construct", &[Value::from(size)])?;
    let this = call.this();
    this.set(&POOL, channel);
    this.set(&CONSTRUCTOR, constructor.unref());
    this.set(&SIZE, size);
    this.set(&PROXY, proxy.map_or_else(Value::null, |proxy| Value::from(proxy.clone())));
    Ok(())
}

/// Makes all connections now.
fn fill(call: &mut Call<'_>) -> Result {
    let this = call.this();
    while number(this, &NUM) < number(this, &SIZE) {
        make_one(this)?;
    }
    Ok(())
}

/// Takes a connection: one that waits, a new one while there is room for more, or the next that is given back.
fn get(call: &mut Call<'_>) -> Result<Value> {
    let seconds: f64 = call.arg_or(-1.0)?;
    let this = call.this();
    let channel = this.get(&POOL);
    let Some(channel) = channel.as_object() else { return Err(closed()) };
    if channel.call("isEmpty", &[])?.to_bool() && number(this, &NUM) < number(this, &SIZE) {
        make_one(this)?;
    }
    channel.call("pop", &[Value::from(seconds)])
}

/// Gives a connection back; null says that it is lost, and another is made for it.
fn put(call: &mut Call<'_>) -> Result {
    let connection: Value = call.arg()?;
    let this = call.this();
    let channel = this.get(&POOL);
    let Some(channel) = channel.as_object() else { return Ok(()) };
    if connection.is_null() {
        this.set(&NUM, number(this, &NUM) - 1);
        return make_one(this);
    }
    channel.call("push", &[connection]).map(drop)
}

fn close(call: &mut Call<'_>) -> Result {
    let this = call.this();
    let channel = this.get(&POOL);
    let Some(channel) = channel.as_object() else { return Ok(()) };
    channel.call("close", &[])?;
    this.set(&POOL, Value::null());
    this.set(&NUM, 0);
    Ok(())
}

/// For classes derived from this one.
fn make(call: &mut Call<'_>) -> Result {
    make_one(call.this())
}

/// Makes one connection. Its place is taken before, because making it may suspend.
fn make_one(this: &Object) -> Result {
    this.set(&NUM, number(this, &NUM) + 1);
    match connect(this) {
        Ok(connection) => this.call("put", &[connection]).map(drop),
        Err(thrown) => {
            this.set(&NUM, number(this, &NUM) - 1);
            Err(thrown)
        }
    }
}

fn connect(this: &Object) -> Result<Value> {
    let (proxy, constructor) = (this.get(&PROXY), this.get(&CONSTRUCTOR));
    if proxy.is_null() {
        return Callback::new(&constructor)?.call(&[]);
    }
    let name = proxy.to_str()?.to_text().into_owned();
    let class =
        ClassEntry::named(&name).ok_or_else(|| error::error(format_args!("Class \"{name}\" not found")))?;
    let connection = Object::new(class)?;
    connection.call("__construct", &[constructor])?;
    Ok(Value::from(connection))
}

fn number(this: &Object, slot: &Slot) -> i64 {
    this.get(slot).to_long()
}

#[cold]
fn closed() -> Thrown {
    let class = ClassEntry::named("RuntimeException").unwrap_or_else(ClassEntry::exception);
    error::throw(class, "Pool has been closed", 0)
}

/// `ConnectionPool::DEFAULT_SIZE`.
const SIZE_DEFAULT: i64 = 64;
