--TEST--
No header, status or length that a script sets makes an answer that a client takes for another
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['http_compression' => true, 'compression_min_length' => 1]);
$server->on('request', function ($request, $response) {
    ['status' => $status, 'name' => $name, 'value' => $value] = ($request->get ?? []) + ['status' => 200, 'name' => '', 'value' => ''];
    if ($status != 200) {
        $response->status((int) $status);
    }
    if ($name !== '') {
        $set = $response->header($name, $value);
        if (!$set) {
            return $response->end('refused: ' . error_get_last()['message']);
        }
    }
    $response->end('hello');
});
PHP, '', ['display_errors' => '0']);
$client = $server->connect();
$ask = function (string $query, string $headers = '', string $method = 'GET') use ($client) {
    $response = $client->request("$method /?$query HTTP/1.1\r\nHost: h\r\n$headers" . "X: y");
    $length = $response['headers']['content-length'] ?? 'none';
    $coding = $response['headers']['transfer-encoding'] ?? 'none';
    echo "$query: {$response['status']} {$response['reason']}, length $length, coding $coding, {$response['body']}\n";
    return $response;
};
// Interim and unknown ones end no answer, and each answer is followed by the next on the same connection.
foreach ([100, 101, 102, 103, 150, 199, 299, 600, 999, 1000, -5, 204, 304, 404] as $status) {
    $ask("status=$status");
}
foreach (['5', '99', '1', '-1', 'abc', '5,5', '+5', ''] as $length) {
    $ask("name=Content-Length&value=" . urlencode($length));
}
$ask('name=Content-Length&value=99', "Accept-Encoding: gzip\r\n");
$ask('name=Transfer-Encoding&value=chunked');
foreach (["a\r\n", "a\n b", "a\0b", "a\x0bb", "a\x7fb", "a\tb", 'e  '] as $value) {
    $response = $ask('name=X-Value&value=' . urlencode($value));
    echo json_encode($response['headers']['x-value'] ?? null), "\n";
}

var_dump(substr_count($server->output(), "'Content-Length' will be ignored") > 0);

$bad = fn (string $request) => strtok($server->connect()->request($request)['raw'], "\r");
echo $bad("GET / HTTP/1.1\r\nX: y"), "\n", $bad("GET / HTTP/1.1\r\nHost: a\r\nHost: b"), "\n", $bad("GET /caf\xc3\xa9 HTTP/1.1\r\nHost: h"), "\n";
echo $bad("GET / HTTP/1.0"), "\n", $bad("CONNECT h:1 HTTP/1.1\r\nHost: h:1"), "\n";
$tunnel = $server->connect();
$tunnel->send("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
var_dump(substr_count($tunnel->rest(), 'HTTP/1.1'));

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    $files = array_map(fn ($file) => [$file['name'], $file['full_path']], $request->files);
    $response->end(json_encode([$files, @$response->cookie("a\x7fb", 'x')]));
});
PHP);
$body = '';
foreach (['../../etc/passwd', 'C:\\dir\\file.txt', 'plain.txt', 'dir/'] as $index => $name) {
    $body .= "--b\r\nContent-Disposition: form-data; name=\"f$index\"; filename=\"$name\"\r\n\r\nx\r\n";
}
$body .= "--b--\r\n";
echo stripslashes($server->connect()->request("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " . strlen($body), $body)['body']), "\n";
?>
--EXPECT--
status=100: 999 Unknown Status, length 5, coding none, hello
status=101: 999 Unknown Status, length 5, coding none, hello
status=102: 999 Unknown Status, length 5, coding none, hello
status=103: 999 Unknown Status, length 5, coding none, hello
status=150: 999 Unknown Status, length 5, coding none, hello
status=199: 999 Unknown Status, length 5, coding none, hello
status=299: 999 Unknown Status, length 5, coding none, hello
status=600: 999 Unknown Status, length 5, coding none, hello
status=999: 999 Unknown Status, length 5, coding none, hello
status=1000: 999 Unknown Status, length 5, coding none, hello
status=-5: 999 Unknown Status, length 5, coding none, hello
status=204: 204 No Content, length none, coding none, 
status=304: 304 Not Modified, length none, coding none, 
status=404: 404 Not Found, length 5, coding none, hello
name=Content-Length&value=5: 200 OK, length 5, coding none, hello
name=Content-Length&value=99: 200 OK, length 5, coding none, hello
name=Content-Length&value=1: 200 OK, length 5, coding none, hello
name=Content-Length&value=-1: 200 OK, length 5, coding none, hello
name=Content-Length&value=abc: 200 OK, length 5, coding none, hello
name=Content-Length&value=5%2C5: 200 OK, length 5, coding none, hello
name=Content-Length&value=%2B5: 200 OK, length 5, coding none, hello
name=Content-Length&value=: 200 OK, length 5, coding none, hello
name=Content-Length&value=99: 200 OK, length 5, coding none, hello
name=Transfer-Encoding&value=chunked: 200 OK, length 5, coding none, hello
name=X-Value&value=a%0D%0A: 200 OK, length 5, coding none, hello
"a"
name=X-Value&value=a%0A+b: 200 OK, length 108, coding none, refused: Swoole\Http\Response::header(): Header may not contain more than a single header, new line detected
null
name=X-Value&value=a%00b: 200 OK, length 73, coding none, refused: Swoole\Http\Response::header(): Header may not contain NUL bytes
null
name=X-Value&value=a%0Bb: 200 OK, length 107, coding none, refused: Swoole\Http\Response::header(): value of header X-Value holds a line break or another control byte
null
name=X-Value&value=a%7Fb: 200 OK, length 107, coding none, refused: Swoole\Http\Response::header(): value of header X-Value holds a line break or another control byte
null
name=X-Value&value=a%09b: 200 OK, length 5, coding none, hello
"a\tb"
name=X-Value&value=e++: 200 OK, length 5, coding none, hello
"e"
bool(true)
HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 400 Bad Request
HTTP/1.1 200 OK
HTTP/1.1 501 Not Implemented
int(1)
[{"f0":["passwd","../../etc/passwd"],"f1":["file.txt","C:\dir\file.txt"],"f2":["plain.txt","plain.txt"],"f3":["","dir/"]},false]
