--TEST--
No connection, no answer, no HTTP: what is left in errCode, errMsg and statusCode
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

try {
    (new HttpClient('127.0.0.1', 1))->get('/');
} catch (Swoole\Error $error) {
    echo get_class($error), ': ', $error->getMessage(), "\n";
}
foreach ([['', 80], ['h', 70000], ['h', -1]] as $arguments) {
    try {
        new HttpClient(...$arguments);
    } catch (Swoole\Coroutine\Http\Client\Exception $exception) {
        echo $exception->getMessage(), "\n";
    }
}

Swoole\Coroutine\run(function () {
    $show = function (string $what, HttpClient $client, bool $result) {
        echo "$what: ", var_export($result, true), " status $client->statusCode error $client->errCode $client->errMsg",
            $client->connected ? ', connected' : '', "\n";
    };
    $free = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr(strrchr(stream_socket_get_name($free, false), ':'), 1);
    fclose($free);
    $client = new HttpClient('127.0.0.1', $port);
    $show('refused', $client, $client->get('/'));
    $client = new HttpClient('no-such-host.invalid', 80);
    $result = $client->get('/');
    echo 'no such host: ', var_export($result, true), " status $client->statusCode error $client->errCode\n";
    $client = new HttpClient('unix:/no/such/socket');
    $show('no such socket', $client, $client->get('/'));

    $answers = [
        'nothing' => '',
        'half a head' => "HTTP/1.1 200 OK\r\nContent-",
        'half a body' => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        'half a chunk' => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
        'no HTTP' => "SSH-2.0-OpenSSH\r\n\r\n",
        'two lengths' => "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        'length and chunks' => "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        'a bad chunk' => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        'a head too large' => "HTTP/1.1 200 OK\r\nX: " . str_repeat('x', 70000) . "\r\n\r\n",
        'not gzip' => "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        'until the end' => "HTTP/1.0 200 OK\r\n\r\nall of it",
        '100 and 103 before it' => "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ];
    $peer = peer(sprintf(<<<'PHP'
    function (Connection $connection, int $number) {
        $connection->request();
        $connection->send(array_values(%s)[$number - 1]);
        $connection->end();
    }
    PHP, var_export($answers, true)));
    foreach ($answers as $what => $answer) {
        $client = new HttpClient('127.0.0.1', $peer->port);
        $client->set(['timeout' => 5]);
        $show($what, $client, $client->get('/'));
        if ($client->body !== '') {
            echo "  $client->body\n";
        }
    }
});
?>
--EXPECT--
Swoole\Error: API must be called in the coroutine: make one with go() or Swoole\Coroutine\run()
host is empty
the port must be between 0 and 65535
the port must be between 0 and 65535
refused: false status -1 error 111 Connection refused
no such host: false status -1 error 711
no such socket: false status -1 error 2 No such file or directory
nothing: false status -3 error 104 Connection reset by peer
half a head: false status -3 error 104 Connection reset by peer
half a body: false status -3 error 104 Connection reset by peer
half a chunk: false status -3 error 104 Connection reset by peer
no HTTP: false status -3 error 7102 Http invalid protocol
two lengths: false status -3 error 7102 Http invalid protocol
length and chunks: false status -3 error 7102 Http invalid protocol
a bad chunk: false status -3 error 7102 Http invalid protocol
a head too large: false status -3 error 7102 Http invalid protocol
not gzip: false status -3 error 7102 Http invalid protocol
until the end: true status 200 error 0 
  all of it
100 and 103 before it: true status 200 error 0 , connected
  ok
