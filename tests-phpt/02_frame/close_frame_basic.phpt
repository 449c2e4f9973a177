--TEST--
CloseFrame adds code and reason after the inherited properties
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\CloseFrame;

$frame = new CloseFrame;
var_dump($frame);
echo bin2hex($frame), "\n";
$frame->code = 4000;
$frame->reason = 'bye';
$frame->data = 'not sent';
echo bin2hex($frame), "\n";
?>
--EXPECT--
object(Swoole\WebSocket\CloseFrame)#1 (7) {
  ["fd"]=>
  int(0)
  ["data"]=>
  string(0) ""
  ["opcode"]=>
  int(8)
  ["flags"]=>
  int(1)
  ["finish"]=>
  NULL
  ["code"]=>
  int(1000)
  ["reason"]=>
  string(0) ""
}
880203e8
88050fa0627965
