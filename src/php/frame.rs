//! `Swoole\WebSocket\Frame`.

use crate::zend::{Call, Class, Result, Slot, Str};

/// The class.
pub static FRAME: Class = Class::new("Swoole\\WebSocket\\Frame");

/// Who sent it: a session of the server, or the descriptor of a client.
pub static FD: Slot = Slot::new();
/// The payload.
pub static DATA: Slot = Slot::new();
/// The opcode.
pub static OPCODE: Slot = Slot::new();
/// `SWOOLE_WEBSOCKET_FLAG_*`.
pub static FLAGS: Slot = Slot::new();
/// Whether it is the last frame of its message; null on a new frame means: as the flags say.
pub static FINISH: Slot = Slot::new();

/// Defines the class.
pub fn register() {
    FRAME
        .define()
        .slot(&FD, "public $fd = 0")
        .slot(&DATA, "public $data = \"\"")
        .slot(&OPCODE, "public $opcode = 1")
        .slot(&FLAGS, "public $flags = 1")
        .slot(&FINISH, "public $finish = null")
        .method("__toString(): string", to_string)
        .register();
}

fn to_string(call: &mut Call<'_>) -> Result<Str> {
    call.this().get(&DATA).to_str()
}
