<?php

namespace Swoole {

    /**
     * What the extension throws when something fails.
     */
    class Exception extends \Exception
    {
    }

    /**
     * What the extension throws when it is used wrongly.
     */
    class Error extends \Error
    {
    }

    /**
     * exit() inside a coroutine. When nobody catches it the process ends as usual, with the status given to exit().
     */
    class ExitException extends Exception
    {
        private $flags = 0;
        private $status = 0;

        /**
         * Where exit() was called: a union of SWOOLE_EXIT_IN_* values.
         */
        public function getFlags(): int {}

        /**
         * What was given to exit().
         */
        public function getStatus(): mixed {}
    }
}

namespace Swoole\Client {

    /**
     * What Swoole\Client throws.
     */
    class Exception extends \Swoole\Exception
    {
    }
}

namespace Swoole\Coroutine {

    /**
     * Thrown where a coroutine waits, when somebody cancels it with $throw_exception.
     */
    final class CanceledException extends \Exception
    {
    }

    /**
     * Thrown where a coroutine waits, when its time limit is over.
     */
    final class TimeoutException extends \Exception
    {
    }
}

namespace Swoole\Coroutine\Http\Client {

    /**
     * What Swoole\Coroutine\Http\Client throws.
     */
    class Exception extends \Swoole\Exception
    {
    }
}

namespace Swoole\Coroutine\Socket {

    /**
     * What Swoole\Coroutine\Socket throws.
     */
    class Exception extends \Swoole\Exception
    {
    }
}
