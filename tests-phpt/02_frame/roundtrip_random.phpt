--TEST--
Random frames survive pack and unpack, and memory stays flat (ROUNDTRIP_COUNT=100000 for the long run)
--EXTENSIONS--
swoole
--INI--
memory_limit=64M
--FILE--
<?php
use Swoole\WebSocket\Frame;

const LENGTHS = [0, 1, 2, 3, 4, 7, 8, 63, 64, 65, 124, 125, 126, 127, 1000, 65534, 65535, 65536, 65537, 1 << 20];

function random_payload(int $opcode, string $noise): string
{
    $length = mt_rand(0, 3) ? LENGTHS[mt_rand(0, count(LENGTHS) - 2)] : mt_rand(0, 4096);
    if (mt_rand(0, 499) === 0) {
        $length = mt_rand(0, 1 << 20);
    }
    $length = min($length, match (true) { $opcode === 8 => 123, $opcode > 8 => 125, default => 1 << 20 });
    $offset = mt_rand(0, strlen($noise) - $length);
    return mt_rand(0, 1) ? substr($noise, $offset, $length) : str_pad('', $length, 'abcdefg');
}

function round_trip(string $noise): void
{
    $opcode = [0, 1, 2, 8, 9, 10][mt_rand(0, 5)];
    $flags = mt_rand(0, 1) | 2 * mt_rand(0, 1) | 32 * mt_rand(0, 1);
    $data = random_payload($opcode, $opcode === 8 ? str_repeat('reason ', 40) : $noise);
    $frame = Frame::unpack(Frame::pack($data, $opcode, $flags));
    $compressed = ($flags & 3) === 3 && ($opcode === 1 || $opcode === 2) && $data !== '';
    $expected = ($opcode >= 8 ? 1 : $flags & 1) | $flags & 32 | ($compressed ? 6 : 0);
    $same = $frame && $frame->opcode === $opcode && ($opcode === 8 ? $frame->reason : $frame->data) === $data
        && $frame->flags === $expected && $frame->finish === (bool) ($expected & 1);
    if (!$same) {
        printf("opcode %d, flags %d, %d bytes: %s\n", $opcode, $flags, strlen($data), json_encode($frame));
        exit(1);
    }
}

function resident(): int
{
    return is_readable('/proc/self/statm') ? (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096 : 0;
}

$seed = (int) (getenv('ROUNDTRIP_SEED') ?: random_int(1, PHP_INT_MAX >> 32));
mt_srand($seed);
$count = (int) (getenv('ROUNDTRIP_COUNT') ?: 3000);
$noise = random_bytes(1 << 20 | 1);
for ($i = 0; $i < 1000; $i++) {
    round_trip($noise);
}
[$zend, $all] = [memory_get_usage(), resident()];
for ($i = 0; $i < $count; $i++) {
    round_trip($noise);
}
$grown = [memory_get_usage() - $zend, getenv('PHPT_SLOWNESS') ? 0 : resident() - $all];
var_dump($grown[0] < 1024, $grown[1] < 8 << 20);
if ($grown[0] >= 1024 || $grown[1] >= 8 << 20) {
    echo "seed $seed: ", json_encode($grown), "\n";
}
?>
--EXPECT--
bool(true)
bool(true)
