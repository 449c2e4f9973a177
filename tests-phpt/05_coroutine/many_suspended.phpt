--TEST--
Twenty thousand waiting coroutines fit into 300 MB; where no more stacks are to be had go() says so
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (!is_readable('/proc/self/statm')) die('skip needs /proc');
if (getenv('PHPT_SLOWNESS')) die('skip counts megabytes, and limits them'); ?>
--FILE--
<?php
function resident_mb(): float { return explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096 / 1e6; }
Co\run(function () {
    $before = resident_mb();
    $cids = [];
    for ($i = 0; $i < 20000; $i++) {
        $cids[] = go(function () { Co::yield(); });
    }
    $used = resident_mb() - $before;
    echo Co::stats()['coroutine_num'], ' in ', $used < 300 ? 'less than 300 MB' : "$used MB", "\n";
    foreach ($cids as $cid) Co::resume($cid);
});
// A child with little address space: a stack takes 2 MB of it.
$script = <<<'PHP'
Co\run(function () {
    for ($made = 0; $cid = @go(function () { Co::yield(); }); $made++) $cids[] = $cid;
    echo $made > 10 ? 'some' : $made, ', then: ', error_get_last()['message'], "\n";
    foreach ($cids as $cid) Co::resume($cid);
    var_dump(go(fn() => 1) > 0);
});
PHP;
$php = getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS');
passthru("ulimit -v 1000000; $php -r " . escapeshellarg($script));
?>
--EXPECT--
20001 in less than 300 MB
some, then: go(): no memory for a coroutine stack
bool(true)
