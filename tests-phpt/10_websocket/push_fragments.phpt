--TEST--
push(): no other message while one is unfinished, and nothing is continued that was not begun, from whichever worker
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach (['' => 1, ', SWOOLE_PROCESS' => 2] as $mode => $workers) {
    echo "$workers worker(s)\n";
    $server = new ServerProcess("\$server = new Swoole\WebSocket\Server('127.0.0.1', 0$mode);" . <<<PHP

    \$server->set(['worker_num' => $workers, 'reactor_num' => 1, 'log_level' => SWOOLE_LOG_NONE]);
    PHP . <<<'PHP'

    $server->on('message', function ($server, $frame) {
        set_error_handler(function ($level, $text) use (&$said) { $said = explode('(): ', $text)[1]; return true; });
        [$opcode, $flags, $data] = explode(' ', $frame->data, 3);
        $pushed = $server->push(1, $data, (int) $opcode, (int) $flags);
        restore_error_handler();
        $server->push($frame->fd, json_encode($pushed ?: [$said, $server->getLastError()]));
    });
    PHP);
    $reader = $server->websocket();
    $writers = [$server->websocket(), $server->websocket()];
    foreach (['0 1 end', '1 0 be', '1 1 whole', '2 0 other', '9 1 ping', '0 0 gin', '0 1 end', '0 1 end', '1 1 whole'] as $n => $order) {
        $writers[$n % 2]->text($order);
        echo "$order: ", $writers[$n % 2]->receive(), "\n";
    }
    for ($i = 0; $i < 5; $i++) {
        $frame = $reader->frame();
        echo $frame['opcode'], $frame['fin'] ? '' : '+', ' ', $frame['payload'], "\n";
    }
    $server->stop();
    echo $server->output();
}
?>
--EXPECT--
1 worker(s)
0 1 end: ["there is no unfinished message to continue",8505]
1 0 be: true
1 1 whole: ["a fragmented message is unfinished",8505]
2 0 other: ["a fragmented message is unfinished",8505]
9 1 ping: true
0 0 gin: true
0 1 end: true
0 1 end: ["there is no unfinished message to continue",8505]
1 1 whole: true
1+ be
9 ping
0+ gin
0 end
1 whole
2 worker(s)
0 1 end: ["there is no unfinished message to continue",8505]
1 0 be: true
1 1 whole: ["a fragmented message is unfinished",8505]
2 0 other: ["a fragmented message is unfinished",8505]
9 1 ping: true
0 0 gin: true
0 1 end: true
0 1 end: ["there is no unfinished message to continue",8505]
1 1 whole: true
1+ be
9 ping
0+ gin
0 end
1 whole
