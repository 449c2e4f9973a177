--TEST--
Every violation of RFC 6455 is answered by a Close frame with its code, then the end (weaknesses 1-7, 11)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) { echo "delivered: $frame->data\n"; });
PHP);
$close = fn (string $body) => frame(8, $body);
$violations = [
    'unmasked frame' => frame(1, 'x', mask: false),
    'rsv1 without deflate' => frame(1, 'x', rsv: 4),
    'rsv2' => frame(1, 'x', rsv: 2),
    'rsv3' => frame(2, 'x', rsv: 1),
    'opcode 3' => frame(3, 'x'),
    'opcode 7' => frame(7, ''),
    'opcode 11' => frame(11, ''),
    'opcode 15' => frame(15, 'x'),
    'text is not utf-8' => frame(1, "a\xc0\xaf"),
    'text ends inside a character' => frame(1, "\xe2\x82"),
    'surrogate' => frame(1, "\xed\xa0\x80"),
    'message inside a fragmented one' => frame(1, 'a', fin: false) . frame(1, 'b'),
    'fragment inside a fragmented one' => frame(1, 'a', fin: false) . frame(2, 'b', fin: false),
    'continuation of nothing' => frame(0, 'x'),
    'fragmented ping' => frame(9, 'x', fin: false),
    'ping of 126 bytes' => frame(9, str_repeat('x', 126)),
    '16 bit length for 5 bytes' => "\x81\xfe" . pack('n', 5) . 'abcd' . mask('hello', 'abcd'),
    '64 bit length for 5 bytes' => "\x81\xff" . pack('J', 5) . 'abcd' . mask('hello', 'abcd'),
    'length above 63 bits' => "\x82\xff" . "\xff\xff\xff\xff\xff\xff\xff\xff" . 'abcd',
    'close of one byte' => $close("\x03"),
    'close code 999' => $close(pack('n', 999)),
    'close code 1004' => $close(pack('n', 1004)),
    'close code 1005' => $close(pack('n', 1005)),
    'close code 1006' => $close(pack('n', 1006)),
    'close code 1015' => $close(pack('n', 1015)),
    'close code 2999' => $close(pack('n', 2999)),
    'close code 5000' => $close(pack('n', 5000)),
    'close reason is not utf-8' => $close(pack('n', 1000) . "\xff"),
    'frame above package_max_length' => "\x82\xff" . pack('J', 1 << 40) . 'abcd',
];
foreach ($violations as $name => $bytes) {
    $client = $server->websocket();
    $client->send($bytes);
    printf("%-34s %s%s\n", $name, var_export(substr((string) $client->close(), 0, 4), true), $client->closed() ? '' : ' still open');
}
$client = $server->websocket();
$client->text('fine');
$server->expect('delivered: fine');
$server->stop();
?>
--EXPECT--
unmasked frame                     '1002'
rsv1 without deflate               '1002'
rsv2                               '1002'
rsv3                               '1002'
opcode 3                           '1002'
opcode 7                           '1002'
opcode 11                          '1002'
opcode 15                          '1002'
text is not utf-8                  '1007'
text ends inside a character       '1007'
surrogate                          '1007'
message inside a fragmented one    '1002'
fragment inside a fragmented one   '1002'
continuation of nothing            '1002'
fragmented ping                    '1002'
ping of 126 bytes                  '1002'
16 bit length for 5 bytes          '1002'
64 bit length for 5 bytes          '1002'
length above 63 bits               '1002'
close of one byte                  '1002'
close code 999                     '1002'
close code 1004                    '1002'
close code 1005                    '1002'
close code 1006                    '1002'
close code 1015                    '1002'
close code 2999                    '1002'
close code 5000                    '1002'
close reason is not utf-8          '1007'
frame above package_max_length     '1009'
