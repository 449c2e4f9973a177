//! Rows come, change and go, in one process and in several threads that stand for processes.

use super::*;

fn table(size: usize) -> Table {
    let column = |name: &str, kind| Column { name: name.into(), kind };
    let columns = vec![column("n", Kind::Int), column("f", Kind::Float), column("t", Kind::Text(5))];
    Table::new(size, 0.2, columns).unwrap()
}

fn put(table: &Table, key: &str, number: i64) -> Option<()> {
    table.change(key.as_bytes(), true, |row, _| row.set(0, &Cell::Int(number)))
}

fn number(table: &Table, key: &str) -> Option<Cell> {
    table.with(key.as_bytes(), |row| row.cell(0))
}

#[test]
fn a_row_keeps_its_columns() {
    let table = table(1);
    let cells = [Cell::Int(-7), Cell::Float(1.5), Cell::Text(b"longer than it may be".to_vec())];
    table.change(b"key", true, |row, fresh| {
        assert!(fresh);
        cells.iter().enumerate().for_each(|(column, cell)| row.set(column, cell));
    });
    let kept = table.with(b"key", |row| row.cells()).unwrap();
    assert_eq!(kept, [Cell::Int(-7), Cell::Float(1.5), Cell::Text(b"longe".to_vec())]);
    assert_eq!(table.with(b"ke", |row| row.cells()), None);
    table.change(b"key", false, |row, _| row.set(2, &Cell::Text(b"x".to_vec())));
    assert_eq!(table.with(b"key", |row| row.cell(2)), Some(Cell::Text(b"x".to_vec())));
    assert_eq!(table.change(b"other", false, |_, _| ()), None);
}

#[test]
fn rows_are_found_again_whatever_comes_and_goes_around_them() {
    let table = table(64);
    let keys: Vec<String> = (0..76).map(|i| format!("key {i}")).collect();
    for round in 0..50 {
        for (i, key) in keys.iter().enumerate() {
            put(&table, key, i as i64).unwrap();
        }
        assert_eq!((table.len(), put(&table, "one too many", 0)), (76, None));
        for key in keys.iter().skip(round % 7).step_by(3) {
            assert_eq!(table.remove(key.as_bytes(), |_| ((), true)), Some(()));
        }
        for (i, key) in keys.iter().enumerate() {
            let gone = i >= round % 7 && (i - round % 7) % 3 == 0;
            assert_eq!(number(&table, key), (!gone).then_some(Cell::Int(i as i64)), "{key}");
        }
    }
    let mut seen = Vec::new();
    let mut from = 0;
    while let Some((index, key, _)) = table.scan(from, |row| row.cell(0)) {
        seen.push(key);
        from = index + 1;
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), table.len());
    assert_eq!(table.stats().free as usize, 76 - table.len());
}

#[test]
fn a_row_goes_only_when_the_condition_holds() {
    let table = table(1);
    put(&table, "a", 1).unwrap();
    assert_eq!(table.remove(b"a", |row| (row.cell(0), false)), Some(Cell::Int(1)));
    assert_eq!(table.len(), 1);
    assert_eq!(table.remove(b"a", |row| (row.cell(0), true)), Some(Cell::Int(1)));
    assert_eq!((table.len(), table.remove(b"a", |_| ((), true))), (0, None));
}

#[test]
fn a_lock_that_a_dead_process_held_is_taken_from_it() {
    let table = table(1);
    put(&table, "a", 1).unwrap();
    let mut child = std::process::Command::new("true").spawn().unwrap();
    table.memory[table.bucket_at(b"a")].store(child.id().into(), Relaxed);
    assert_eq!(number(&table, "a"), Some(Cell::Int(1)));
    child.wait().unwrap();
}

#[test]
fn what_several_add_at_once_adds_up() {
    let table = table(64);
    // Pids stand for owners; threads of one process have one, but never hold a lock twice.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for i in 0..2000 {
                    let key = format!("{}", i % 10);
                    table.change(key.as_bytes(), true, |row, _| {
                        let Cell::Int(number) = row.cell(0) else { unreachable!() };
                        row.set(0, &Cell::Int(number + 1));
                    });
                }
            });
        }
    });
    let sum: i64 = (0..10)
        .map(|i| match number(&table, &i.to_string()) {
            Some(Cell::Int(number)) => number,
            _ => 0,
        })
        .sum();
    assert_eq!(sum, 8000);
}
