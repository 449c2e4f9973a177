<?php

namespace Swoole;

/** Stands for another object. */
class ObjectProxy
{
    /** @var object */
    protected $__object;

    public function __construct(object $object) {}

    public function __getObject(): object {}

    public function __get(string $name): mixed {}

    public function __set(string $name, mixed $value): void {}

    public function __isset(string $name): bool {}

    public function __unset(string $name): void {}

    public function __call(string $name, array $arguments): mixed {}

    public function __invoke(mixed ...$arguments): mixed {}
}
