<?php
/** A string whose positions and lengths count characters; needs the extension mbstring. */

declare(strict_types=1);

namespace Swoole;

class MultibyteStringObject extends StringObject
{
    public function length(): int
    {
        return mb_strlen($this->string);
    }

    public function indexOf(string $needle, int $offset = 0, ?string $encoding = null): false|int
    {
        return mb_strpos($this->string, $needle, $offset, $encoding);
    }

    public function lastIndexOf(string $needle, int $offset = 0, ?string $encoding = null): false|int
    {
        return mb_strrpos($this->string, $needle, $offset, $encoding);
    }

    public function pos(string $needle, int $offset = 0, ?string $encoding = null): false|int
    {
        return $this->indexOf($needle, $offset, $encoding);
    }

    public function rpos(string $needle, int $offset = 0, ?string $encoding = null): false|int
    {
        return $this->lastIndexOf($needle, $offset, $encoding);
    }

    public function reverse(): static
    {
        return new static(implode('', array_reverse(mb_str_split($this->string))));
    }

    public function ipos(string $needle, int $offset = 0, ?string $encoding = null): false|int
    {
        return mb_stripos($this->string, $needle, $offset, $encoding);
    }

    public function substr(int $offset, ?int $length = null, ?string $encoding = null): static
    {
        return new static(mb_substr($this->string, $offset, $length, $encoding));
    }

    public function chunk(int $splitLength = 1, ?string $encoding = null): ArrayObject
    {
        return static::detectArrayType(mb_str_split($this->string, $splitLength, $encoding));
    }
}
