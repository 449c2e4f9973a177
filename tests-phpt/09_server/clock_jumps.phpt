--TEST--
The wall clock jumps by hours, both ways: dates and the log follow, timers, idle limits and heartbeat() do not, nobody is closed
--EXTENSIONS--
swoole
--SKIPIF--
<?php
glob('/usr/lib/*/faketime/libfaketimeMT.so.1') || die('skip libfaketime (Debian: faketime) is missing');
getenv('PHPT_PHP') && die('skip what is not PHP itself cannot have the extension there before it');
?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$home = tempnam(sys_get_temp_dir(), 'srs');
unlink($home);
mkdir($home);
$jump = function (string $by) use ($home) {
    file_put_contents("$home/clock.new", $by);
    rename("$home/clock.new", "$home/clock");
};
$jump('+0h');
$environment = [
    // PHP has an extension ask libc for the time before anybody else, unless it was there before PHP.
    'LD_PRELOAD' => glob('/usr/lib/*/faketime/libfaketimeMT.so.1')[0] . ':' . (getenv('SWOOLE_SO') ?: loaded_extension()),
    'FAKETIME_TIMESTAMP_FILE' => "$home/clock",
    'FAKETIME_NO_CACHE' => '1',
    'FAKETIME_DONT_FAKE_MONOTONIC' => '1',
    'DONT_FAKE_MONOTONIC' => '1',
    'NO_FAKE_STAT' => '1',
];
// For the server alone.
foreach ($environment as $name => $value) {
    putenv("$name=$value");
}
$server = new ServerProcess("\$home = '$home';" . <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set([
    'heartbeat_check_interval' => 1,
    'heartbeat_idle_time' => 60,
    'websocket_idle_timeout' => 60,
    'max_idle_time' => 60,
    'log_file' => "$home/log",
    'log_rotation' => SWOOLE_LOG_ROTATION_HOURLY,
]);
$server->on('message', function ($server, $frame) {
    $fd = $frame->fd;
    if ($frame->data === 'time') {
        swoole_error_log(SWOOLE_LOG_WARNING, 'it is ' . gmdate('YmdH'));
        return $server->push($fd, (string) time());
    }
    // Nothing in PHP but this clock never jumps.
    $began = hrtime(true);
    $millis = fn () => intdiv(hrtime(true) - $began, 1000000);
    $ticks = 0;
    $after = $slept = null;
    Swoole\Timer::after(700, function () use (&$after, $millis) { $after = $millis(); });
    go(function () use (&$slept, $millis) {
        Swoole\Coroutine::sleep(0.9);
        $slept = $millis();
    });
    Swoole\Timer::tick(100, function ($id) use (&$ticks, &$early, &$after, &$slept, $millis, $server, $fd) {
        $early = $early || $millis() < 100 * ++$ticks;
        // More than one round of the heartbeat.
        if ($ticks === 15) {
            Swoole\Timer::clear($id);
            $server->push($fd, json_encode(['early' => $early || $after < 700 || $slept < 900, 'silent' => $server->heartbeat(false)]));
        }
    });
    $server->push($fd, 'timers run');
});
$server->on('close', function ($server, $fd) { echo "close $fd\n"; });
PHP);
foreach ($environment as $name => $value) {
    putenv($name);
}
[$client, $silent] = [$server->websocket(), $server->websocket()];
$ask = function (string $what) use ($client) { $client->text($what); return $client->receive(); };
$off = [];
foreach (['+3h' => 3, '-5h' => -5, '+26h' => 26, '+0h' => 0] as $by => $hours) {
    $ask('timers');
    $jump($by);
    $off[] = (int) round(($ask('time') - time()) / 3600) - $hours;
    echo "$by: ", $client->receive(), "\n";
    // New ones come in.
    $server->websocket();
}
echo implode(' ', $off), "\n";
$silent->text('time');
var_dump(abs((int) $silent->receive() - time()) < 5);
preg_match_all('/^close \d+/m', $server->output(), $closed);
var_dump(array_diff($closed[0], ['close 3', 'close 4', 'close 5', 'close 6']), $server->stop());
// Every line is in the file of the hour it tells.
$lines = 0;
foreach (glob("$home/log.*") as $file) {
    preg_match_all('/it is (\d+)/', file_get_contents($file), $told);
    foreach ($told[1] as $hour) {
        $lines++;
        str_ends_with($file, ".$hour") || print("$hour in $file\n");
    }
}
echo "$lines lines in ", count(glob("$home/log.*")) >= 4 ? 'files of their hours' : implode(' ', glob("$home/log.*")), "\n";
array_map(unlink(...), glob("$home/*"));
rmdir($home);
?>
--EXPECT--
+3h: {"early":false,"silent":[]}
-5h: {"early":false,"silent":[]}
+26h: {"early":false,"silent":[]}
+0h: {"early":false,"silent":[]}
0 0 0 0
bool(true)
array(0) {
}
int(0)
5 lines in files of their hours
