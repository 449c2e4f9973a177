//! A `Swoole\Table` in `foreach`: row by row, as they lie in memory. Rows that come or go meanwhile may be missed.

use std::cell::RefCell;

use super::{Table, columns};
use crate::process::table::Cell;
use crate::zend::{Call, Result, Str, Value};

/// Where a walk stands.
#[derive(Debug, Default)]
pub(super) struct Cursor(RefCell<Option<Place>>);

#[derive(Debug)]
struct Place {
    index: usize,
    key: Vec<u8>,
    cells: Vec<Cell>,
}

pub(super) fn rewind(table: &Table, _: &mut Call<'_>) -> Result {
    go_to(table, 0)
}

pub(super) fn next(table: &Table, _: &mut Call<'_>) -> Result {
    let index = table.cursor.0.borrow().as_ref().map(|place| place.index + 1);
    index.map_or(Ok(()), |index| go_to(table, index))
}

pub(super) fn valid(table: &Table, _: &mut Call<'_>) -> Result<bool> {
    Ok(table.cursor.0.borrow().is_some())
}

pub(super) fn current(table: &Table, _: &mut Call<'_>) -> Result<Value> {
    let shared = table.shared()?;
    let place = table.cursor.0.borrow();
    Ok(place.as_ref().map_or_else(Value::null, |place| Value::from(columns::array(&shared, &place.cells))))
}

pub(super) fn key(table: &Table, _: &mut Call<'_>) -> Result<Value> {
    let place = table.cursor.0.borrow();
    Ok(place.as_ref().map_or_else(Value::null, |place| Value::from(Str::new(&place.key))))
}

fn go_to(table: &Table, index: usize) -> Result {
    let found = table.shared()?.scan(index, |row| row.cells());
    table.cursor.0.replace(found.map(|(index, key, cells)| Place { index, key, cells }));
    Ok(())
}
