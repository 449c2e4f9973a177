<?php

namespace Swoole\Server;

/**
 * What onPacket gets with event_object.
 */
class Packet
{
    public $server_socket = 0;
    public $server_port = 0;
    public $dispatch_time = 0;
    public $address = null;
    public $port = 0;
    public $data = null;
}
