<?php

namespace Swoole;

/** A string with methods. Methods that make a string give a new object. */
class StringObject implements \Stringable
{
    protected string $string;

    public function __construct(string $string = '') {}

    public function __toString(): string {}

    public static function from(string $string = ''): static {}

    public function length(): int {}

    public function indexOf(string $needle, int $offset = 0): false|int {}

    public function lastIndexOf(string $needle, int $offset = 0): false|int {}

    public function pos(string $needle, int $offset = 0): false|int {}

    public function rpos(string $needle, int $offset = 0): false|int {}

    public function reverse(): static {}

    public function ipos(string $needle): false|int {}

    public function lower(): static {}

    public function upper(): static {}

    public function trim(string $characters = " \t\n\r\0\x0B"): static {}

    public function ltrim(string $characters = " \t\n\r\0\x0B"): static {}

    public function rtrim(string $characters = " \t\n\r\0\x0B"): static {}

    public function substr(int $offset, ?int $length = null): static {}

    public function repeat(int $times): static {}

    public function append(mixed $str): static {}

    /** @param null|int $count how often it was replaced */
    public function replace(string $search, string $replace, &$count = null): static {}

    public function startsWith(string $needle): bool {}

    public function endsWith(string $needle): bool {}

    public function equals($str, bool $strict = false): bool {}

    public function contains(string $subString): bool {}

    public function split(string $delimiter, int $limit = PHP_INT_MAX): ArrayObject {}

    /** The byte at an index; nothing behind the end. */
    public function char(int $index): string {}

    public function chunkSplit(int $chunkLength = 1, string $chunkEnd = ''): static {}

    public function chunk(int $splitLength = 1): ArrayObject {}

    public function toString(): string {}

    protected static function detectArrayType(array $value): ArrayObject {}
}
