--TEST--
Coroutine\Client cuts what it receives into packets as its options say; the end is an empty string
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\{Client, Socket};

Swoole\Coroutine\run(function () {
    $server = new Socket(AF_INET, SOCK_STREAM);
    $server->bind('127.0.0.1');
    $server->listen();
    $port = $server->getsockname()['port'];
    $cases = [
        [['open_eof_check' => true, 'package_eof' => "\r\n"], "one\r\ntwo\r\nthr"],
        [['open_length_check' => true, 'package_length_type' => 'N', 'package_length_offset' => 0, 'package_body_offset' => 4], pack('N', 3) . 'one' . pack('N', 0)],
        [['open_length_check' => true, 'package_length_func' => fn($data) => (int) $data[0]], '3on4two'],
        [[], 'anything'],
        [['open_length_check' => true, 'package_body_offset' => 4, 'package_max_length' => 64], pack('N', 100)],
    ];
    foreach ($cases as [$options, $stream]) {
        go(function () use ($server, $stream) {
            $peer = $server->accept();
            $peer->sendAll($stream);
            $peer->close();
        });
        $client = new Client(SWOOLE_SOCK_TCP);
        $client->set($options);
        $client->connect('127.0.0.1', $port) || exit($client->errMsg);
        while (($packet = $client->recv(5)) != '') echo json_encode($packet), ' ';
        var_dump($packet, $client->errCode);
    }
    var_dump($client->set([]), $client->set(['open_eof_check' => 1, 'package_eof' => '123456789']));
});
?>
--EXPECTF--
"one\r\n" "two\r\n" string(0) ""
int(0)
"\u0000\u0000\u0000\u0003one" "\u0000\u0000\u0000\u0000" string(0) ""
int(0)
"3on" "4two" string(0) ""
int(0)
"anything" string(0) ""
int(0)
bool(false)
int(1201)

Warning: Swoole\Coroutine\Client::set(): package_eof max length is 8 in %s on line %d
bool(false)
bool(false)
