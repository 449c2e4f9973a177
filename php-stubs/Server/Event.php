<?php

namespace Swoole\Server;

/**
 * What onConnect, onReceive and onClose get with event_object.
 */
class Event
{
    public $reactor_id = 0;
    public $fd = 0;
    public $dispatch_time = 0;
    public $data = null;
}
