--TEST--
A nested go() runs the child until its first wait, then the parent goes on
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine;

Coroutine\run(function () {
    echo "parent ", Coroutine::getCid(), "\n";
    $child = go(function () {
        echo "child ", Coroutine::getCid(), " of ", Coroutine::getPcid(), "\n";
        go(function () {
            echo "grandchild ", Coroutine::getCid(), " of ", Coroutine::getPcid(), "\n";
        });
        Coroutine::sleep(0.001);
        echo "child again\n";
    });
    echo "parent again, child is $child\n";
    var_dump(Coroutine::getPcid(), Coroutine::exists($child), Coroutine::exists(3));
});
var_dump(Coroutine::getCid(), Coroutine::getPcid());
echo "done\n";
?>
--EXPECT--
parent 1
child 2 of 1
grandchild 3 of 2
parent again, child is 2
int(-1)
bool(true)
bool(false)
child again
int(-1)
bool(false)
done
