<?php

namespace Swoole\Http;

/**
 * A cookie built step by step, for Response::cookie(). Every with method changes the object and returns it.
 */
class Cookie
{
    /** @param bool $encode whether the value is URL-encoded */
    public function __construct(bool $encode = true) {}

    public function withName(string $name): \Swoole\Http\Cookie {}

    /** An empty value deletes the cookie. */
    public function withValue(string $value = ""): \Swoole\Http\Cookie {}

    /** Unix time; 0 lasts as long as the browser. */
    public function withExpires(int $expires = 0): \Swoole\Http\Cookie {}

    public function withPath(string $path = "/"): \Swoole\Http\Cookie {}

    public function withDomain(string $domain = ""): \Swoole\Http\Cookie {}

    public function withSecure(bool $secure = false): \Swoole\Http\Cookie {}

    public function withHttpOnly(bool $httpOnly = false): \Swoole\Http\Cookie {}

    /** "Strict", "Lax" or "None". */
    public function withSameSite(string $sameSite = ""): \Swoole\Http\Cookie {}

    /** "Low", "Medium" or "High". */
    public function withPriority(string $priority = ""): \Swoole\Http\Cookie {}

    public function withPartitioned(bool $partitioned = false): \Swoole\Http\Cookie {}

    /** The value of the Set-Cookie line; false with a warning when it cannot be sent. */
    public function toString(): string|false {}

    public function toArray(): array {}

    /** Forgets everything but whether to encode. */
    public function reset(): void {}
}
