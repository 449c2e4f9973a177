--TEST--
Static files come before onRequest and without it, on WebSocket servers too; what is no file is for PHP
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
require __DIR__ . '/site.inc';
$site = new Site();
foreach (['Http', 'WebSocket'] as $kind) {
    $server = new ServerProcess(<<<PHP
    swoole_mime_type_set('zzz', 'x/zzz');
    \$server = new Swoole\\$kind\\Server('127.0.0.1', 0);
    \$server->set(['enable_static_handler' => true, 'document_root' => '$site->root', 'worker_num' => 2]);
    if ('$kind' === 'Http') {
        \$server->on('request', fn (\$request, \$response) => \$response->end("PHP {\$request->server['request_uri']}"));
    } else {
        \$server->on('message', fn (\$server, \$frame) => \$server->push(\$frame->fd, \$frame->data));
    }
    PHP);
    $client = $server->connect();
    foreach (['/a.txt?v=1', '/sub/%C3%A4.css', '/b.zzz', '/', '/none.txt', '/script.php', '/.env', '/../secret.txt', '/%2e%2e/secret.txt', '/sub'] as $path) {
        $response = $client->request("GET $path HTTP/1.1\r\nHost: h");
        $closed = ($response['headers']['connection'] ?? '') === 'close';
        echo "$path: {$response['status']} ", $response['headers']['content-type'] ?? '', ' ', $closed ? 'closed' : $response['body'], "\n";
        $client = $closed ? $server->connect() : $client;
    }
    if ($kind === 'WebSocket') {
        $client = $server->websocket('/a.txt');
        $client->text('still WebSocket');
        echo $client->receive(), "\n";
    }
    $server->stop();
}

echo "document_root must exist\n";
$server = new Swoole\Http\Server('127.0.0.1', 0);
var_dump($server->set(['log_level' => SWOOLE_LOG_NONE, 'document_root' => '/no/where']), swoole_last_error());
?>
--EXPECT--
/a.txt?v=1: 200 text/plain 0123456789
/sub/%C3%A4.css: 200 text/css a{}
/b.zzz: 200 x/zzz zzz
/: 200 text/html PHP /
/none.txt: 200 text/html PHP /none.txt
/script.php: 200 text/html PHP /script.php
/.env: 200 text/html PHP /.env
/../secret.txt: 200 text/html PHP /../secret.txt
/%2e%2e/secret.txt: 200 text/html PHP /%2e%2e/secret.txt
/sub: 200 text/html PHP /sub
/a.txt?v=1: 200 text/plain 0123456789
/sub/%C3%A4.css: 200 text/css a{}
/b.zzz: 200 x/zzz zzz
/: 400 text/html; charset=UTF-8 closed
/none.txt: 400 text/html; charset=UTF-8 closed
/script.php: 400 text/html; charset=UTF-8 closed
/.env: 400 text/html; charset=UTF-8 closed
/../secret.txt: 400 text/html; charset=UTF-8 closed
/%2e%2e/secret.txt: 400 text/html; charset=UTF-8 closed
/sub: 400 text/html; charset=UTF-8 closed
still WebSocket
document_root must exist
bool(false)
int(703)
