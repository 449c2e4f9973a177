<?php

namespace Swoole\FastCGI;

/** What a responder sent: its output is the body, its complaints are the error. */
class Response extends Message
{
    public function __construct(string $output, string $error = '') {}
}
