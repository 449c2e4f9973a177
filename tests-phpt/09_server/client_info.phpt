--TEST--
getClientInfo(), the lists, and stats() in the order and within the limits of the original
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) use ($server) {
    $response->end(implode(' ', array_keys($server->getClientInfo($request->fd))));
});
$server->on('message', function ($server, $frame) {
    if ($frame->data === 'info') {
        $info = $server->getClientInfo($frame->fd);
        foreach ($info as $key => $value) {
            echo $key, ' ', gettype($value), "\n";
        }
        var_dump($info === $server->connection_info($frame->fd), $info['websocket_status'] === WEBSOCKET_STATUS_FRAME, $info['server_port'] === $server->port, $info['remote_ip']);
        var_dump($info['connect_time'] >= time() - 10, $info['last_recv_time'] > microtime(true) - 10, $info['last_time'] === (int) $info['last_recv_time']);
        $server->push($frame->fd, $info['remote_port']);
    }
    var_dump($server->getClientInfo(0), $server->getClientInfo(-1), $server->getClientInfo(9999));
    $all = iterator_to_array($server->connections);
    var_dump(count($server->connections), array_keys($all) === range(1, count($all)), count($all));
    foreach ($server->connections as $first => $fd) {
        break;
    }
    echo "first: $first => $fd\n";
    echo 'lists: ', json_encode([
        $server->getClientList() === range(1, 10), $server->getClientList(10) === range(11, 20), count($server->getClientList(0, 1000)),
        $server->getClientList(0, 3), $server->getClientList(119), $server->getClientList(120), $server->getClientList(9999), $server->getClientList(0, 0), $server->getClientList(0, -1),
        $server->connection_list(118),
    ]), "\n";
    echo implode(' ', array_keys($server->stats())), "\n";
    $stats = $server->stats();
    echo json_encode([$stats['connection_num'], $stats['accept_count'], $stats['close_count'], $stats['worker_num'], $stats['request_count'] > 0, $stats['start_time'] <= time()]), "\n";
    $server->push($frame->fd, 'done');
});
PHP);
$clients = [];
for ($i = 1; $i <= 119; $i++) {
    $clients[$i] = $server->websocket();
}
$clients[1]->text('info');
var_dump($clients[1]->receive() === substr(strrchr(stream_socket_get_name($clients[1]->socket, false), ':'), 1), $clients[1]->receive());
$client = $server->connect();
echo $client->request("GET / HTTP/1.1\r\nHost: a")['body'], "\n";
$server->stop();
echo $server->output();
?>
--EXPECT--
bool(true)
string(4) "done"
server_port server_fd socket_fd socket_type remote_port remote_ip reactor_id connect_time last_time last_recv_time last_send_time last_dispatch_time close_errno recv_queued_bytes send_queued_bytes
websocket_status integer
server_port integer
server_fd integer
socket_fd integer
socket_type integer
remote_port integer
remote_ip string
reactor_id integer
connect_time integer
last_time integer
last_recv_time double
last_send_time double
last_dispatch_time double
close_errno integer
recv_queued_bytes integer
send_queued_bytes integer
bool(true)
bool(true)
bool(true)
string(9) "127.0.0.1"
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
int(119)
bool(true)
int(119)
first: 1 => 1
lists: [true,true,100,[1,2,3],false,false,false,false,false,[119]]
start_time connection_num abort_count accept_count close_count worker_num task_worker_num user_worker_num idle_worker_num dispatch_count request_count response_count total_recv_bytes total_send_bytes pipe_packet_msg_id concurrency session_round min_fd max_fd worker_request_count worker_response_count worker_dispatch_count worker_concurrency coroutine_num coroutine_peek_num
[119,119,0,1,true,true]
