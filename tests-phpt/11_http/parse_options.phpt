--TEST--
http_parse_cookie, http_parse_post and http_parse_files: what is parsed and what stays as it came
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$form = "a=1&b[]=2";
$parts = "--X\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n"
    . implode('', array_map(fn ($n) => "--X\r\nContent-Disposition: form-data; name=\"docs[$n]\"; filename=\"$n.txt\"\r\nContent-Type: text/plain\r\n\r\nfile $n\r\n", ['one', 'two']))
    . "--X--\r\n";
foreach (["", "'http_parse_cookie' => false", "'http_parse_post' => false", "'http_parse_files' => true"] as $options) {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\Http\Server('127.0.0.1', 0);
    \$server->set([$options]);
    \$server->on('request', function (\$request, \$response) {
        \$files = json_encode(\$request->files);
        \$response->end(json_encode([\$request->cookie, \$request->header['cookie'] ?? null, \$request->post]) . ' '
            . preg_replace('~[^"]*swoole\.upfile\.\w+~', 'TEMP', \$files) . (\$request->files ? '' : " {\$request->rawContent()}"));
    });
    PHP);
    echo $options ?: 'defaults', "\n";
    foreach (['application/x-www-form-urlencoded' => $form, 'multipart/form-data; boundary=X' => $parts] as $type => $body) {
        echo $server->connect()->request("POST / HTTP/1.1\r\nHost: h\r\nCookie: c=d%20e\r\nContent-Type: $type\r\nContent-Length: " . strlen($body), $body)['body'], "\n";
    }
    $server->stop();
}
?>
--EXPECT--
defaults
[{"c":"d e"},null,{"a":"1","b":["2"]}] null a=1&b[]=2
[{"c":"d e"},null,{"field":"value"}] {"docs":{"one":{"type":"text\/plain","tmp_name":"TEMP","size":8,"name":"one.txt","error":0,"full_path":"one.txt"},"two":{"type":"text\/plain","tmp_name":"TEMP","size":8,"name":"two.txt","error":0,"full_path":"two.txt"}}}
'http_parse_cookie' => false
[null,"c=d%20e",{"a":"1","b":["2"]}] null a=1&b[]=2
[null,"c=d%20e",{"field":"value"}] {"docs":{"one":{"type":"text\/plain","tmp_name":"TEMP","size":8,"name":"one.txt","error":0,"full_path":"one.txt"},"two":{"type":"text\/plain","tmp_name":"TEMP","size":8,"name":"two.txt","error":0,"full_path":"two.txt"}}}
'http_parse_post' => false
[{"c":"d e"},null,null] null a=1&b[]=2
[{"c":"d e"},null,{"field":"value"}] {"docs":{"one":{"type":"text\/plain","tmp_name":"TEMP","size":8,"name":"one.txt","error":0,"full_path":"one.txt"},"two":{"type":"text\/plain","tmp_name":"TEMP","size":8,"name":"two.txt","error":0,"full_path":"two.txt"}}}
'http_parse_files' => true
[{"c":"d e"},null,{"a":"1","b":["2"]}] null a=1&b[]=2
[{"c":"d e"},null,{"field":"value"}] {"docs":{"type":{"one":"text\/plain","two":"text\/plain"},"tmp_name":{"one":"TEMP","two":"TEMP"},"size":{"one":8,"two":8},"name":{"one":"one.txt","two":"two.txt"},"error":{"one":0,"two":0},"full_path":{"one":"one.txt","two":"two.txt"}}}
