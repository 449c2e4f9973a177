--TEST--
A cancel of each kind of wait leaves nothing behind
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\{CanceledException, Client, Socket, System};

Swoole\Coroutine\run(function () {
    $channel = new chan(1);
    $full = new chan(1);
    $full->push(1);
    $server = new Socket(AF_INET, SOCK_STREAM);
    $server->bind('127.0.0.1');
    $server->listen(1);
    $port = $server->getsockname()['port'];
    [$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    [$c, $d] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    $d->setOption(SOL_SOCKET, SO_RCVTIMEO, ['sec' => 3600, 'usec' => 0]);
    [$stream] = $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $client = new Client(SWOOLE_SOCK_UDP);
    $client->connect('127.0.0.1', 9);
    $sleeper = proc_open(['sleep', '3600'], [], $pipes);
    $pid = proc_get_status($sleeper)['pid'];
    $fifo = sys_get_temp_dir() . '/srs' . getmypid() . '.fifo';
    System::exec("mkfifo $fifo");
    $waits = [
        'sleep' => fn() => Co::sleep(3600),
        'yield' => fn() => Co::yield(),
        'channel pop' => fn() => $channel->pop(),
        'channel push' => fn() => $full->push(2, 3600),
        'join' => fn() => Co::join([1], 3600),
        'socket recv' => fn() => $a->recv(),
        'socket recvPacket' => fn() => $b->recvPacket(3600),
        'socket recvfrom' => fn() => $d->recvfrom($peer),
        'socket send' => fn() => $c->sendAll(str_repeat('x', 10_000_000)) === 10_000_000,
        'socket accept' => fn() => $server->accept(3600),
        // TEST-NET-1: nobody answers there; where there is no route at all it is refused at once.
        'socket connect' => fn() => (new Socket(AF_INET, SOCK_STREAM))->connect('192.0.2.1', 9, 3600),
        'client recv' => fn() => $client->recv(3600),
        'waitEvent' => fn() => System::waitEvent($stream),
        'wait' => fn() => System::wait(),
        'waitPid' => fn() => System::waitPid($pid, 3600),
        'waitSignal' => fn() => System::waitSignal([SIGUSR1, SIGUSR2]),
        'exec' => fn() => System::exec('exec sleep 3600'),
        'readFile' => fn() => System::readFile($fifo),
        'getaddrinfo' => fn() => System::getaddrinfo('localhost'),
        'gethostbyname' => fn() => System::gethostbyname('localhost', AF_INET, 3600),
    ];
    foreach ($waits as $name => $wait) {
        $cid = go(function () use ($name, $wait) {
            $result = $wait();
            echo $name, ': ', $result === false ? 'false' : 'not canceled', "\n";
        });
        if (Co::exists($cid)) {
            Co::cancel($cid) || print("$name cannot be canceled\n");
        }
        $cid = go(function () use ($name, $wait) {
            try {
                $wait();
                if (!str_contains('socket connect getaddrinfo gethostbyname', $name)) echo "$name threw nothing\n";
            } catch (CanceledException) {
            }
        });
        // This one is canceled when its task is under way; a lookup may be over by then.
        Co::sleep(0.001);
        Co::cancel($cid, true);
    }
    // The thread that waits for a writer still does; now it ends.
    var_dump(file_put_contents($fifo, ''));
    unlink($fifo);
    // The tasks are dropped at the runtime's next turns.
    for ($i = 0; $i < 1000 && Co::stats()['event_num']; $i++) Co::sleep(0.001);
    var_dump(Co::stats()['event_num'], Co::stats()['coroutine_num'], Swoole\Timer::stats()['num']);
    // What the canceled ones wait for no more still works.
    $b->send('to a');
    $a->send('to b');
    var_dump($a->recv(), $b->recvPacket());
    fwrite($pair[1], 'x');
    var_dump(System::waitEvent($stream) === SWOOLE_EVENT_READ);
    proc_terminate($sleeper);
    var_dump(System::waitPid($pid)['signal']);
    // Of the commands, no child is left.
    var_dump(System::wait(1));
});
?>
--EXPECT--
sleep: false
yield: false
channel pop: false
channel push: false
join: false
socket recv: false
socket recvPacket: false
socket recvfrom: false
socket send: false
socket accept: false
socket connect: false
client recv: false
waitEvent: false
wait: false
waitPid: false
waitSignal: false
exec: false
readFile: false
getaddrinfo: false
gethostbyname: false
int(0)
int(0)
int(1)
int(0)
string(4) "to a"
string(4) "to b"
bool(true)
int(15)
bool(false)
