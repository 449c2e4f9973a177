--TEST--
getContext(): one per coroutine, array and properties alike, gone with it
--EXTENSIONS--
swoole
--FILE--
<?php
Swoole\Coroutine\run(function () {
    $context = Co::getContext();
    var_dump(get_class($context), $context instanceof ArrayObject, $context instanceof Co\Context);
    $context['a'] = 1;
    $context->b = 2;
    var_dump($context->a, $context['b'], count($context), Co::getContext() === $context);
    $child = go(function () {
        Co::getContext()['name'] = 'child';
        Co::yield();
    });
    var_dump(isset($context['name']), Co::getContext($child)['name'], Co::getContext(Co::getPcid($child))->a);
    Co::resume($child);
    var_dump(Co::getContext($child), isset(Co::getContext()['name']));
    go(function () { var_dump(count(Co::getContext())); });
});
?>
--EXPECT--
string(24) "Swoole\Coroutine\Context"
bool(true)
bool(true)
int(1)
int(2)
int(2)
bool(true)
bool(false)
string(5) "child"
int(1)
NULL
bool(false)
int(0)
