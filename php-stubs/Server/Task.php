<?php

namespace Swoole\Server;

/**
 * One task in the hands of a task worker; what onTask gets with task_enable_coroutine or task_object.
 */
final class Task
{
    public $data = null;
    public $dispatch_time = 0;
    public $id = -1;
    public $worker_id = -1;
    public $flags = 0;

    /** Sends a result to the worker that gave the task. */
    public function finish(mixed $data): bool {}

    /** A value as bytes that any process can keep. */
    public static function pack(mixed $data): string|false {}

    /** The value of bytes from pack(); false when they are not. */
    public static function unpack(string $data): mixed {}
}
