<?php

namespace Swoole\Coroutine;

/**
 * What belongs to one coroutine; $context['name'] and $context->name are the same.
 */
class Context extends \ArrayObject
{
}
