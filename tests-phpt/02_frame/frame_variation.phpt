--TEST--
Frame: named arguments, callables, error handlers that throw, strings made by user code, subclasses
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Frame;

class Text
{
    function __toString(): string
    {
        throw new Exception('no text');
    }
}

class Mine extends Frame
{
    function __toString(): string
    {
        return 'mine';
    }
}

function caught(callable $run): void
{
    try {
        echo bin2hex($run()), "\n";
    } catch (Throwable $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}

echo "named arguments\n";
caught(fn () => Frame::pack('hi', flags: 0));
caught(fn () => Frame::pack(flags: SWOOLE_WEBSOCKET_FLAG_FIN, data: 'x'));
caught(fn () => Frame::pack(opcode: 1));
caught(fn () => Frame::pack('x', nothing: 1));
echo "callables\n";
caught(fn () => call_user_func([Frame::class, 'pack'], 'hi'));
caught(fn () => array_map('Swoole\WebSocket\Frame::pack', ['a', 'b'])[1]);
caught(fn () => (Frame::pack(...))('q'));
echo "user code in between\n";
set_error_handler(fn ($level, $text) => throw new ErrorException($text));
caught(fn () => Frame::pack('x', 99));
restore_error_handler();
caught(fn () => Frame::pack(new Text));
$frame = new Frame;
$frame->data = new Text;
caught(fn () => (string) $frame);
echo "references, subclasses, no constructor\n";
$text = 'ref';
$frame->data = &$text;
caught(fn () => (string) $frame);
$mine = new Mine;
$mine->data = 'zz';
caught(fn () => Frame::pack($mine));
echo $mine, "\n";
caught(fn () => (string) (new ReflectionClass(Frame::class))->newInstanceWithoutConstructor());
?>
--EXPECT--
named arguments
01026869
810178
ArgumentCountError: Swoole\WebSocket\Frame::pack(): Argument #1 ($data) not passed
Error: Unknown named parameter $nothing
callables
81026869
810162
810171
user code in between
ErrorException: Swoole\WebSocket\Frame::pack(): opcode must be between 0 and 10
Exception: no text
Exception: no text
references, subclasses, no constructor
8103726566
81027a7a
mine
8100
