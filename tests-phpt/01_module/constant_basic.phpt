--TEST--
Swoole\Constant names options and events, Http\Status the status codes
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Constant;
use Swoole\Http\Status;

var_dump(Constant::OPTION_WORKER_NUM, Constant::OPTION_WEBSOCKET_COMPRESSION, Constant::OPTION_HOOK_FLAGS);
var_dump(Constant::EVENT_WORKER_START, Constant::EVENT_MESSAGE, Constant::EVENT_BEFORE_HANDSHAKE_RESPONSE);
$server = new Swoole\WebSocket\Server('127.0.0.1');
var_dump($server->on(Constant::EVENT_MESSAGE, fn() => 1), $server->set([Constant::OPTION_WORKER_NUM => 2]));
foreach ((new ReflectionClass(Constant::class))->getConstants() as $name => $value) {
    if (!preg_match('/^(OPTION|EVENT)_[A-Z0-9_]+$/', $name) || !is_string($value)) echo "$name => $value\n";
}
var_dump(Status::OK, Status::SWITCHING_PROTOCOLS, Status::TOO_MANY_REQUESTS, Status::GATEWAY_TIME_OUT);
var_dump(Status::getReasonPhrase(404), Status::getReasonPhrase(599), Status::getReasonPhrase(-1));
$phrases = Status::getReasonPhrases();
var_dump($phrases[101], count($phrases) === count((new ReflectionClass(Status::class))->getConstants()));
?>
--EXPECT--
string(10) "worker_num"
string(21) "websocket_compression"
string(10) "hook_flags"
string(11) "workerStart"
string(7) "message"
string(23) "beforeHandshakeResponse"
bool(true)
bool(true)
int(200)
int(101)
int(429)
int(504)
string(9) "Not Found"
string(7) "Unknown"
string(7) "Unknown"
string(19) "Switching Protocols"
bool(true)
