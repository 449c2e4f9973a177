--TEST--
Frame::pack(): arguments follow the caller's strict_types and PHP's coercion rules
--EXTENSIONS--
swoole
--FILE--
<?php
declare(strict_types=1);
use Swoole\WebSocket\Frame;

foreach ([['hi', '2'], ['hi', 2.0], ['hi', 2, true]] as $arguments) {
    try {
        echo bin2hex(Frame::pack(...$arguments)), "\n";
    } catch (TypeError $error) {
        echo $error->getMessage(), "\n";
    }
}
eval(<<<'WEAK'
    use Swoole\WebSocket\Frame;
    foreach ([['hi', '2'], ['hi', 2.0], ['hi', 2.5], ['hi', 2, true], ['hi', null]] as $arguments) {
        try {
            echo bin2hex(Frame::pack(...$arguments)), "\n";
        } catch (TypeError $error) {
            echo $error->getMessage(), "\n";
        }
    }
    WEAK);
echo bin2hex(Frame::pack(data: 'hi', opcode: 2)), "\n";
?>
--EXPECTF--
Swoole\WebSocket\Frame::pack(): Argument #2 ($opcode) must be of type int, string given
Swoole\WebSocket\Frame::pack(): Argument #2 ($opcode) must be of type int, float given
Swoole\WebSocket\Frame::pack(): Argument #3 ($flags) must be of type int, %r(bool|true)%r given
82026869
82026869

Deprecated: Implicit conversion from float 2.5 to int loses precision in %s on line %d
82026869
82026869

Deprecated: Swoole\WebSocket\Frame::pack(): Passing null to parameter #2 ($opcode) of type int is deprecated in %s on line %d
80026869
82026869
