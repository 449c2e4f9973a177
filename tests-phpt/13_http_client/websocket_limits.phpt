--TEST--
A server that breaks the rules or the limits is told why, and recv() says false
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$cases = [
    'masked frame' => "\x81\x81abcd\x00",
    'reserved bit' => frame(1, 'x', true, 2, false),
    'reserved opcode' => frame(3, 'x', true, 0, false),
    'long ping' => frame(9, str_repeat('x', 126), true, 0, false),
    'cut ping' => frame(9, 'x', false, 0, false),
    'continuation of nothing' => frame(0, 'x', true, 0, false),
    'bad UTF-8' => frame(1, "\xff", true, 0, false),
    'bad close code' => frame(8, pack('n', 1005), true, 0, false),
    'compressed without having agreed' => frame(1, 'x', true, 4, false),
    'message above the limit' => frame(1, str_repeat('x', 1001), true, 0, false),
    'fragments above the limit' => frame(1, str_repeat('x', 600), false, 0, false) . frame(0, str_repeat('x', 600), true, 0, false),
];
$peer = peer(sprintf(<<<'PHP'
function (Connection $connection, int $number) {
    $connection->accept();
    $cases = unserialize(base64_decode('%s'));
    $connection->send(frame(1, 'good', true, 0, false) . array_values($cases)[$number - 1]);
    $frame = $connection->frame();
    $connection->rest();
    echo array_keys($cases)[$number - 1], ': ', unpack('n', $frame['payload'])[1], ' ', substr($frame['payload'], 2), "\n";
    $connection->end();
}
PHP, base64_encode(serialize($cases))));
Swoole\Coroutine\run(function () use ($peer, $cases) {
    foreach ($cases as $name => $_) {
        $client = new HttpClient('127.0.0.1', $peer->port);
        $client->set(['package_max_length' => 1000, 'timeout' => 5]);
        $client->upgrade('/');
        $good = $client->recv()->data;
        $bad = $client->recv();
        echo "$good ", var_export($bad, true), " $client->errCode $client->statusCode ", var_export($client->connected, true), "\n";
    }
    $peer->expect('fragments above');
});
echo $peer->output();
?>
--EXPECTREGEX--
(?:.*WARNING.*\n|good false (?:508|1201) -3 false\n)+masked frame: 1002 masked frame from a server
reserved bit: 1002 reserved bit set
reserved opcode: 1002 reserved opcode
long ping: 1002 control frame above 125 bytes
cut ping: 1002 fragmented control frame
continuation of nothing: 1002 continuation without a message
bad UTF-8: 1007 invalid utf-8
bad close code: 1002 invalid close code
compressed without having agreed: 1002 reserved bit set
message above the limit: 1009 frame too big
fragments above the limit: 1009 (?:message|frame) too big
