<?php

namespace Swoole;

/**
 * Rows of the same columns in memory that all processes forked later share, found by keys of up to 63 bytes.
 *
 * Each row is changed and read as a whole: no process sees half of another's change.
 */
class Table implements \Iterator, \Countable
{
    public const TYPE_INT = 1;
    public const TYPE_STRING = 3;
    public const TYPE_FLOAT = 2;

    public $size = null;
    public $memorySize = null;

    /**
     * @param int $table_size how many rows there are to be, raised to a power of two
     * @param float $conflict_proportion so many more, as a part of that
     */
    public function __construct(int $table_size, float $conflict_proportion = 0.2) {}

    /**
     * One more column, before create().
     *
     * @param int $size the most bytes of a string
     */
    public function column(string $name, int $type, int $size = 0): bool {}

    /**
     * Takes the memory. Processes forked from here on share it.
     */
    public function create(): bool {}

    /**
     * Gives the memory back, for this process.
     */
    public function destroy(): bool {}

    /**
     * Sets some columns of a row, which is made if there is none. Strings that are too long are cut.
     *
     * @return bool false when there is no room
     */
    public function set(string $key, array $value): bool {}

    /**
     * Makes a row; false when there is one already.
     */
    public function add(string $key, array $values): bool {}

    /**
     * Sets some columns of a row; false when there is none.
     */
    public function update(string $key, array $values): bool {}

    /**
     * Sets some columns of a row that has the expected values; false when it has others or is not there.
     */
    public function cmpset(string $key, array $expected, array $values): bool {}

    /**
     * A row, or one of its columns; false when there is none.
     */
    public function get(string $key, ?string $field = null): array|string|int|float|false {}

    /**
     * The same, and removes the row.
     */
    public function getdel(string $key, ?string $field = null): array|string|int|float|false {}

    public function count(): int {}

    /**
     * Removes a row; false when there is none.
     */
    public function del(string $key): bool {}

    public function delete(string $key): bool {}

    /**
     * Removes a row that has the expected values.
     */
    public function cmpdel(string $key, array $expected): bool {}

    public function exists(string $key): bool {}

    public function exist(string $key): bool {}

    /**
     * Adds to a number, in a row that is made if there is none.
     *
     * @return int|float|false the new value
     */
    public function incr(string $key, string $column, int|float $incrby = 1): int|float|false {}

    public function decr(string $key, string $column, int|float $incrby = 1): int|float|false {}

    public function getSize(): int {}

    public function getMemorySize(): int {}

    /**
     * @return array|false num, conflict_count, conflict_max_level, insert_count, update_count, delete_count,
     *     available_slice_num, total_slice_num
     */
    public function stats(): array|false {}

    public function rewind(): void {}

    public function valid(): bool {}

    public function next(): void {}

    public function current(): mixed {}

    public function key(): mixed {}
}
