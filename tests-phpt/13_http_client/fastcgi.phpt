--TEST--
The FastCGI client and proxy against a real PHP-FPM: bodies, headers, errors, timeouts
--EXTENSIONS--
swoole
posix
--SKIPIF--
<?php
foreach (glob('/usr/sbin/php-fpm*') as $fpm) {
    if (is_executable($fpm)) {
        return;
    }
}
echo 'skip there is no php-fpm';
?>
--FILE--
<?php
use Swoole\Coroutine\FastCGI\Client;
use Swoole\Coroutine\FastCGI\Proxy;
use Swoole\FastCGI\HttpRequest;

require __DIR__ . '/../inc/harness.inc';

$folder = sys_get_temp_dir() . '/fpm' . getmypid();
mkdir($folder);
// A master that root starts has workers that are somebody else.
chmod($folder, 0777);
file_put_contents("$folder/echo.php", '<?php header("X-Two: 2"); setcookie("a", "b"); http_response_code(201);
    echo $_SERVER["REQUEST_METHOD"], " ", $_SERVER["QUERY_STRING"], " ", $_SERVER["HTTP_X_ONE"] ?? "", " ", strlen(file_get_contents("php://input")), " ", json_encode($_POST);');
file_put_contents("$folder/slow.php", '<?php sleep(5);');
file_put_contents("$folder/large.php", '<?php echo str_repeat("x", 200000);');
file_put_contents("$folder/plain.txt", 'a file');
file_put_contents("$folder/fpm.conf", "[global]\nerror_log = $folder/log\ndaemonize = no\n[www]\nlisten = $folder/socket\nlisten.mode = 0666\npm = static\npm.max_children = 3\n"
    . (posix_getuid() === 0 ? "user = nobody\ngroup = nogroup\n" : ''));
$fpm = proc_open([current(array_filter(glob('/usr/sbin/php-fpm*'), 'is_executable')), '-n', '-F', '-y', "$folder/fpm.conf"],
    [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
register_shutdown_function(function () use ($fpm, $folder) {
    proc_terminate($fpm);
    array_map('unlink', glob("$folder/*"));
    rmdir($folder);
});
wait_until(fn () => file_exists("$folder/socket"), 'php-fpm to listen');

Swoole\Coroutine\run(function () use ($folder) {
    echo Client::call("unix:$folder/socket", "$folder/echo.php", ['k' => 'v']), "\n";
    $client = new Client("unix:$folder/socket");
    $request = (new HttpRequest())->withDocumentRoot($folder)->withScriptFilename("$folder/echo.php")->withKeepConn(true)
        ->withUri('/echo.php?q=1')->withHeader('X-One', 'one')->withMethod('POST')->withBody(str_repeat('b', 150000));
    for ($i = 0; $i < 2; $i++) {
        $response = $client->execute($request);
        echo $response->getStatusCode(), ' ', $response->getReasonPhrase(), ' ', $response->getHeader('x-two'), ' ', $response->getBody(), "\n";
    }
    var_dump($response->getSetCookieHeaderLines(), $request->getHeaders(), $request->getQueryString());
    var_dump(strlen(Client::call("unix:$folder/socket", "$folder/large.php")));
    $missing = $client->execute((new HttpRequest())->withScriptFilename("$folder/none.php"));
    var_dump($missing->getStatusCode(), $missing->getError() !== '');
    foreach ([["unix:$folder/socket", "$folder/slow.php"], ["unix:$folder/nobody", "$folder/echo.php"]] as [$url, $script]) {
        try {
            Client::call($url, $script, '', 0.05);
        } catch (Client\Exception $e) {
            echo $e->getMessage(), ' ', $e->getCode(), "\n";
        }
    }
});
var_dump(Client::parseUrl('127.0.0.1:9001'), Client::parseUrl('tcp://[::1]:9000')[0]);

$server = new ServerProcess("
    \$server = new Swoole\\Http\\Server('127.0.0.1', 0);
    \$proxy = (new Swoole\\Coroutine\\FastCGI\\Proxy('unix:$folder/socket', '$folder'))->withTimeout(5);
    \$server->on('request', fn (\$request, \$response) => \$proxy->pass(\$request, \$response));
");
$client = $server->connect();
$response = $client->request("POST /echo.php?a=b HTTP/1.1\r\nHost: h\r\nX-One: two\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3", 'x=y');
var_dump($response['status'], $response['headers']['x-two'], $response['headers']['set-cookie'], $response['body']);
var_dump($client->request("GET /plain.txt HTTP/1.1\r\nHost: h")['body']);
?>
--EXPECT--
POST   3 {"k":"v"}
201 Created 2 POST q=1 one 150000 []
201 Created 2 POST q=1 one 150000 []
array(1) {
  [0]=>
  string(3) "a=b"
}
array(1) {
  ["x-one"]=>
  string(3) "one"
}
string(3) "q=1"
int(200000)
int(404)
bool(true)
Connection timed out 110
No such file or directory 2
array(2) {
  [0]=>
  string(9) "127.0.0.1"
  [1]=>
  int(9001)
}
string(3) "::1"
int(201)
string(1) "2"
string(3) "a=b"
string(24) "POST a=b two 3 {"x":"y"}"
string(6) "a file"
