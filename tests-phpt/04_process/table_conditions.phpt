--TEST--
Table: keys, conditions and columns that cannot be are refused, and no row is changed or lost by them
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Table;

$table = new Table(64);
$table->column('id', Table::TYPE_INT);
$table->column('name', Table::TYPE_STRING, 8);
$table->column('num', Table::TYPE_FLOAT);
$table->create();
$table->set('row', ['id' => 1, 'name' => 'first', 'num' => -0.0]);

$long = str_repeat('k', 64);
foreach (['', $long] as $key) {
    var_dump($table->set($key, ['id' => 1]), $table->get($key), $table->exist($key), $table->incr($key, 'id'), $table->decr($key, 'id'));
    var_dump($table->add($key, []), $table->update($key, []), $table->del($key), $table->cmpset($key, ['id' => 1], []), $table->cmpdel($key, ['id' => 1]), $table->getdel($key));
}
var_dump(count($table), $table->set(substr($long, 1), ['id' => 63]), $table->get(substr($long, 1), 'id'));

foreach ([[], [1], ['missing' => 1], ['id' => 1, 'missing' => 1]] as $expected) {
    var_dump($table->cmpset('row', $expected, ['id' => 2]), $table->cmpdel('row', $expected));
}
var_dump($table->getdel('row', 'missing'), $table->get('row', 'id'));

// What is expected is compared whole, floats as they are stored.
$table->set('row', ['name' => '12345678']);
var_dump($table->cmpset('row', ['name' => '123456789'], ['id' => 3]), $table->cmpset('row', ['num' => 0.0], ['id' => 3]), $table->cmpset('row', ['num' => -0.0, 'id' => '1'], ['id' => 3]));
$table->set('row', ['num' => NAN]);
var_dump($table->cmpset('row', ['num' => NAN], []), $table->get('row', 'id'), $table->getdel('row', 'id'), $table->exists('row'));
?>
--EXPECTF--
Warning: Swoole\Table::set(): key must not be empty in %s on line %d

Warning: Swoole\Table::get(): key must not be empty in %s on line %d

Warning: Swoole\Table::exist(): key must not be empty in %s on line %d

Warning: Swoole\Table::incr(): key must not be empty in %s on line %d

Warning: Swoole\Table::decr(): key must not be empty in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)

Warning: Swoole\Table::add(): key must not be empty in %s on line %d

Warning: Swoole\Table::update(): key must not be empty in %s on line %d

Warning: Swoole\Table::del(): key must not be empty in %s on line %d

Warning: Swoole\Table::cmpset(): key must not be empty in %s on line %d

Warning: Swoole\Table::cmpdel(): key must not be empty in %s on line %d

Warning: Swoole\Table::getdel(): key must not be empty in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)

Warning: Swoole\Table::set(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::get(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::exist(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::incr(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::decr(): key length exceeds the limit of 63 bytes in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)

Warning: Swoole\Table::add(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::update(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::del(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::cmpset(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::cmpdel(): key length exceeds the limit of 63 bytes in %s on line %d

Warning: Swoole\Table::getdel(): key length exceeds the limit of 63 bytes in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
int(1)
bool(true)
int(63)

Warning: Swoole\Table::cmpset(): expected values must not be empty in %s on line %d

Warning: Swoole\Table::cmpdel(): expected values must not be empty in %s on line %d
bool(false)
bool(false)

Warning: Swoole\Table::cmpset(): expected values must use column names in %s on line %d

Warning: Swoole\Table::cmpdel(): expected values must use column names in %s on line %d
bool(false)
bool(false)

Warning: Swoole\Table::cmpset(): column[missing] does not exist in %s on line %d

Warning: Swoole\Table::cmpdel(): column[missing] does not exist in %s on line %d
bool(false)
bool(false)

Warning: Swoole\Table::cmpset(): column[missing] does not exist in %s on line %d

Warning: Swoole\Table::cmpdel(): column[missing] does not exist in %s on line %d
bool(false)
bool(false)
bool(false)
int(1)
bool(false)
bool(false)
bool(true)
bool(true)
int(3)
int(3)
bool(false)
