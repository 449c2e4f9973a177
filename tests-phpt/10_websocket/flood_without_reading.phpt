--TEST--
A client that sends and does not read is not heard any further; others are, and nothing of it is lost
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

/** Sends frames until the server takes no more for a while; gives how many bytes went out. */
function flood($socket, string $frame, int $most): int
{
    $chunk = str_repeat($frame, max(1, intdiv(65536, strlen($frame))));
    $sent = 0;
    $last = microtime(true);
    while ($sent < $most && microtime(true) - $last < 0.3) {
        $count = (int) @fwrite($socket, substr($chunk, $sent % strlen($chunk)));
        $sent += $count;
        $count > 0 ? $last = microtime(true) : usleep(1000);
    }
    return $sent;
}

/** Sends the rest of a frame, and reads as many bytes as must come. */
function read_all($socket, string $rest, int $expected): string
{
    for ($read = '', $until = microtime(true) + DEADLINE; strlen($read) < $expected && microtime(true) < $until;) {
        $rest = substr($rest, (int) @fwrite($socket, $rest));
        $bytes = fread($socket, 65536);
        $bytes === '' ? usleep(500) : $read .= $bytes;
    }
    return $read;
}

$server = new ServerProcess('
    $server = new Swoole\WebSocket\Server("127.0.0.1", 0);
    $server->set(["worker_num" => 1, "max_coroutine" => 1000]);
    $server->on("message", fn ($server, $frame) => $server->push($frame->fd, $frame->data));
', '', ['memory_limit' => '24M']);
foreach (['a large one' => str_repeat('x', 65536), 'a short one' => '0123456789'] as $name => $payload) {
    $flooder = $server->websocket();
    stream_set_blocking($flooder->socket, false);
    $frame = frame(1, $payload);
    $sent = flood($flooder->socket, $frame, strlen($payload) > 10 ? 40 << 20 : 6 << 20);
    $count = intdiv($sent + strlen($frame) - 1, strlen($frame));
    var_dump($count > 20);
    $other = $server->websocket();
    $began = microtime(true);
    for ($i = 0; $i < 20; $i++) {
        $other->text("honest $i");
        if ($other->receive() !== "honest $i") {
            echo "no answer\n";
        }
    }
    var_dump(microtime(true) - $began < 2);
    $answer = ($payload === '0123456789' ? "\x81\x0a" : "\x81\x7f" . pack('J', 65536)) . $payload;
    $rest = substr($frame, $sent % strlen($frame) ?: strlen($frame));
    var_dump(read_all($flooder->socket, $rest, $count * strlen($answer)) === str_repeat($answer, $count));
    stream_set_blocking($flooder->socket, true);
    $flooder->text('and now');
    var_dump($flooder->receive());
    $flooder->end();
}
var_dump($server->stop(), $server->output());
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
string(7) "and now"
bool(true)
bool(true)
bool(true)
string(7) "and now"
int(0)
string(0) ""
