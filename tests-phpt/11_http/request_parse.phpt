--TEST--
Request::create() and parse(): a request from bytes that come in pieces
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Http\Request;

$bytes = "POST /path?a=1&b[]=2 HTTP/1.1\r\nHost: example.com\r\nCookie: c=d%20e\r\n"
    . "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nx=1&y=2";

echo "whole\n";
$request = Request::create();
var_dump($request->isCompleted(), $request->getMethod(), $request->getContent(), $request->getData(), swoole_last_error());
var_dump($request->parse($bytes) === strlen($bytes), $request->isCompleted(), $request->getMethod(), $request->getContent());
echo json_encode([$request->get, $request->post, $request->cookie, $request->header, $request->files]), "\n";
echo $request->server['request_uri'], ' ', $request->server['query_string'], ' ', json_encode(isset($request->server['remote_addr'])), "\n";
var_dump($request->getData() === $bytes, $request->parse('more'));

echo "in pieces\n";
$request = Request::create();
$taken = 0;
foreach (str_split($bytes . 'the next', 10) as $piece) {
    $n = $request->parse($piece);
    $taken += (int) $n;
}
var_dump($taken === strlen($bytes), $request->isCompleted(), $request->rawContent());

echo "options\n";
$request = Request::create(['parse_cookie' => false, 'parse_body' => false]);
$request->parse($bytes);
echo json_encode([$request->post, $request->cookie, $request->header['cookie'], $request->getContent()]), "\n";

echo "nonsense\n";
$request = Request::create();
var_dump($request->parse("\x16\x03\x01"), $request->parse("GET / HTTP/1.1\r\n\r\n"), $request->isCompleted());
?>
--EXPECT--
whole
bool(false)
bool(false)
bool(false)
bool(false)
int(7106)
bool(true)
bool(true)
string(4) "POST"
string(7) "x=1&y=2"
[{"a":"1","b":["2"]},{"x":"1","y":"2"},{"c":"d e"},{"host":"example.com","content-type":"application\/x-www-form-urlencoded","content-length":"7"},null]
/path a=1&b[]=2 false
bool(true)
bool(false)
in pieces
bool(true)
bool(true)
string(7) "x=1&y=2"
options
[null,null,"c=d%20e","x=1&y=2"]
nonsense
bool(false)
bool(false)
bool(false)
