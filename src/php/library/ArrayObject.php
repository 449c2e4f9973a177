<?php
/**
 * An array with methods. What changes the array gives the object itself; what makes another array gives a new object.
 * Strings and arrays come out as objects, too.
 */

declare(strict_types=1);

namespace Swoole;

use Swoole\Exception\ArrayKeyNotExists;

class ArrayObject implements \ArrayAccess, \Serializable, \Countable, \Iterator
{
    protected array $array;

    public function __construct(array $array = [])
    {
        $this->array = $array;
    }

    public function __toArray(): array
    {
        return $this->array;
    }

    public function __serialize(): array
    {
        return $this->array;
    }

    public function __unserialize(array $data): void
    {
        $this->array = $data;
    }

    public static function from(array $array = []): static
    {
        return new static($array);
    }

    public function toArray(): array
    {
        return $this->array;
    }

    public function isEmpty(): bool
    {
        return $this->array === [];
    }

    public function count(): int
    {
        return count($this->array);
    }

    public function current(): mixed
    {
        return static::detectType(current($this->array));
    }

    public function key(): mixed
    {
        return key($this->array);
    }

    public function valid(): bool
    {
        return key($this->array) !== null;
    }

    public function rewind(): void
    {
        reset($this->array);
    }

    public function next(): void
    {
        next($this->array);
    }

    public function get(mixed $key): mixed
    {
        if (!$this->exists($key)) {
            throw new ArrayKeyNotExists((string) $key);
        }
        return static::detectType($this->array[$key]);
    }

    public function getOr(mixed $key, mixed $default = null): mixed
    {
        return $this->exists($key) ? static::detectType($this->array[$key]) : $default;
    }

    public function last(): mixed
    {
        $key = array_key_last($this->array);
        return $key === null ? null : $this->get($key);
    }

    public function firstKey(): null|int|string
    {
        return array_key_first($this->array);
    }

    public function lastKey(): null|int|string
    {
        return array_key_last($this->array);
    }

    public function first(): mixed
    {
        $key = array_key_first($this->array);
        return $key === null ? null : $this->get($key);
    }

    public function set(mixed $key, mixed $value): static
    {
        $this->array[$key] = $value;
        return $this;
    }

    public function delete(mixed $key): static
    {
        unset($this->array[$key]);
        return $this;
    }

    /** Takes a value out, once or wherever it stands ($loop). */
    public function remove(mixed $value, bool $strict = true, bool $loop = false): static
    {
        do {
            $key = $this->search($value, $strict);
            if ($key === false) {
                break;
            }
            unset($this->array[$key]);
        } while ($loop);
        return $this;
    }

    public function clear(): static
    {
        $this->array = [];
        return $this;
    }

    public function offsetGet(mixed $key): mixed
    {
        return $this->array[$key] ?? null;
    }

    public function offsetSet(mixed $key, mixed $value): void
    {
        if ($key === null) {
            $this->array[] = $value;
        } else {
            $this->array[$key] = $value;
        }
    }

    public function offsetUnset(mixed $key): void
    {
        unset($this->array[$key]);
    }

    public function offsetExists(mixed $key): bool
    {
        return isset($this->array[$key]);
    }

    public function exists(mixed $key): bool
    {
        return array_key_exists($key, $this->array);
    }

    public function contains(mixed $value, bool $strict = true): bool
    {
        return in_array($value, $this->array, $strict);
    }

    public function indexOf(mixed $value, bool $strict = true): false|int|string
    {
        return $this->search($value, $strict);
    }

    public function lastIndexOf(mixed $value, bool $strict = true): false|int|string
    {
        return array_search($value, array_reverse($this->array, true), $strict);
    }

    public function search(mixed $needle, bool $strict = true): false|int|string
    {
        return array_search($needle, $this->array, $strict);
    }

    public function join(string $glue = ''): StringObject
    {
        return static::detectStringType(implode($glue, $this->array));
    }

    public function serialize(): StringObject
    {
        return static::detectStringType(serialize($this->array));
    }

    public function unserialize($string): static
    {
        $this->array = (array) unserialize((string) $string);
        return $this;
    }

    public function sum(): float|int
    {
        return array_sum($this->array);
    }

    public function product(): float|int
    {
        return array_product($this->array);
    }

    /** Adds a value at the end. Gives the new number of elements. */
    public function push(mixed $value): int
    {
        return $this->pushBack($value);
    }

    public function pushFront(mixed $value): int
    {
        return array_unshift($this->array, $value);
    }

    public function append(mixed ...$values): static
    {
        array_push($this->array, ...$values);
        return $this;
    }

    public function pushBack(mixed $value): int
    {
        return array_push($this->array, $value);
    }

    /** Puts a value before the element at an offset; an array goes in as one element. */
    public function insert(int $offset, mixed $value): static
    {
        array_splice($this->array, $offset, 0, [$value]);
        return $this;
    }

    public function pop(): mixed
    {
        return static::detectType(array_pop($this->array));
    }

    public function popFront(): mixed
    {
        return static::detectType(array_shift($this->array));
    }

    public function slice(int $offset, ?int $length = null, bool $preserve_keys = false): static
    {
        return new static(array_slice($this->array, $offset, $length, $preserve_keys));
    }

    public function randomGet(): mixed
    {
        return static::detectType($this->array[array_rand($this->array)]);
    }

    public function each(callable $fn): static
    {
        if (!array_walk($this->array, $fn)) {
            throw new \RuntimeException('array_walk() failed');
        }
        return $this;
    }

    public function map(callable $fn, array ...$args): static
    {
        return new static(array_map($fn, $this->array, ...$args));
    }

    public function reduce(callable $fn, mixed $initial = null): mixed
    {
        return array_reduce($this->array, $fn, $initial);
    }

    public function keys(mixed $search_value = null, bool $strict = false): static
    {
        $keys = $search_value === null
            ? array_keys($this->array)
            : array_keys($this->array, $search_value, $strict);
        return new static($keys);
    }

    public function values(): static
    {
        return new static(array_values($this->array));
    }

    public function column(mixed $column_key, mixed $index = null): static
    {
        return new static(array_column($this->array, $column_key, $index));
    }

    public function unique(int $sort_flags = SORT_STRING): static
    {
        return new static(array_unique($this->array, $sort_flags));
    }

    public function reverse(bool $preserve_keys = false): static
    {
        return new static(array_reverse($this->array, $preserve_keys));
    }

    public function chunk(int $size, bool $preserve_keys = false): static
    {
        return new static(array_chunk($this->array, $size, $preserve_keys));
    }

    public function flip(): static
    {
        return new static(array_flip($this->array));
    }

    public function filter(callable $fn, int $flag = 0): static
    {
        return new static(array_filter($this->array, $fn, $flag));
    }

    public function asort(int $sort_flags = SORT_REGULAR): static
    {
        asort($this->array, $sort_flags);
        return $this;
    }

    public function arsort(int $sort_flags = SORT_REGULAR): static
    {
        arsort($this->array, $sort_flags);
        return $this;
    }

    public function krsort(int $sort_flags = SORT_REGULAR): static
    {
        krsort($this->array, $sort_flags);
        return $this;
    }

    public function ksort(int $sort_flags = SORT_REGULAR): static
    {
        ksort($this->array, $sort_flags);
        return $this;
    }

    public function natcasesort(): static
    {
        natcasesort($this->array);
        return $this;
    }

    public function natsort(): static
    {
        natsort($this->array);
        return $this;
    }

    public function rsort(int $sort_flags = SORT_REGULAR): static
    {
        rsort($this->array, $sort_flags);
        return $this;
    }

    public function shuffle(): static
    {
        shuffle($this->array);
        return $this;
    }

    public function sort(int $sort_flags = SORT_REGULAR): static
    {
        sort($this->array, $sort_flags);
        return $this;
    }

    public function uasort(callable $value_compare_func): static
    {
        uasort($this->array, $value_compare_func);
        return $this;
    }

    public function uksort(callable $value_compare_func): static
    {
        uksort($this->array, $value_compare_func);
        return $this;
    }

    public function usort(callable $value_compare_func): static
    {
        usort($this->array, $value_compare_func);
        return $this;
    }

    protected static function detectType(mixed $value): mixed
    {
        return match (true) {
            is_string($value) => static::detectStringType($value),
            is_array($value) => static::detectArrayType($value),
            default => $value,
        };
    }

    protected static function detectStringType(string $value): StringObject
    {
        return new StringObject($value);
    }

    protected static function detectArrayType(array $value): self
    {
        return new self($value);
    }
}
