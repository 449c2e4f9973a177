--TEST--
exit() in a coroutine throws an exception that the script may catch
--EXTENSIONS--
swoole
--FILE--
<?php
function leave(...$status)
{
    try {
        match (count($status)) {
            0 => exit,
            default => exit($status[0]),
        };
    } catch (Swoole\ExitException $e) {
        echo get_class($e), ': ', $e->getMessage(), ' flags ', $e->getFlags(), ' line ', $e->getLine(), ' ';
        var_dump($e->getStatus());
    }
}
go(function () {
    leave();
    foreach ([null, true, 7, 1.5, 'text', ['a' => 1]] as $status) {
        leave($status);
    }
    $text = str_repeat('x', 3);
    try { exit($text . 'y'); } catch (Swoole\ExitException $e) { var_dump($e->getStatus(), $text); }
    try { exit("constant"); } catch (Throwable $e) { var_dump($e->getStatus()); }
    try { @exit($undefined); } catch (Throwable $e) { var_dump($e->getStatus()); }
    try { try { die(3); } finally { echo "finally\n"; } } catch (Exception $e) { var_dump($e->getStatus()); }
    Co::sleep(0.001);
    (new Fiber(function () {
        try { exit(8); } catch (Swoole\ExitException $e) { var_dump($e->getStatus()); }
    }))->start();
    for ($i = 0; $i < 100; $i++) {
        try { exit("number $i"); } catch (Swoole\ExitException $e) { $last = $e->getStatus(); }
    }
    var_dump($last);
    echo "the coroutine goes on\n";
});
Swoole\Event::wait();
echo "so does the script\n";
exit("outside it is PHP's own\n");
?>
--EXPECTF--
Swoole\ExitException: swoole exit flags 2 line 6 NULL
Swoole\ExitException: swoole exit flags 2 line 7 NULL
Swoole\ExitException: swoole exit flags 2 line 7 bool(true)
Swoole\ExitException: swoole exit flags 2 line 7 int(7)
Swoole\ExitException: swoole exit flags 2 line 7 float(1.5)
Swoole\ExitException: swoole exit flags 2 line 7 string(4) "text"
Swoole\ExitException: swoole exit flags 2 line 7 array(1) {
  ["a"]=>
  int(1)
}
string(4) "xxxy"
string(3) "xxx"
string(8) "constant"
NULL
finally
int(3)
int(8)
string(9) "number 99"
the coroutine goes on
so does the script
outside it is PHP's own
