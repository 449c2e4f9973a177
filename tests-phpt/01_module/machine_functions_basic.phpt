--TEST--
What a script learns about its machine, and the name of its process
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (PHP_OS_FAMILY !== 'Linux') die('skip reads /proc'); ?>
--FILE--
<?php
var_dump(swoole_version() === SWOOLE_VERSION, swoole_cpu_num() >= 1);
foreach (swoole_get_local_ip() as $interface => $ip) {
    if (!is_string($interface) || !filter_var_ip($ip) || $ip === '127.0.0.1') {
        echo "$interface: $ip\n";
    }
}
foreach (swoole_get_local_mac() as $interface => $mac) {
    if (!preg_match('/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/', $mac)) {
        echo "$interface: $mac\n";
    }
}
var_dump(swoole_get_local_ip(12345));
var_dump(swoole_set_process_name('swoole-rs test'), str_starts_with(file_get_contents('/proc/self/cmdline'), 'swoole-rs test'));
var_dump(swoole_internal_call_user_shutdown_begin(), swoole_internal_call_user_shutdown_begin());

function filter_var_ip(string $ip): bool
{
    return inet_pton($ip) !== false;
}
?>
--EXPECTF--
bool(true)
bool(true)
array(0) {
}
bool(true)
bool(true)

Warning: swoole_internal_call_user_shutdown_begin(): can not call this function in user level in %s on line %d
bool(true)
bool(false)
