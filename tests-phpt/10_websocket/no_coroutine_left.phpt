--TEST--
Where there is no coroutine for a callback its client is told 1013 or 503, the log hears of it once, and the others go on
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

$server = new ServerProcess('
    $server = new Swoole\WebSocket\Server("127.0.0.1", 0);
    $server->set(["worker_num" => 1, "max_coroutine" => 10]);
    $gate = new Swoole\Coroutine\Channel;
    $server->on("message", function ($server, $frame) use ($gate) {
        fwrite(STDERR, "begun $frame->data;");
        $gate->pop();
    });
    $server->on("request", fn ($request, $response) => $response->end("served"));
');
$patient = $server->websocket();
for ($i = 0; $i < 10; $i++) {
    $patient->text("$i");
}
$server->expect('begun 9;');
$refused = $server->websocket();
for ($i = 0; $i < 3; $i++) {
    $refused->text('one too many');
}
var_dump($refused->close());
$http = $server->connect()->request("GET / HTTP/1.1\r\nHost: h");
var_dump($http['status']);
preg_match_all('~no coroutine for a callback.* 10~', $server->output(), $lines);
var_dump($lines[0]);
$server->stop(9);

// When they end, everything goes on.
$server = new ServerProcess('
    $server = new Swoole\WebSocket\Server("127.0.0.1", 0);
    $server->set(["worker_num" => 1, "max_coroutine" => 10]);
    $server->on("message", function ($server, $frame) {
        fwrite(STDERR, "begun $frame->data;");
        Swoole\Coroutine::sleep(0.3);
        $server->push($frame->fd, "done: $frame->data");
    });
');
$patient = $server->websocket();
for ($i = 0; $i < 10; $i++) {
    $patient->text("$i");
}
$server->expect('begun 9;');
$refused = $server->websocket();
$refused->text('one too many');
var_dump($refused->close());
for ($i = 0, $answers = []; $i < 10; $i++) {
    $answers[] = $patient->receive();
}
var_dump($answers === array_map(fn ($i) => "done: $i", range(0, 9)));
$patient->text('again');
var_dump($patient->receive());
?>
--EXPECTF--
string(12) "1013 no room"
int(503)
array(1) {
  [0]=>
  string(%d) "no coroutine for a callback: exceed max number of coroutine 10"
}
string(12) "1013 no room"
bool(true)
string(11) "done: again"
