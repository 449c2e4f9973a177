--TEST--
http_compression, its level, its least length and its content types
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$ask = function (string $options, string $type = 'text/html'): string {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\Http\Server('127.0.0.1', 0);
    \$server->set([$options]);
    \$server->on('request', function (\$request, \$response) {
        \$response->header('Content-Type', '$type');
        mt_srand(1);
        \$response->end(implode(' ', array_map(fn () => mt_rand(0, 999), range(1, 400))));
    });
    PHP);
    $response = $server->connect()->request("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip");
    $server->stop();
    if (!isset($response['headers']['content-encoding'])) {
        return 'plain';
    }
    mt_srand(1);
    return gzdecode($response['body']) === implode(' ', array_map(fn () => mt_rand(0, 999), range(1, 400))) ? strlen($response['body']) : 'broken';
};
$default = $ask('');
echo $ask("'http_compression' => false"), ' ', $default > 0 ? 'compressed' : $default, "\n";

echo "levels\n";
foreach (['http_compression_level', 'compression_level', 'http_gzip_level'] as $name) {
    // More than there is counts as the most there is.
    echo json_encode([$ask("'$name' => 1") === $default, $ask("'$name' => 9") < $default, $ask("'$name' => 99") === $ask("'$name' => 9")]), "\n";
}

echo "lengths\n";
mt_srand(1);
$length = strlen(implode(' ', array_map(fn () => mt_rand(0, 999), range(1, 400))));
foreach (['http_compression_min_length', 'compression_min_length'] as $name) {
    echo json_encode(array_map(fn ($least) => is_numeric($ask("'$name' => $least")), [0, $length, $length + 1, "'1K'", "'2K'"])), "\n";
}

echo "types\n";
foreach (['http_compression_types', 'compression_types'] as $name) {
    $types = "'http_compression' => false, '$name' => ['application/json', 'text/HTML']";
    echo json_encode([is_numeric($ask($types)), is_numeric($ask($types, 'text/html; charset=utf-8')), $ask($types, 'text/css'), $ask($types, 'image/png')]), "\n";
}
?>
--EXPECT--
plain compressed
levels
[true,true,true]
[true,true,true]
[true,true,true]
lengths
[true,true,false,true,false]
[true,true,false,true,false]
types
[true,true,"plain","plain"]
[true,true,"plain","plain"]
