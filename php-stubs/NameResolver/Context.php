<?php

namespace Swoole\NameResolver;

/** What an address is wanted for. */
class Context
{
    /**
     * @param int $family AF_INET or AF_INET6
     * @param bool $withPort whether the port belongs to the answer
     */
    public function __construct(protected int $family = AF_INET, protected bool $withPort = false) {}
}
