--TEST--
static_handler_locations, http_index_files, http_autoindex and url_rewrite_rules
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
require __DIR__ . '/site.inc';
$site = new Site();
$run = function (string $options, string ...$paths) use ($site) {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\Http\Server('127.0.0.1', 0);
    \$server->set(['enable_static_handler' => true, 'document_root' => '$site->root', $options]);
    \$server->on('request', fn (\$request, \$response) => \$response->end("PHP {\$request->server['request_uri']}"));
    PHP);
    $client = $server->connect();
    foreach ($paths as $path) {
        $response = $client->request("GET $path HTTP/1.1\r\nHost: h");
        echo "$path: {$response['status']} {$response['headers']['content-type']} ", trim(strip_tags($response['body'], '<a>')), "\n";
    }
    $server->stop();
};
echo "locations\n";
$run("'static_handler_locations' => ['/sub', '/assets']", '/a.txt', '/sub/data', '/sub/none', '/assets/../a.txt');
echo "index files\n";
$run("'http_index_files' => ['index.htm', 'index.html']", '/', '/sub');
echo "listing\n";
$run("'http_autoindex' => true", '/sub', '/a.txt');
echo "rewriting\n";
$run("'url_rewrite_rules' => ['~^/v\\d+/(.*)\$~' => '/\$1', '^/home\$' => '/index.html']", '/v12/a.txt', '/home', '/v1/none');

echo "off\n";
$run("'enable_static_handler' => false", '/a.txt');
foreach (["'url_rewrite_rules' => ['(' => '/']", "'http_index_files' => 'index.html'"] as $options) {
    echo shell_exec(PHP_BINARY . " -n -d extension=" . (getenv('SWOOLE_SO') ?: loaded_extension()) . ' -r '
        . escapeshellarg("(new Swoole\Http\Server('127.0.0.1', 0))->set([$options]);")), "\n";
}
?>
--EXPECT--
locations
/a.txt: 200 text/html PHP /a.txt
/sub/data: 200 application/octet-stream no type
/sub/none: 404 text/html HTTP 404 Not FoundPowered by Swoole
/assets/../a.txt: 404 text/html HTTP 404 Not FoundPowered by Swoole
index files
/: 200 text/html home
/sub: 200 text/html PHP /sub
listing
/sub: 200 text/html; charset=utf-8 Index of /sub/

Index of /sub/

<a href="/">../</a>
<a href="/sub/data">data</a>
<a href="/sub/%C3%A4.css">ä.css</a>
/a.txt: 200 text/plain 0123456789
rewriting
/v12/a.txt: 200 text/plain 0123456789
/home: 200 text/html home
/v1/none: 200 text/html PHP /v1/none
off
/a.txt: 200 text/html PHP /a.txt

Fatal error: Swoole\Server::set(): url_rewrite_rules: (: found open group without closing ')' in Command line code on line 1


Fatal error: Swoole\Server::set(): http_index_files must be array in Command line code on line 1

