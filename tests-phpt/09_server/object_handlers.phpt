--TEST--
A server is neither cloned nor serialized, and set() takes options only
--EXTENSIONS--
swoole
--FILE--
<?php
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$tries = [
    'clone' => fn () => clone $server,
    'serialize' => fn () => serialize($server),
    'unserialize' => fn () => unserialize('O:23:"Swoole\WebSocket\Server":0:{}'),
    'clone of a port' => fn () => clone $server->ports[0],
    'set(42)' => fn () => $server->set(42),
    'set()' => fn () => $server->set(),
];
foreach ($tries as $name => $try) {
    try {
        $try();
        echo "$name: fine\n";
    } catch (Throwable $thrown) {
        echo "$name: ", get_class($thrown), ': ', $thrown->getMessage(), "\n";
    }
}
var_dump($server->set(['no_such_option' => 1, 'worker_num' => 1]));
var_dump($server->setting);
// Kept as given; later ones win.
var_dump($server->set(['worker_num' => '1', 'max_coroutine' => 10]), $server->setting['worker_num'], $server->setting['max_coroutine']);

/** A subclass that forgets the parent's constructor. */
class Forgetful extends Swoole\WebSocket\Server
{
    public function __construct()
    {
    }
}
foreach (['on' => ['message', 'strlen'], 'start' => [], 'set' => [[]], 'push' => [1, 'x']] as $method => $arguments) {
    try {
        var_dump((new Forgetful())->$method(...$arguments));
    } catch (Throwable $thrown) {
        echo "$method: ", get_class($thrown), ': ', $thrown->getMessage(), "\n";
    }
}
?>
--EXPECTF--
clone: Error: Trying to clone an uncloneable object of class Swoole\WebSocket\Server
serialize: Exception: Serialization of 'Swoole\WebSocket\Server' is not allowed
unserialize: Exception: Unserialization of 'Swoole\WebSocket\Server' is not allowed
clone of a port: Error: Trying to clone an uncloneable object of class Swoole\Server\Port
set(42): TypeError: Swoole\Server::set(): Argument #1 ($settings) must be of type array, int given
set(): ArgumentCountError: Swoole\Server::set() expects exactly 1 argument, 0 given

Warning: Swoole\Server::set(): unsupported option [no_such_option] in %s on line %d
bool(true)
array(2) {
  ["no_such_option"]=>
  int(1)
  ["worker_num"]=>
  int(1)
}
bool(true)
string(1) "1"
int(10)
on: Error: the server has no port: parent::__construct() was not called
start: Error: the server has no port: parent::__construct() was not called
bool(true)

Warning: Swoole\WebSocket\Server::push(): server is not running in %s on line %d
bool(false)
