--TEST--
on() knows its events in any case and refuses everything else
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (PHP_DEBUG) die('skip a debug build insists on declared types where this warns'); ?>
--FILE--
<?php
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
foreach (['nope', '', 'onMessage', "message\0"] as $name) {
    var_dump($server->on($name, 'strlen'), $server->getLastError());
}
foreach (['nofunc', 42, null, [], ['Nobody', 'method'], new stdClass] as $callback) {
    var_dump($server->on('message', $callback), $server->getLastError());
}
var_dump($server->getCallback('message'));

echo "any case, the last one counts\n";
$first = fn () => 1;
$second = fn () => 2;
var_dump($server->on('MESSAGE', $first), $server->on('MessagE', $second));
var_dump($server->getCallback('message') === $second, $server->getCallback('Message') === $second, $server->getCallback('open'), $server->getCallback('nope'));
var_dump($server->on('workerstart', 'strlen'), $server->getCallback('WorkerStart'));

echo "too few\n";
foreach ([[], ['message']] as $arguments) {
    try {
        $server->on(...$arguments);
    } catch (ArgumentCountError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECTF--
Warning: Swoole\Server\Port::on(): unknown event types[nope] in %s on line %d
bool(false)
int(510)

Warning: Swoole\Server\Port::on(): unknown event types[] in %s on line %d
bool(false)
int(510)

Warning: Swoole\Server\Port::on(): unknown event types[onMessage] in %s on line %d
bool(false)
int(510)

Warning: Swoole\Server\Port::on(): unknown event types[message ] in %s on line %d
bool(false)
int(510)

Warning: Swoole\Server\Port::on(): function 'nofunc' is not callable in %s on line %d
bool(false)
int(503)

Warning: Swoole\Server\Port::on(): function '42' is not callable in %s on line %d
bool(false)
int(503)

Warning: Swoole\Server\Port::on(): function '' is not callable in %s on line %d
bool(false)
int(503)

Warning: Swoole\Server\Port::on(): function 'Array' is not callable in %s on line %d
bool(false)
int(503)

Warning: Swoole\Server\Port::on(): function 'Nobody::method' is not callable in %s on line %d
bool(false)
int(503)

Warning: Swoole\Server\Port::on(): function 'stdClass::__invoke' is not callable in %s on line %d
bool(false)
int(503)
NULL
any case, the last one counts
bool(true)
bool(true)
bool(true)
bool(true)
NULL
NULL
bool(true)
string(6) "strlen"
too few
Swoole\Server::on() expects exactly 2 arguments, 0 given
Swoole\Server::on() expects exactly 2 arguments, 1 given
