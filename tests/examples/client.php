<?php
// Our client against an echo server not written here: client.php HOST PORT [--deflate] [--takeover] [--tls=CAFILE]

use Swoole\Coroutine\Http\Client;
use Swoole\WebSocket\Frame;
use function Swoole\Coroutine\run;

run(function () use ($argv) {
    [, $host, $port] = $argv;
    $flags = array_slice($argv, 3);
    $tls = current(preg_filter('/^--tls=/', '', $flags));
    $client = new Client($host, (int) $port, $tls !== false);
    $client->set([
        'timeout' => 10,
        'package_max_length' => 8 << 20,
        'websocket_compression' => in_array('--deflate', $flags) || in_array('--takeover', $flags),
        'websocket_compression_server_context_takeover' => in_array('--takeover', $flags),
        'websocket_compression_client_context_takeover' => in_array('--takeover', $flags),
        'ssl_verify_peer' => true,
        'ssl_cafile' => $tls ?: '',
        'open_websocket_close_frame' => true,
    ]);
    $client->setHeaders(['Sec-WebSocket-Protocol' => 'echo']);
    if (!$client->upgrade('/path?query') || $client->statusCode !== 101) {
        exit("no handshake: $client->statusCode $client->errCode $client->errMsg\n");
    }
    foreach ([0, 1, 125, 126, 65535, 65536, 3000000] as $length) {
        foreach (['text' => 1, 'binary' => 2] as $kind => $opcode) {
            $message = $opcode === 1 ? substr(str_repeat('grüße und küsse; ', intdiv($length, 10) + 1), 0, $length) : random_bytes($length ?: 1);
            // Cut between two characters.
            $message = $opcode === 1 ? mb_cut($message) : $message;
            $client->push($message, $opcode);
            $frame = $client->recv();
            if (!$frame instanceof Frame || $frame->data !== $message || $frame->opcode !== $opcode) {
                exit("$kind of $length bytes did not come back\n");
            }
        }
    }
    $client->push('three ', 1, 0);
    $client->push('parts ', 0, 0);
    $client->push('in one', 0);
    $whole = $client->recv();
    $ping = new Frame;
    $ping->opcode = WEBSOCKET_OPCODE_PING;
    $ping->data = 'hello?';
    $client->push($ping);
    $pong = $client->recv();
    echo $client->headers['sec-websocket-protocol'] ?? 'none', ', ', $client->headers['sec-websocket-extensions'] ?? 'plain', ', ',
        $whole->data, ', ', $pong->opcode, " $pong->data, ", var_export($client->disconnect(4000, 'bye'), true), "\n";
});

function mb_cut(string $text): string
{
    return preg_match('//u', $text) ? $text : substr($text, 0, -1);
}
