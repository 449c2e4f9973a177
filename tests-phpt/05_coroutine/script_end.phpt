--TEST--
What a script leaves behind runs to its end when the script ends
--EXTENSIONS--
swoole
--FILE--
<?php
go(function () {
    Co::sleep(0.002);
    echo "coroutine\n";
    go(function () { Co::sleep(0.001); echo "late child\n"; });
});
Swoole\Timer::after(1, function () { echo "timer\n"; });
register_shutdown_function(function () { echo "later shutdown function\n"; });
echo "end of script\n";
?>
--EXPECT--
end of script
timer
coroutine
late child
later shutdown function
