<?php
/**
 * The cycle collector among objects of every class: bare, constructed, derived, each in a ring with itself and with
 * closures that capture it, in every place that keeps a callback or a value. Argument: in a coroutine or not.
 */
use Swoole\Coroutine\{Channel, Client, Scheduler, Socket, System};
use Swoole\{Atomic, Event, Process, Table, Timer};

/** Collects until nothing is left, among fresh garbage; what was freed by mistake is then somebody else's memory. */
function collect(mixed ...$held): mixed
{
    for ($round = 0; $round < 3; $round++) {
        for ($i = 0; $i < 20; $i++) {
            $ring = new stdClass;
            $ring->self = [$ring, fn () => $ring];
        }
        // A count that goes down makes something a candidate.
        $also = $held;
        foreach ($also as $one) {
            $again = $one;
            unset($again);
        }
        unset($also, $one, $ring);
        gc_collect_cycles();
    }
    return $held[0] ?? null;
}

/** What a callback slot gets: captures the object itself, collects and answers. */
function closure(?object &$object, mixed $answer = null): Closure
{
    $text = 'kept ' . mt_rand();
    $copy = $object;
    return function (...$arguments) use ($copy, &$object, $text, $answer) {
        static $calls = [];
        $calls[] = [$copy, $arguments];
        if (!str_starts_with(collect($text, $copy), 'kept ')) {
            echo "wrong value\n";
        }
        return $answer;
    };
}

function each_class(): void
{
    foreach ((new ReflectionExtension('swoole'))->getClasses() as $class) {
        if (!$class->isInstantiable() && !$class->getConstructor()?->isPrivate() || $class->isInterface() || $class->isAbstract() || $class->isEnum()) {
            continue;
        }
        $names = [$class->getName()];
        if (!$class->isFinal() && !$class->getConstructor()?->isFinal()) {
            $name = 'Derived' . count(get_declared_classes());
            eval("#[AllowDynamicProperties] class $name extends \\{$names[0]} { public \$ring; }");
            $names[] = $name;
        }
        foreach ($names as $name) {
            try {
                $object = (new ReflectionClass($name))->newInstanceWithoutConstructor();
            } catch (ReflectionException) {
                continue;
            }
            foreach ((new ReflectionClass($object))->getProperties() as $property) {
                if (!$property->isStatic() && !$property->hasType() && !$property->isReadOnly() && $property->isPublic()) {
                    @$object->{$property->getName()} = [$object, closure($object)];
                }
            }
            collect($object);
            $ring = [$object, closure($object)];
            $ring[] = &$ring;
            unset($object, $ring);
            collect();
        }
    }
}

function each_slot(): void
{
    $server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    $port = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
    $server->set(['open_length_check' => true, 'package_length_func' => closure($server), 'dispatch_func' => closure($server)]);
    $port->set(['open_length_check' => true, 'package_length_func' => closure($port)]);
    foreach ((new ReflectionClass($server))->getProperties(ReflectionProperty::IS_PRIVATE) + (new ReflectionClass('Swoole\Server'))->getProperties() as $property) {
        if (str_starts_with($property->getName(), 'on')) {
            @$server->on(substr($property->getName(), 2), closure($server));
            @$port->on(substr($property->getName(), 2), closure($port));
        }
    }
    $process = new Process(closure($server));
    $server->addProcess($process);
    $server->addCommand('c', SWOOLE_SERVER_COMMAND_MASTER, closure($server));
    $socket = $process->exportSocket();
    collect($server, $port, $process, $socket, $server->ports);
    // Replaced, and replaced by what is there already.
    $server->on('message', closure($process));
    $server->on('message', $server->getCallback('message'));
    $iterator = $server->connections;
    foreach ($iterator ?? [] as $fd) {
        collect($iterator);
    }
    collect($server, $port, $process, $socket);
    unset($server);
    collect($port, $process, $socket);
    unset($port, $process, $socket, $iterator);
    collect();

    $scheduler = new Scheduler;
    $shared = closure($scheduler);
    $scheduler->add($shared, $scheduler, $shared);
    $scheduler->parallel(3, $shared, [$scheduler]);
    collect($scheduler, $shared);
    unset($scheduler);
    collect($shared)();

    $manager = new Process\Manager;
    $shared = closure($manager);
    $manager->addBatch(3, $shared)->add($shared);
    collect($manager, $shared);
    unset($manager);
    collect($shared)();

    $pool = new Process\Pool(1);
    foreach (['start', 'shutdown', 'workerStart', 'workerStop', 'message'] as $event) {
        @$pool->on($event, closure($pool));
    }
    collect($pool);
    unset($pool);
    collect();

    $process = new Process(closure($process, 1));
    $process = new Process(closure($process));
    collect($process, $process->exportSocket());
    unset($process);

    $table = new Table(8);
    $table->column('n', Table::TYPE_INT);
    $table->create();
    foreach (['a', 'b'] as $key) {
        $table->set($key, ['n' => 1]);
    }
    foreach ($table as $row) {
        collect($table, $row);
    }

    $frame = new Swoole\WebSocket\Frame;
    $frame->data = [$frame, closure($frame)];
    collect($frame);
    unset($frame, $table, $row);

    $list = new Swoole\ArrayObject([closure($list)]);
    $list[] = $list;
    collect($list)->map(fn ($one) => collect($one));
    unset($list);
    collect();
}

/** What calls back while a loop runs. */
function each_callback(): void
{
    $object = new stdClass;
    $tick = Timer::tick(1, function (int $id, ...$given) use ($object, &$tick) {
        collect($object, $given);
        Timer::clear($tick);
        collect($object);
    }, $object, [$object]);
    Timer::after(2, closure($object), $object);
    Event::defer(closure($object));
    [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    fwrite($b, 'x');
    Event::add($a, function ($stream) use ($object, &$a) {
        Event::del($stream);
        collect($object, $stream);
    });
    Process::signal(SIGUSR2, function () use ($object) {
        Process::signal(SIGUSR2, null);
        collect($object);
    });
    Process::kill(getmypid(), SIGUSR2);
}

function each_coroutine(): void
{
    $object = new stdClass;
    $channel = new Channel(2);
    $object->channel = $channel;
    go(function () use ($channel, $object) {
        Co::defer(closure($object));
        Co::getContext()['ring'] = [Co::getContext(), $object, closure($object)];
        for ($i = 0; $i < 5; $i++) {
            $channel->push([$channel, closure($object)]);
            collect($channel);
        }
        $channel->close();
    });
    while ($value = $channel->pop()) {
        collect($value);
        Co::sleep(0.001);
    }
    $socket = new Socket(AF_INET, SOCK_STREAM, 0);
    $socket->bind('127.0.0.1', 0);
    $socket->listen();
    $measure = closure($socket, 4);
    go(function () use ($socket) {
        $peer = $socket->accept(10);
        $peer->setProtocol(['open_length_check' => true, 'package_length_func' => closure($peer, 4)]);
        $peer->sendAll(collect($peer->recvPacket(10), $peer));
    });
    $client = new Client(SWOOLE_SOCK_TCP);
    $client->set(['open_length_check' => true, 'package_length_func' => $measure, 'ring' => [$client, $socket]]);
    $client->connect('127.0.0.1', $socket->getsockname()["port"], 10);
    $client->send('ping');
    collect($client, $client->socket);
    echo $client->recv(10) === 'ping' ? '' : "no answer\n";
    unset($client);
    collect($measure)();
    $pool = new Swoole\ConnectionPool(fn () => collect(new stdClass), 2);
    $pool->ring = [$pool];
    $pool->put(collect($pool->get()));
    $pool->close();
    unset($pool);
    $group = new Swoole\Coroutine\WaitGroup;
    $group->add();
    go(function () use ($group) { collect($group); $group->done(); });
    $group->wait(10);
    Swoole\Coroutine\parallel(2, fn () => collect($object));
    echo count(Swoole\Coroutine\map([1, 2], fn ($n) => collect([$n], $object))) === 2 ? '' : "wrong map\n";
    collect($group, $object, System::gethostbyname('127.0.0.1'));
}

error_reporting(E_ALL & ~E_DEPRECATED);
set_error_handler(fn () => true, E_WARNING | E_NOTICE | E_DEPRECATED);
if ($argv[1] === 'inside') {
    Swoole\Coroutine\run(function () {
        each_class();
        each_coroutine();
        each_callback();
        Co::sleep(0.01);
    });
} else {
    each_class();
    each_slot();
    each_callback();
    Event::wait();
}
collect();
echo "done\n";
