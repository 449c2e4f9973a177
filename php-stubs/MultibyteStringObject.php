<?php

namespace Swoole;

/** A string whose positions and lengths count characters; needs the extension mbstring. */
class MultibyteStringObject extends StringObject
{
    public function length(): int {}

    public function indexOf(string $needle, int $offset = 0, ?string $encoding = null): false|int {}

    public function lastIndexOf(string $needle, int $offset = 0, ?string $encoding = null): false|int {}

    public function pos(string $needle, int $offset = 0, ?string $encoding = null): false|int {}

    public function rpos(string $needle, int $offset = 0, ?string $encoding = null): false|int {}

    public function reverse(): static {}

    public function ipos(string $needle, int $offset = 0, ?string $encoding = null): false|int {}

    public function substr(int $offset, ?int $length = null, ?string $encoding = null): static {}

    public function chunk(int $splitLength = 1, ?string $encoding = null): ArrayObject {}
}
