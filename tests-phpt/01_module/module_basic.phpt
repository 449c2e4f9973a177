--TEST--
The module is "swoole" with the API's version
--EXTENSIONS--
swoole
--FILE--
<?php
var_dump(extension_loaded('swoole'), phpversion('swoole'));
var_dump((new ReflectionExtension('swoole'))->getVersion());
(new ReflectionExtension('swoole'))->info();
?>
--EXPECTF--
bool(true)
string(5) "6.2.1"
string(5) "6.2.1"

swoole

Swoole => enabled
Implementation => swoole-rs %s
Version => 6.2.1
API level => 6.2.1
%A
