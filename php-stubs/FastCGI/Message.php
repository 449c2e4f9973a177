<?php

namespace Swoole\FastCGI;

/** What requests and responses have in common: parameters, a body, what was said about errors. */
class Message
{
    protected array $params = [];

    protected string $body = '';

    protected string $error = '';

    public function getParam(string $name): ?string {}

    public function withParam(string $name, string $value): static {}

    public function withoutParam(string $name): static {}

    public function getParams(): array {}

    public function withParams(array $params): static {}

    public function withAddedParams(array $params): static {}

    public function getBody(): string {}

    public function withBody(string|\Stringable $body): static {}

    public function getError(): string {}

    public function withError(string $error): static {}
}
