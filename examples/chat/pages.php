<?php

declare(strict_types=1);

use Swoole\Http\Request;
use Swoole\Http\Response;

const PAGE_TYPES = [
    'html' => 'text/html; charset=utf-8',
    'css' => 'text/css; charset=utf-8',
    'js' => 'text/javascript; charset=utf-8',
    'svg' => 'image/svg+xml',
];

/**
 * Reads the few files of the page once; requests are answered from memory, and nothing else can be asked for.
 *
 * @return array<string, array{type: string, body: string}> by path
 */
function loadPages(string $folder): array
{
    $pages = [];
    foreach (glob("{$folder}/*") as $file) {
        $type = PAGE_TYPES[pathinfo($file, PATHINFO_EXTENSION)] ?? 'application/octet-stream';
        $pages['/' . basename($file)] = ['type' => $type, 'body' => file_get_contents($file)];
    }
    $pages['/'] = $pages['/index.html'];
    return $pages;
}

function servePage(array $pages, Request $request, Response $response): void
{
    $page = $pages[$request->server['request_uri']] ?? null;
    if ($page === null) {
        $response->status(404);
        $response->header('Content-Type', 'text/plain');
        $response->end("There is no such page.\n");
        return;
    }
    $response->header('Content-Type', $page['type']);
    $response->header('Cache-Control', 'no-cache');
    // Nothing on the page comes from elsewhere, and nothing that somebody writes can become a script.
    $response->header('Content-Security-Policy', "default-src 'self'; frame-ancestors 'none'");
    $response->header('X-Content-Type-Options', 'nosniff');
    $response->end($page['body']);
}
