--TEST--
Cookies: those of the script, those of answers, sent again and forgotten
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$peer = peer(<<<'PHP'
function (Connection $connection) {
    $lines = [
        ['Set-Cookie: a=1; path=/', 'Set-Cookie: b=two%20words+more; HttpOnly', 'Set-Cookie: nonsense', 'Set-Cookie: 7=seven'],
        ['Set-Cookie: a=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT', 'Set-Cookie: b=x; Max-Age=0', 'Set-Cookie: c=new; Max-Age=60; expires=Thu, 01-Jan-1970 00:00:01 GMT'],
        [],
    ];
    foreach ($lines as $headers) {
        $cookie = $connection->request()['headers']['cookie'] ?? 'none';
        $headers = implode('', array_map(fn ($line) => "$line\r\n", $headers));
        $connection->send("HTTP/1.1 200 OK\r\n{$headers}Content-Length: " . strlen($cookie) . "\r\n\r\n$cookie");
    }
    $connection->rest();
}
PHP);
Swoole\Coroutine\run(function () use ($peer) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    $client->setCookies(['own' => 'value; with "marks"']);
    $client->get('/');
    echo $client->body, "\n", json_encode($client->cookies), "\n", json_encode($client->set_cookie_headers), "\n";
    $client->get('/');
    echo $client->body, "\n", json_encode($client->getCookies()), "\n";
    $client->get('/');
    echo $client->body, "\n";
    var_dump($client->set_cookie_headers);
});
?>
--EXPECT--
own=value%3B+with+%22marks%22
{"own":"value; with \"marks\"","a":"1","b":"two words more","7":"seven"}
["a=1; path=\/","b=two%20words+more; HttpOnly","nonsense","7=seven"]
own=value%3B+with+%22marks%22; a=1; b=two+words+more; 7=seven
{"own":"value; with \"marks\"","7":"seven","c":"new"}
own=value%3B+with+%22marks%22; 7=seven; c=new
NULL
