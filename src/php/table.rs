//! `Swoole\Table`: rows in memory that all processes forked later share.

pub mod columns;
mod iterator;

use std::cell::{Cell as StdCell, RefCell};
use std::rc::Rc;

use self::columns::{Change, Expected};
use super::{errors, exceptions};
use crate::process::table::{Cell, Column, KEY_BYTES_MAX, Kind, Table as Shared};
use crate::server::error::ErrorCode;
use crate::zend::{Array, Call, Class, ClassEntry, Native, Result, Slot, Str, Value, error};

/// The class.
pub static TABLE: Class<Table> = Class::native("Swoole\\Table");
static SIZE: Slot = Slot::new();
static MEMORY_SIZE: Slot = Slot::new();

/// The state of a table object.
#[derive(Debug, Default)]
pub struct Table {
    size: StdCell<i64>,
    conflicts: StdCell<f64>,
    columns: RefCell<Vec<Column>>,
    /// From `create()` to `destroy()`.
    shared: RefCell<Option<Rc<Shared>>>,
    cursor: iterator::Cursor,
}

impl Native for Table {
    fn class() -> &'static Class<Self> {
        &TABLE
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the class.
pub fn register() {
    TABLE
        .define()
        .implements(ClassEntry::iterator())
        .implements(ClassEntry::countable())
        .constant("TYPE_INT", columns::INT)
        .constant("TYPE_STRING", columns::STRING)
        .constant("TYPE_FLOAT", columns::FLOAT)
        .slot(&SIZE, "public $size = null")
        .slot(&MEMORY_SIZE, "public $memorySize = null")
        .method("__construct(int $table_size, float $conflict_proportion = 0.2)", construct)
        .method("column(string $name, int $type, int $size = 0): bool", columns::add)
        .method("create(): bool", create)
        .method("destroy(): bool", destroy)
        .method("set(string $key, array $value): bool", set)
        .method("add(string $key, array $values): bool", add)
        .method("update(string $key, array $values): bool", update)
        .method("cmpset(string $key, array $expected, array $values): bool", cmpset)
        .method("get(string $key, ?string $field = null): array|string|int|float|false", get)
        .method("getdel(string $key, ?string $field = null): array|string|int|float|false", getdel)
        .method("count(): int", |table: &Table, _: &mut Call<'_>| Ok(table.shared()?.len()))
        .method("del(string $key): bool", delete)
        .method("delete(string $key): bool", delete)
        .method("cmpdel(string $key, array $expected): bool", cmpdel)
        .method("exists(string $key): bool", exists)
        .method("exist(string $key): bool", exists)
        .method("incr(string $key, string $column, int|float $incrby = 1): int|float|false", incr)
        .method("decr(string $key, string $column, int|float $incrby = 1): int|float|false", decr)
        .method("getSize(): int", |table: &Table, _: &mut Call<'_>| Ok(table.shared()?.size()))
        .method("getMemorySize(): int", |table: &Table, _: &mut Call<'_>| Ok(table.shared()?.bytes()))
        .method("stats(): array|false", stats)
        .method("rewind(): void", iterator::rewind)
        .method("valid(): bool", iterator::valid)
        .method("next(): void", iterator::next)
        .method("current(): mixed", iterator::current)
        .method("key(): mixed", iterator::key)
        .register();
}

impl Table {
    /// The memory, while there is some.
    fn shared(&self) -> Result<Rc<Shared>> {
        let shared = self.shared.borrow().clone();
        shared.ok_or_else(|| error::error("table is not created or has been destroyed"))
    }
}

fn construct(table: &Table, call: &mut Call<'_>) -> Result {
    table.size.set(call.arg()?);
    table.conflicts.set(call.arg_or(0.2)?);
    Ok(())
}

fn create(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    if table.shared.borrow().is_some() || table.columns.borrow().is_empty() {
        let created = table.shared.borrow().is_some();
        errors::warn(if created { "the table has been created already" } else { "a table needs columns" });
        return Ok(false);
    }
    let size = usize::try_from(table.size.get()).unwrap_or(0);
    let shared =
        Shared::new(size, table.conflicts.get(), table.columns.borrow().clone()).map_err(|cause| {
            let code = ErrorCode::MALLOC_FAIL.code().into();
            error::throw(&exceptions::EXCEPTION, format_args!("unable to allocate memory: {cause}"), code)
        })?;
    call.this().set(&SIZE, shared.size());
    call.this().set(&MEMORY_SIZE, shared.bytes());
    table.shared.replace(Some(Rc::new(shared)));
    Ok(true)
}

fn destroy(table: &Table, _: &mut Call<'_>) -> Result<bool> {
    table.shared()?;
    table.shared.take();
    Ok(true)
}

fn set(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    let change = Change::parse(&shared, &key, call.arg()?)?;
    let changed = shared.change(&key, true, |row, _| change.apply(row));
    if changed.is_none() {
        let key = String::from_utf8_lossy(&key).into_owned();
        errors::warn(format_args!("failed to set('{key}'), unable to allocate memory"));
    }
    Ok(changed.is_some())
}

/// Only a key that has no row yet.
fn add(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    let change = Change::parse(&shared, &key, call.arg()?)?;
    let added = shared.change(&key, true, |row, fresh| {
        if fresh {
            change.apply(row);
        }
        fresh
    });
    Ok(added == Some(true))
}

/// Only a key that has a row.
fn update(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    let change = Change::parse(&shared, &key, call.arg()?)?;
    Ok(shared.change(&key, false, |row, _| change.apply(row)).is_some())
}

/// Only a row that is as expected.
fn cmpset(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    let Some(expected) = Expected::parse(&shared, call.arg()?)? else { return Ok(false) };
    let change = Change::parse(&shared, &key, call.arg()?)?;
    let set = shared.change(&key, false, |row, _| {
        let holds = expected.holds(row);
        if holds {
            change.apply(row);
        }
        holds
    });
    Ok(set == Some(true))
}

fn cmpdel(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    let Some(expected) = Expected::parse(&shared, call.arg()?)? else { return Ok(false) };
    let removed = shared.remove(&key, |row| {
        let holds = expected.holds(row);
        (holds, holds)
    });
    Ok(removed == Some(true))
}

fn get(table: &Table, call: &mut Call<'_>) -> Result<Value> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(Value::from(false)) };
    let field: Option<&Str> = call.opt()?.flatten();
    let cells = shared.with(&key, |row| row.cells());
    Ok(cells.map_or_else(|| Value::from(false), |cells| pick(&shared, &cells, field)))
}

fn getdel(table: &Table, call: &mut Call<'_>) -> Result<Value> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(Value::from(false)) };
    let field: Option<&Str> = call.opt()?.flatten();
    if field.is_some_and(|field| columns::find(&shared, field.as_bytes()).is_none()) {
        return Ok(Value::from(false));
    }
    let cells = shared.remove(&key, |row| (row.cells(), true));
    Ok(cells.map_or_else(|| Value::from(false), |cells| pick(&shared, &cells, field)))
}

/// A whole row, or one of its columns; false for a column there is not.
fn pick(shared: &Shared, cells: &[Cell], field: Option<&Str>) -> Value {
    let Some(field) = field else { return Value::from(columns::array(shared, cells)) };
    let column = columns::find(shared, field.as_bytes());
    column.map_or_else(|| Value::from(false), |column| columns::value(&cells[column]))
}

fn delete(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    Ok(shared.remove(&key, |_| ((), true)).is_some())
}

fn exists(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(false) };
    Ok(shared.with(&key, |_| ()).is_some())
}

fn incr(table: &Table, call: &mut Call<'_>) -> Result<Value> {
    step(table, call, "incr", 1)
}

fn decr(table: &Table, call: &mut Call<'_>) -> Result<Value> {
    step(table, call, "decr", -1)
}

/// Adds to a number, in a row that is made if there is none.
fn step(table: &Table, call: &mut Call<'_>, what: &str, sign: i8) -> Result<Value> {
    let shared = table.shared()?;
    let Some(key) = key(call)? else { return Ok(Value::from(false)) };
    let name: &Str = call.arg()?;
    let by: Value = call.opt()?.unwrap_or_else(|| Value::from(1));
    let Some(column) = columns::find(&shared, name.as_bytes()) else {
        errors::warn(format_args!("column[{name}] does not exist"));
        return Ok(Value::from(false));
    };
    if matches!(shared.columns()[column].kind, Kind::Text(_)) {
        errors::warn(format_args!("can't execute '{what}' on a string type column"));
        return Ok(Value::from(false));
    }
    let (whole, fraction) = (by.to_long().wrapping_mul(sign.into()), by.to_double() * f64::from(sign));
    let stepped = shared.change(&key, true, |row, _| {
        let cell = match row.cell(column) {
            Cell::Int(number) => Cell::Int(number.wrapping_add(whole)),
            Cell::Float(number) => Cell::Float(number + fraction),
            text @ Cell::Text(_) => text,
        };
        row.set(column, &cell);
        cell
    });
    if stepped.is_none() {
        errors::warn("unable to allocate memory");
    }
    Ok(stepped.map_or_else(|| Value::from(false), |cell| columns::value(&cell)))
}

fn stats(table: &Table, _: &mut Call<'_>) -> Result<Array> {
    let stats = table.shared()?.stats();
    let mut array = Array::new();
    for (name, number) in [
        ("num", stats.num),
        ("conflict_count", stats.conflict_count),
        ("conflict_max_level", stats.conflict_max_level),
        ("insert_count", stats.insert_count),
        ("update_count", stats.update_count),
        ("delete_count", stats.delete_count),
        ("available_slice_num", stats.free),
        ("total_slice_num", stats.total),
    ] {
        array.set(name, number);
    }
    Ok(array)
}

/// The key of a call; None after a warning that it can be none.
fn key(call: &mut Call<'_>) -> Result<Option<Vec<u8>>> {
    let key: &Str = call.arg()?;
    let key = key.as_bytes();
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        match key.is_empty() {
            true => errors::warn("key must not be empty"),
            false => errors::warn(format_args!("key length exceeds the limit of {KEY_BYTES_MAX} bytes")),
        }
        return Ok(None);
    }
    Ok(Some(key.to_vec()))
}
