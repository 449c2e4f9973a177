--TEST--
System::exec() gives output, exit code and signal; several run at the same time
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\System;

Swoole\Coroutine\run(function () {
    echo json_encode(System::exec('echo hello; exit 3')), "\n";
    echo json_encode(System::exec('echo quiet; echo loud >&2', true)), "\n";
    echo json_encode(System::exec('kill -9 $$')), "\n";
    echo json_encode(Co::exec('no-such-command 2>/dev/null')), "\n";
    var_dump(strlen(System::exec('head -c 1000000 /dev/zero')['output']));

    // Each waits for the other through a fifo: one after the other they would never end.
    $fifo = sys_get_temp_dir() . '/srs' . getmypid();
    System::exec("mkfifo $fifo");
    $results = Swoole\Coroutine\batch([
        fn() => System::exec("cat $fifo")['output'],
        fn() => System::exec("echo through > $fifo")['code'],
    ]);
    unlink($fifo);
    echo json_encode($results), "\n";
});
?>
--EXPECT--
{"code":3,"signal":0,"output":"hello\n"}
{"code":0,"signal":0,"output":"quiet\nloud\n"}
{"code":0,"signal":9,"output":""}
{"code":127,"signal":0,"output":""}
int(1000000)
["through\n",0]
