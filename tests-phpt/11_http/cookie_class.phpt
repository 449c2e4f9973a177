--TEST--
Http\Cookie builds the same lines as the arguments of cookie()
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
use Swoole\Http\Cookie;

$cookie = (new Cookie())->withName('a')->withValue('b c')->withExpires(2000000003)->withPath('/p')->withDomain('example.com')
    ->withSecure(true)->withHttpOnly(true)->withSameSite('Lax')->withPriority('High')->withPartitioned(true);
echo preg_replace('~Max-Age=\d+~', 'Max-Age=N', $cookie->toString()), "\n", json_encode($cookie->toArray(), JSON_UNESCAPED_SLASHES), "\n";
var_dump($cookie->withName('n') === $cookie, $cookie->reset());
echo json_encode($cookie->toArray()), "\n";
var_dump((new Cookie(false))->withName('raw')->withValue('a%20b')->toString(), (new Cookie())->withName('gone')->toString());
foreach ([new Cookie(), (new Cookie())->withName('a=b'), (new Cookie(false))->withName('a')->withValue('b;c'), (new Cookie())->withName('a')->withValue('b')->withPath("/\r\nX: y")] as $bad) {
    var_dump(@$bad->toString(), error_get_last()['message']);
}
try {
    clone $cookie;
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) {
    $cookie = (new Swoole\Http\Cookie())->withName('one')->withValue('x y');
    $results = [$response->cookie($cookie), $response->rawcookie($cookie->withName('two')), $response->setCookie('three', '3'), @$response->cookie(new Swoole\Http\Cookie())];
    try {
        $response->cookie([]);
    } catch (TypeError $error) {
        $results[] = $error->getMessage();
    }
    $response->end(json_encode($results, JSON_UNESCAPED_SLASHES));
});
PHP);
$response = $server->connect()->request("GET / HTTP/1.1\r\nHost: a");
preg_match_all('~^Set-Cookie: .*~mi', str_replace("\r", '', $response['raw']), $lines);
echo implode("\n", $lines[0]), "\n", $response['body'], "\n";
$server->stop();
?>
--EXPECT--
a=b+c; expires=Wed, 18-May-2033 03:33:23 GMT; Max-Age=N; path=/p; domain=example.com; secure; HttpOnly; SameSite=Lax; Priority=High; Partitioned
{"name":"a","value":"b c","path":"/p","domain":"example.com","sameSite":"Lax","priority":"High","encode":true,"expires":2000000003,"secure":true,"httpOnly":true,"partitioned":true}
bool(true)
NULL
{"name":"","value":"","path":"","domain":"","sameSite":"","priority":"","encode":true,"expires":0,"secure":false,"httpOnly":false,"partitioned":false}
string(9) "raw=a%20b"
string(62) "gone=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0"
bool(false)
string(59) "Swoole\Http\Cookie::toString(): Cookie name cannot be empty"
bool(false)
string(99) "Swoole\Http\Cookie::toString(): Cookie name can't contain any of the following '=,; \t\r\n\013\014'"
bool(false)
string(99) "Swoole\Http\Cookie::toString(): Cookie value can't contain any of the following ',; \t\r\n\013\014'"
bool(false)
string(121) "Swoole\Http\Cookie::toString(): Cookie path, domain and attributes can't contain any of the following ',; \t\r\n\013\014'"
Trying to clone an uncloneable object of class Swoole\Http\Cookie
Set-Cookie: one=x+y
Set-Cookie: two=x+y
Set-Cookie: three=3
[true,true,true,false,"Swoole\\Http\\Response::cookie(): Argument #1 ($name_or_object) must be of type Swoole\\Http\\Cookie|string, array given"]
