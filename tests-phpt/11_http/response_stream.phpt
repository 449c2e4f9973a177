--TEST--
write() streams chunks, trailer() follows the last; errors of write and sendfile
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$file = tempnam(sys_get_temp_dir(), 'srs') . '.txt';
file_put_contents($file, 'some file');
$server = new ServerProcess('$file = ' . var_export($file, true) . ';' . <<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['http_compression' => false]);
$server->on('request', function ($request, $response) use ($file) {
    switch ($request->server['request_uri']) {
        case '/chunks':
            $response->trailer('x-sum', '42');
            var_dump($response->write('one'), @$response->write(''), $response->write('two'), @$response->sendfile($file), $response->end('end'));
            break;
        case '/file':
            var_dump($response->sendfile($file));
            break;
        case '/part':
            $response->sendfile($file, 5, 3);
            break;
        case '/errors':
            foreach ([['/nope'], ['/tmp'], [$file, 20], [$file, 0, 99], ['']] as $args) {
                var_dump(@$response->sendfile(...$args), swoole_last_error());
            }
            $response->end('done');
            break;
    }
});
PHP);
$client = $server->connect();
$response = $client->request("GET /chunks HTTP/1.1\r\nHost: h");
echo $response['body'], ' ', implode($response['trailers']), ' ', isset($response['headers']['content-length']) ? 'length' : 'chunked', "\n";
foreach (['/file', '/part', '/errors'] as $path) {
    $response = $client->request("GET $path HTTP/1.1\r\nHost: h");
    echo $response['headers']['content-type'], ' ', $response['body'], "\n";
}
unlink($file);
$server->stop();
echo $server->output();
?>
--EXPECT--
onetwoend X-Sum: 42 chunked
text/plain some file
text/plain fil
text/html done
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
int(2)
bool(false)
int(9013)
bool(false)
int(510)
bool(false)
int(510)
bool(false)
int(510)
