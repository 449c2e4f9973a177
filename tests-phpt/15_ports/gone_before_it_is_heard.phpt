--TEST--
SWOOLE_PROCESS: what a connection sent before it went is told to the callbacks of its own port
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 1, 'log_file' => '/dev/null']);
$second = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$second->set([]);
$server->on('receive', function ($server, $fd, $reactor, $data) {
    echo "first: $data\n";
});
$server->on('close', function ($server, $fd) {
    echo "first: closed\n";
});
$second->on('receive', function ($server, $fd, $reactor, $data) {
    if ($data === 'wait') {
        // Meanwhile the others come and go.
        usleep(300000);
    }
    echo "second: $data\n";
});
$second->on('close', function ($server, $fd) {
    echo "second: closed\n";
});
PHP);
$slow = new Client($server->ports[1]);
$slow->send('wait');
for ($i = 0; $i < 20; $i++) {
    $client = new Client($server->ports[1]);
    $client->send("gone $i");
    $client->end();
}
wait_until(fn () => substr_count($server->output(), 'closed') === 20, 'all to be told', $server->output(...));
$server->stop();
var_dump(substr_count($server->output(), 'second: gone'), substr_count($server->output(), 'first'));
?>
--EXPECT--
int(20)
int(0)
