--TEST--
Before start() every runtime method warns and answers false
--EXTENSIONS--
swoole
--FILE--
<?php
set_error_handler(function (int $level, string $text) {
    echo "  $text\n";
    return true;
});
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$calls = [
    'push' => [1, 'x'], 'disconnect' => [1], 'isEstablished' => [1], 'exist' => [1], 'exists' => [1], 'send' => [1, 'x'],
    'close' => [1], 'getClientInfo' => [1], 'connection_info' => [1], 'getClientList' => [], 'connection_list' => [], 'stats' => [],
    'reload' => [], 'stop' => [], 'heartbeat' => [], 'protect' => [1], 'getWorkerStatus' => [], 'pause' => [1], 'resume' => [1], 'ping' => [1],
    'defer' => ['strlen'],
];
foreach ($calls as $method => $arguments) {
    echo "$method\n";
    $result = $server->$method(...$arguments);
    echo '  ', var_export($result, true), ', last ', $server->getLastError(), "\n";
}
echo "quiet ones\n";
foreach (['shutdown', 'getWorkerId', 'getWorkerPid', 'getManagerPid', 'getMasterPid'] as $method) {
    echo "  $method ", var_export($server->$method(), true), ', last ', $server->getLastError(), "\n";
}
?>
--EXPECT--
push
  Swoole\WebSocket\Server::push(): server is not running
  false, last 503
disconnect
  Swoole\WebSocket\Server::disconnect(): server is not running
  false, last 503
isEstablished
  Swoole\WebSocket\Server::isEstablished(): server is not running
  false, last 503
exist
  Swoole\Server::exist(): server is not running
  false, last 503
exists
  Swoole\Server::exists(): server is not running
  false, last 503
send
  Swoole\Server::send(): server is not running
  false, last 503
close
  Swoole\Server::close(): server is not running
  false, last 503
getClientInfo
  Swoole\Server::getClientInfo(): server is not running
  false, last 503
connection_info
  Swoole\Server::connection_info(): server is not running
  false, last 503
getClientList
  Swoole\Server::getClientList(): server is not running
  false, last 503
connection_list
  Swoole\Server::connection_list(): server is not running
  false, last 503
stats
  Swoole\Server::stats(): server is not running
  false, last 503
reload
  Swoole\Server::reload(): server is not running
  false, last 503
stop
  Swoole\Server::stop(): server is not running
  false, last 503
heartbeat
  Swoole\Server::heartbeat(): server is not running
  false, last 503
protect
  Swoole\Server::protect(): server is not running
  false, last 503
getWorkerStatus
  Swoole\Server::getWorkerStatus(): server is not running
  false, last 503
pause
  Swoole\Server::pause(): server is not running
  false, last 503
resume
  Swoole\Server::resume(): server is not running
  false, last 503
ping
  Swoole\WebSocket\Server::ping(): server is not running
  false, last 503
defer
  Swoole\Server::defer(): server is not running
  false, last 503
quiet ones
  shutdown false, last 509
  getWorkerId false, last 509
  getWorkerPid false, last 509
  getManagerPid 0, last 509
  getMasterPid 0, last 509
