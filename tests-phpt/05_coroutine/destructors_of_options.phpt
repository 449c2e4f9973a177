--TEST--
What options replace is destroyed when the new ones are in place: its destructor may ask for them and set others
--EXTENSIONS--
swoole
--FILE--
<?php
class Last
{
    public function __destruct()
    {
        echo json_encode(Co::getOptions()['mine'] ?? null), json_encode(swoole_library_get_options()), "\n";
        Co::set(['from a destructor' => true]);
    }
}
Co::set(['mine' => new Last]);
Co::set(['mine' => 1]);
echo json_encode(Co::getOptions()), "\n";
swoole_library_set_options(['mine' => new Last]);
swoole_library_set_options(['mine' => 2]);
swoole_library_set_option('mine', new Last);
swoole_library_set_option('mine', 3);
?>
--EXPECT--
1[]
{"mine":1,"from a destructor":true}
1{"mine":2}
1{"mine":3}
