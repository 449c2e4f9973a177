--TEST--
What PHP keeps of large messages stays as it was: changed, shared, slept on, while others come in
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
ini_set('memory_limit', '64M');
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['package_max_length' => 8 << 20]);
$kept = [];
$server->on('message', function ($server, $frame) use (&$kept) {
    $data = $frame->data;
    if (strlen($data) < 100) {
        $said = match ($data) {
            'kept' => array_map(fn ($one) => strlen($one) . ' ' . md5($one), $kept),
            'forget' => $kept = [],
            'memory' => memory_get_usage() < 4 << 20 ? 'little' : memory_get_usage(),
        };
        return $server->push($frame->fd, json_encode($said));
    }
    switch ($data[0]) {
        case 'k':
            $kept[] = $data;
            break;
        case 'c':
            $data .= ' and more';
            $data[0] = 'C';
            $kept[$data] = $frame->data;
            break;
        case 'f':
            $copy = clone $frame;
            unset($frame->data);
            $kept[] = &$copy->data;
            $copy->data[1] = '!';
            break;
        case 's':
            for ($i = 0; $i < 5; $i++) {
                Co::sleep(0.002);
                $server->push($frame->fd, (string) crc32($data));
            }
            return;
        case 'e':
            return $server->push($frame->fd, $frame);
    }
    $server->push($frame->fd, md5($frame->data ?? ''));
});
PHP);
function large(string $kind, int $length): string
{
    return $kind . substr(str_repeat(md5("$kind$length"), intdiv($length, 32) + 1), 1, $length - 1);
}
$client = $server->websocket();
$ask = function (string $text) use ($client) {
    $client->text($text);
    return $client->receive();
};
$expected = [];
foreach ([70_000, 1_000_000, 200_000, 65_536, 3_000_000] as $length) {
    $kept = large('k', $length);
    $expected[] = "$length " . md5($kept);
    $ask($kept) === md5($kept) || print("not what was sent\n");
}
var_dump(json_decode($ask('kept')) === $expected);
// Others come in at the place of those that were not kept.
for ($i = 0; $i < 20; $i++) {
    $echo = large('e', 100_000 + $i * 50_000);
    $ask($echo) === $echo || print("no echo of $i\n");
}
var_dump(json_decode($ask('kept')) === $expected);
$changed = large('c', 150_000);
var_dump($ask($changed) === md5($changed));
$shared = large('f', 150_000);
var_dump($ask($shared) === md5(''));
$shared[1] = '!';
$now = json_decode($ask('kept'), true);
var_dump(end($now) === '150000 ' . md5($shared), $now['C' . substr($changed, 1) . ' and more'] === '150000 ' . md5($changed));

// While one sleeps on its message, others come in.
$sleeper = $server->websocket();
$sleeper->text($slept = large('s', 900_000));
for ($i = 0; $i < 5; $i++) {
    $echo = large('e', 900_000);
    $ask($echo) === $echo || print("no echo\n");
    $sleeper->receive() === (string) crc32($slept) || print("not what it slept on\n");
}
$ask('forget');
echo $ask('memory'), "\n";
// At once more than memory_limit.
$clients = array_map(fn () => $server->websocket(), range(1, 10));
foreach ($clients as $n => $one) {
    $one->text(large('x', 7_000_000 + $n));
}
foreach ($clients as $n => $one) {
    $one->receive() === md5(large('x', 7_000_000 + $n)) || print("wrong at $n\n");
}
echo $server->stop(), "\n", $server->output();
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
"little"
0
