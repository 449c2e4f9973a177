<?php

namespace Swoole\Server;

/**
 * A listening address with its own callbacks and settings; made by Server.
 */
class Port
{
    public $host = null;
    public $port = 0;
    public $type = 0;
    public $sock = -1;
    public $ssl = false;
    public $setting = null;
    public $connections = null;
    private $onConnect = null;
    private $onReceive = null;
    private $onClose = null;
    private $onPacket = null;
    private $onBufferFull = null;
    private $onBufferEmpty = null;
    private $onRequest = null;
    private $onHandshake = null;
    private $onOpen = null;
    private $onMessage = null;
    private $onDisconnect = null;
    private $onBeforeHandshakeResponse = null;

    private function __construct() {}

    public function __destruct() {}

    /** Sets options, before start(). */
    public function set(array $settings): void {}

    /** Sets the callback of an event. */
    public function on(string $event_name, callable $callback): bool {}

    /** The callback of an event. */
    public function getCallback(string $event_name): ?\Closure {}

    /** The socket, for the functions of ext-sockets. */
    public function getSocket(): \Socket|false {}
}
