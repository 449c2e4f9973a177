--TEST--
Exceptions across waits: caught inside, finally runs, traces are whole
--EXTENSIONS--
swoole
--FILE--
<?php
function thrower(): void
{
    Co::sleep(0.001);
    throw new RuntimeException('late');
}
Swoole\Coroutine\run(function () {
    for ($i = 0; $i < 3; $i++) {
        go(function () use ($i) {
            try {
                try {
                    thrower();
                } finally {
                    Co::sleep(0.001);
                    echo "finally $i\n";
                }
            } catch (RuntimeException $e) {
                echo "caught $i: ", $e->getMessage(), "\n";
                if ($i == 0) {
                    echo preg_replace('~/.*/~', '', $e->getTraceAsString()), "\n";
                }
            }
        });
    }
});
?>
--EXPECTF--
finally 0
caught 0: late
#0 exceptions.php(%d): thrower()
#1 [internal function]: {closure%S}()
#2 {main}
finally 1
caught 1: late
finally 2
caught 2: late
