--TEST--
Bodies come decoded, whatever their coding; off when the script wants them as they are
--EXTENSIONS--
swoole
zlib
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$text = str_repeat('what was said ', 5000);
$bodies = ['gzip' => gzencode($text), 'x-gzip' => gzencode($text), 'deflate' => gzcompress($text), 'Deflate' => gzdeflate($text), 'zstd' => $text];
$peer = peer(sprintf(<<<'PHP'
function (Connection $connection) {
    $bodies = unserialize(base64_decode('%s'));
    while ($request = $connection->request()) {
        $coding = trim(explode(' ', $request['line'])[1], '/');
        $body = $bodies[$coding];
        $half = intdiv(strlen($body), 2);
        $connection->send("HTTP/1.1 200 OK\r\nContent-Encoding: $coding\r\nTransfer-Encoding: chunked\r\n\r\n"
            . dechex($half) . "\r\n" . substr($body, 0, $half) . "\r\n");
        $connection->send(dechex(strlen($body) - $half) . "\r\n" . substr($body, $half) . "\r\n0\r\n\r\n");
    }
}
PHP, base64_encode(serialize($bodies))));
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', fn ($request, $response) => $response->end(str_repeat('what was said ', 5000)));
PHP);
// The port is bound before it listens.
$server->connect()->end();
Swoole\Coroutine\run(function () use ($peer, $server, $text, $bodies) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    foreach ($bodies as $coding => $body) {
        echo "$coding: ", var_export($client->get("/$coding") && $client->body === $text, true), "\n";
    }
    $client->set(['body_decompression' => false]);
    var_dump($client->get('/gzip'), $client->body === $bodies['gzip'], str_contains($client->getHeaderOut(), 'Accept-Encoding'));
    $client->close();
    foreach (['br', 'gzip', 'deflate'] as $coding) {
        $client = new HttpClient('127.0.0.1', $server->port);
        $client->setHeaders(['Accept-Encoding' => $coding]);
        var_dump($client->get('/') && $client->body === $text, $client->headers['content-encoding']);
    }
});
?>
--EXPECT--
gzip: true
x-gzip: true
deflate: true
Deflate: true
zstd: true
bool(true)
bool(true)
bool(false)
bool(true)
string(2) "br"
bool(true)
string(4) "gzip"
bool(true)
string(7) "deflate"
