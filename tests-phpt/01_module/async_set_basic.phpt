--TEST--
Options of the process: Coroutine::set() and swoole_async_set() reach the log, and a server keeps them
--EXTENSIONS--
swoole
--FILE--
<?php
$file = __DIR__ . '/async_set_basic.log.tmp';
@unlink($file);
var_dump(swoole_async_set(['log_file' => $file, 'log_level' => SWOOLE_LOG_NOTICE, 'log_date_format' => '%Y']));
swoole_error_log(SWOOLE_LOG_INFO, 'below');
swoole_error_log(SWOOLE_LOG_NOTICE, 'at');
Swoole\Coroutine::set(['log_level' => SWOOLE_LOG_ERROR]);
swoole_error_log(SWOOLE_LOG_NOTICE, 'below again');
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
var_dump($server->set(['worker_num' => 1]));
swoole_error_log(SWOOLE_LOG_NOTICE, 'still below');
swoole_error_log(SWOOLE_LOG_ERROR, 'error');
$server->set(['log_file' => '', 'log_level' => 0]);
swoole_error_log(SWOOLE_LOG_DEBUG, 'to the output');
echo preg_replace('/^\[\d{4} @\d+/m', '[YEAR @PID', file_get_contents($file));
?>
--CLEAN--
<?php unlink(__DIR__ . '/async_set_basic.log.tmp'); ?>
--EXPECTF--
bool(true)
bool(true)
[%d @%d.0]	DEBUG	to the output
[YEAR @PID.0]	NOTICE	at
[YEAR @PID.0]	ERROR	error
