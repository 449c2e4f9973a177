--TEST--
display_errors in set() goes before swoole.display_errors; misuse is always shown
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Frame;

$bad = "\xc1\x03abc";
$show = function () use ($bad) {
    error_clear_last();
    @Frame::unpack($bad);
    echo error_get_last() === null ? 'silent' : 'shown', "\n";
};
$show();
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['display_errors' => false]);
$show();
$server->set(['worker_num' => 1]);
$show();
Swoole\Coroutine::set(['display_errors' => true]);
$show();
ini_set('swoole.display_errors', 'Off');
$show();
$server->set(['display_errors' => false]);
$server->push(1, 'misuse');
?>
--EXPECTF--
shown
silent
silent
shown
shown

Warning: Swoole\WebSocket\Server::push(): server is not running in %s on line %d
