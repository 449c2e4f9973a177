--TEST--
Clients that send requests and take no responses get no further ones begun, and all of them in the end
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

$server = new ServerProcess('
    $server = new Swoole\Http\Server("127.0.0.1", 0);
    $server->set(["worker_num" => 1]);
    $begun = 0;
    $server->on("request", function ($request, $response) use (&$begun) {
        if ($request->server["request_uri"] === "/begun") {
            return $response->end("$begun");
        }
        $begun++;
        $response->end(str_repeat("x", 8 << 20));
    });
', '', ['memory_limit' => '48M']);
$clients = [];
for ($i = 0; $i < 6; $i++) {
    $clients[$i] = $server->connect();
    $clients[$i]->send(str_repeat("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 4));
}
$other = $server->connect();
$until = microtime(true) + 1;
do {
    $begun = (int) $other->request("GET /begun HTTP/1.1\r\nHost: h")['body'];
} while ($begun < 6 && microtime(true) < $until);
var_dump($begun);
$whole = 0;
foreach ($clients as $client) {
    for ($n = 0; $n < 4; $n++) {
        $response = $client->response();
        $whole += $response['status'] === 200 && strlen($response['body']) === 8 << 20;
    }
}
var_dump($whole, $other->request("GET /begun HTTP/1.1\r\nHost: h")['body']);
var_dump($server->stop(), $server->output());
?>
--EXPECT--
int(6)
int(24)
string(2) "24"
int(0)
string(0) ""
