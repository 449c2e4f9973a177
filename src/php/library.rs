//! The classes that Swoole has in PHP, and ours too (`library/`, one file a class): nothing in them waits or is hot.
//! The functions that make objects of them.

use crate::php::table::columns;
use crate::zend::library::{self, Source};
use crate::zend::{Array, Call, ClassEntry, Functions, IntoValue, Object, Result, Str, Value, error};

/// Announces the classes and defines the functions.
pub fn register() {
    library::register(SOURCES, "swoole.enable_library", "swoole.use_shortname");
    Functions::new()
        .function("swoole_string(string $string = ''): Swoole\\StringObject", string)
        .function("_string(string $string = ''): Swoole\\StringObject", string)
        .function("swoole_mbstring(string $string = ''): Swoole\\MultibyteStringObject", multibyte_string)
        .function("_mbstring(string $string = ''): Swoole\\MultibyteStringObject", multibyte_string)
        .function("swoole_array(array $array = []): Swoole\\ArrayObject", array)
        .function("_array(array $array = []): Swoole\\ArrayObject", array)
        .function("swoole_array_list(mixed ...$arrray): Swoole\\ArrayObject", array_list)
        .function(
            "swoole_array_default_value(array $array, mixed $key, mixed $default_value = null): mixed",
            array_default_value,
        )
        .function("swoole_table(int $size, string $fields): Swoole\\Table", table)
        .register();
}

/// A table from a list of columns, as "id:int,name:string:32".
fn table(call: &mut Call<'_>) -> Result<Value> {
    let (size, fields): (i64, &Str) = (call.arg()?, call.arg()?);
    let table = Object::new(ClassEntry::load("Swoole\\Table")?)?;
    table.call("__construct", &[Value::from(size)])?;
    for field in fields.to_text().split(',') {
        let mut parts = field.split(':').map(str::trim);
        let (name, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let width: i64 = parts.next().and_then(|width| width.parse().ok()).unwrap_or(0);
        let kind = match kind {
            "i" | "int" => columns::INT,
            "f" | "float" => columns::FLOAT,
            "s" | "string" => columns::STRING,
            unknown => return Err(error::value_error(format_args!("unknown field type[{unknown}]"))),
        };
        table.call("column", &[Value::from(name), Value::from(kind), Value::from(width)])?;
    }
    table.call("create", &[])?;
    Ok(Value::from(table))
}

fn string(call: &mut Call<'_>) -> Result<Value> {
    make("Swoole\\StringObject", call.opt::<Str>()?.unwrap_or_else(|| Str::new(b"")))
}

fn multibyte_string(call: &mut Call<'_>) -> Result<Value> {
    make("Swoole\\MultibyteStringObject", call.opt::<Str>()?.unwrap_or_else(|| Str::new(b"")))
}

fn array(call: &mut Call<'_>) -> Result<Value> {
    make("Swoole\\ArrayObject", call.opt::<&Array>()?.cloned().unwrap_or_default())
}

fn array_list(call: &mut Call<'_>) -> Result<Value> {
    make("Swoole\\ArrayObject", call.rest().iter().map(Value::unref).collect::<Array>())
}

/// The element, or the default when there is none.
fn array_default_value(call: &mut Call<'_>) -> Result<Value> {
    let (array, key): (&Array, &Value) = (call.arg()?, call.arg()?);
    let default: Value = call.arg_or(Value::null())?;
    let found = match key.as_bytes() {
        Some(name) => array.get_bytes(name),
        None => array.get_index(key.to_long()),
    };
    Ok(found.unwrap_or(default))
}

/// A new object of a class of the library.
fn make(class: &str, argument: impl IntoValue) -> Result<Value> {
    let object = Object::new(ClassEntry::load(class)?)?;
    object.call("__construct", &[argument.into_value()])?;
    Ok(Value::from(object))
}

macro_rules! sources {
    ($($class:literal)*) => {
        &[$(Source {
            class: concat!("Swoole/", $class),
            file: match std::ffi::CStr::from_bytes_with_nul(concat!("@swoole/library/", $class, ".php\0").as_bytes()) {
                Ok(file) => file,
                Err(_) => panic!("a NUL in a name"),
            },
            text: include_str!(concat!("library/", $class, ".php")),
        }),*]
    };
}

/// Each file is called like its class below `Swoole`.
const SOURCES: &[Source] = sources![
    "ArrayObject"
    "Coroutine/FastCGI/Client"
    "Coroutine/FastCGI/Client/Exception"
    "Coroutine/FastCGI/Proxy"
    "Coroutine/Server"
    "Coroutine/Server/Connection"
    "Exception/ArrayKeyNotExists"
    "FastCGI"
    "FastCGI/HttpRequest"
    "FastCGI/HttpResponse"
    "FastCGI/Message"
    "FastCGI/Request"
    "FastCGI/Response"
    "MultibyteStringObject"
    "NameResolver"
    "NameResolver/Cluster"
    "NameResolver/Context"
    "NameResolver/Exception"
    "NameResolver/Redis"
    "ObjectProxy"
    "StringObject"
];
