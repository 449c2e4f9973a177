--TEST--
A child that a callback forks with pcntl_fork() ends without a word to the clients, however it ends, and the parent serves on
--EXTENSIONS--
swoole
pcntl
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

$endings = [
    'exit(7);' => 7,
    'echo "printed;"; exit;' => 0,
    'throw new Exception("in the child");' => 255,
    'not_a_function();' => 255,
    'ini_set("memory_limit", "4M"); str_repeat("x", 64 << 20);' => 255,
    'return;' => 0,
    'Swoole\\Process::kill(getmypid(), SIGKILL);' => -9,
    'pcntl_exec("/bin/sh", ["-c", "exit 3"]);' => 3,
];
foreach (['true', 'false'] as $coroutines) {
    $cases = var_export(array_keys($endings), true);
    $server = new ServerProcess("
        \$server = new Swoole\\WebSocket\\Server('127.0.0.1', 0);
        \$server->set(['worker_num' => 1, 'enable_coroutine' => $coroutines]);
        \$server->on('message', function (\$server, \$frame) {
            \$code = ($cases)[(int) \$frame->data];
            if (!(\$pid = pcntl_fork())) {
                eval(\$code);
                return;
            }
            pcntl_waitpid(\$pid, \$status);
            \$server->push(\$frame->fd, (string) (pcntl_wifsignaled(\$status) ? -pcntl_wtermsig(\$status) : pcntl_wexitstatus(\$status)));
        });
    ");
    $client = $server->websocket();
    $other = $server->websocket();
    $case = 0;
    foreach ($endings as $code => $status) {
        $client->text((string) $case++);
        if (($got = $client->receive()) !== "$status") {
            echo "$code ended with $got\n";
        }
    }
    $other->text('0');
    var_dump($other->receive(), $server->stop(), substr_count($server->output(), 'printed;'), substr_count($server->output(), 'in the child'));
}
?>
--EXPECT--
string(1) "7"
int(0)
int(1)
int(1)
string(1) "7"
int(0)
int(1)
int(1)
