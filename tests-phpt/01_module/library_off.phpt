--TEST--
swoole.enable_library=Off leaves the classes of the library to the script; short names need swoole.use_shortname
--EXTENSIONS--
swoole
--INI--
swoole.enable_library=Off
--FILE--
<?php
var_dump(class_exists('Swoole\StringObject'), class_exists('Co\Server'));
try {
    swoole_string('x');
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
ini_set('swoole.enable_library', 'On');
var_dump(class_exists('Swoole\StringObject'), (new ReflectionClass('Co\Server\Connection'))->getName());
?>
--EXPECT--
bool(false)
bool(false)
Class "Swoole\StringObject" not found
bool(true)
string(34) "Swoole\Coroutine\Server\Connection"
