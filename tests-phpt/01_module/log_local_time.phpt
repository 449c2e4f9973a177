--TEST--
The log shows the wall clock of its machine
--EXTENSIONS--
swoole
--ENV--
TZ=UTC-05:30
--FILE--
<?php
$before = gmdate('Y-m-d H:i', time() + 19800);
ob_start();
passthru(sprintf('%s -n -d extension=%s -r %s', escapeshellarg(PHP_BINARY), escapeshellarg((string) ini_get_extension()),
    escapeshellarg('swoole_error_log(SWOOLE_LOG_INFO, "text");')));
$line = ob_get_clean();
$after = gmdate('Y-m-d H:i', time() + 19800);
var_dump(in_array(substr($line, 1, 16), [$before, $after], true));

/** The path this module was loaded from. */
function ini_get_extension(): string
{
    preg_match('/(\S*swoole\.so)$/m', file_get_contents('/proc/self/maps'), $match);
    return $match[1];
}
?>
--EXPECT--
bool(true)
