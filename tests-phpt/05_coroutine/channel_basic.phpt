--TEST--
Channel: order, hand-over, capacity, stats, error codes
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Channel;
var_dump(new Channel(2), (new Channel())->capacity, (new Channel(0))->capacity, chan::class === Channel::class, new chan instanceof Channel);
Swoole\Coroutine\run(function () {
    $c = new Channel(1);
    var_dump($c->isEmpty(), $c->isFull(), $c->length());
    go(function () use ($c) {
        foreach ([1, 'two', [3], null] as $value) {
            echo "pushing ", json_encode($value), "\n";
            var_dump($c->push($value));
        }
    });
    echo json_encode($c->stats()), "\n";
    for ($i = 0; $i < 4; $i++) echo "popped " . json_encode($c->pop()) . "\n";
    var_dump($c->errCode);

    go(function () use ($c) { echo "waiting\n"; echo "got " . $c->pop() . "\n"; });
    echo json_encode($c->stats()), "\n";
    $c->push('direct');
    echo "after push\n";

    $start = microtime(true);
    var_dump($c->pop(0.01), $c->errCode, microtime(true) - $start >= 0.01);
    $c->push(1);
    var_dump($c->push(2, 0.01), $c->errCode, $c->length());
    echo json_encode($c->stats()), "\n";

    go(function () use ($c) { var_dump($c->push(3)); echo "producer saw $c->errCode\n"; });
    var_dump($c->close(), $c->close());
    var_dump($c->pop(), $c->pop(), $c->errCode, $c->push(1), $c->errCode);
});
?>
--EXPECT--
object(Swoole\Coroutine\Channel)#1 (2) {
  ["capacity"]=>
  int(2)
  ["errCode"]=>
  int(0)
}
int(1)
int(1)
bool(false)
bool(true)
bool(true)
bool(false)
int(0)
pushing 1
bool(true)
pushing "two"
{"consumer_num":0,"producer_num":1,"queue_num":1}
bool(true)
pushing [3]
popped 1
bool(true)
pushing null
popped "two"
bool(true)
popped [3]
popped null
int(0)
waiting
{"consumer_num":1,"producer_num":0,"queue_num":0}
got direct
after push
bool(false)
int(-1)
bool(true)
bool(false)
int(-1)
int(1)
{"consumer_num":0,"producer_num":0,"queue_num":1}
bool(false)
producer saw -2
bool(true)
bool(false)
int(1)
bool(false)
int(-2)
bool(false)
int(-2)
