--TEST--
What needs a coroutine says so outside of one
--EXTENSIONS--
swoole
--FILE--
<?php
$channel = new chan(1);
foreach ([
    fn() => Co::sleep(0.001), fn() => Co::yield(), fn() => Co::suspend(), fn() => defer(fn() => 1),
    fn() => $channel->push(1), fn() => $channel->pop(), fn() => Co::join([1]), fn() => Co::isCanceled(),
] as $api) {
    try {
        $api();
        echo "no error\n";
    } catch (Swoole\Error $e) {
        echo $e->getMessage(), ' ', $e->getCode(), "\n";
    }
}
var_dump(Co::getCid(), Co::getPcid(), Co::getContext(), Co::getElapsed(), Co::getBackTrace(), Co::exists(1), Co::cancel(1));
var_dump(Co::sleep(0));
?>
--EXPECTF--
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run() 10001
int(-1)
bool(false)
NULL
int(-1)
bool(false)
bool(false)
bool(false)

Warning: Swoole\Coroutine::sleep(): Timer must be greater than or equal to 0.001 in %s on line %d
bool(false)
