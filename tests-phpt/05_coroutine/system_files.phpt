--TEST--
System reads and writes whole files
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\System;

Swoole\Coroutine\run(function () {
    $file = tempnam(sys_get_temp_dir(), 'srs');
    var_dump(System::writeFile($file, 'one '), System::writeFile($file, 'two', FILE_APPEND | LOCK_EX), System::readFile($file, LOCK_EX));
    var_dump(System::writeFile($file, ''), Co::readFile($file), file_get_contents($file));
    $big = random_bytes(3_000_000);
    System::writeFile($file, $big);
    var_dump(System::readFile($file) === $big);
    unlink($file);
    var_dump(System::readFile($file), swoole_strerror(swoole_last_error()));
    var_dump(System::readFile(__DIR__), swoole_strerror(swoole_last_error()));
    var_dump(System::writeFile('/no/such/folder/file', 'x'), swoole_last_error() === SOCKET_ENOENT);
    var_dump(System::readFile("a\0b"), System::statvfs('/no/such/folder'));
    echo implode(' ', array_keys(System::statvfs('/'))), "\n";
});
?>
--EXPECT--
int(4)
int(3)
string(7) "one two"
int(0)
string(0) ""
string(0) ""
bool(true)
bool(false)
string(25) "No such file or directory"
bool(false)
string(14) "Is a directory"
bool(false)
bool(true)
bool(false)
bool(false)
bsize frsize blocks bfree bavail files ffree favail fsid flag namemax
