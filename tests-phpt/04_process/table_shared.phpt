--TEST--
Table between processes: what all add adds up, and what one deletes is gone for all
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\{Process, Table};

$table = new Table(64);
$table->column('count', Table::TYPE_INT);
$table->column('by', Table::TYPE_STRING, 32);
$table->create();
$table->set('to delete', ['count' => 1]);
for ($i = 0; $i < 4; $i++) {
    (new Process(function (Process $process) use ($table) {
        for ($round = 0; $round < 2000; $round++) {
            $table->incr('key ' . $round % 20, 'count');
            $table->set("own $process->id", ['by' => str_repeat((string) $process->id, 32)]);
            $table->set('torn', ['by' => str_repeat((string) $process->id, 32)]);
            $text = $table->get('torn', 'by');
            if (strlen(trim($text, $text[0])) > 0) exit(1);
            $table->del("own $process->id");
        }
        $table->del('to delete');
    }))->start();
}
for ($i = 0; $i < 4; $i++) var_dump(Process::wait()['code']);
$sum = 0;
foreach ($table as $key => $row) $sum += $row['count'];
var_dump($sum, $table->exists('to delete'), count($table));
?>
--EXPECT--
int(0)
int(0)
int(0)
int(0)
int(8000)
bool(false)
int(21)
