<?php
/** What a responder sent: its output is the body, its complaints are the error. */

declare(strict_types=1);

namespace Swoole\FastCGI;

class Response extends Message
{
    public function __construct(string $output, string $error = '')
    {
        $this->body = $output;
        $this->error = $error;
    }
}
