//! The functions of `Swoole\Coroutine\Http`: one request to a URL, without a client to keep.

use super::client::HTTP_CLIENT;
use super::client_proxy;
use crate::php::exceptions::HTTP_CLIENT_EXCEPTION;
use crate::zend::{Array, Call, Callback, Functions, Object, Result, Str, Thrown, Value, error};

pub(super) fn register() {
    Functions::new()
        .function("Swoole\\Coroutine\\Http\\request(string $url, string $method, mixed $data = null, ?array $options = null, ?array $headers = null, ?array $cookies = null): Swoole\\Coroutine\\Http\\ClientProxy|false", request)
        .function("Swoole\\Coroutine\\Http\\get(string $url, ?array $options = null, ?array $headers = null, ?array $cookies = null): Swoole\\Coroutine\\Http\\ClientProxy|false", get)
        .function("Swoole\\Coroutine\\Http\\post(string $url, mixed $data, ?array $options = null, ?array $headers = null, ?array $cookies = null): Swoole\\Coroutine\\Http\\ClientProxy|false", post)
        .register();
}

fn request(call: &mut Call<'_>) -> Result<Value> {
    let url: &Value = call.arg::<&Value>()?;
    let method: Str = call.arg()?;
    let data: Value = call.arg_or(Value::null())?;
    perform(url, &method, &data, call)
}

fn get(call: &mut Call<'_>) -> Result<Value> {
    let url: &Value = call.arg::<&Value>()?;
    perform(url, &Str::new(b"GET"), &Value::null(), call)
}

fn post(call: &mut Call<'_>) -> Result<Value> {
    let url: &Value = call.arg::<&Value>()?;
    let data: Value = call.arg()?;
    perform(url, &Str::new(b"POST"), &data, call)
}

/// Sends the request; what is left of the arguments are options, headers and cookies.
fn perform(url: &Value, method: &Str, data: &Value, call: &mut Call<'_>) -> Result<Value> {
    let options: Option<&Array> = call.arg_or(None)?;
    let headers: Option<&Array> = call.arg_or(None)?;
    let cookies: Option<&Array> = call.arg_or(None)?;
    let (client, path) = client(url)?;
    client.call("setMethod", &[Value::from(method.as_bytes())])?;
    for (method, array) in [("set", options), ("setHeaders", headers), ("setCookies", cookies)] {
        if let Some(array) = array {
            client.call(method, &[Value::from(array.clone())])?;
        }
    }
    if data.to_bool() {
        client.call("setData", std::slice::from_ref(data))?;
    }
    let answered = client.call("execute", &[Value::from(path.as_bytes())])?;
    Ok(Value::or_false(if answered.to_bool() { Some(client_proxy::of(&client)?) } else { None }))
}

/// A client for the host of a URL, and the path to ask it for.
fn client(url: &Value) -> Result<(Object, String)> {
    let parts = Callback::new(&Value::from("parse_url"))?.call(std::slice::from_ref(url))?;
    let part = |name: &str| -> Option<Value> { parts.as_array()?.get(name) };
    let text = |name: &str| part(name).and_then(|text| Some(text.as_str()?.to_text().into_owned()));
    let (Some(scheme), Some(host)) = (text("scheme"), text("host")) else {
        return Err(malformed("The URL given is malformed"));
    };
    let ssl = match scheme.as_str() {
        "http" => false,
        "https" => true,
        _ => return Err(malformed(&format!("unknown scheme \"{scheme}\""))),
    };
    let client = Object::new(&HTTP_CLIENT)?;
    let port = part("port").unwrap_or_else(|| Value::from(0));
    client.call("__construct", &[Value::from(host), port, Value::from(ssl)])?;
    let mut path = text("path").unwrap_or_else(|| "/".into());
    if let Some(query) = text("query") {
        path.push('?');
        path.push_str(&query);
    }
    Ok((client, path))
}

fn malformed(text: &str) -> Thrown {
    error::throw(&HTTP_CLIENT_EXCEPTION, text, 0)
}
