//! `Swoole\Http\Server`: a `Swoole\Server` that speaks HTTP.

use crate::php::server::SERVER;
use crate::zend::Class;

/// The class. It has no members of its own; the constructor of the base looks at the class.
pub static HTTP_SERVER: Class = Class::new("Swoole\\Http\\Server");

/// Defines the class.
pub fn register() {
    HTTP_SERVER.define().extends(&SERVER).register();
}
