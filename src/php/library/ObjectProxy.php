<?php
/** Stands for another object. */

declare(strict_types=1);

namespace Swoole;

class ObjectProxy
{
    /** @var object */
    protected $__object;

    public function __construct(object $object)
    {
        $this->__object = $object;
    }

    public function __getObject(): object
    {
        return $this->__object;
    }

    public function __get(string $name): mixed
    {
        return $this->__object->{$name};
    }

    public function __set(string $name, mixed $value): void
    {
        $this->__object->{$name} = $value;
    }

    public function __isset(string $name): bool
    {
        return isset($this->__object->{$name});
    }

    public function __unset(string $name): void
    {
        unset($this->__object->{$name});
    }

    public function __call(string $name, array $arguments): mixed
    {
        return $this->__object->{$name}(...$arguments);
    }

    public function __invoke(mixed ...$arguments): mixed
    {
        return ($this->__object)(...$arguments);
    }
}
