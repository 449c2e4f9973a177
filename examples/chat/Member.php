<?php

declare(strict_types=1);

/** Somebody in a room: a connection with a name. */
final class Member
{
    /** So many messages may come at once ... */
    private const BURST = 10;
    /** ... and so many a second after that: faster than people type, slower than scripts do. */
    private const PER_SECOND = 2;

    private float $allowance = self::BURST;
    private float $checkedAt;

    public function __construct(
        /** The connection; also the number by which others know this member. */
        public readonly int $fd,
        /** Known to the server and the member's own page only: proves, after a reconnect, that it is the same person. */
        public readonly string $key,
        public readonly string $name,
        public readonly Room $room,
    ) {
        $this->checkedAt = microtime(true);
    }

    /** Takes one message off the allowance; false when it is used up. */
    public function maySpeak(): bool
    {
        $now = microtime(true);
        $this->allowance = min(self::BURST, $this->allowance + ($now - $this->checkedAt) * self::PER_SECOND);
        $this->checkedAt = $now;
        if ($this->allowance < 1) {
            return false;
        }
        $this->allowance--;
        return true;
    }

    /** What the others may know. */
    public function card(): array
    {
        return ['id' => $this->fd, 'name' => $this->name];
    }
}
