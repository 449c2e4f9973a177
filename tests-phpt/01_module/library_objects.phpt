--TEST--
Strings and arrays as objects: they exist when somebody names them
--EXTENSIONS--
swoole
mbstring
--FILE--
<?php
var_dump(class_exists('Swoole\StringObject', false), (new ReflectionClass('Swoole\StringObject'))->getFileName());

$text = swoole_string(' Hello World ');
echo $text->trim()->lower()->replace('world', 'moon', $count)->append('!'), " $count\n";
var_dump($text->length(), $text->trim()->indexOf('o'), $text->trim()->lastIndexOf('o'), $text->ipos('HELLO'), $text->pos('x'));
var_dump((string) _string('abc')->reverse()->upper()->repeat(2), _string('abc')->char(1), _string('abc')->char(100));
var_dump(_string('a,b')->contains(','), _string('a,b')->startsWith('a'), _string('a,b')->endsWith('a'), _string('1')->equals(_string('1')), _string('1')->equals(1, true));
var_dump(_string('Hello World')->split(' ')->toArray() === ['Hello', 'World'], _string('abcd')->chunk(3)->toArray() === ['abc', 'd']);
var_dump((string) _string('abcd')->substr(1, 2), (string) _string('abcd')->substr(2), (string) Swoole\StringObject::from('x'));

$wide = swoole_mbstring('我是中国人abc');
var_dump((string) $wide->substr(2, 2), $wide->length(), $wide->chunk(3)->count(), $wide->indexOf('中'), (string) _mbstring('中a')->reverse());

$array = _array([3, 1, 2]);
var_dump((string) $array->join('-'), get_class($array->join('-')), $array->contains('3'), $array->contains('3', false));
var_dump($array->sort() === $array, $array->toArray() === [1, 2, 3], $array->sum(), $array->first(), $array->last());
foreach (swoole_array(['s' => 'text', 'a' => [1], 'n' => 7]) as $key => $value) {
    echo $key, ' ', get_debug_type($value), "\n";
}
try {
    $array->get(9);
} catch (Swoole\Exception\ArrayKeyNotExists $e) {
    echo get_class($e), ' ', $e->getMessage(), "\n";
}
var_dump($array->getOr(9, 'no'), isset($array[0]), $array[0], $array[9] ?? 'none', count($array));
$array[] = 4;
unset($array[0]);
var_dump($array->values()->toArray() === [2, 3, 4], $array->push(5), $array->pop(), $array->popFront(), $array->pushFront(0));
var_dump(_array([1, 2, 2])->remove(2)->toArray() === [1, 2 => 2], _array([1, 2, 2])->remove(2, true, true)->toArray() === [1]);
var_dump(_array([1, 3])->insert(1, 2)->toArray() === [1, 2, 3], _array([1, 2])->map(fn ($n) => $n * 2)->toArray() === [2, 4]);
var_dump(_array([1, 2, 3])->filter(fn ($n) => $n > 1)->keys()->toArray() === [1, 2], _array([1, 2])->reduce(fn ($a, $b) => $a + $b, 10));
var_dump(unserialize(serialize(_array([1, 'x' => 2])))->toArray() === [1, 'x' => 2], (string) _array([1])->serialize());
var_dump(swoole_array_list(1, 2)->toArray() === [1, 2], swoole_array_default_value(['a' => null], 'a', 1), swoole_array_default_value([], 'a', 1));

class Name extends Swoole\StringObject {}
var_dump((new Name('n'))->upper() instanceof Name);

$table = swoole_table(16, 'id:int, name:string:8');
var_dump($table->set('k', ['id' => 1, 'name' => 'n']), $table->get('k'));
try {
    swoole_table(16, 'id:date');
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}

// An autoloader of the script is not asked for them, but for all others.
spl_autoload_register(function ($class) { echo "asked for $class\n"; });
var_dump(class_exists('Swoole\ObjectProxy'), class_exists('Swoole\Nothing'));
$proxy = new Swoole\ObjectProxy(new ArrayObject([1, 2]));
var_dump($proxy->count(), $proxy->__getObject() instanceof ArrayObject);
?>
--EXPECT--
bool(false)
string(32) "@swoole/library/StringObject.php"
hello moon! 1
int(13)
int(4)
int(7)
int(1)
bool(false)
string(6) "CBACBA"
string(1) "b"
string(0) ""
bool(true)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(true)
string(2) "bc"
string(2) "cd"
string(1) "x"
string(6) "中国"
int(8)
int(3)
int(2)
string(4) "a中"
string(5) "3-1-2"
string(19) "Swoole\StringObject"
bool(false)
bool(true)
bool(true)
bool(true)
int(6)
int(1)
int(3)
s Swoole\StringObject
a Swoole\ArrayObject
n int
Swoole\Exception\ArrayKeyNotExists 9
string(2) "no"
bool(true)
int(1)
string(4) "none"
int(3)
bool(true)
int(4)
int(5)
int(2)
int(3)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(13)
bool(true)
string(14) "a:1:{i:0;i:1;}"
bool(true)
NULL
int(1)
bool(true)
bool(true)
array(2) {
  ["id"]=>
  int(1)
  ["name"]=>
  string(1) "n"
}
unknown field type[date]
asked for Swoole\Nothing
bool(true)
bool(false)
int(2)
bool(true)
