--TEST--
download(): an answer that never comes leaves no file, and one that stood there as it was
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Http\Client;

require __DIR__ . '/../inc/harness.inc';

$listener = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
$folder = sys_get_temp_dir() . '/dl' . getmypid();
mkdir($folder);
file_put_contents("$folder/old", 'an old file');
Swoole\Coroutine\run(function () use ($listener, $port, $folder) {
    $download = function (string $file) use ($port, $folder) {
        $client = new Client('127.0.0.1', $port);
        $client->set(['timeout' => 0.1]);
        var_dump($client->download('/', "$folder/$file"));
        var_dump(@file_get_contents("$folder/$file"));
    };
    // Nobody answers.
    $download('old');
    $download('new');
    // Nobody listens.
    fclose($listener);
    $download('old');
    $download('new');
    $client = new Client('127.0.0.1', $port);
    var_dump(@$client->download('/', "$folder/nowhere/file"), $client->errCode);
});
$server = new ServerProcess('
    $server = new Swoole\Http\Server("127.0.0.1", 0);
    $server->on("request", fn ($request, $response) => $response->end($request->server["request_uri"] === "/empty" ? "" : "new"));
');
Swoole\Coroutine\run(function () use ($server, $folder) {
    $client = new Client('127.0.0.1', $server->port);
    var_dump($client->download('/', "$folder/old"), file_get_contents("$folder/old"));
    var_dump($client->download('/', "$folder/old", 3), file_get_contents("$folder/old"));
    var_dump($client->download('/empty', "$folder/old"), file_get_contents("$folder/old"));
});
array_map('unlink', glob("$folder/*"));
rmdir($folder);
?>
--EXPECT--
bool(false)
string(11) "an old file"
bool(false)
bool(false)
bool(false)
string(11) "an old file"
bool(false)
bool(false)
bool(false)
int(2)
bool(true)
string(3) "new"
bool(true)
string(6) "newnew"
bool(true)
string(0) ""
