<?php

namespace Swoole\FastCGI;

use Swoole\FastCGI;

/** A request to a responder; as a string it is what goes over the wire. */
class Request extends Message implements \Stringable
{
    protected bool $keepConn = false;

    public function __toString(): string {}

    public function getKeepConn(): bool {}

    public function withKeepConn(bool $keepConn): static {}

    /** The length of a name or value: one byte, or four where one is too few. */
    private static function length(string $text): string {}

    /** Bytes in as many records as they need, and the empty one that ends them. */
    private static function stream(int $type, string $bytes): string {}

    private static function record(int $type, string $content): string {}
}
