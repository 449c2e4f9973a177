--TEST--
Http\Request: header, server, get, post, cookie, fd, rawContent, getMethod
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function (Swoole\Http\Request $request, Swoole\Http\Response $response) {
    $server = $request->server;
    foreach (['request_time', 'request_time_float', 'master_time', 'server_port', 'remote_port'] as $key) {
        $server[$key] = gettype($server[$key]);
    }
    $response->end(json_encode([
        'fd' => $request->fd, 'streamId' => $request->streamId, 'method' => $request->getMethod(),
        'header' => $request->header, 'server' => $server, 'get' => $request->get, 'post' => $request->post,
        'cookie' => $request->cookie, 'files' => $request->files, 'raw' => $request->rawContent(), 'same' => $request->getContent() === $request->rawContent(),
        'completed' => $request->isCompleted(),
    ], JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT));
});
PHP);
$client = $server->connect();
$body = 'x=1&list[]=a&list[]=b&map[k][j]=v+w%21';
echo $client->request("POST /a%20b/c?q=1&q2[]=x&q2[]=y HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nX-Two: 2\r\nCookie: a=b%20c; d=e\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " . strlen($body), $body)['body'], "\n";
echo $client->request("GET / HTTP/1.1\r\nHost: h")['body'], "\n";
$server->stop();
?>
--EXPECT--
{
    "fd": 1,
    "streamId": 0,
    "method": "POST",
    "header": {
        "host": "h",
        "x-two": [
            "1",
            "2"
        ],
        "content-type": "application/x-www-form-urlencoded",
        "content-length": "38"
    },
    "server": {
        "query_string": "q=1&q2[]=x&q2[]=y",
        "request_method": "POST",
        "request_uri": "/a%20b/c",
        "path_info": "/a b/c",
        "request_time": "integer",
        "request_time_float": "double",
        "server_protocol": "HTTP/1.1",
        "server_port": "integer",
        "remote_port": "integer",
        "server_addr": "127.0.0.1",
        "remote_addr": "127.0.0.1",
        "master_time": "integer"
    },
    "get": {
        "q": "1",
        "q2": [
            "x",
            "y"
        ]
    },
    "post": {
        "x": "1",
        "list": [
            "a",
            "b"
        ],
        "map": {
            "k": {
                "j": "v w!"
            }
        }
    },
    "cookie": {
        "a": "b c",
        "d": "e"
    },
    "files": null,
    "raw": "x=1&list[]=a&list[]=b&map[k][j]=v+w%21",
    "same": true,
    "completed": true
}
{
    "fd": 1,
    "streamId": 0,
    "method": "GET",
    "header": {
        "host": "h"
    },
    "server": {
        "request_method": "GET",
        "request_uri": "/",
        "path_info": "/",
        "request_time": "integer",
        "request_time_float": "double",
        "server_protocol": "HTTP/1.1",
        "server_port": "integer",
        "remote_port": "integer",
        "server_addr": "127.0.0.1",
        "remote_addr": "127.0.0.1",
        "master_time": "integer"
    },
    "get": null,
    "post": null,
    "cookie": null,
    "files": null,
    "raw": "",
    "same": true,
    "completed": true
}
