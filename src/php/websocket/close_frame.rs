//! `Swoole\WebSocket\CloseFrame`: a Frame with code and reason.

use super::frame::FRAME;
use crate::zend::{Class, Slot};

/// The class.
pub static CLOSE_FRAME: Class = Class::new("Swoole\\WebSocket\\CloseFrame");

/// The close code.
pub static CODE: Slot = Slot::new();
/// The close reason.
pub static REASON: Slot = Slot::new();

/// Defines the class. `opcode` keeps its place among the inherited properties and gets a new default.
pub fn register() {
    CLOSE_FRAME
        .define()
        .extends(&FRAME)
        .property("public $opcode = 8")
        .slot(&CODE, "public $code = 1000")
        .slot(&REASON, "public $reason = \"\"")
        .register();
}
