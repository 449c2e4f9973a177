<?php

namespace Swoole\Server;

/**
 * What onFinish gets with event_object.
 */
class TaskResult
{
    public $task_id = 0;
    public $task_worker_id = 0;
    public $dispatch_time = 0;
    public $data = null;
}
