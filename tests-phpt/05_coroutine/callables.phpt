--TEST--
Everything PHP can call runs as a coroutine, more than once, magic methods too
--EXTENSIONS--
swoole
--FILE--
<?php
class Magic
{
    function __call($name, $arguments)
    {
        echo "$name(", implode(',', $arguments), ")\n";
    }

    static function __callStatic($name, $arguments)
    {
        echo "static $name(", implode(',', $arguments), ")\n";
    }

    function __invoke(...$arguments)
    {
        echo 'invoked(', implode(',', $arguments), ")\n";
    }

    function &byReference($value)
    {
        static $kept;
        $kept = $value;
        echo "by reference\n";
        return $kept;
    }
}

function plain(...$arguments)
{
    echo 'plain(', implode(',', $arguments), ")\n";
}

$magic = new Magic;
$callables = [
    'plain', plain(...), fn (...$arguments) => plain(...$arguments), [$magic, 'anything'], 'Magic::anything',
    [Magic::class, 'other'], $magic, [$magic, 'byReference'], $magic->magically(...),
];
foreach ($callables as $callable) {
    go($callable, 1, 2);
    go($callable, 3);
}
foreach (['nothing', [$magic], 'Nobody::there', 12] as $wrong) {
    try {
        go($wrong);
    } catch (TypeError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECT--
plain(1,2)
plain(3)
plain(1,2)
plain(3)
plain(1,2)
plain(3)
anything(1,2)
anything(3)
static anything(1,2)
static anything(3)
static other(1,2)
static other(3)
invoked(1,2)
invoked(3)
by reference
by reference
magically(1,2)
magically(3)
go(): Argument #1 ($func) must be a valid callback, function "nothing" not found or invalid function name
go(): Argument #1 ($func) must be a valid callback, array callback must have exactly two members
go(): Argument #1 ($func) must be a valid callback, class "Nobody" not found
go(): Argument #1 ($func) must be a valid callback, no array or string given
