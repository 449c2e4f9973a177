--TEST--
multipart/form-data fills post and files; the temp file is an upload and vanishes with the request
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    static $last;
    if (isset($request->get['last'])) {
        return $response->end(json_encode(file_exists($last)));
    }
    $file = $request->files['doc'];
    $last = $file['tmp_name'];
    $response->end(json_encode([
        $request->post, array_keys($file), $file['name'], $file['type'], $file['size'], $file['error'],
        file_get_contents($last), is_uploaded_file($last),
    ]));
});
PHP);
$client = $server->connect();
$body = implode("\r\n", [
    '--b', 'Content-Disposition: form-data; name="field"', '', 'value',
    '--b', 'Content-Disposition: form-data; name="a[]"', '', '1',
    '--b', 'Content-Disposition: form-data; name="doc"; filename="d.txt"', 'Content-Type: text/plain', '', "line\r\n--not it", '--b--', '',
]);
echo $client->request("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=\"b\"\r\nContent-Length: " . strlen($body), $body)['body'], "\n";
echo $client->request("GET /?last HTTP/1.1\r\nHost: h")['body'], "\n";
$server->stop();
?>
--EXPECT--
[{"field":"value","a":["1"]},["type","tmp_name","size","name","error","full_path"],"d.txt","text\/plain",14,0,"line\r\n--not it",true]
false
