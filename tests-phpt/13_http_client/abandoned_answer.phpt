--TEST--
An answer that was abandoned half-way is never taken for that to the next request
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine;
use Swoole\Coroutine\Http\Client as HttpClient;

$peer = peer(<<<'PHP'
function (Connection $connection, int $number) {
    $connection->request();
    $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nnr. $number");
    if ($connection->request()) {
        // The rest, which looks like an answer, comes with the next request.
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\nhalf");
        $connection->request();
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\nnot your answer...");
        $connection->rest();
    }
    $connection->end();
}
PHP);
Coroutine\run(function () use ($peer) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    $client->get('/');
    echo $client->body, "\n";
    $client->set(['write_func' => fn () => throw new Exception('enough')]);
    try {
        $client->get('/');
    } catch (Exception $exception) {
        echo $exception->getMessage(), "\n";
    }
    $client->set(['write_func' => null]);
    var_dump($client->connected);
    $client->get('/');
    echo $client->body, "\n";

    $pieces = new Coroutine\Channel(1);
    $client->set(['write_func' => fn ($client, $piece) => $pieces->push($piece)]);
    $cid = go(function () use ($client) {
        try {
            $client->get('/');
        } catch (Coroutine\CanceledException) {
            echo "canceled\n";
        }
    });
    echo $pieces->pop(), "\n";
    // Back to the client, which then waits for more.
    Coroutine::sleep(0.001);
    Coroutine::cancel($cid, true);
    $client->set(['write_func' => null]);
    $client->get('/');
    echo $client->body, "\n";
});
?>
--EXPECT--
nr. 1
enough
bool(false)
nr. 2
half
canceled
nr. 3
