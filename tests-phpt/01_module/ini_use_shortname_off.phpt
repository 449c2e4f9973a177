--TEST--
swoole.use_shortname=Off shows in SWOOLE_USE_SHORTNAME
--EXTENSIONS--
swoole
--INI--
swoole.use_shortname=Off
--FILE--
<?php
var_dump(SWOOLE_USE_SHORTNAME);
?>
--EXPECT--
bool(false)
