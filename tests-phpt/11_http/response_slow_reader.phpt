--TEST--
write() and end() wait for a slow reader; where they may not, the connection is closed rather than left with a hole
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    for ($i = 0; $i < 200; $i++) {
        if (!$response->write(str_pad("$i", 100000, '.'))) {
            echo 'error ', swoole_last_error(), ' writable ', json_encode($response->isWritable()), "\n";
            return;
        }
    }
    var_dump($response->end());
});
PHP;
foreach (["'send_yield' => true", "'send_timeout' => 0.1", "'outbox_overflow' => 'drop', 'send_yield' => false"] as $options) {
    echo "$options\n";
    $server = new ServerProcess($code . "\$server->set(['socket_buffer_size' => 1 << 20, 'http_compression' => false, $options]);");
    $client = $server->connect();
    $client->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    if ($options !== "'send_yield' => true") {
        $server->expect('error');
        try {
            $client->response();
        } catch (RuntimeException $e) {
            echo substr($e->getMessage(), 0, 6), "\n";
        }
    } else {
        $body = $client->response()['body'];
        $right = strlen($body) === 20000000;
        for ($i = 0; $i < 200; $i++) {
            $right = $right && substr_compare($body, str_pad("$i", 100000, '.'), $i * 100000, 100000) === 0;
        }
        var_dump($right);
        $server->expect('bool(true)');
    }
    echo $server->output();
    $server->kill();
}
?>
--EXPECT--
'send_yield' => true
bool(true)
bool(true)
'send_timeout' => 0.1
closed
error 1009 writable false
'outbox_overflow' => 'drop', 'send_yield' => false
closed
error 1009 writable false
