--TEST--
start() wants its callbacks, and runs once
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

foreach (['WebSocket\Server', 'Http\Server', 'Server'] as $class) {
    $server = new ServerProcess("\$server = new Swoole\\$class('127.0.0.1', 0);", "echo 'not reached';");
    echo $server->stop(0), ' ', preg_replace('~ in \S+ on line \d+~', '', trim($server->output())), "\n";
}

$server = new ServerProcess(<<<'PHP'
set_error_handler(function (int $level, string $text) {
    echo "$text\n";
    return true;
});
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server) {
    var_dump($server->start());
    var_dump($server->on('message', 'strlen'), $server->getLastError());
    var_dump($server->set(['worker_num' => 3]), $server->getLastError());
    try {
        new Swoole\Http\Server('127.0.0.1', 0);
    } catch (Swoole\Exception $exception) {
        echo $exception->getCode(), ' ', $exception->getMessage(), "\n";
    }
    var_dump($server->shutdown());
});
PHP, <<<'PHP'
echo "after start()\n";
var_dump($server->start(), $server->getLastError());
var_dump($server->push(1, 'x'), $server->shutdown(), $server->getWorkerId());
PHP);
$client = $server->websocket();
$client->text('go');
echo $client->close(), "\n";
echo $server->stop(0), "\n", $server->output();
?>
--EXPECT--
255 Fatal error: Swoole\Server::start(): require onMessage callback
255 Fatal error: Swoole\Server::start(): require onRequest callback
255 Fatal error: Swoole\Server::start(): require onReceive callback
1001 server shutdown
0
Swoole\Server::start(): The server is running, unable to execute Swoole\WebSocket\Server->start()
bool(false)
Swoole\Server::on(): server is running, unable to register event callback function
bool(false)
int(503)
Swoole\Server::set(): server is running, unable to execute Swoole\WebSocket\Server->set
bool(false)
int(503)
-3 server is running. unable to create Swoole\Http\Server
bool(true)
after start()
Swoole\Server::start(): The server have been shutdown, unable to execute Swoole\WebSocket\Server->start()
bool(false)
int(503)
Swoole\WebSocket\Server::push(): server is not running
bool(false)
bool(false)
bool(false)
