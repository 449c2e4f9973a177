--TEST--
A fatal error in a coroutine ends the script with 255 and runs shutdown functions
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (getenv('USE_ZEND_ALLOC') === '0') die('skip only the allocator of PHP knows memory_limit'); ?>
--FILE--
<?php
$php = getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS') . ' -d display_errors=1 -d log_errors=0';
$tail = 'register_shutdown_function(function () { echo "shutdown\n"; });';
foreach ([
    'Swoole\Coroutine\run(function () { go(fn() => Co::sleep(9)); Co::sleep(0.001); trigger_error("boom", E_USER_ERROR); }); echo "never";',
    'go(function () { go(function () { trigger_error("nested", E_USER_ERROR); }); echo "never"; }); echo "never";',
    'Swoole\Coroutine\run(function () { Co::sleep(0.001); eval("class A extends B {} class A {}"); }); echo "never";',
    'ini_set("memory_limit", "8M"); Swoole\Coroutine\run(function () { go(fn() => Co::sleep(9)); Co::sleep(0.001); str_repeat("x", 1 << 30); }); echo "never";',
    'Swoole\Coroutine\run(function () { Swoole\Coroutine\run(function () { echo "inner\n"; }); }); echo "never";',
] as $script) {
    $out = [];
    exec("$php -r " . escapeshellarg($tail . $script), $out, $status);
    echo implode("\n", array_filter($out)), "\n$status\n";
}
?>
--EXPECTF--
%AFatal error: boom in %s
shutdown
255
%AFatal error: nested in %s
shutdown
255
%A
shutdown
255
Fatal error: Allowed memory size of 8388608 bytes exhausted %s
shutdown
255
inner
Fatal error: Swoole\Coroutine\Scheduler::start(): Unable to call Event::wait() in coroutine in %s
shutdown
255
