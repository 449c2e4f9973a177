--TEST--
Server\Port: properties, callbacks, settings, and who is connected to which
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (PHP_DEBUG) die('skip a debug build insists on declared types where this warns'); ?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$path = sys_get_temp_dir() . '/srs-port-' . getmypid() . '.sock';
$server = new ServerProcess("\$path = '$path';" . <<<'PHP'

$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['worker_num' => 1]);
$unix = $server->listen($path, 0, SWOOLE_SOCK_UNIX_STREAM);
$six = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$six->set(['backlog' => 7]);
$six->set(['open_tcp_nodelay' => false]);
foreach ($server->ports as $number => $port) {
    echo "$number ", get_class($port), ' ', str_replace($path, 'PATH', $port->host), ' ', $port->type, ' ',
        json_encode([$port->port > 0, $port->sock > 2, $port->ssl, $port->setting, get_class($port->connections)]), "\n";
}
var_dump($server->ports[0]->port === $server->port, $server->ports[1] === $unix);
$own = function () {};
$server->on('request', fn ($request, $response) => $response->end(json_encode([
    iterator_to_array($server->ports[0]->connections), iterator_to_array($server->ports[1]->connections),
    count($server->ports[0]->connections), count($server->ports[1]->connections), count($server->ports[2]->connections),
    count($server->connections), $server->getClientInfo($request->fd)['socket_type'],
])));
var_dump($six->on('Receive', $own), $six->getCallback('RECEIVE') === $own, $six->getCallback('request'), $six->getCallback('nope'));
var_dump(@$six->on('nope', $own), $six->on('close', 'nofunc'), swoole_last_error());
$server->on('workerStart', function ($server) use ($six, $own) {
    echo json_encode($server->ports[0]->setting), "\n", json_encode($server->ports[1]->setting), "\n", json_encode($six->setting), "\n";
    var_dump($six->on('receive', $own), $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP));
    $six->set(['backlog' => 8]);
});
PHP);
$tcp = [];
for ($i = 0; $i < 3; $i++) {
    $tcp[$i] = $server->connect();
    $tcp[$i]->request("GET / HTTP/1.1\r\nHost: h");
}
$unix = new Client("unix://$path");
echo $unix->request("GET / HTTP/1.1\r\nHost: h")['body'], "\n";
echo $tcp[0]->request("GET / HTTP/1.1\r\nHost: h")['body'], "\n";
$server->stop();
var_dump(file_exists($path));
echo preg_replace('~ in /\S+ on line \d+~', '', $server->output());
try {
    new Swoole\Server\Port();
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECTF--
[{"1":1,"2":2,"3":3},{"1":4},3,1,0,4,5]
[{"1":1,"2":2,"3":3},{"1":4},3,1,0,4,1]
bool(false)
0 Swoole\Server\Port 127.0.0.1 1 [true,true,false,{"worker_num":1},"Swoole\\Connection\\Iterator"]
1 Swoole\Server\Port PATH 5 [false,true,false,null,"Swoole\\Connection\\Iterator"]
2 Swoole\Server\Port 127.0.0.1 1 [true,true,false,{"backlog":7,"open_tcp_nodelay":false},"Swoole\\Connection\\Iterator"]
bool(true)
bool(true)
bool(true)
bool(true)
NULL
NULL

Warning: Swoole\Server\Port::on(): function 'nofunc' is not callable
bool(false)
bool(false)
int(503)
{"worker_num":1}
{"worker_num":1,"task_worker_num":0,"output_buffer_size":4294967295,"max_connection":%d,"open_http_protocol":true,"open_mqtt_protocol":false,"open_eof_check":false,"open_length_check":false}
{"backlog":7,"open_tcp_nodelay":false}

Warning: Swoole\Server\Port::on(): server is running, unable to register event callback function

Warning: Swoole\Server::listen(): server is running, cannot add listener
bool(false)
bool(false)

Warning: Swoole\Server\Port::set(): server is running, unable to execute Swoole\Server\Port->set
Call to private Swoole\Server\Port::__construct() from global scope
