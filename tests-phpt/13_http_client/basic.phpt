--TEST--
Requests of every kind, and what their answers leave in the properties
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    if ($request->server['request_uri'] === '/empty') {
        $response->status(204);
        return $response->end();
    }
    $response->header('X-Method', $request->server['request_method']);
    $response->end(json_encode([
        $request->server['request_method'] . ' ' . $request->server['request_uri'],
        $request->get, $request->post, $request->rawContent(), $request->header,
    ]));
});
PHP);
// The port is bound before it listens.
$server->connect()->end();

use Swoole\Coroutine\Http\Client as HttpClient;

Swoole\Coroutine\run(function () use ($server) {
    $client = new HttpClient('127.0.0.1', $server->port);
    var_dump($client->connected, $client->getStatusCode(), $client->getHeaders(), $client->getBody());

    echo "-- get\n";
    var_dump($client->get('/a b?x=1'), $client->statusCode, $client->headers['x-method'], $client->connected);
    [$line, $get, , , $headers] = json_decode($client->body, true);
    echo $line, ' ', json_encode($get), ' ', $headers['connection'], ' ', $headers['accept-encoding'], "\n";
    var_dump($headers['host'] === "127.0.0.1:$server->port", isset($headers['content-length']));

    echo "-- post\n";
    var_dump($client->post('/form', ['a' => '1', 'list' => ['x', 'y&z']]), $client->requestBody, $client->requestMethod);
    echo json_encode(json_decode($client->body, true)[2]), "\n";
    $client->post('/raw', 'just bytes');
    [, , $post, $raw, $headers] = json_decode($client->body, true);
    var_dump($post, $raw, $headers['content-type'] ?? null);

    echo "-- any method\n";
    foreach (['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'REPORT'] as $method) {
        $client->setMethod($method);
        $client->setData("to $method");
        echo $client->execute('/') ? json_decode($client->body, true)[0] : 'failed', ' ', json_decode($client->body, true)[3], "\n";
    }
    $client->setData('a body makes it');
    $client->execute('/');
    echo json_decode($client->body, true)[0], "\n";
    $client->setMethod('HEAD');
    var_dump($client->execute('/'), $client->statusCode, $client->headers['x-method'], $client->body);
    var_dump($client->get('/empty'), $client->statusCode, $client->body);

    echo "-- headers\n";
    $client->setHeaders(['X-One' => 1, 'x-list' => ['a', 'b'], 'Host' => 'example.org', 'Content-Length' => '99']);
    $client->setBasicAuth('user', 'pass:word');
    $client->get('/');
    $headers = json_decode($client->body, true)[4];
    echo json_encode([$headers['x-one'], $headers['x-list'], $headers['host'], $headers['authorization']]), "\n";
    echo strtok($client->getHeaderOut(), "\r"), "\n";
    $client->setHeaders(["Bad\r\nX: 1" => 'y']);
    var_dump($client->get('/'), $client->errCode === SWOOLE_ERROR_INVALID_PARAMS);

    var_dump($client->close(), $client->connected, $client->close(), $client->errCode, $client->errMsg);
    var_dump($client->getpeername(), $client->getsockname(), $client->getPeerCert());
});
?>
--EXPECTF--
bool(false)
int(0)
NULL
string(0) ""
-- get
bool(true)
int(200)
string(3) "GET"
bool(true)
GET /a%20b {"x":"1"} keep-alive br, gzip, deflate
bool(true)
bool(false)
-- post
bool(true)
NULL
NULL
{"a":"1","list":["x","y&z"]}
NULL
string(10) "just bytes"
NULL
-- any method
PUT / to PUT
DELETE / to DELETE
OPTIONS / to OPTIONS
PATCH / to PATCH
REPORT / to REPORT
POST /
bool(true)
int(200)
string(4) "HEAD"
string(0) ""
bool(true)
int(204)
string(0) ""
-- headers
["1",["a","b"],"example.org","Basic dXNlcjpwYXNzOndvcmQ="]
GET / HTTP/1.1

Warning: Swoole\Coroutine\Http\Client::get(): header name "Bad\r\nX: 1" is not a token in %s on line %d
bool(false)
bool(true)
bool(true)
bool(false)
bool(false)
int(5001)
string(20) "Client no connection"
bool(false)
bool(false)
bool(false)
