<?php
/** What an address is wanted for. */

declare(strict_types=1);

namespace Swoole\NameResolver;

class Context
{
    /**
     * @param int $family AF_INET or AF_INET6
     * @param bool $withPort whether the port belongs to the answer
     */
    public function __construct(protected int $family = AF_INET, protected bool $withPort = false)
    {
    }
}
