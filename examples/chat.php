<?php
// A chat with rooms, names, presence and history on one page, served by the same server that carries the messages.
//
//   php -d extension=swoole.so examples/chat.php
//
// Open http://127.0.0.1:9501/ in two windows, or the machine's own address on a phone. PORT and LISTEN choose another
// port and address.

declare(strict_types=1);

use Swoole\Http\Request;
use Swoole\Http\Response;
use Swoole\WebSocket\Frame;
use Swoole\WebSocket\Server;

require __DIR__ . '/chat/Member.php';
require __DIR__ . '/chat/Room.php';
require __DIR__ . '/chat/Chat.php';
require __DIR__ . '/chat/pages.php';

$port = (int) (getenv('PORT') ?: 9501);
$server = new Server(getenv('LISTEN') ?: '0.0.0.0', $port);
$server->set([
    // The rooms live in this process's memory: one worker serves thousands of people.
    'worker_num' => 1,
    // Far above a message of Chat::TEXT_MAX characters in JSON; anything longer is not from our page.
    'package_max_length' => 64 * 1024,
    // The page says something every 20 seconds; who is silent for a minute has gone without a word.
    'heartbeat_idle_time' => 60,
    'heartbeat_check_interval' => 20,
]);

$chat = new Chat($server);
$pages = loadPages(__DIR__ . '/chat/public');

$server->on('start', function () use ($port) {
    echo "The chat is open at http://127.0.0.1:{$port}/\n";
});

$server->on('request', function (Request $request, Response $response) use ($pages) {
    servePage($pages, $request, $response);
});

$server->on('open', function (Server $server, Request $request) {
    // A browser says which page opened the connection; pages from elsewhere must not speak for our visitors.
    $origin = $request->header['origin'] ?? null;
    $host = $request->header['host'] ?? '';
    if ($origin !== null && preg_replace('#^https?://#', '', $origin) !== $host) {
        $server->disconnect($request->fd, 4403, 'wrong origin');
    }
});

$server->on('message', function (Server $server, Frame $frame) use ($chat) {
    $chat->receive($frame->fd, $frame->data);
});

$server->on('close', function (Server $server, int $fd) use ($chat) {
    $chat->leave($fd);
});

$server->start();
