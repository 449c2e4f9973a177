//! What callbacks get instead of several arguments with `event_object`: `Swoole\Server\Event`, `Packet`, `PipeMessage`,
//! `StatusInfo` and `TaskResult`. Plain objects, one for each kind of event.

use crate::php::server::payload;
use crate::serve::WorkerFailure;
use crate::server::command::Letter;
use crate::zend::{Class, IntoValue, Object, Result, Value};

static EVENT: Class = Class::new("Swoole\\Server\\Event");
static PACKET: Class = Class::new("Swoole\\Server\\Packet");
static PIPE_MESSAGE: Class = Class::new("Swoole\\Server\\PipeMessage");
static STATUS_INFO: Class = Class::new("Swoole\\Server\\StatusInfo");
static TASK_RESULT: Class = Class::new("Swoole\\Server\\TaskResult");

/// Defines the classes.
pub fn register() {
    EVENT
        .define()
        .property("public $reactor_id = 0")
        .property("public $fd = 0")
        .property("public $dispatch_time = 0")
        .property("public $data = null")
        .register();
    PACKET
        .define()
        .property("public $server_socket = 0")
        .property("public $server_port = 0")
        .property("public $dispatch_time = 0")
        .property("public $address = null")
        .property("public $port = 0")
        .property("public $data = null")
        .register();
    PIPE_MESSAGE
        .define()
        .property("public $source_worker_id = 0")
        .property("public $worker_id = 0")
        .property("public $dispatch_time = 0")
        .property("public $data = null")
        .register();
    STATUS_INFO
        .define()
        .property("public $worker_id = 0")
        .property("public $worker_pid = 0")
        .property("public $status = 0")
        .property("public $exit_code = 0")
        .property("public $signal = 0")
        .register();
    TASK_RESULT
        .define()
        .property("public $task_id = 0")
        .property("public $task_worker_id = 0")
        .property("public $dispatch_time = 0")
        .property("public $data = null")
        .register();
}

/// For `onConnect`, `onReceive` and `onClose`.
pub fn event(reactor: Value, fd: Value, now_us: u64, data: Value) -> Value {
    Object::with_properties(&EVENT, [reactor, fd, seconds(now_us), data]).into_value()
}

/// For `onPacket`.
pub fn packet(values: [Value; 6]) -> Value {
    Object::with_properties(&PACKET, values).into_value()
}

/// For `onPipeMessage`.
pub fn pipe_message(letter: &Letter) -> Result<Value> {
    let (from, data) = (letter.from.into_value(), payload::unpack(letter.flags, &letter.bytes)?);
    let properties = [from.clone(), from, seconds(letter.sent_us), data];
    Ok(Object::with_properties(&PIPE_MESSAGE, properties).into_value())
}

/// For `onWorkerError`. `status` is as `waitpid` gives it.
pub fn status_info(failure: WorkerFailure) -> Value {
    let WorkerFailure { worker, pid, exit_code, signal } = failure;
    let status = exit_code << 8 | signal;
    let properties = [
        worker.into_value(),
        pid.into_value(),
        status.into_value(),
        exit_code.into_value(),
        signal.into_value(),
    ];
    Object::with_properties(&STATUS_INFO, properties).into_value()
}

/// For `onFinish`.
pub fn task_result(letter: &Letter, data: Value) -> Value {
    let properties = [letter.id.into_value(), letter.from.into_value(), seconds(letter.sent_us), data];
    Object::with_properties(&TASK_RESULT, properties).into_value()
}

/// A time as scripts get it.
pub fn seconds(micros: u64) -> Value {
    (micros as f64 / 1e6).into_value()
}
