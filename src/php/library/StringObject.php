<?php
/** A string with methods. Methods that make a string give a new object. */

declare(strict_types=1);

namespace Swoole;

class StringObject implements \Stringable
{
    protected string $string;

    public function __construct(string $string = '')
    {
        $this->string = $string;
    }

    public function __toString(): string
    {
        return $this->string;
    }

    public static function from(string $string = ''): static
    {
        return new static($string);
    }

    public function length(): int
    {
        return strlen($this->string);
    }

    public function indexOf(string $needle, int $offset = 0): false|int
    {
        return strpos($this->string, $needle, $offset);
    }

    public function lastIndexOf(string $needle, int $offset = 0): false|int
    {
        return strrpos($this->string, $needle, $offset);
    }

    public function pos(string $needle, int $offset = 0): false|int
    {
        return $this->indexOf($needle, $offset);
    }

    public function rpos(string $needle, int $offset = 0): false|int
    {
        return $this->lastIndexOf($needle, $offset);
    }

    public function reverse(): static
    {
        return new static(strrev($this->string));
    }

    public function ipos(string $needle): false|int
    {
        return stripos($this->string, $needle);
    }

    public function lower(): static
    {
        return new static(strtolower($this->string));
    }

    public function upper(): static
    {
        return new static(strtoupper($this->string));
    }

    public function trim(string $characters = " \t\n\r\0\x0B"): static
    {
        return new static(trim($this->string, $characters));
    }

    public function ltrim(string $characters = " \t\n\r\0\x0B"): static
    {
        return new static(ltrim($this->string, $characters));
    }

    public function rtrim(string $characters = " \t\n\r\0\x0B"): static
    {
        return new static(rtrim($this->string, $characters));
    }

    public function substr(int $offset, ?int $length = null): static
    {
        return new static(substr($this->string, $offset, $length));
    }

    public function repeat(int $times): static
    {
        return new static(str_repeat($this->string, $times));
    }

    public function append(mixed $str): static
    {
        return new static($this->string . $str);
    }

    /** @param null|int $count how often it was replaced */
    public function replace(string $search, string $replace, &$count = null): static
    {
        return new static(str_replace($search, $replace, $this->string, $count));
    }

    public function startsWith(string $needle): bool
    {
        return str_starts_with($this->string, $needle);
    }

    public function endsWith(string $needle): bool
    {
        return str_ends_with($this->string, $needle);
    }

    public function equals($str, bool $strict = false): bool
    {
        $other = $str instanceof self ? $str->string : $str;
        return $strict ? $this->string === $other : $this->string == $other;
    }

    public function contains(string $subString): bool
    {
        return str_contains($this->string, $subString);
    }

    public function split(string $delimiter, int $limit = PHP_INT_MAX): ArrayObject
    {
        return static::detectArrayType(explode($delimiter, $this->string, $limit));
    }

    /** The byte at an index; nothing behind the end. */
    public function char(int $index): string
    {
        return $index < strlen($this->string) ? $this->string[$index] : '';
    }

    public function chunkSplit(int $chunkLength = 1, string $chunkEnd = ''): static
    {
        return new static(chunk_split($this->string, $chunkLength, $chunkEnd));
    }

    public function chunk(int $splitLength = 1): ArrayObject
    {
        return static::detectArrayType(str_split($this->string, $splitLength));
    }

    public function toString(): string
    {
        return $this->string;
    }

    protected static function detectArrayType(array $value): ArrayObject
    {
        return new ArrayObject($value);
    }
}
