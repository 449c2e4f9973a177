<?php

declare(strict_types=1);

/** Who is in a room and what was said in it lately. */
final class Room
{
    private const HISTORY_MAX = 100;

    /** @var array<int, Member> by connection */
    private array $members = [];
    /** @var list<array{id: int, key: string, client: string, name: string, text: string, at: int}> oldest first */
    private array $history = [];
    private int $nextId = 1;

    public function __construct(public readonly string $name)
    {
    }

    public function add(Member $member): void
    {
        $this->members[$member->fd] = $member;
    }

    public function remove(Member $member): void
    {
        unset($this->members[$member->fd]);
    }

    /** @return array<int, Member> */
    public function members(): array
    {
        return $this->members;
    }

    public function isEmpty(): bool
    {
        return $this->members === [];
    }

    public function withKey(string $key): ?Member
    {
        foreach ($this->members as $member) {
            if (hash_equals($member->key, $key)) {
                return $member;
            }
        }
        return null;
    }

    /** The name itself, or with a number behind it when somebody here has it already. */
    public function freeName(string $wanted): string
    {
        $taken = [];
        foreach ($this->members as $member) {
            $taken[strtolower($member->name)] = true;
        }
        $name = $wanted;
        for ($i = 2; isset($taken[strtolower($name)]); $i++) {
            $name = "{$wanted} {$i}";
        }
        return $name;
    }

    /**
     * Writes a message down. $client is the number that the sender's page gave it: a page which lost its connection
     * sends again what was not confirmed, and must not be heard twice.
     *
     * @return array{0: array, 1: bool} the message, and whether it is new
     */
    public function record(Member $from, string $client, string $text): array
    {
        foreach ($this->history as $message) {
            if ($message['client'] === $client && $message['key'] === $from->key) {
                return [$message, false];
            }
        }
        $message = [
            'id' => $this->nextId++,
            'key' => $from->key,
            'client' => $client,
            'name' => $from->name,
            'text' => $text,
            'at' => (int) (microtime(true) * 1000),
        ];
        $this->history[] = $message;
        if (count($this->history) > self::HISTORY_MAX) {
            array_shift($this->history);
        }
        return [$message, true];
    }

    /** The latest messages as $reader may see them: keys stay here. */
    public function historyFor(Member $reader): array
    {
        return array_map(
            fn (array $message) => self::card($message, own: $message['key'] === $reader->key),
            $this->history,
        );
    }

    /** What a page may know of a message. */
    public static function card(array $message, bool $own): array
    {
        return [
            'id' => $message['id'],
            'name' => $message['name'],
            'text' => $message['text'],
            'at' => $message['at'],
            'own' => $own,
        ];
    }
}
