--TEST--
download() writes to a file, write_func takes pieces, setDefer() puts the answer off
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    if ($request->server['request_uri'] === '/chunks') {
        for ($i = 0; $i < 5; $i++) {
            $response->write(str_repeat($i, 1000));
        }
        return $response->end();
    }
    $response->end(str_repeat('0123456789', 50000));
});
PHP);
// The port is bound before it listens.
$server->connect()->end();
$file = tempnam(sys_get_temp_dir(), 'dwn');
Swoole\Coroutine\run(function () use ($server, $file) {
    $client = new HttpClient('127.0.0.1', $server->port);
    var_dump($client->download('/', $file), filesize($file), md5_file($file) === md5(str_repeat('0123456789', 50000)));
    var_dump($client->body, $client->downloadFile, $client->statusCode);
    file_put_contents($file, 'begun:');
    clearstatcache();
    var_dump($client->download('/chunks', $file, 6), filesize($file), file_get_contents($file, false, null, 0, 10));
    var_dump($client->get('/chunks'), strlen($client->body));
    var_dump($client->download('/', '/no/such/folder/file'), $client->errCode);

    $sum = 0;
    $client->set(['write_func' => function ($given, $piece) use (&$sum, $client) {
        $sum += strlen($piece);
        Swoole\Coroutine::sleep(0.001);
        return $given === $client;
    }]);
    var_dump($client->get('/'), $sum, $client->body);
    $client->set(['write_func' => fn () => false]);
    var_dump($client->get('/'), $client->connected);
    $client->set(['write_func' => fn () => throw new Exception('enough')]);
    try {
        $client->get('/');
    } catch (Exception $exception) {
        echo $exception->getMessage(), "\n";
    }
    $client->set(['write_func' => null]);

    $client->setDefer();
    var_dump($client->getDefer(), $client->get('/chunks'), $client->body, $client->statusCode);
    var_dump($client->get('/chunks'), $client->errCode === 115);
    var_dump($client->recv(), strlen($client->body), $client->recv(), $client->errCode);
    unlink($file);
});
?>
--EXPECTF--
bool(true)
int(500000)
bool(true)
string(0) ""
NULL
int(200)
bool(true)
int(5006)
string(10) "begun:0000"
bool(true)
int(5000)

Warning: Swoole\Coroutine\Http\Client::download(): open(/no/such/folder/file) failed, Error: No such file or directory[2] in %s on line %d
bool(false)
int(2)
bool(true)
int(500000)
string(0) ""
bool(false)
bool(false)
enough
bool(true)
bool(true)
string(0) ""
int(0)
bool(false)
bool(true)
bool(true)
int(5000)
bool(false)
int(%d)
