--TEST--
addFile and addData: forms with files, parts of files, and what is refused
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    $files = array_map(fn ($file) => [$file['name'], $file['type'], $file['size'], md5_file($file['tmp_name'])], $request->files ?? []);
    $response->end(json_encode([$request->post, $files]));
});
PHP);
// The port is bound before it listens.
$server->connect()->end();
$path = tempnam(sys_get_temp_dir(), 'upl');
$content = random_bytes(300000);
file_put_contents($path, $content);
$empty = tempnam(sys_get_temp_dir(), 'upl');
Swoole\Coroutine\run(function () use ($server, $path, $content, $empty) {
    $client = new HttpClient('127.0.0.1', $server->port);
    var_dump($client->addFile($path, 'whole', 'image/png', 'pic "1".png'));
    var_dump($client->addFile($path, 'part', null, 'notes.txt', 1000, 2000));
    var_dump($client->addData('given content', 'data'));
    var_dump(count($client->uploadFiles), $client->uploadFiles[1]['size'], $client->uploadFiles[1]['type']);
    var_dump($client->post('/', ['field' => 'value', 'n' => 5]), $client->uploadFiles);
    [$post, $files] = json_decode($client->body, true);
    echo json_encode($post), "\n";
    echo json_encode(array_map(fn ($file) => array_slice($file, 0, 3), $files)), "\n";
    var_dump($files['whole'][3] === md5($content), $files['part'][3] === md5(substr($content, 1000, 2000)), $files['data'][3] === md5('given content'));
    $client->post('/', ['plain' => 'again']);
    echo $client->body, "\n";
    var_dump($client->addFile('/no/such/file', 'x'), $client->addFile($empty, 'x'), $client->addFile($path, 'x', null, null, 300000), $client->addFile($path, 'x', null, null, 1, 300000));
    $client->addFile($path, 'gone');
    unlink($path);
    var_dump($client->post('/', []), $client->statusCode, $client->errCode);
    unlink($empty);
});
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
int(3)
int(2000)
string(10) "text/plain"
bool(true)
NULL
{"field":"value","n":"5"}
{"whole":["pic %221%22.png","image\/png",300000],"part":["notes.txt","text\/plain",2000],"data":["data","application\/octet-stream",13]}
bool(true)
bool(true)
bool(true)
[{"plain":"again"},[]]

Warning: Swoole\Coroutine\Http\Client::addFile(): stat(/no/such/file) failed, Error: No such file or directory[2] in %s on line %d

Warning: Swoole\Coroutine\Http\Client::addFile(): cannot send empty file in %s on line %d

Warning: Swoole\Coroutine\Http\Client::addFile(): parameter $offset[300000] and $length[0] exceed the size of the file in %s on line %d

Warning: Swoole\Coroutine\Http\Client::addFile(): parameter $offset[1] and $length[300000] exceed the size of the file in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
int(-4)
int(2)
