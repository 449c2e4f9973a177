--TEST--
ini settings: defaults, and who may change them
--EXTENSIONS--
swoole
--FILE--
<?php
foreach (ini_get_all('swoole') as $name => $setting) {
    printf("%s = %s (%s)\n", $name, $setting['global_value'], $setting['access'] === INI_ALL ? 'all' : 'system');
}
var_dump(ini_set('swoole.display_errors', 'Off'), ini_get('swoole.display_errors'));
var_dump(ini_set('swoole.use_shortname', 'Off'), ini_get('swoole.use_shortname'));
?>
--EXPECT--
swoole.blocking_detection = Off (system)
swoole.blocking_threshold = 100000 (system)
swoole.display_errors = On (all)
swoole.enable_fiber_mock = Off (all)
swoole.enable_library = On (all)
swoole.enable_preemptive_scheduler = Off (all)
swoole.leak_detection = Off (system)
swoole.profile = Off (system)
swoole.socket_buffer_size = 8388608 (all)
swoole.use_shortname = On (system)
string(2) "On"
string(3) "Off"
bool(false)
string(2) "On"
