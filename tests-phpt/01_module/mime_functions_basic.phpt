--TEST--
Content types by file endings, and a script that changes them
--EXTENSIONS--
swoole
--FILE--
<?php
foreach (['index.html', '/a.b/PHOTO.JPG', 'noending', 'a.nope', ''] as $name) {
    echo $name, ' ', swoole_mime_type_get($name), ' ', var_export(swoole_mime_type_exists($name), true), "\n";
}
$count = count(swoole_mime_type_list());
var_dump(swoole_mime_type_add('nope', 'x/nope'), swoole_mime_type_add('nope', 'x/other'), swoole_get_mime_type('a.nope'));
swoole_mime_type_set('nope', 'x/set');
var_dump(swoole_mime_type_get('a.nope'), in_array('x/set', swoole_mime_type_list(), true));
var_dump(count(swoole_mime_type_list()) - $count);
var_dump(swoole_mime_type_delete('nope'), swoole_mime_type_delete('nope'), swoole_mime_type_get('a.nope'));
?>
--EXPECT--
index.html text/html true
/a.b/PHOTO.JPG image/jpeg true
noending application/octet-stream false
a.nope application/octet-stream false
 application/octet-stream false
bool(true)
bool(false)
string(6) "x/nope"
string(5) "x/set"
bool(true)
int(1)
bool(true)
bool(false)
string(24) "application/octet-stream"
