--TEST--
outbox_total_limit used up by clients that do not read: whoever reads gets everything
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

foreach (['false', 'true'] as $compression) {
    $server = new ServerProcess("
        \$server = new Swoole\\WebSocket\\Server('127.0.0.1', 0);
        \$server->set(['worker_num' => 1, 'outbox_total_limit' => '2M', 'send_yield' => true, 'websocket_compression' => $compression]);
        \$large = random_bytes(4000000);
        \$server->on('message', function (\$server, \$frame) use (\$large) {
            if (\$frame->data === 'slow') {
                for (\$i = 0; \$i < 3 && \$server->push(\$frame->fd, \$large, 2); \$i++);
                return;
            }
            for (\$i = 0; \$i < 20; \$i++) {
                if (!\$server->push(\$frame->fd, str_repeat('y', 299990) . sprintf('%010d', \$i))) {
                    echo 'refused ', swoole_last_error(), \"\\n\";
                }
            }
            \$server->push(\$frame->fd, 'part 1, ', 1, 0);
            \$server->push(\$frame->fd, 'part 2', 0);
        });
        \$server->on('close', fn () => print(\"closed\\n\"));
    ");
    $slow = [];
    for ($i = 0; $i < 6; $i++) {
        $slow[$i] = $server->websocket('/', $compression === 'true' ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []);
        $slow[$i]->text('slow');
    }
    $fast = $server->websocket();
    $fast->text('fast');
    $right = 0;
    for ($i = 0; $i < 20; $i++) {
        $right += $fast->receive() === str_repeat('y', 299990) . sprintf('%010d', $i);
    }
    var_dump($right, $fast->receive() . $fast->receive(), $server->output());
    $server->kill();
}
?>
--EXPECT--
int(20)
string(14) "part 1, part 2"
string(0) ""
int(20)
string(14) "part 1, part 2"
string(0) ""
