//! The columns of a `Swoole\Table`, and what PHP gives and gets for them.

use super::Table;
use crate::php::errors;
use crate::process::table::{Cell, Column, Kind, Row, Table as Shared};
use crate::server::log::{LOG, Level};
use crate::zend::{Array, Call, Key, Result, Str, Value};

pub(super) fn add(table: &Table, call: &mut Call<'_>) -> Result<bool> {
    let (name, kind, size): (&Str, i64, i64) = (call.arg()?, call.arg()?, call.arg_or(0)?);
    if table.shared.borrow().is_some() {
        errors::warn("unable to add column after table has been created");
        return Ok(false);
    }
    let kind = match (kind, usize::try_from(size)) {
        (INT, _) => Kind::Int,
        (FLOAT, _) => Kind::Float,
        (STRING, Ok(size @ 1..=TEXT_BYTES_MAX)) => Kind::Text(size),
        (STRING, _) => {
            errors::warn("the length of string type values has to be more than zero");
            return Ok(false);
        }
        _ => {
            errors::warn(format_args!("unknown column type[{kind}]"));
            return Ok(false);
        }
    };
    let mut columns = table.columns.borrow_mut();
    let name = name.as_bytes().to_vec();
    match columns.iter_mut().find(|column| column.name == name) {
        Some(column) => column.kind = kind,
        None => columns.push(Column { name, kind }),
    }
    Ok(true)
}

/// The place of a column.
pub(super) fn find(shared: &Shared, name: &[u8]) -> Option<usize> {
    shared.columns().iter().position(|column| column.name == name)
}

/// A row as an array.
pub(super) fn array(shared: &Shared, cells: &[Cell]) -> Array {
    let mut array = Array::with_capacity(cells.len());
    for (column, cell) in shared.columns().iter().zip(cells) {
        array.set_bytes(&column.name, value(cell));
    }
    array
}

pub(super) fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Int(number) => Value::from(*number),
        Cell::Float(number) => Value::from(*number),
        Cell::Text(text) => Value::from(Str::new(text)),
    }
}

/// Values for some columns, converted before anything is locked: conversions may run PHP.
#[derive(Debug)]
pub(super) struct Change(Vec<(usize, Cell)>);

impl Change {
    /// Names that are no columns are passed over.
    pub fn parse(shared: &Shared, key: &[u8], values: &Array) -> Result<Self> {
        let mut cells = Vec::with_capacity(values.len());
        for (name, value) in values.iter() {
            let column = match &name {
                Key::Index(index) => find(shared, index.to_string().as_bytes()),
                named => named.as_bytes().and_then(|name| find(shared, name)),
            };
            let Some(column) = column else { continue };
            cells.push((column, convert(&shared.columns()[column], key, &value.unref())?));
        }
        Ok(Self(cells))
    }

    pub fn apply(&self, row: &Row<'_>) {
        self.0.iter().for_each(|(column, cell)| row.set(*column, cell));
    }
}

/// What a row must have to be changed or removed.
#[derive(Debug)]
pub(super) struct Expected(Vec<(usize, Cell)>);

impl Expected {
    /// None after a warning: a condition that names nothing, or no column, holds for no row.
    pub fn parse(shared: &Shared, values: &Array) -> Result<Option<Self>> {
        if values.is_empty() {
            errors::warn("expected values must not be empty");
            return Ok(None);
        }
        let mut columns = Vec::with_capacity(values.len());
        for (name, value) in values.iter() {
            let Some(name) = name.as_bytes() else {
                errors::warn("expected values must use column names");
                return Ok(None);
            };
            let Some(column) = find(shared, name) else {
                errors::warn(format_args!("column[{}] does not exist", String::from_utf8_lossy(name)));
                return Ok(None);
            };
            columns.push((column, value.unref()));
        }
        let whole = |(column, value): (usize, Value)| {
            Ok((
                column,
                match shared.columns()[column].kind {
                    Kind::Int => Cell::Int(value.to_long()),
                    Kind::Float => Cell::Float(value.to_double()),
                    Kind::Text(_) => Cell::Text(value.to_str()?.as_bytes().to_vec()),
                },
            ))
        };
        Ok(Some(Self(columns.into_iter().map(whole).collect::<Result<_>>()?)))
    }

    /// Whether the row has these values; floats are compared as they are stored.
    pub fn holds(&self, row: &Row<'_>) -> bool {
        self.0.iter().all(|(column, cell)| match (row.cell(*column), cell) {
            (Cell::Float(stored), Cell::Float(wanted)) => stored.to_bits() == wanted.to_bits(),
            (stored, wanted) => stored == *wanted,
        })
    }
}

fn convert(column: &Column, key: &[u8], value: &Value) -> Result<Cell> {
    Ok(match column.kind {
        Kind::Int => Cell::Int(value.to_long()),
        Kind::Float => Cell::Float(value.to_double()),
        Kind::Text(size) => {
            let text = value.to_str()?;
            let bytes = text.as_bytes();
            if bytes.len() > size {
                let (key, name) = (String::from_utf8_lossy(key), String::from_utf8_lossy(&column.name));
                LOG.write(Level::Warning, &format!("[key={key},field={name}]string value is too long"));
            }
            Cell::Text(bytes[..bytes.len().min(size)].to_vec())
        }
    })
}

/// `Table::TYPE_*`.
pub const INT: i64 = 1;
pub const FLOAT: i64 = 2;
pub const STRING: i64 = 3;
/// A column that is larger belongs into a file.
const TEXT_BYTES_MAX: usize = 64 << 20;
