<?php

namespace Swoole\Http;

/**
 * A server that speaks HTTP; needs onRequest.
 */
class Server extends \Swoole\Server
{
}
