--TEST--
Each coroutine has its own output buffers
--EXTENSIONS--
swoole
--FILE--
<?php
ob_start();
echo "main,";
$kept = [];
Swoole\Coroutine\run(function () use (&$kept) {
    foreach (['a', 'b'] as $name) {
        go(function () use ($name, &$kept) {
            ob_start();
            echo "$name 1,";
            Co::sleep(0.001);
            ob_start();
            echo "$name inner,";
            Co::sleep(0.001);
            $inner = ob_get_clean();
            echo "$name 2,";
            $kept[$name] = [ob_get_clean(), $inner];
        });
    }
    go(function () { ob_start(); echo "left open, flushed at the end\n"; });
    echo "unbuffered\n";
});
echo "main again";
$main = ob_get_clean();
var_dump($main);
foreach ($kept as $name => $texts) echo $name, ' => ', implode('|', $texts), "\n";
var_dump(ob_get_level());
?>
--EXPECT--
left open, flushed at the end
unbuffered
string(15) "main,main again"
a => a 1,a 2,|a inner,
b => b 1,b 2,|b inner,
int(0)
