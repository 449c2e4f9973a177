--TEST--
bind(): a user's number on a connection, once, seen by every worker in getClientInfo()
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2]);
var_dump(@$server->bind(1, 1));
$server->on('message', function ($server, $frame) {
    $order = json_decode($frame->data);
    $result = match ($order[0]) {
        'bind' => @$server->bind($order[1], $order[2]),
        'uid' => $server->getClientInfo($order[1])['uid'] ?? null,
        'first' => array_key_first($server->getClientInfo($order[1])),
        'error' => [error_get_last()['message'] ?? null, swoole_last_error()],
    };
    $server->push($frame->fd, json_encode($result));
});
PHP);
[$one, $two] = [$server->websocket(), $server->websocket()];
foreach ([
    [$one, 'uid', 1],
    [$one, 'bind', 2, 42],
    [$two, 'uid', 2],
    [$one, 'uid', 2],
    [$two, 'first', 2],
    [$two, 'bind', 2, 43],
    [$two, 'uid', 2],
    [$two, 'bind', 1, 0],
    [$two, 'bind', 1, -1],
    [$one, 'uid', 1],
    [$one, 'bind', 99, 1],
    [$one, 'bind', -1, 1],
    [$one, 'bind', 2, 1 << 32],
    [$one, 'error'],
] as $order) {
    $client = array_shift($order);
    $client->text(json_encode($order));
    echo json_encode($order), ' ', $client->receive(), "\n";
}
?>
--EXPECT--
["uid",1] null
["bind",2,42] true
["uid",2] 42
["uid",2] 42
["first",2] "uid"
["bind",2,43] false
["uid",2] 42
["bind",1,0] true
["bind",1,-1] true
["uid",1] 4294967295
["bind",99,1] false
["bind",-1,1] false
["bind",2,4294967296] false
["error"] ["Swoole\\Server::bind(): uid can not be greater than 4294967295 or less than -2147483648",503]
