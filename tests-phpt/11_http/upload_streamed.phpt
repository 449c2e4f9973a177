--TEST--
upload_max_filesize: forms beyond package_max_length go to files as they arrive; too much is 413, and nothing is left behind
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$dir = tempnam(sys_get_temp_dir(), 'srs');
unlink($dir);
mkdir($dir);
$server = new ServerProcess("\$dir = '$dir';" . <<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['package_max_length' => 65536, 'upload_max_filesize' => 8 << 20, 'upload_tmp_dir' => $dir]);
$server->on('request', function ($request, $response) use ($dir) {
    $file = $request->files['doc'] ?? ['tmp_name' => ''];
    $kept = isset($request->get['move']) && move_uploaded_file($file['tmp_name'], "$dir/moved");
    $response->end(json_encode([
        $request->post, $file['size'] ?? null, $kept ? 'moved' : md5((string) @file_get_contents($file['tmp_name'])),
        strlen($request->rawContent()),
    ]));
});
$server->on('close', function ($server, $fd) { echo "close $fd\n"; });
PHP);
$form = fn (string $file, string $field) => "--b\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\n$field\r\n"
    . "--b\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"d\"\r\n\r\n$file\r\n--b--\r\n";
$head = fn (string $framing, string $path = '/') => "POST $path HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\n$framing\r\n\r\n";
$file = random_bytes(6 << 20);

echo "with a length\n";
$client = $server->connect();
$body = $form($file, 'value');
$client->send($head('Content-Length: ' . strlen($body)) . $body);
$answer = $client->response()['body'];
var_dump($answer === json_encode([['field' => 'value'], strlen($file), md5($file), 0]) ?: $answer);

echo "in chunks, and moved\n";
$client->send($head('Transfer-Encoding: chunked', '/?move'));
foreach (str_split($body, 100000) as $piece) {
    $client->send(dechex(strlen($piece)) . "\r\n$piece\r\n");
}
$client->send("0\r\n\r\n");
$answer = $client->response()['body'];
var_dump($answer === json_encode([['field' => 'value'], strlen($file), 'moved', 0]) ?: $answer);
var_dump(file_get_contents("$dir/moved") === $file);
unlink("$dir/moved");

echo "a small form is a body as ever\n";
$small = $form('tiny', 'value');
$client->send($head('Content-Length: ' . strlen($small)) . $small);
echo $client->response()['body'] === json_encode([['field' => 'value'], 4, md5('tiny'), strlen($small)]) ? "yes\n" : "no\n";

echo "too much\n";
$client->send($head('Content-Length: ' . (9 << 20)));
echo $client->rest();
$client = $server->connect();
$body = $form('tiny', str_repeat('x', 70000));
$client->send($head('Content-Length: ' . strlen($body)) . $body);
echo $client->rest();
// What is no form has the limit of old.
$client = $server->connect();
$client->send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n");
echo $client->rest();

echo "cut short\n";
$client = $server->connect();
$body = $form($file, 'value');
$client->send($head('Content-Length: ' . strlen($body)) . substr($body, 0, 3 << 20));
wait_until(fn () => glob("$dir/*") !== [], 'the file to begin');
$client->end();
$server->expect('close 4');
wait_until(fn () => glob("$dir/*") === [], 'the file to go');
$server->stop();
rmdir($dir);
?>
--EXPECT--
with a length
bool(true)
in chunks, and moved
bool(true)
bool(true)
a small form is a body as ever
yes
too much
HTTP/1.1 413 Request Entity Too Large

HTTP/1.1 413 Request Entity Too Large

HTTP/1.1 413 Request Entity Too Large

cut short
