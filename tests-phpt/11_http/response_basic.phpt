--TEST--
Http\Response: order of headers, names, cookies, status, second end, isWritable
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['http_compression' => false]);
$server->on('request', function ($request, $response) {
    switch ($request->server['request_uri']) {
        case '/plain':
            $response->header('x-a-b', 'one');
            $response->header('X-lower', 'kept', false);
            $response->header('x-list', ['1', '2']);
            $response->cookie('a', 'b c', 2000000000, '/p', 'd.example', true, true, 'Lax', 'High', true);
            $response->rawcookie('raw', 'b%20c');
            $response->cookie('del');
            var_dump($response->isWritable(), $response->end('body'), $response->isWritable());
            var_dump($response->end('again'), swoole_last_error(), $response->header('X', 'y'), $response->status(200), $response->write('x'), $response->detach());
            break;
        case '/status':
            $response->status((int) $request->get['code'], $request->get['reason'] ?? '');
            $response->header('Content-Type', '');
            $response->end();
            break;
        case '/redirect':
            $response->redirect('/plain', 301);
            break;
        case '/injection':
            var_dump(@$response->header("X-A\r\nX-B", 'v'), @$response->header('X-C', "v\r\nSet-Cookie: evil=1"), @$response->header(str_repeat('k', 128), 'v'));
            var_dump(@$response->cookie("bad\r\n", 'x'), @$response->redirect("/\r\nX-Evil: 1"));
            if ($response->isWritable()) {
                $response->end('safe');
            }
            break;
        case '/nothing':
            break;
    }
});
PHP);
$show = fn (array $response) => print(preg_replace(['~^(Date: ).*$~m', '~Max-Age=[1-9]\d+~'], ['$1...', 'Max-Age=...'], str_replace("\r", '', $response['raw'])) . "\n\n{$response['body']}\n---\n");
$client = $server->connect();
$show($client->request("GET /plain HTTP/1.1\r\nHost: h"));
$show($client->request("HEAD /plain HTTP/1.1\r\nHost: h"));
$show($client->request("GET /status?code=404 HTTP/1.1\r\nHost: h"));
$show($client->request("GET /status?code=799 HTTP/1.1\r\nHost: h"));
$show($client->request("GET /status?code=200&reason=Fine HTTP/1.1\r\nHost: h"));
$show($client->request("GET /status?code=204 HTTP/1.1\r\nHost: h"));
$show($client->request("GET /redirect HTTP/1.1\r\nHost: h"));
$show($client->request("GET /injection HTTP/1.1\r\nHost: h"));
$show($client->request("GET /nothing HTTP/1.1\r\nHost: h"));
$show($client->request("GET /plain HTTP/1.0"));
var_dump($client->closed());
$server->stop();
echo $server->output();
?>
--EXPECTF--
HTTP/1.1 200 OK
X-A-B: one
X-lower: kept
X-List: 1
X-List: 2
Set-Cookie: a=b+c; expires=Wed, 18-May-2033 03:33:20 GMT; Max-Age=...; path=/p; domain=d.example; secure; HttpOnly; SameSite=Lax; Priority=High; Partitioned
Set-Cookie: raw=b%20c
Set-Cookie: del=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0
Server: swoole-http-server
Date: ...
Connection: keep-alive
Content-Type: text/html
Content-Length: 4

body
---
HTTP/1.1 200 OK
%a
Content-Length: 4


---
HTTP/1.1 404 Not Found
Server: swoole-http-server
Date: ...
Connection: keep-alive
Content-Length: 0


---
HTTP/1.1 999 Unknown Status
%a
---
HTTP/1.1 200 Fine
%a
---
HTTP/1.1 204 No Content
Server: swoole-http-server
Date: ...
Connection: keep-alive


---
HTTP/1.1 301 Moved Permanently
Location: /plain
%a
---
HTTP/1.1 200 OK
Server: swoole-http-server
Date: ...
Connection: keep-alive
Content-Type: text/html
Content-Length: 4

safe
---
HTTP/1.1 500 Internal Server Error
%a
---
HTTP/1.%d 200 OK
%a
---
bool(true)
%A
