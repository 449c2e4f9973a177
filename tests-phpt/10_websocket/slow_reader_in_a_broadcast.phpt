--TEST--
A broadcast does not wait for a slow reader for ever: send_timeout, or outbox_overflow "drop" and "close" (weakness 40)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach (["'send_timeout' => 0.1", "'outbox_overflow' => 'drop'", "'outbox_overflow' => 'close'"] as $options) {
    echo "$options\n";
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set(['socket_buffer_size' => 1 << 20, $options]);
    \$server->on('message', function (\$server, \$frame) {
        // More than the kernel and the buffer take for someone who does not read.
        for (\$i = 0; \$i < 160; \$i++) {
            \$done = @\$server->push((int) \$frame->data, str_repeat('x', 100000));
            if (!\$done) {
                echo 'error ', swoole_last_error(), "\n";
                break;
            }
        }
        foreach (\$server->connections as \$fd) {
            if (\$fd !== (int) \$frame->data) {
                \$server->push(\$fd, 'news');
            }
        }
        echo "done\n";
    });
    \$server->on('close', function (\$server, \$fd, \$reactor) { echo "close \$fd \$reactor\n"; });
    PHP);
    [$slow, $fast, $sender] = [$server->websocket(), $server->websocket(), $server->websocket()];
    $sender->text('1');
    echo $fast->receive(), ' ', $sender->receive(), "\n";
    $server->expect('done');
    if (str_contains($options, 'close')) {
        $server->expect('close 1 -1');
    }
    // The server stays good to the others.
    $sender->text('1');
    echo $fast->receive(), "\n";
    echo strtok($server->output(), "\n"), "\n";
    $server->kill();
}
?>
--EXPECT--
'send_timeout' => 0.1
news news
news
error 1009
'outbox_overflow' => 'drop'
news news
news
done
'outbox_overflow' => 'close'
news news
news
error 1001
