--TEST--
What is on the wire: random masks or none, fragments merged, frames in one read and cut anywhere
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$peer = peer(<<<'PHP'
function (Connection $connection) {
    $request = $connection->accept();
    // Each frame of the client, as it was.
    for ($i = 0; $i < 4; $i++) {
        $frame = $connection->frame();
        unset($frame['key']);
        $connection->text(json_encode($frame));
    }
    // Fragments with control frames between them, then two messages at once, then one byte by byte.
    $connection->text('one ', 1, false);
    $connection->text('', 9);
    $connection->text('two ', 0, false);
    $connection->text('', 10);
    $connection->text('three', 0);
    $connection->send(frame(1, 'a', true, 0, false) . frame(2, 'b', true, 0, false));
    foreach (str_split(frame(1, 'slowly', true, 0, false)) as $byte) {
        $connection->send($byte);
        usleep(1000);
    }
    $connection->rest();
}
PHP);
Swoole\Coroutine\run(function () use ($peer) {
    foreach ([true, false] as $mask) {
        $client = new HttpClient('127.0.0.1', $peer->port);
        $client->set(['websocket_mask' => $mask, 'timeout' => 5]);
        $client->upgrade('/');
        $client->push('text');
        $client->push('bytes', 2);
        $client->push('frag', 1, 0);
        $client->push('ment', 0);
        for ($i = 0; $i < 4; $i++) {
            echo $client->recv()->data, "\n";
        }
        for ($i = 0; $i < 4; $i++) {
            $frame = $client->recv();
            echo "$frame->opcode $frame->data $frame->flags ", var_export($frame->finish, true), "\n";
        }
        $client->close();
    }
});
?>
--EXPECT--
{"opcode":1,"payload":"text","fin":true,"rsv":0,"masked":true}
{"opcode":2,"payload":"bytes","fin":true,"rsv":0,"masked":true}
{"opcode":1,"payload":"frag","fin":false,"rsv":0,"masked":true}
{"opcode":0,"payload":"ment","fin":true,"rsv":0,"masked":true}
1 one two three 1 true
1 a 1 true
2 b 1 true
1 slowly 1 true
{"opcode":1,"payload":"text","fin":true,"rsv":0,"masked":false}
{"opcode":2,"payload":"bytes","fin":true,"rsv":0,"masked":false}
{"opcode":1,"payload":"frag","fin":false,"rsv":0,"masked":false}
{"opcode":0,"payload":"ment","fin":true,"rsv":0,"masked":false}
1 one two three 1 true
1 a 1 true
2 b 1 true
1 slowly 1 true
