--TEST--
A deadlock is named with its coroutines and where they wait
--EXTENSIONS--
swoole
--FILE--
<?php
function wait_for_nothing($channel) { $channel->pop(); }
Swoole\Coroutine\run(function () {
    $channel = new chan(1);
    go(function () use ($channel) {
        try {
            wait_for_nothing($channel);
        } finally {
            echo "unwound\n";
        }
    });
    Co::yield();
});
Co::set(['enable_deadlock_check' => false]);
Swoole\Coroutine\run(function () { Co::yield(); });
echo "end of script\n";
?>
--EXPECTF--
===================================================================
 [FATAL ERROR]: all coroutines (count: 2) are asleep - deadlock!
===================================================================

 [Coroutine-1] waits for Coroutine::resume()
--------------------------------------------------------------------
#0 %s(%d): Swoole\Coroutine::yield()
#1 [internal function]: {closure%S}()

 [Coroutine-2] waits at a channel
--------------------------------------------------------------------
#0 %s(%d): Swoole\Coroutine\Channel->pop()
#1 %s(%d): wait_for_nothing(%S)
#2 [internal function]: {closure%S}()

 Nothing is left that could wake them. Wait with a timeout, or end the wait: Channel::close(), Coroutine::resume(),
 Coroutine::cancel(). Coroutine::set(['enable_deadlock_check' => false]) switches this report off.
end of script
unwound
