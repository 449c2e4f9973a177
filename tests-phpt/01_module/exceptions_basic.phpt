--TEST--
Exception classes: parents, final ones, and what an ExitException knows
--EXTENSIONS--
swoole
--FILE--
<?php
foreach ([
    'Swoole\Exception', 'Swoole\Error', 'Swoole\ExitException', 'Swoole\Coroutine\CanceledException',
    'Swoole\Coroutine\TimeoutException', 'Swoole\Coroutine\Http\Client\Exception',
    'Swoole\Coroutine\Socket\Exception', 'Swoole\Client\Exception',
] as $name) {
    $class = new ReflectionClass($name);
    echo $class->isFinal() ? 'final ' : '', $name, ' < ', $class->getParentClass()->getName(), "\n";
}
$e = new Swoole\ExitException('swoole exit', 3);
var_dump($e->getFlags(), $e->getStatus(), $e->getMessage(), $e->getCode());
try {
    throw new Swoole\Coroutine\TimeoutException('late', 10018);
} catch (Exception $e) {
    echo get_class($e), ' ', $e->getMessage(), ' ', $e->getCode(), "\n";
}
?>
--EXPECT--
Swoole\Exception < Exception
Swoole\Error < Error
Swoole\ExitException < Swoole\Exception
final Swoole\Coroutine\CanceledException < Exception
final Swoole\Coroutine\TimeoutException < Exception
Swoole\Coroutine\Http\Client\Exception < Swoole\Exception
Swoole\Coroutine\Socket\Exception < Swoole\Exception
Swoole\Client\Exception < Swoole\Exception
int(0)
int(0)
string(11) "swoole exit"
int(3)
Swoole\Coroutine\TimeoutException late 10018
