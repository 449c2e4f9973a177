<?php

namespace Swoole\Coroutine {

    /**
     * Runs a function in a coroutine, and comes back when no coroutine and no timer is left.
     */
    function run(callable $fn, mixed ...$args): bool {}

    /**
     * The same as Coroutine::create().
     */
    function go(callable $fn, mixed ...$args): int|false {}

    /**
     * The same as Coroutine::defer().
     */
    function defer(callable $fn): void {}

    /**
     * Calls every task in a coroutine of its own, and gives their results under the same keys.
     *
     * @param float $timeout seconds; what is not ready then is null
     */
    function batch(array $tasks, float $timeout = -1): array {}

    /**
     * Calls a function in so many coroutines, and waits for all of them.
     */
    function parallel(int $n, callable $fn): void {}

    /**
     * Calls a function for every element, each in a coroutine of its own, and gives the results under the same keys.
     *
     * @param float $timeout seconds; what is not ready then is null
     */
    function map(array $list, callable $fn, float $timeout = -1): array {}

    /**
     * Names the coroutines that wait for what cannot come any more, if that is so.
     */
    function deadlock_check(): void {}
}

namespace Co {

    /** The same as Swoole\Coroutine\run(). */
    function run(callable $fn, mixed ...$args): bool {}

    /** The same as Swoole\Coroutine\go(). */
    function go(callable $fn, mixed ...$args): int|false {}

    /** The same as Swoole\Coroutine\defer(). */
    function defer(callable $fn): void {}
}

namespace {

    /** The same as Swoole\Coroutine::create(). */
    function swoole_coroutine_create(callable $func, mixed ...$params): int|false {}

    /** The same as Swoole\Coroutine::defer(). */
    function swoole_coroutine_defer(callable $callback): void {}

    /** The same as Swoole\Coroutine::create(); there when swoole.use_shortname is on. */
    function go(callable $func, mixed ...$params): int|false {}

    /** The same as Swoole\Coroutine::defer(); there when swoole.use_shortname is on. */
    function defer(callable $callback): void {}

    /** The same as Swoole\Coroutine\System::dnsLookup(). */
    function swoole_async_dns_lookup_coro(string $domain_name, float $timeout = 60, int $type = \AF_INET): string|false {}

    /**
     * Two sockets that are connected to each other.
     *
     * @return array|false two Swoole\Coroutine\Socket
     */
    function swoole_coroutine_socketpair(int $domain, int $type, int $protocol): array|false {}

    /**
     * Makes coroutines without PHP in them, which sleep: a test of the scheduler and of its runtime.
     */
    function swoole_test_kernel_coroutine(int $count = 100, float $sleep_time = 1): void {}

    // There when swoole.use_shortname is on.
    class_alias(\Swoole\Coroutine::class, 'Co');
    class_alias(\Swoole\Coroutine\Channel::class, 'chan');
    class_alias(\Swoole\Coroutine\Channel::class, 'Co\Channel');
    class_alias(\Swoole\Coroutine\Client::class, 'Co\Client');
    class_alias(\Swoole\Coroutine\Context::class, 'Co\Context');
    class_alias(\Swoole\Coroutine\Iterator::class, 'Co\Iterator');
    class_alias(\Swoole\Coroutine\Scheduler::class, 'Co\Scheduler');
    class_alias(\Swoole\Coroutine\Socket::class, 'Co\Socket');
    class_alias(\Swoole\Coroutine\Socket\Exception::class, 'Co\Socket\Exception');
    class_alias(\Swoole\Coroutine\System::class, 'Co\System');
    class_alias(\Swoole\Coroutine\WaitGroup::class, 'Co\WaitGroup');
    class_alias(\Swoole\Coroutine\Http\Client::class, 'Co\Http\Client');
    class_alias(\Swoole\Coroutine\Http\Client\Exception::class, 'Co\Http\Client\Exception');
}
