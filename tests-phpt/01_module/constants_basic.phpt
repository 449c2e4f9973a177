--TEST--
Constants of every kind: both names of WebSocket, errors, floats, switches, versions
--EXTENSIONS--
swoole
--FILE--
<?php
var_dump(WEBSOCKET_OPCODE_TEXT === SWOOLE_WEBSOCKET_OPCODE_TEXT, WEBSOCKET_STATUS_ACTIVE, WEBSOCKET_STATUS_FRAME);
var_dump(WEBSOCKET_CLOSE_NORMAL, SWOOLE_WEBSOCKET_CLOSE_TLS, SWOOLE_WEBSOCKET_FLAG_COMPRESS);
var_dump(SWOOLE_BASE, SWOOLE_PROCESS, SWOOLE_DISPATCH_RESULT_CLOSE_CONNECTION, SWOOLE_SOCK_ASYNC);
var_dump(SWOOLE_ERROR_MALLOC_FAIL, SWOOLE_ERROR_SESSION_NOT_EXIST, SWOOLE_ERROR_CO_SOCKET_CLOSE_WAIT);
var_dump(SWOOLE_VERSION, SWOOLE_VERSION_ID, SWOOLE_EXTRA_VERSION, SWOOLE_DEBUG, SWOOLE_USE_SHORTNAME);
var_dump(SWOOLE_TIMER_MIN_SEC, SWOOLE_TIMER_MAX_SEC === PHP_INT_MAX / 1000, SWOOLE_TRACE_ALL === PHP_INT_MAX);
echo "Never defined:\n";
var_dump(defined('WEBSOCKET_FLAG_FIN'), defined('SWOOLE_WEBSOCKET_STATUS_FRAME'));
var_dump(defined('SWOOLE_WEBSOCKET_STATUS_HANDSHAKE_FAILED'));
echo "With or without sockets and pcntl:\n";
var_dump(SOCKET_ECONNREFUSED > 0, SOCKET_ETIMEDOUT > 0, SOCKET_ECANCELED > 0, SIGTERM, PRIO_PROCESS);
?>
--EXPECT--
bool(true)
int(3)
int(3)
int(1000)
int(1015)
int(2)
int(1)
int(2)
int(-2)
bool(true)
int(501)
int(1005)
int(10019)
string(5) "6.2.1"
int(60201)
string(0) ""
bool(false)
bool(true)
float(0.001)
bool(true)
bool(true)
Never defined:
bool(false)
bool(false)
bool(false)
With or without sockets and pcntl:
bool(true)
bool(true)
bool(true)
int(15)
int(0)
