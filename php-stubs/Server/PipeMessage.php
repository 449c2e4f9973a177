<?php

namespace Swoole\Server;

/**
 * What onPipeMessage gets with event_object.
 */
class PipeMessage
{
    public $source_worker_id = 0;
    public $worker_id = 0;
    public $dispatch_time = 0;
    public $data = null;
}
