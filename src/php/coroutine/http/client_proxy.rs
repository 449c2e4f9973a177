//! `Swoole\Coroutine\Http\ClientProxy`: what `get()`, `post()` and `request()` bring back.

use crate::zend::{Array, Call, Class, Object, Result, Slot, Str, Value};

/// The class.
pub static CLIENT_PROXY: Class = Class::new("Swoole\\Coroutine\\Http\\ClientProxy");
static BODY: Slot = Slot::new();
static STATUS_CODE: Slot = Slot::new();
static HEADERS: Slot = Slot::new();
static COOKIES: Slot = Slot::new();

/// Defines the class.
pub fn register() {
    CLIENT_PROXY
        .define()
        .slot(&BODY, "private $body = null")
        .slot(&STATUS_CODE, "private $statusCode = null")
        .slot(&HEADERS, "private $headers = null")
        .slot(&COOKIES, "private $cookies = null")
        .method("__construct(string $body, int $statusCode, ?array $headers, ?array $cookies)", construct)
        .method("getBody(): string", |call: &mut Call<'_>| Ok(call.this().get(&BODY)))
        .method("getStatusCode(): int", |call: &mut Call<'_>| Ok(call.this().get(&STATUS_CODE)))
        .method("getHeaders(): ?array", |call: &mut Call<'_>| Ok(call.this().get(&HEADERS)))
        .method("getCookies(): ?array", |call: &mut Call<'_>| Ok(call.this().get(&COOKIES)))
        .register();
}

fn construct(call: &mut Call<'_>) -> Result {
    let body: &Str = call.arg()?;
    let status: i64 = call.arg()?;
    let headers: Option<&Array> = call.arg()?;
    let cookies: Option<&Array> = call.arg()?;
    let this = call.this();
    this.set(&BODY, body.clone());
    this.set(&STATUS_CODE, status);
    this.set(&HEADERS, headers);
    this.set(&COOKIES, cookies);
    Ok(())
}

/// The answer that a client has got.
pub fn of(client: &Object) -> Result<Object> {
    let proxy = Object::new(&CLIENT_PROXY)?;
    let answer: Vec<Value> = ["body", "statusCode", "headers", "cookies"]
        .iter()
        .map(|name| client.read(name))
        .collect::<Result<_>>()?;
    proxy.call("__construct", &answer)?;
    Ok(proxy)
}
