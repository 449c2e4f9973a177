<?php
/**
 * Tasks on four task workers: none lost, in order on each, and what one costs in all processes together.
 *
 *   php -n -d extension=modules/swoole.so benches/php/task.php [tasks] [bytes]
 *
 * The cost is the difference between a server with all tasks and one with a hundredth of them. A lost task or one out
 * of order ends the script with 1. `cargo bench --features net --bench pipe` is the floor: the same, without a server.
 */

[$tasks, $bytes] = [(int) ($argv[1] ?? 100_000), (int) ($argv[2] ?? 16)];

if (isset($argv[3])) {
    serve($tasks, $bytes);
    exit;
}

function serve(int $tasks, int $bytes): void
{
    $server = new Swoole\Server('127.0.0.1', 0);
    $server->set(['task_worker_num' => 4, 'log_level' => SWOOLE_LOG_NONE]);
    $server->on('receive', fn () => null);
    $server->on('task', fn ($server, $id, $from, $data) => "$server->worker_id $data");
    $seen = $last = [];
    $ordered = true;
    $server->on('finish', function ($server, $id, $data) use ($tasks, &$seen, &$last, &$ordered) {
        [$worker, $number] = explode(' ', $data, 3);
        $ordered = $ordered && $number > ($last[$worker] ?? -1);
        $last[$worker] = (int) $number;
        $seen[$number] = true;
        if (count($seen) === $tasks) {
            echo json_encode(['seen' => count($seen), 'workers' => count($last), 'ordered' => $ordered]), "\n";
            $server->shutdown();
        }
    });
    $server->on('workerStart', function ($server, $id) use ($tasks, $bytes) {
        for ($i = 0; $id === 0 && $i < $tasks; $i++) {
            $server->task(str_pad("$i ", $bytes, 'x'));
        }
    });
    $server->start();
}

/** Runs a server with so many tasks in a process of its own; what it says, and what it and its workers cost. */
function measure(int $tasks, int $bytes): array
{
    $so = current(preg_grep('~^/\S*swoole\S*\.so$~', array_map(fn ($line) => trim(substr($line, 73)), file('/proc/self/maps'))));
    $before = cpu_us();
    $start = microtime(true);
    exec(escapeshellarg(PHP_BINARY) . ' -n -d extension=' . escapeshellarg($so) . ' ' . escapeshellarg(__FILE__) . " $tasks $bytes serve", $lines, $code);
    $said = json_decode($lines[0] ?? '', true) ?: exit("the server ended with $code: " . implode("\n", $lines) . "\n");
    return $said + ['cpu_us' => cpu_us() - $before, 'seconds' => microtime(true) - $start];
}

/** Processor microseconds of all children that have ended, and theirs. */
function cpu_us(): int
{
    $usage = getrusage(1);
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1_000_000 + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'];
}

$most = measure($tasks, $bytes);
$few = measure(intdiv($tasks, 100), $bytes);
printf("%s tasks of %d bytes: %s back, %d task workers, %s; %.2f s\n", number_format($tasks), $bytes,
    number_format($most['seen']), $most['workers'], $most['ordered'] ? 'in order on each' : 'OUT OF ORDER', $most['seconds']);
printf("%.1f microseconds of processor time for each task and its result\n", ($most['cpu_us'] - $few['cpu_us']) / ($tasks - intdiv($tasks, 100)));
exit($most['seen'] === $tasks && $most['ordered'] ? 0 : 1);
