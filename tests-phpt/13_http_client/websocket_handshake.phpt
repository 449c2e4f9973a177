--TEST--
Answers to a handshake: declined ones tell by their status, false ones end the connection
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$answers = [
    'a page' => "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage",
    'not found' => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    'unauthorized, closed' => "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\nwho?",
    'a bad key' => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    'no key' => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    'another protocol' => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    'nothing' => '',
];
$peer = peer(sprintf(<<<'PHP'
function (Connection $connection, int $number) {
    $connection->request();
    $connection->send(array_values(%s)[$number - 1]);
    $connection->end();
}
PHP, var_export($answers, true)));
Swoole\Coroutine\run(function () use ($peer, $answers) {
    foreach ($answers as $name => $_) {
        $client = new HttpClient('127.0.0.1', $peer->port);
        $client->set(['timeout' => 5]);
        $upgraded = $client->upgrade('/');
        echo "$name: ", var_export($upgraded, true), " $client->statusCode $client->errCode '$client->body'\n";
    }
});
?>
--EXPECT--
a page: true 200 0 'page'
not found: true 404 0 ''
unauthorized, closed: true 401 0 'who?'
a bad key: false -3 8504 ''
no key: false -3 8504 ''
another protocol: false -3 8504 ''
nothing: false -3 104 ''
