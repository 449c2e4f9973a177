--TEST--
swoole_error_log() writes lines from the level INFO on; ignored errors stay out
--EXTENSIONS--
swoole
--FILE--
<?php
swoole_error_log(SWOOLE_LOG_DEBUG, 'below');
swoole_error_log(SWOOLE_LOG_INFO, 'at');
swoole_error_log(99, 'never');
swoole_error_log_ex(SWOOLE_LOG_ERROR, SWOOLE_ERROR_SESSION_CLOSED, 'coded');
swoole_ignore_error(SWOOLE_ERROR_SESSION_CLOSED);
swoole_error_log_ex(SWOOLE_LOG_ERROR, SWOOLE_ERROR_SESSION_CLOSED, 'ignored');
swoole_error_log(SWOOLE_LOG_WARNING, 'without a code');
?>
--EXPECTF--
[%d-%d-%d %d:%d:%d @%d.0]	INFO	at
[%d-%d-%d %d:%d:%d @%d.0]	ERROR	(ERRNO 1004): coded
[%d-%d-%d %d:%d:%d @%d.0]	WARNING	without a code
