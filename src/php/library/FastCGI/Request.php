<?php
/** A request to a responder; as a string it is what goes over the wire. */

declare(strict_types=1);

namespace Swoole\FastCGI;

use Swoole\FastCGI;

class Request extends Message implements \Stringable
{
    protected bool $keepConn = false;

    public function __toString(): string
    {
        $begin = pack('nCx5', FastCGI::RESPONDER, $this->keepConn ? FastCGI::KEEP_CONN : 0);
        $params = '';
        foreach ($this->params as $name => $value) {
            $params .= self::length((string) $name) . self::length((string) $value) . $name . $value;
        }
        return self::record(FastCGI::BEGIN_REQUEST, $begin)
            . self::stream(FastCGI::PARAMS, $params)
            . self::stream(FastCGI::STDIN, $this->body);
    }

    public function getKeepConn(): bool
    {
        return $this->keepConn;
    }

    public function withKeepConn(bool $keepConn): static
    {
        $this->keepConn = $keepConn;
        return $this;
    }

    /** The length of a name or value: one byte, or four where one is too few. */
    private static function length(string $text): string
    {
        $length = strlen($text);
        return $length < 0x80 ? chr($length) : pack('N', $length | 0x80000000);
    }

    /** Bytes in as many records as they need, and the empty one that ends them. */
    private static function stream(int $type, string $bytes): string
    {
        $records = '';
        for ($at = 0; $at < strlen($bytes); $at += FastCGI::MAX_CONTENT_LENGTH) {
            $records .= self::record($type, substr($bytes, $at, FastCGI::MAX_CONTENT_LENGTH));
        }
        return $records . self::record($type, '');
    }

    private static function record(int $type, string $content): string
    {
        return pack('CCnnxx', FastCGI::VERSION_1, $type, FastCGI::DEFAULT_REQUEST_ID, strlen($content)) . $content;
    }
}
