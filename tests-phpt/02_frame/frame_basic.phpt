--TEST--
Frame is a plain object: properties, defaults, order, subclasses
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Frame;

$frame = new Frame;
var_dump($frame);
$frame->data = 'hello';
$frame->finish = true;
echo json_encode($frame), "\n";
echo implode(',', array_keys((array) $frame)), "\n";
var_dump($frame instanceof Stringable, $frame == clone $frame, unserialize(serialize($frame)) == $frame);

class Named extends Frame
{
    public $name = 'n';
}
var_dump(new Named);
?>
--EXPECT--
object(Swoole\WebSocket\Frame)#1 (5) {
  ["fd"]=>
  int(0)
  ["data"]=>
  string(0) ""
  ["opcode"]=>
  int(1)
  ["flags"]=>
  int(1)
  ["finish"]=>
  NULL
}
{"fd":0,"data":"hello","opcode":1,"flags":1,"finish":true}
fd,data,opcode,flags,finish
bool(true)
bool(true)
bool(true)
object(Named)#2 (6) {
  ["fd"]=>
  int(0)
  ["data"]=>
  string(0) ""
  ["opcode"]=>
  int(1)
  ["flags"]=>
  int(1)
  ["finish"]=>
  NULL
  ["name"]=>
  string(1) "n"
}
