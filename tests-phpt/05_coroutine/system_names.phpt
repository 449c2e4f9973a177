--TEST--
System looks names up without holding others up; addresses are their own names
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\System;

Swoole\Coroutine\run(function () {
    $order = [];
    go(function () use (&$order) {
        $order[] = System::gethostbyname('localhost');
    });
    $order[] = 'meanwhile';
    Co::sleep(0.001);
    while (count($order) < 2) Co::sleep(0.001);
    echo implode(' ', $order), "\n";
    var_dump(Co::gethostbyname('10.1.2.3'), System::dnsLookup('localhost', 5), swoole_async_dns_lookup_coro('127.0.0.7'));
    var_dump(System::getaddrinfo('localhost'), System::getaddrinfo('::1', AF_INET6), System::getaddrinfo('127.0.0.1', 0));
    var_dump(System::gethostbyname('::1'), swoole_strerror(swoole_last_error()));
    var_dump(System::gethostbyname('no such name'), swoole_last_error() === SWOOLE_ERROR_DNSLOOKUP_RESOLVE_FAILED);
    var_dump(System::gethostbyname(''), System::gethostbyname('localhost', 99));
});
try {
    System::gethostbyname('localhost');
} catch (Swoole\Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECTF--
meanwhile 127.0.0.1
string(8) "10.1.2.3"
string(9) "127.0.0.1"
string(9) "127.0.0.7"
array(1) {
  [0]=>
  string(9) "127.0.0.1"
}
array(1) {
  [0]=>
  string(3) "::1"
}
array(1) {
  [0]=>
  string(9) "127.0.0.1"
}
bool(false)
string(%d) "%s"
bool(false)
bool(true)

Warning: Swoole\Coroutine\System::gethostbyname(): domain name is empty in %s on line %d

Warning: Swoole\Coroutine\System::gethostbyname(): unknown protocol family, must be AF_INET or AF_INET6 in %s on line %d
bool(false)
bool(false)
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run()
