--TEST--
Swoole\Coroutine\Http\request, get and post: one request to a URL
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

use function Swoole\Coroutine\Http\{get, post, request};

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    $response->cookie('seen', 'yes');
    $response->end(json_encode([$request->server['request_method'], $request->server['request_uri'], $request->get,
        $request->post, $request->rawContent(), $request->header['x-own'] ?? null, $request->cookie]));
});
PHP);
// The port is bound before it listens.
$server->connect()->end();
Swoole\Coroutine\run(function () use ($server) {
    $url = "http://127.0.0.1:$server->port";
    $answer = get("$url/path?a=1", ['timeout' => 5], ['X-Own' => 'header'], ['c' => 'd']);
    echo get_class($answer), ' ', $answer->getStatusCode(), ' ', $answer->getBody(), "\n";
    echo $answer->getHeaders()['content-type'], ' ', json_encode($answer->getCookies()), "\n";
    echo post($url, ['x' => 'y'])->getBody(), "\n";
    echo request($url, 'PUT', 'bytes')->getBody(), "\n";
    var_dump(@get('http://127.0.0.1:1/'));
    foreach (['nonsense', 'ftp://host/', ''] as $bad) {
        try {
            get($bad);
        } catch (Swoole\Coroutine\Http\Client\Exception $exception) {
            echo $exception->getMessage(), "\n";
        }
    }
});
?>
--EXPECT--
Swoole\Coroutine\Http\ClientProxy 200 ["GET","\/path",{"a":"1"},null,"","header",{"c":"d"}]
text/html {"c":"d","seen":"yes"}
["POST","\/",null,{"x":"y"},"x=y",null,null]
["PUT","\/",null,null,"bytes",null,null]
bool(false)
The URL given is malformed
unknown scheme "ftp"
The URL given is malformed
