<?php

namespace Swoole\Exception;

/** An ArrayObject was asked for a key that it has not. */
class ArrayKeyNotExists extends \RuntimeException
{
}
