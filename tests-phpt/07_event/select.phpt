--TEST--
swoole_select() leaves in the arrays what is ready
--EXTENSIONS--
swoole
--FILE--
<?php
[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
[$c, $d] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($b, 'x');
$read = ['a' => $a, 'c' => $c];
$write = [$d];
$except = null;
var_dump(swoole_select($read, $write, $except, 1.0), array_keys($read), array_keys($write), $except);
$read = [$c];
$write = $except = [];
var_dump(swoole_client_select($read, $write, $except, 0.01), $read);
$read = $write = [];
var_dump(swoole_select($read, $write, $except));
?>
--EXPECTF--
int(2)
array(1) {
  [0]=>
  string(1) "a"
}
array(1) {
  [0]=>
  int(0)
}
NULL
int(0)
array(0) {
}

Warning: swoole_select(): no descriptor to wait for in %s on line %d
bool(false)
