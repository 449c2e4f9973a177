--TEST--
Table: columns, rows, counters, conditions
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Table;

Swoole\Coroutine::set(['log_level' => SWOOLE_LOG_NONE]);
$table = new Table(1000);
var_dump($table->column('id', Table::TYPE_INT), $table->column('name', Table::TYPE_STRING, 8), $table->column('num', Table::TYPE_FLOAT));
var_dump($table->create(), $table->size, $table->getSize(), $table->memorySize === $table->getMemorySize());

var_dump($table->set('one', ['id' => 1, 'name' => 'first', 'num' => 1.5, 'none' => 'x']));
var_dump($table->get('one'), $table->get('one', 'name'), $table->get('one', 'none'), $table->get('two'));
var_dump($table->set('one', ['id' => '7']), $table->get('one', 'id'), $table->get('one', 'name'));
var_dump($table->set('long', ['name' => 'more than eight bytes']), $table->get('long'));
var_dump($table->set('bytes', ['name' => "a\0b"]), $table->get('bytes', 'name') === "a\0b");
$key = str_repeat('k', 63);
var_dump($table->set($key, ['id' => 80]), $table->get($key, 'id'), $table->exists($key));

echo "-- counters\n";
var_dump($table->incr('one', 'id'), $table->incr('one', 'id', 10), $table->decr('one', 'id', 20), $table->incr('one', 'num', 0.25));
var_dump($table->incr('fresh', 'id'), $table->decr('fresh', 'num', 2), $table->get('fresh'));
var_dump($table->incr('one', 'name'), $table->incr('one', 'nothing'));

echo "-- conditions\n";
var_dump($table->add('one', ['id' => 0]), $table->add('two', ['id' => 2]), $table->update('three', ['id' => 3]), $table->update('two', ['id' => 22]));
var_dump($table->cmpset('two', ['id' => 2], ['id' => 0]), $table->cmpset('two', ['id' => 22, 'name' => ''], ['name' => 'new']), $table->get('two'));
var_dump($table->cmpdel('two', ['name' => 'old']), $table->cmpdel('two', ['name' => 'new']), $table->exist('two'));
var_dump($table->getdel('fresh', 'id'), $table->getdel('fresh'), $table->del('long'), $table->delete('long'));

echo "-- all of them\n";
var_dump(count($table));
$seen = [];
foreach ($table as $key => $row) {
    $seen[$key] = $row['id'];
    foreach ($table as $inner => $_) break;
    $table->rewind();
    break;
}
$seen = [];
foreach ($table as $key => $row) $seen[substr($key, 0, 8)] = $row['id'];
ksort($seen);
echo json_encode($seen), "\n";
echo json_encode(array_slice($table->stats(), 0, 1)), ' ', $table->stats()['total_slice_num'] - $table->stats()['available_slice_num'], "\n";

echo "-- misuse\n";
var_dump($table->column('late', Table::TYPE_INT), $table->create());
$other = new Table(1);
var_dump($other->column('text', Table::TYPE_STRING), $other->column('odd', 9), $other->create());
try { $other->get('x'); } catch (Error $e) { echo $e->getMessage(), "\n"; }
$other->column('n', Table::TYPE_INT);
$other->create();
for ($i = 0; $other->set("key $i", ['n' => $i]); $i++);
var_dump($i >= 64, count($other) === $i, $other->get('key 63', 'n'));
var_dump($other->destroy());
try { count($other); } catch (Error $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
bool(true)
int(1024)
int(1024)
bool(true)
bool(true)
array(3) {
  ["id"]=>
  int(1)
  ["name"]=>
  string(5) "first"
  ["num"]=>
  float(1.5)
}
string(5) "first"
bool(false)
bool(false)
bool(true)
int(7)
string(5) "first"
bool(true)
array(3) {
  ["id"]=>
  int(0)
  ["name"]=>
  string(8) "more tha"
  ["num"]=>
  float(0)
}
bool(true)
bool(true)
bool(true)
int(80)
bool(true)
-- counters
int(8)
int(18)
int(-2)
float(1.75)
int(1)
float(-2)
array(3) {
  ["id"]=>
  int(1)
  ["name"]=>
  string(0) ""
  ["num"]=>
  float(-2)
}

Warning: Swoole\Table::incr(): can't execute 'incr' on a string type column in %s on line %d

Warning: Swoole\Table::incr(): column[nothing] does not exist in %s on line %d
bool(false)
bool(false)
-- conditions
bool(false)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
array(3) {
  ["id"]=>
  int(22)
  ["name"]=>
  string(3) "new"
  ["num"]=>
  float(0)
}
bool(false)
bool(true)
bool(false)
int(1)
bool(false)
bool(true)
bool(false)
-- all of them
int(3)
{"bytes":0,"kkkkkkkk":80,"one":-2}
{"num":3} 3
-- misuse

Warning: Swoole\Table::column(): unable to add column after table has been created in %s on line %d

Warning: Swoole\Table::create(): the table has been created already in %s on line %d
bool(false)
bool(false)

Warning: Swoole\Table::column(): the length of string type values has to be more than zero in %s on line %d

Warning: Swoole\Table::column(): unknown column type[9] in %s on line %d

Warning: Swoole\Table::create(): a table needs columns in %s on line %d
bool(false)
bool(false)
bool(false)
table is not created or has been destroyed

Warning: Swoole\Table::set(): failed to set('key %d'), unable to allocate memory in %s on line %d
bool(true)
bool(true)
int(63)
bool(true)
table is not created or has been destroyed
