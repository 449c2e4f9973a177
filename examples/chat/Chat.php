<?php

declare(strict_types=1);

use Swoole\WebSocket\Server;

/**
 * The conversation with the page. Both sides send JSON objects with a "type":
 *
 *   page:    join {room, name, key}   say {client, text}   typing   alive
 *   server:  joined {room, you, members, history}   said {message}   sent {client, id, at, reached}
 *            arrived {member}   left {member}   typing {id}   alive   refused {reason, client?}
 */
final class Chat
{
    /** Limits in characters; the page has the same ones, but anybody can write another page. */
    public const NAME_MAX = 24;
    public const ROOM_MAX = 32;
    public const TEXT_MAX = 1000;
    private const KEY_MAX = 64;
    /** Empty rooms keep their history until there are more rooms than this. */
    private const ROOMS_MAX = 200;

    /** @var array<string, Room> by name */
    private array $rooms = [];
    /** @var array<int, Member> by connection */
    private array $members = [];

    public function __construct(private readonly Server $server)
    {
    }

    public function receive(int $fd, string $data): void
    {
        $packet = json_decode($data, true);
        $type = is_array($packet) ? $packet['type'] ?? null : null;
        $member = $this->members[$fd] ?? null;
        match (true) {
            $type === 'alive' => $this->send($fd, ['type' => 'alive']),
            $type === 'join' && $member === null => $this->join($fd, $packet),
            $type === 'say' && $member !== null => $this->say($member, $packet),
            $type === 'typing' && $member !== null => $this->tellOthers($member, ['type' => 'typing', 'id' => $fd]),
            default => $this->refuse($fd, 'That was not understood.'),
        };
    }

    public function leave(int $fd): void
    {
        $member = $this->members[$fd] ?? null;
        if ($member === null) {
            return;
        }
        unset($this->members[$fd]);
        $member->room->remove($member);
        $this->tellOthers($member, ['type' => 'left', 'member' => $member->card()]);
    }

    private function join(int $fd, array $packet): void
    {
        $name = $this->text($packet['name'] ?? null, self::NAME_MAX);
        $room = $this->text($packet['room'] ?? null, self::ROOM_MAX);
        $key = $this->text($packet['key'] ?? null, self::KEY_MAX);
        if ($name === null || $room === null || $key === null) {
            $this->refuse($fd, sprintf(
                'A name has 1 to %d characters, a room 1 to %d.',
                self::NAME_MAX,
                self::ROOM_MAX,
            ));
            return;
        }
        $room = $this->room($room);
        if ($room === null) {
            $this->refuse($fd, 'There are too many rooms just now.');
            return;
        }
        // The page is back before the server noticed that its old connection is dead.
        $ghost = $room->withKey($key);
        if ($ghost !== null) {
            $this->leave($ghost->fd);
            $this->server->disconnect($ghost->fd, 4000, 'joined again');
        }
        $member = new Member($fd, $key, $room->freeName($name), $room);
        $room->add($member);
        $this->members[$fd] = $member;
        $this->send($fd, [
            'type' => 'joined',
            'room' => $room->name,
            'you' => $member->card(),
            'members' => array_map(fn (Member $m) => $m->card(), array_values($room->members())),
            'history' => $room->historyFor($member),
        ]);
        $this->tellOthers($member, ['type' => 'arrived', 'member' => $member->card()]);
    }

    private function say(Member $member, array $packet): void
    {
        $client = $this->text($packet['client'] ?? null, self::KEY_MAX);
        $text = $this->text($packet['text'] ?? null, self::TEXT_MAX, lines: true);
        if ($client === null || $text === null) {
            $this->refuse($member->fd, sprintf('A message has 1 to %d characters.', self::TEXT_MAX), $client);
            return;
        }
        if (!$member->maySpeak()) {
            $this->refuse($member->fd, 'Slow down a little, please.', $client);
            return;
        }
        [$message, $new] = $member->room->record($member, $client, $text);
        $reached = 0;
        if ($new) {
            $reached = $this->tellOthers($member, ['type' => 'said', 'message' => Room::card($message, own: false)]);
        }
        $this->send($member->fd, [
            'type' => 'sent',
            'client' => $client,
            'id' => $message['id'],
            'at' => $message['at'],
            'reached' => $reached,
        ]);
    }

    /** The room of that name, new if need be; null when there are too many and none is empty. */
    private function room(string $name): ?Room
    {
        if (isset($this->rooms[$name])) {
            return $this->rooms[$name];
        }
        if (count($this->rooms) >= self::ROOMS_MAX) {
            $empty = array_filter($this->rooms, fn (Room $room) => $room->isEmpty());
            if ($empty === []) {
                return null;
            }
            unset($this->rooms[array_key_first($empty)]);
        }
        return $this->rooms[$name] = new Room($name);
    }

    /** Pushes to everybody else in the room; returns how many it reached. */
    private function tellOthers(Member $member, array $packet): int
    {
        $reached = 0;
        $json = $this->json($packet);
        foreach ($member->room->members() as $fd => $other) {
            // A connection may have gone without its close event having come yet.
            if ($fd !== $member->fd && $this->server->isEstablished($fd) && $this->server->push($fd, $json)) {
                $reached++;
            }
        }
        return $reached;
    }

    private function send(int $fd, array $packet): void
    {
        if ($this->server->isEstablished($fd)) {
            $this->server->push($fd, $this->json($packet));
        }
    }

    private function refuse(int $fd, string $reason, ?string $client = null): void
    {
        $this->send($fd, ['type' => 'refused', 'reason' => $reason, 'client' => $client]);
    }

    private function json(array $packet): string
    {
        return json_encode($packet, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
    }

    /**
     * A trimmed text of 1 to $max characters without control characters (but line breaks, if $lines), or null.
     * json_decode() has made sure that it is UTF-8. Escaping is for the one who writes HTML: the page.
     */
    private function text(mixed $value, int $max, bool $lines = false): ?string
    {
        if (!is_string($value)) {
            return null;
        }
        $text = trim(preg_replace($lines ? '/[^\P{Cc}\n]/u' : '/\p{Cc}+/u', '', $value));
        return preg_match("/\A.{1,{$max}}\z/us", $text) === 1 ? $text : null;
    }
}
