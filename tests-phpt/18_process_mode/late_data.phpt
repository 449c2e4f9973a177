--TEST--
SWOOLE_PROCESS: discard_timeout_request drops what a connection said before it went, where the dispatch mode keeps no order
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach (['false', 'true'] as $discard) {
    $server = new ServerProcess("\$discard = $discard;" . <<<'PHP'
    $server = new Swoole\Server('127.0.0.1', 0, SWOOLE_PROCESS);
    $server->set(['worker_num' => 1, 'dispatch_mode' => 1, 'discard_timeout_request' => $discard]);
    $server->on('receive', function ($server, $fd, $reactor, $data) {
        echo "got $data\n";
        if ($data === 'wait') {
            // Until the other one has gone.
            while (count($server->connections) > 1) {
                usleep(1000);
            }
            echo "gone\n";
        }
    });
    PHP);
    $gone = $server->connect();
    $client = $server->connect();
    $client->send('wait');
    $server->expect("got wait\n");
    $gone->send('late');
    $gone->end();
    $server->expect("gone\n");
    $client->send('bye');
    $server->expect("got bye\n");
    $server->stop();
    echo preg_replace(['~^\[.*\tServer is shutdown now\n~m', '~^\[.*?\]\t~m'], '', $server->output()), "\n";
}
?>
--EXPECT--
got wait
gone
got late
got bye

got wait
gone
WARNING	(ERRNO 1007): ignore data[4 bytes] received from session#1
got bye
