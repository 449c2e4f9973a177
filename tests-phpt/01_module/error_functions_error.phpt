--TEST--
Wrong arguments of the global functions
--EXTENSIONS--
swoole
--FILE--
<?php
foreach ([
    fn() => swoole_version(1),
    fn() => swoole_strerror(),
    fn() => swoole_strerror('x'),
    fn() => swoole_strerror(1, []),
    fn() => swoole_error_log(2),
    fn() => swoole_mime_type_get(null),
    fn() => swoole_get_local_ip('four'),
] as $call) {
    try {
        var_dump($call());
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
var_dump(swoole_strerror('2'), swoole_strerror(PHP_INT_MAX));
?>
--EXPECTF--
ArgumentCountError: swoole_version() expects exactly 0 arguments, 1 given
ArgumentCountError: swoole_strerror() expects at least 1 argument, 0 given
TypeError: swoole_strerror(): Argument #1 ($errno) must be of type int, string given
TypeError: swoole_strerror(): Argument #2 ($error_type) must be of type int, array given
ArgumentCountError: swoole_error_log() expects exactly 2 arguments, 1 given

Deprecated: swoole_mime_type_get(): Passing null to parameter #1 ($filename) of type string is deprecated in %s on line %d
string(24) "application/octet-stream"
TypeError: swoole_get_local_ip(): Argument #1 ($family) must be of type int, string given
string(25) "No such file or directory"
string(24) "Unknown error 2147483647"
