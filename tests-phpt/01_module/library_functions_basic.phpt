--TEST--
Functions of Swoole's library and its helpers: options, containers, parts of strings, what lives
--EXTENSIONS--
swoole
--FILE--
<?php
var_dump(swoole_library_get_options(), swoole_library_get_option('no'));
swoole_library_set_options(['a' => 1]);
swoole_library_set_option('b', [2]);
var_dump(swoole_library_get_options() === ['a' => 1, 'b' => [2]], swoole_library_get_option('b') === [2]);

var_dump(is_bool(swoole_is_in_container()), swoole_container_cpu_num() >= 1);
putenv('SWOOLE_CPU_NUM=3');
var_dump(swoole_container_cpu_num(), swoole_init_default_remote_object_server());

var_dump(swoole_hashcode('Foo', 1) === ((5381 * 33 + ord('F')) * 33 + ord('o')) * 33 + ord('o'));
var_dump(swoole_hashcode('swoole') === swoole_hashcode('swoole'), swoole_hashcode('a') !== swoole_hashcode('b'));
var_dump(swoole_hashcode('x', 7));

$text = 'head' . serialize(['x' => 1]) . 'tail';
var_dump(swoole_substr_unserialize($text, 4, -1 + strlen($text) - 7) === ['x' => 1]);
var_dump(get_class(swoole_substr_unserialize(serialize(new ArrayObject), 0, 0, ['allowed_classes' => false])));
var_dump(swoole_substr_json_decode('xx{"a":[1]}', 2)->a, swoole_substr_json_decode('{"a":1}..', 0, 7, true));
var_dump(swoole_substr_json_decode('"end"', -5), swoole_substr_json_decode('{}', 9));
try { swoole_substr_json_decode('[[1]]', 0, 0, true, 1, JSON_THROW_ON_ERROR); } catch (JsonException $e) { echo $e->getMessage(), "\n"; }

$object = new ArrayObject;
var_dump(in_array($object, swoole_get_objects(), true), swoole_get_object_by_handle(spl_object_id($object)) === $object);
$gone = spl_object_id($object);
$before = swoole_get_vm_status();
unset($object);
var_dump($before['object_num'] - swoole_get_vm_status()['object_num'], $before['resource_num'] > 0);
var_dump(swoole_get_object_by_handle($gone), swoole_get_object_by_handle(-1), swoole_get_object_by_handle(1 << 30));
?>
--EXPECTF--
array(0) {
}
NULL
bool(true)
bool(true)
bool(true)
bool(true)
int(3)
NULL
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
string(22) "__PHP_Incomplete_Class"
array(1) {
  [0]=>
  int(1)
}
array(1) {
  ["a"]=>
  int(1)
}

Warning: swoole_substr_json_decode(): offset must be less than the length of the string in %s on line %d
string(3) "end"
bool(false)
Maximum stack depth exceeded
bool(true)
bool(true)
int(1)
bool(true)
bool(false)
bool(false)
bool(false)
