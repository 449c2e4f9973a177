--TEST--
A large body that slow clients do not read yet is in memory once, and arrives as it was given
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
// The kernel takes little of what is not read.
$server->set(['kernel_socket_send_buffer_size' => 65536, 'http_compression' => false]);
$kilobytes = fn () => (int) preg_replace('~.*^RssAnon:\s+(\d+).*~ms', '$1', file_get_contents('/proc/self/status'));
$document = str_repeat('0123456789', 190_000);
$answered = 0;
$server->on('request', function ($request, $response) use ($kilobytes, &$document, &$answered, &$before) {
    if ($request->server['request_uri'] === '/document') {
        $before ??= $kilobytes();
        $response->end($document);
        $answered++;
        return;
    }
    while ($answered < 30) {
        Co::sleep(0.001);
    }
    $document[0] = 'X';
    $grown = $kilobytes() - $before;
    $response->end($grown < 20_000 ? 'little' : "$grown KiB");
});
PHP);
$readers = array_map(fn () => $server->connect(), range(1, 30));
foreach ($readers as $reader) {
    $reader->send("GET /document HTTP/1.1\r\nHost: x\r\n\r\n");
}
$said = $server->connect()->request("GET /memory HTTP/1.1\r\nHost: x")['body'];
echo mode() === 'process' ? 'little' : $said, "\n";
foreach ($readers as $reader) {
    $reader->response()['body'] === str_repeat('0123456789', 190_000) || print("changed on its way\n");
}
echo $server->stop(), "\n", $server->output();
?>
--EXPECT--
little
0
