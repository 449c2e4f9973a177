--TEST--
TLS: who is trusted, who is not, our own certificate, WebSocket through it
--EXTENSIONS--
swoole
openssl
--SKIPIF--
<?php
exec('openssl version', $output, $status);
if ($status) {
    die('skip no openssl');
}
?>
--FILE--
<?php
require __DIR__ . '/peer.inc';
require __DIR__ . '/tls.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$made = new Certificates;
$handler = <<<'PHP'
function (Connection $connection) {
    $request = $connection->request();
    if (isset($request['headers']['upgrade'])) {
        $accept = base64_encode(sha1($request['headers']['sec-websocket-key'] . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11', true));
        $connection->send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: $accept\r\n\r\n");
        while ($frame = $connection->frame()) {
            $connection->text($frame['payload'], $frame['opcode']);
            if ($frame['opcode'] === 8) {
                break;
            }
        }
    } elseif ($request) {
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" . str_repeat('0123456789', 10000));
    }
    $connection->rest();
    $connection->end();
}
PHP;
$context = fn (string $name, array $more = []) => var_export(['ssl' => $more + [
    'local_cert' => $made->path("$name.pem"), 'local_pk' => $made->path("$name.key"),
]], true);
$server = peer($handler, $context('server'), 'tls');
$own = peer($handler, $context('own'), 'tls');
$asks = peer($handler, $context('server', ['verify_peer' => true, 'verify_peer_name' => false, 'cafile' => $made->path('ca.pem')]), 'tls');
$plain = peer('function (Connection $connection) { $connection->send("SSH-2.0-OpenSSH\r\n"); $connection->rest(); $connection->end(); }');

// Each refusal is logged, in words that belong to the library below.
swoole_async_set(['log_level' => SWOOLE_LOG_ERROR]);
Swoole\Coroutine\run(function () use ($server, $own, $asks, $plain, $made) {
    $verify = ['ssl_verify_peer' => true, 'ssl_cafile' => $made->path('ca.pem')];
    $pair = ['ssl_cert_file' => $made->path('client.pem'), 'ssl_key_file' => $made->path('client.key')];
    foreach ([
        'nobody is verified' => [$server, '127.0.0.1', []],
        'not even a self-signed one' => [$own, '127.0.0.1', []],
        'verified' => [$server, '127.0.0.1', $verify],
        'verified by a folder' => [$server, 'localhost', ['ssl_verify_peer' => true, 'ssl_capath' => $made->path('authorities')]],
        'another name' => [$server, '127.0.0.1', ['ssl_host_name' => 'example.org'] + $verify],
        'the right name' => [$server, '127.0.0.1', ['ssl_host_name' => 'localhost'] + $verify],
        'an unknown authority' => [$server, '127.0.0.1', ['ssl_verify_peer' => true]],
        'self-signed' => [$own, '127.0.0.1', $verify],
        'self-signed and allowed' => [$own, '127.0.0.1', ['ssl_allow_self_signed' => true] + $verify],
        'allowed does not mean unverified' => [$server, '127.0.0.1', ['ssl_allow_self_signed' => true, 'ssl_verify_peer' => true]],
        'our own certificate' => [$asks, '127.0.0.1', $pair],
        'a certificate without a key' => [$server, '127.0.0.1', ['ssl_cert_file' => $made->path('client.pem')]],
        'no such file' => [$server, '127.0.0.1', ['ssl_verify_peer' => true, 'ssl_cafile' => '/no/such/file']],
        'no TLS at the other end' => [$plain, '127.0.0.1', []],
    ] as $name => [$peer, $host, $settings]) {
        $client = new HttpClient($host, $peer->port, true);
        $client->set($settings + ['timeout' => 5]);
        $got = @$client->get('/');
        echo "$name: ", var_export($got, true), " $client->statusCode $client->errCode ", strlen($client->body), "\n";
    }
    $client = new HttpClient('127.0.0.1', $asks->port, true);
    $client->set(['timeout' => 5]);
    var_dump($client->get('/'));

    $client = new HttpClient('localhost', $server->port, true);
    $client->set($verify);
    var_dump($client->upgrade('/'), $client->push('through TLS'), $client->recv(5)->data);
    $message = str_repeat('x', 1000000);
    var_dump($client->push($message), $client->recv(5)->data === $message);
    var_dump($client->getPeerCert() === file_get_contents($made->path('server.pem')));
    var_dump($client->recv(0.05), $client->connected, $client->disconnect());
});
?>
--EXPECT--
nobody is verified: true 200 0 100000
not even a self-signed one: true 200 0 100000
verified: true 200 0 100000
verified by a folder: true 200 0 100000
another name: false -1 1014 0
the right name: true 200 0 100000
an unknown authority: false -1 1014 0
self-signed: false -1 1014 0
self-signed and allowed: true 200 0 100000
allowed does not mean unverified: false -1 1014 0
our own certificate: true 200 0 100000
a certificate without a key: false -1 1019 0
no such file: false -1 1019 0
no TLS at the other end: false -1 1018 0
bool(false)
bool(true)
bool(true)
string(11) "through TLS"
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
