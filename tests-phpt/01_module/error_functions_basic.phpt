--TEST--
swoole_strerror() reads the right list; the last error stays until it is cleared
--EXTENSIONS--
swoole
--FILE--
<?php
foreach ([0, 2, 500, 501, 503, 1005, 7106, 8503, 9004, 10020, -1] as $code) {
    echo $code, ' ', swoole_strerror($code), "\n";
}
echo swoole_strerror(-2, SWOOLE_STRERROR_GAI), ' / ', swoole_strerror(1, SWOOLE_STRERROR_DNS), ' / ',
    swoole_strerror(1005, SWOOLE_STRERROR_SWOOLE), "\n";
foreach (get_defined_constants(true)['swoole'] as $name => $code) {
    if (str_starts_with($name, 'SWOOLE_ERROR_') && str_starts_with(swoole_strerror($code), 'Unknown')) {
        echo "$name has no text\n";
    }
}
var_dump(swoole_last_error());
swoole_error_log_ex(SWOOLE_LOG_NONE, SWOOLE_ERROR_SESSION_NOT_EXIST, 'not written');
var_dump(swoole_last_error(), strlen(swoole_version()), swoole_last_error());
swoole_clear_error();
var_dump(swoole_last_error());
@fopen('/nonexistent', 'r');
var_dump(swoole_strerror(swoole_errno()));
swoole_clear_error();
var_dump(swoole_errno());
?>
--EXPECT--
0 Success
2 No such file or directory
500 Unknown error 500
501 Malloc fail
503 PHP fatal error
1005 Session not exist
7106 Http context unavailable
8503 Websocket unconnected
9004 Server invalid listen port
10020 Unknown error 10020
-1 Unknown error -1
Name or service not known / Unknown host / Session not exist
int(0)
int(1005)
int(5)
int(1005)
int(0)
string(25) "No such file or directory"
int(0)
