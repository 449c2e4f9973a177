--TEST--
The stubs and the extension agree on every class, function and constant
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/stubs.inc';
compare_stubs();
?>
--EXPECTF--
%d classes, %d functions, %d constants: the stubs and the extension agree
