//! `addProcess()`: processes of the script's own that the manager forks and looks after, beside the workers.

use std::cell::RefCell;

use super::{Phase, Server};
use crate::php::process::Process;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::class::ClassBuilder;
use crate::zend::{Call, Gc, Instance, IntoValue, Object, Result, Trace, Value, error};

/// The processes of a server, in the order of their numbers.
#[derive(Debug, Default)]
pub struct UserProcesses(RefCell<Vec<Object>>);

impl UserProcesses {
    pub fn count(&self) -> u16 {
        self.0.borrow().len() as u16
    }

    pub fn get(&self, index: u16) -> Option<Object> {
        self.0.borrow().get(usize::from(index)).cloned()
    }
}

impl Trace for UserProcesses {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.0);
    }
}

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class.method("addProcess(Swoole\\Process $process): int|false", add)
}

fn add(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let Instance { object, state }: Instance<'_, Process> = call.arg()?;
    let index = server.user_processes.count();
    let known = server.user_processes.0.borrow().iter().any(|known| known.handle() == object.handle());
    let complaint = match server.phase.get() {
        Phase::Running | Phase::Over => "server is running, can't add process",
        Phase::Prepared if known || state.is_started() => "process has already been started",
        Phase::Prepared if index == USER_PROCESSES_MAX => "too many processes",
        Phase::Prepared => {
            state.join_server(object, i64::from(index))?;
            server.user_processes.0.borrow_mut().push(object.clone());
            return Ok(index.into_value());
        }
    };
    error::warning(complaint);
    last_error::set(ErrorCode::PHP_FATAL_ERROR);
    Ok(false.into_value())
}

/// Each has a pair of pipes to the others besides its own.
const USER_PROCESSES_MAX: u16 = 1024;
