--TEST--
sendMessage() reaches onPipeMessage of another worker: strings as they are, other values serialized; misuse warns
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
class Point { public $x = 1; }
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$messages = ['text', "\0\1 bytes", '', str_repeat('long ', 60000), 42, 1.5, null, true, ['a' => [1, 2]], new Point];
$server->on('open', function ($server, $request) { $server->push($request->fd, $server->worker_id); });
$server->on('message', function ($server, $frame) use ($messages) {
    if ($frame->data === 'errors') {
        foreach ([$server->worker_id, 99, -1] as $to) {
            var_dump(@$server->sendMessage('x', $to), swoole_last_error());
            echo str_replace("[$server->worker_id]", '[ID]', error_get_last()['message']) . "\n";
        }
        try {
            $server->sendMessage(fn () => 1, 1 - $server->worker_id);
        } catch (Exception $e) {
            echo $e->getMessage() . "\n";
        }
        return $server->push($frame->fd, 'done');
    }
    foreach ($messages as $message) {
        var_dump($server->sendMessage($message, 1 - $server->worker_id));
    }
});
PHP;
$on = <<<'PHP'
$server->on('pipeMessage', function ($server, $from, $message) use ($messages) {
    static $count = 0;
    // The first sleeps, and the others do not wait for it: each has a coroutine of its own.
    $count === 0 and Swoole\Coroutine::sleep(0.01);
    $count++;
    $right = in_array($message, $messages, !is_object($message));
    echo json_encode([$from === 1 - $server->worker_id, $right, is_object($message) ? get_class($message) : gettype($message)]) . "\n";
    $count === 10 and print("all\n");
});
PHP;
$server = new ServerProcess($code . $on . '$server->set(["worker_num" => 2]);');
$client = $server->websocket();
$client->receive();
$client->text('go');
$server->expect('all');
$lines = explode("\n", trim($server->output()));
echo implode("\n", array_count_values($lines)['bool(true)'] === 10 ? ['ten sent'] : $lines), "\n";
$lines = preg_grep('/^\[/', $lines);
sort($lines);
echo implode("\n", $lines), "\n";
$before = strlen($server->output());
$client->text('errors');
$client->receive();
echo substr($server->output(), $before);
$server->stop();

$server = new ServerProcess($code . '$server->set(["worker_num" => 2]);');
$client = $server->websocket();
$client->receive();
$client->text('go');
$server->expect("can't use sendMessage");
?>
--EXPECT--
ten sent
[true,true,"NULL"]
[true,true,"Point"]
[true,true,"array"]
[true,true,"boolean"]
[true,true,"double"]
[true,true,"integer"]
[true,true,"string"]
[true,true,"string"]
[true,true,"string"]
[true,true,"string"]
bool(false)
int(503)
Swoole\Server::sendMessage(): can't send messages to self
bool(false)
int(503)
Swoole\Server::sendMessage(): worker_id[99] is invalid
bool(false)
int(503)
Swoole\Server::sendMessage(): worker_id[-1] is invalid
Serialization of 'Closure' is not allowed
