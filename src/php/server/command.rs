//! `addCommand()` and `command()`: what one process of the server asks another, in JSON both ways.

use std::cell::RefCell;
use std::time::Duration;

use super::{Phase, Server, payload, tasks};
use crate::serve::{SendFailure, Worker};
use crate::server::command::Letter;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::zend::class::ClassBuilder;
use crate::zend::{Call, Callback, Gc, IntoValue, Object, Result, Str, Trace, Value, error};

/// The commands of a server. They are the same in all its processes, so their numbers name them.
#[derive(Debug, Default)]
pub struct Commands(RefCell<Vec<Command>>);

#[derive(Clone, Debug)]
struct Command {
    name: Str,
    /// Bits of `SWOOLE_SERVER_COMMAND_*`: who answers it.
    accepted: i64,
    callback: Callback,
}

impl Trace for Command {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callback);
    }
}

impl Commands {
    fn find(&self, name: &Str) -> Option<(u16, i64)> {
        let commands = self.0.borrow();
        let index = commands.iter().position(|command| command.name.as_bytes() == name.as_bytes())?;
        Some((index as u16, commands[index].accepted))
    }

    /// A clone, so that nothing is borrowed while it runs.
    fn callback(&self, index: u16) -> Option<Callback> {
        self.0.borrow().get(usize::from(index)).map(|command| command.callback.clone())
    }
}

impl Trace for Commands {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.0);
    }
}

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class
        .method("addCommand(string $name, int $accepted_process_types, callable $callback): bool", add)
        .method(
            "command(string $name, int $process_id, int $process_type, mixed $data, bool $json_decode = true): array|string|false",
            command,
        )
}

fn add(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let (name, accepted, callback): (&Str, i64, Callback) = (call.arg()?, call.arg()?, call.arg()?);
    let full = server.commands.0.borrow().len() == COMMANDS_MAX;
    if server.phase.get() != Phase::Prepared || full {
        error::warning(if full { "too many commands" } else { "server is running, can't add command" });
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false);
    }
    if server.commands.find(name).is_some() {
        return Ok(false);
    }
    server.commands.0.borrow_mut().push(Command { name: name.clone(), accepted, callback });
    Ok(true)
}

fn command(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let (name, process, kind): (&Str, i64, i64) = (call.arg()?, call.arg()?, call.arg()?);
    let data: &Value = call.arg()?;
    let decode: bool = call.arg_or(true)?;
    let Some(worker) = server.running() else { return Ok(false.into_value()) };
    let refuse = |code, text: String| {
        last_error::set(code);
        LOG.write_at(Level::Error, "Server::command", Some(code), &text);
        Ok(false.into_value())
    };
    let Some((index, accepted)) = server.commands.find(name) else {
        return refuse(ErrorCode::SERVER_INVALID_COMMAND, format!("unknown command[{name}]"));
    };
    if accepted & kind == 0 {
        let text = format!("unsupported [process_type={kind}]");
        return refuse(ErrorCode::OPERATION_NOT_SUPPORT, text);
    }
    let to = match find_process(&worker, kind, process) {
        Ok(to) => to,
        Err((code, why)) => return refuse(code, format!("{why} [type={kind}, id={process}]")),
    };
    let question = json("json_encode", std::slice::from_ref(data))?;
    let Some(question) = question.as_str() else { return Ok(false.into_value()) };
    let answer = if to == worker.id() {
        answer(server, call.this(), index, question.as_bytes())?
    } else {
        match ask(&worker, to, index, question.as_bytes())? {
            Some(letter) => Str::new(&letter.bytes),
            None => return refuse(ErrorCode::OPERATION_NOT_SUPPORT, format!("no answer from process#{to}")),
        }
    };
    if !decode {
        return Ok(answer.into_value());
    }
    let decoded = json("json_decode", &[answer.into_value(), Value::from(true)])?;
    Ok(if decoded.as_array().is_some() || decoded.as_str().is_some() { decoded } else { false.into_value() })
}

/// Which process is meant. Where workers own the sockets, they are the reactors, and the first speaks for the master.
fn find_process(
    worker: &Worker,
    kind: i64,
    process: i64,
) -> std::result::Result<u16, (ErrorCode, &'static str)> {
    let options = worker.options();
    let within = |count: u16| {
        let known = u16::try_from(process).ok().filter(|process| *process < count);
        known.ok_or((ErrorCode::INVALID_PARAMS, "invalid process"))
    };
    match kind {
        MASTER => Ok(worker.master()),
        REACTOR_THREAD if options.is_split() => {
            Err((ErrorCode::OPERATION_NOT_SUPPORT, "a reactor thread of SWOOLE_PROCESS runs no PHP"))
        }
        REACTOR_THREAD | EVENT_WORKER => within(options.worker_num),
        TASK_WORKER => Ok(options.worker_num + within(options.task_worker_num)?),
        MANAGER => worker.manager().ok_or((ErrorCode::OPERATION_NOT_SUPPORT, "there is no manager")),
        _ => Err((ErrorCode::OPERATION_NOT_SUPPORT, "invalid process")),
    }
}

fn ask(worker: &Worker, to: u16, index: u16, question: &[u8]) -> Result<Option<Letter>> {
    let bytes = [&index.to_le_bytes(), question].concat();
    let mut answers = tasks::gather(worker, 1, Some(PATIENCE), |_, id| {
        let asked = worker.send_question(to, id, payload::WAITED, bytes.clone());
        Ok(!matches!(asked, Err(SendFailure::Full | SendFailure::NotFound)))
    })?;
    Ok(answers.pop().flatten())
}

/// The answer to a question of another process, and what the callback threw, if it did.
pub fn asked(server: &Server, object: &Object, letter: &Letter) -> (Vec<u8>, Result) {
    let Some((index, question)) = letter.bytes.split_first_chunk() else { return (Vec::new(), Ok(())) };
    let answered = answer(server, object, u16::from_le_bytes(*index), question);
    (answered.as_ref().map_or(FAILED, Str::as_bytes).to_vec(), answered.map(drop))
}

fn answer(server: &Server, object: &Object, index: u16, question: &[u8]) -> Result<Str> {
    let Some(callback) = server.commands.callback(index) else { return Ok(Str::new(b"")) };
    let answer = callback.call(&[object.clone().into_value(), Str::new(question).into_value()])?;
    Ok(answer.as_str().cloned().unwrap_or_else(|| Str::new(WRONG_TYPE)))
}

fn json(function: &str, args: &[Value]) -> Result<Value> {
    Callback::new(&Value::from(function))?.call(args)
}

/// `SWOOLE_SERVER_COMMAND_*`.
const MASTER: i64 = 1 << 1;
const REACTOR_THREAD: i64 = 1 << 2;
const EVENT_WORKER: i64 = 1 << 3;
const TASK_WORKER: i64 = 1 << 4;
const MANAGER: i64 = 1 << 5;
/// As the original has it.
const FAILED: &[u8] = br#"{"data": "failed to call function", "code": -1}"#;
const WRONG_TYPE: &[u8] = br#"{"data": "wrong return type", "code": -2}"#;
/// Their numbers have two bytes.
const COMMANDS_MAX: usize = 1 << 16;
/// A process that blocks answers late, and one that is gone never.
const PATIENCE: Duration = Duration::from_secs(60);
