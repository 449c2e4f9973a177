--TEST--
Parts of files, copies that are still good, and a large file for many readers, one of which stops reading
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
require __DIR__ . '/site.inc';
$site = new Site();
$large = random_bytes(1000) . str_repeat(random_bytes(1 << 20), 16);
$site->put('large.bin', $large);
$server = new ServerProcess(<<<PHP
\$server = new Swoole\Http\Server('127.0.0.1', 0);
\$server->set(['enable_static_handler' => true, 'document_root' => '$site->root']);
\$server->on('request', fn (\$request, \$response) => \$response->end(json_encode(\$server->stats())));
PHP);
$client = $server->connect();
$get = fn (string $headers, string $method = 'GET') => $client->request("$method /a.txt HTTP/1.1\r\nHost: h\r\n$headers");
$whole = $get('Accept-Encoding: gzip');
['etag' => $etag, 'last-modified' => $modified] = $whole['headers'];
var_dump(strtotime($modified) === filemtime("$site->root/a.txt"));
foreach (['Range: bytes=1-3', 'Range: bytes=-2', 'Range: bytes=99-', "Range: bytes=1-3\r\nIf-Range: $etag", "Range: bytes=1-3\r\nIf-Range: \"x\"",
    "If-None-Match: $etag", "If-Modified-Since: $modified", 'If-None-Match: "x"'] as $headers) {
    $response = $get($headers);
    echo $response['status'], ' ', $response['headers']['content-range'] ?? '', " {$response['body']}\n";
}
$response = $get('Range: bytes=0-1,4-5');
$boundary = substr($response['headers']['content-type'], strlen('multipart/byteranges; boundary='));
echo $response['status'], ' ', str_replace([$boundary, "\r\n"], ['X', '|'], $response['body']), "\n";
echo implode(' ', array_keys($whole['headers'])), "\n", $get('', 'HEAD')['headers']['content-length'], "\n";

$lazy = $server->connect();
$lazy->send("GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n");
$readers = array_map(fn () => $server->connect(), range(1, 4));
foreach ($readers as $reader) {
    $reader->send("GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n");
}
foreach ($readers as $reader) {
    var_dump($reader->response()['body'] === $large, $reader->response()['body']);
}
// The numbers know them, PHP was not asked for them.
$stats = json_decode($client->request("GET /stats HTTP/1.1\r\nHost: h")['body'], true);
var_dump($stats['request_count'] - $stats['dispatch_count'] > 10, $stats['dispatch_count'], $stats['total_send_bytes'] > 4 * strlen($large));
$lazy->end();
$server->stop();
?>
--EXPECT--
bool(true)
206 bytes 1-3/10 123
206 bytes 8-9/10 89
416 bytes */10 
206 bytes 1-3/10 123
200  0123456789
304  
304  
200  0123456789
206 |--X|Content-Type: text/plain|Content-Range: bytes 0-1/10||01|--X|Content-Type: text/plain|Content-Range: bytes 4-5/10||45|--X--|
connection content-length content-type date last-modified etag accept-ranges server
10
bool(true)
string(10) "0123456789"
bool(true)
string(10) "0123456789"
bool(true)
string(10) "0123456789"
bool(true)
string(10) "0123456789"
bool(true)
int(1)
bool(true)
