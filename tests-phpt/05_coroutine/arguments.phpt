--TEST--
go() and run() hand their arguments on, by value
--EXTENSIONS--
swoole
--FILE--
<?php
class Greeter
{
    public function greet(string $a, string ...$more): void { echo $a, ' ', implode(',', $more), "\n"; }
    public static function shout(string $a): void { echo strtoupper($a), "\n"; }
    public function __call(string $name, array $args) { echo "$name(", implode(',', $args), ")\n"; }
    public function __invoke(int $x) { echo "invoked $x\n"; }
}
function plain(int $x): void { echo "plain $x\n"; }

Swoole\Coroutine\run(function (string $a, array $b) {
    echo $a, count($b), "\n";
    go([new Greeter(), 'greet'], 'hello', 'x', 'y');
    go('Greeter::shout', 'loud');
    go([new Greeter(), 'magic'], 1, 2);
    go([new Greeter(), 'magic'], 3);
    go(new Greeter(), 7);
    go('plain', 9);
    go(plain(...), 10);
    $x = 1;
    go(function () use ($x) { $x++; echo "inside $x\n"; });
    echo "outside $x\n";
}, 'args ', [1, 2]);
try {
    go('no such function');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    go();
} catch (ArgumentCountError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECTF--
args 2
hello x,y
LOUD
magic(1,2)
magic(3)
invoked 7
plain 9
plain 10
inside 2
outside 1
go(): Argument #1 ($func) must be a valid callback, function "no such function" not found or invalid function name
go() expects at least 1 argument, 0 given
