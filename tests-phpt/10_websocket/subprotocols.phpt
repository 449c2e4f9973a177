--TEST--
Subprotocols: several to choose from, the client's order decides, and onBeforeHandshakeResponse has the last word (weakness 19)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_subprotocols' => ['chat', 'Superchat']]);
$server->on('beforeHandshakeResponse', function ($server, $request, $response) {
    if (isset($request->get['choose'])) {
        $response->header('Sec-WebSocket-Protocol', $request->get['choose']);
    }
});
$server->on('message', function () {});
PHP);
$agree = function ($offer, string $path = '/') use (&$server): string {
    $head = $server->connect()->upgrade($path, ['Sec-WebSocket-Protocol' => $offer]);
    return json_encode($head['headers']['sec-websocket-protocol'] ?? null);
};
echo $agree('chat'), "\n";
echo $agree('unknown, superchat, chat'), "\n";
echo $agree(['other', 'CHAT']), "\n";
echo $agree('other'), "\n";
echo $agree(null), "\n";
echo $agree('chat, v2.chat', '/?choose=v2.chat'), "\n";
$server->stop();
// The one of the original beside ours.
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_subprotocol' => 'old', 'websocket_subprotocols' => ['new']]);
$server->on('message', function () {});
PHP);
echo $agree('new, old'), ' ', $agree('old'), "\n";
?>
--EXPECT--
"chat"
"Superchat"
"chat"
null
null
"v2.chat"
"new" "old"
