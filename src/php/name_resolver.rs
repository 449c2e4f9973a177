//! The functions that ask name resolvers: objects of `Swoole\NameResolver`, one after the other.

use std::cell::RefCell;

use crate::zend::{Arg, Call, ClassEntry, FromArg, Functions, Object, Result, Value};

/// Defines the functions.
pub fn register() {
    Functions::new()
        .function("swoole_name_resolver_add(Swoole\\NameResolver $ns): bool", add)
        .function("swoole_name_resolver_remove(Swoole\\NameResolver $ns): bool", remove)
        .function(
            "swoole_name_resolver_lookup(string $name, Swoole\\NameResolver\\Context $ctx): string",
            look_up,
        )
        .function("swoole_clear_dns_cache(): void", |_: &mut Call<'_>| Ok(()))
        .register();
}

/// A script has ended.
pub fn end_request() {
    let resolvers = RESOLVERS.take();
    drop(resolvers);
}

fn add(call: &mut Call<'_>) -> Result<bool> {
    let Resolver(resolver) = call.arg()?;
    RESOLVERS.with_borrow_mut(|resolvers| resolvers.push(resolver));
    Ok(true)
}

fn remove(call: &mut Call<'_>) -> Result<bool> {
    let Resolver(resolver) = call.arg()?;
    let removed = RESOLVERS.with_borrow_mut(|resolvers| {
        let place = resolvers.iter().position(|known| *known == resolver)?;
        Some(resolvers.remove(place))
    });
    Ok(removed.is_some())
}

/// The first resolver that knows the name decides: an address, or a node of a cluster.
fn look_up(call: &mut Call<'_>) -> Result<Value> {
    let name: Value = call.arg()?;
    let Context(context) = call.arg()?;
    let with_port = context.read("withPort")?.to_bool();
    let name = Value::from(name.to_str()?);
    // A resolver may wait, and add or remove others meanwhile.
    let resolvers = RESOLVERS.with_borrow(Clone::clone);
    for resolver in resolvers {
        let found = resolver.call("lookup", std::slice::from_ref(&name))?;
        if let Some(cluster) = found.as_object() {
            let node = cluster.call("pop", &[])?;
            let Some(node) = node.as_array() else { continue };
            let part = |key: &str| node.get(key).unwrap_or_default();
            let host = part("host").to_str()?;
            if !with_port {
                return Ok(Value::from(host));
            }
            return Ok(Value::from(format!("{}:{}", host.to_text(), part("port").to_long())));
        }
        if !found.is_null() {
            return Ok(Value::from(found.to_str()?));
        }
    }
    Ok(Value::from(""))
}

/// An argument that is a resolver.
struct Resolver(Object);

/// An argument that says what an address is wanted for.
struct Context(Object);

impl<'a> FromArg<'a> for Resolver {
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        instance(arg, "Swoole\\NameResolver").map(Self)
    }
}

impl<'a> FromArg<'a> for Context {
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        instance(arg, "Swoole\\NameResolver\\Context").map(Self)
    }
}

/// An object of a class of the library.
fn instance(arg: Arg<'_>, class: &str) -> Result<Object> {
    let entry = ClassEntry::load(class)?;
    match arg.peek().as_object().filter(|object| object.is(entry)).cloned() {
        Some(object) => Ok(object),
        None => Err(arg.wrong_type(&format!("of type {class}"))),
    }
}

thread_local! {
    /// In the order in which they are asked. Emptied at the end of every request.
    static RESOLVERS: RefCell<Vec<Object>> = const { RefCell::new(Vec::new()) };
}
