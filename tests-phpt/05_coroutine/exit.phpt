--TEST--
exit() in a coroutine ends the script with its status
--EXTENSIONS--
swoole
--FILE--
<?php
$script = <<<'PHP'
register_shutdown_function(function () { echo "shutdown\n"; });
Swoole\Coroutine\run(function () {
    go(function () { try { Co::sleep(10); } finally { echo "finally\n"; } });
    go(function () { Co::sleep(0.001); exit(3); });
    Co::sleep(10);
    echo "never\n";
});
echo "never\n";
PHP;
$php = getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS');
exec("$php -r " . escapeshellarg($script), $out, $status);
echo implode("\n", $out), "\n$status\n";
exec("$php -r " . escapeshellarg('go(function () { exit(4); }); echo "never";'), $out2, $status);
echo implode("\n", $out2), "$status\n";
exec("$php -r " . escapeshellarg('go(function () { go(function () { exit("bye"); }); echo "never"; }); echo "never";'), $out3, $status);
echo implode("\n", $out3), " $status\n";
?>
--EXPECT--
shutdown
finally
3
4
bye 0
