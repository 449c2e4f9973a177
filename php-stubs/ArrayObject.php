<?php

namespace Swoole;

use Swoole\Exception\ArrayKeyNotExists;

/**
 * An array with methods. What changes the array gives the object itself; what makes another array gives a new object.
 * Strings and arrays come out as objects, too.
 */
class ArrayObject implements \ArrayAccess, \Serializable, \Countable, \Iterator
{
    protected array $array;

    public function __construct(array $array = []) {}

    public function __toArray(): array {}

    public function __serialize(): array {}

    public function __unserialize(array $data): void {}

    public static function from(array $array = []): static {}

    public function toArray(): array {}

    public function isEmpty(): bool {}

    public function count(): int {}

    public function current(): mixed {}

    public function key(): mixed {}

    public function valid(): bool {}

    public function rewind(): void {}

    public function next(): void {}

    public function get(mixed $key): mixed {}

    public function getOr(mixed $key, mixed $default = null): mixed {}

    public function last(): mixed {}

    public function firstKey(): null|int|string {}

    public function lastKey(): null|int|string {}

    public function first(): mixed {}

    public function set(mixed $key, mixed $value): static {}

    public function delete(mixed $key): static {}

    /** Takes a value out, once or wherever it stands ($loop). */
    public function remove(mixed $value, bool $strict = true, bool $loop = false): static {}

    public function clear(): static {}

    public function offsetGet(mixed $key): mixed {}

    public function offsetSet(mixed $key, mixed $value): void {}

    public function offsetUnset(mixed $key): void {}

    public function offsetExists(mixed $key): bool {}

    public function exists(mixed $key): bool {}

    public function contains(mixed $value, bool $strict = true): bool {}

    public function indexOf(mixed $value, bool $strict = true): false|int|string {}

    public function lastIndexOf(mixed $value, bool $strict = true): false|int|string {}

    public function search(mixed $needle, bool $strict = true): false|int|string {}

    public function join(string $glue = ''): StringObject {}

    public function serialize(): StringObject {}

    public function unserialize($string): static {}

    public function sum(): float|int {}

    public function product(): float|int {}

    /** Adds a value at the end. Gives the new number of elements. */
    public function push(mixed $value): int {}

    public function pushFront(mixed $value): int {}

    public function append(mixed ...$values): static {}

    public function pushBack(mixed $value): int {}

    /** Puts a value before the element at an offset; an array goes in as one element. */
    public function insert(int $offset, mixed $value): static {}

    public function pop(): mixed {}

    public function popFront(): mixed {}

    public function slice(int $offset, ?int $length = null, bool $preserve_keys = false): static {}

    public function randomGet(): mixed {}

    public function each(callable $fn): static {}

    public function map(callable $fn, array ...$args): static {}

    public function reduce(callable $fn, mixed $initial = null): mixed {}

    public function keys(mixed $search_value = null, bool $strict = false): static {}

    public function values(): static {}

    public function column(mixed $column_key, mixed $index = null): static {}

    public function unique(int $sort_flags = SORT_STRING): static {}

    public function reverse(bool $preserve_keys = false): static {}

    public function chunk(int $size, bool $preserve_keys = false): static {}

    public function flip(): static {}

    public function filter(callable $fn, int $flag = 0): static {}

    public function asort(int $sort_flags = SORT_REGULAR): static {}

    public function arsort(int $sort_flags = SORT_REGULAR): static {}

    public function krsort(int $sort_flags = SORT_REGULAR): static {}

    public function ksort(int $sort_flags = SORT_REGULAR): static {}

    public function natcasesort(): static {}

    public function natsort(): static {}

    public function rsort(int $sort_flags = SORT_REGULAR): static {}

    public function shuffle(): static {}

    public function sort(int $sort_flags = SORT_REGULAR): static {}

    public function uasort(callable $value_compare_func): static {}

    public function uksort(callable $value_compare_func): static {}

    public function usort(callable $value_compare_func): static {}

    protected static function detectType(mixed $value): mixed {}

    protected static function detectStringType(string $value): StringObject {}

    protected static function detectArrayType(array $value): self {}
}
