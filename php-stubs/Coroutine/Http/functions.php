<?php

namespace Swoole\Coroutine\Http;

/**
 * Sends one request.
 *
 * @param mixed $data the body; an array is a form
 * @param array|null $options those of Client::set()
 * @return ClientProxy|false the answer; false without one
 * @throws Client\Exception for a URL that is none
 */
function request(string $url, string $method, mixed $data = null, ?array $options = null, ?array $headers = null, ?array $cookies = null): ClientProxy|false {}

/** request() with GET. */
function get(string $url, ?array $options = null, ?array $headers = null, ?array $cookies = null): ClientProxy|false {}

/** request() with POST. */
function post(string $url, mixed $data, ?array $options = null, ?array $headers = null, ?array $cookies = null): ClientProxy|false {}
