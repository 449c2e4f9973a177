--TEST--
Unparseable, oversized and smuggled requests get their status and the end of the connection
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['package_max_length' => 100000]);
$server->on('request', fn ($request, $response) => $response->end('served ' . strlen($request->rawContent())));
PHP);
$head = "POST / HTTP/1.1\r\nHost: h\r\n";
$cases = [
    'not http' => "hello\r\n\r\n",
    'HTTP/2.0' => "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
    'bad header line' => "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
    'space before colon' => "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
    'two lengths' => $head . "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    'length and chunked' => $head . "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    'bad chunk size' => $head . "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    'body above the limit' => $head . "Content-Length: 200000\r\n\r\n",
    'head above 64 KiB' => "GET / HTTP/1.1\r\nHost: h\r\nX: " . str_repeat('x', 70000) . "\r\n\r\n",
];
foreach ($cases as $name => $bytes) {
    $client = $server->connect();
    try {
        $client->send($bytes);
    } catch (RuntimeException) {
    }
    $status = $client->head()['status'];
    $client->rest();
    echo "$name: $status\n";
}
$client = $server->connect();
$client->send($head . "Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n");
echo $client->response()['body'], "\n";
$client->send($head . "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
echo $client->head()['status'], ' ';
$client->send('ok');
echo $client->response()['body'], "\n";
$client->send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
echo $client->response()['status'], $client->response()['status'], "\n";
$server->stop();
?>
--EXPECT--
not http: 400
HTTP/2.0: 505
bad header line: 400
space before colon: 400
two lengths: 400
length and chunked: 400
bad chunk size: 400
body above the limit: 413
head above 64 KiB: 431
served 11
100 served 2
200200
