--TEST--
Bodies are compressed by Accept-Encoding with q-values; q=0 means no (weakness 47)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', fn ($request, $response) => $response->end(str_repeat('compress me ', (int) ($request->get['n'] ?? 100))));
PHP);
$client = $server->connect();
$text = str_repeat('compress me ', 100);
foreach (['', 'gzip', 'gzip;q=0', 'deflate', 'br', 'gzip;q=0.5, br;q=0.1', 'identity', '*;q=0, gzip', 'x-br-not'] as $accept) {
    $response = $client->request("GET / HTTP/1.1\r\nHost: h" . ($accept ? "\r\nAccept-Encoding: $accept" : ''));
    $coding = $response['headers']['content-encoding'] ?? 'none';
    $same = match ($coding) {
        'none' => $response['body'] === $text,
        'gzip' => gzdecode($response['body']) === $text,
        'deflate' => gzuncompress($response['body']) === $text,
        'br' => strlen($response['body']) < 100,
    };
    printf("%-22s %-8s %s\n", $accept, $coding, json_encode($same));
}
$response = $client->request("GET /?n=1 HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip");
echo $response['body'], ' ', $response['headers']['content-encoding'] ?? 'none', "\n";
$server->stop();
?>
--EXPECT--
                       none     true
gzip                   gzip     true
gzip;q=0               none     true
deflate                deflate  true
br                     br       true
gzip;q=0.5, br;q=0.1   gzip     true
identity               none     true
*;q=0, gzip            gzip     true
x-br-not               none     true
compress me  none
