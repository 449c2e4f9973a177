//! What other workers write to the application: tasks, their results, messages.

use super::calls::Load;
use super::{PhpApp, uncaught};
use crate::php::server::event::Event;
use crate::php::server::task::{self, Giver};
use crate::php::server::{Server, command, event_object, payload, tasks};
use crate::serve::{TaskInHand, Worker};
use crate::server::command::Letter;
use crate::zend::{IntoValue, Result, Value, error, world};

/// How `onTask` is called.
#[derive(Clone, Copy, Debug)]
pub struct TaskStyle {
    pub coroutines: bool,
    /// With a `Task` instead of its parts.
    pub object: bool,
}

impl PhpApp {
    /// Runs `onTask`. What it returns is a result.
    pub(super) fn task(&self, worker: &Worker, letter: &Letter, task: TaskInHand) -> Result {
        let Some(callback) = self.callback(Event::Task) else { return Ok(()) };
        let data = payload::unpack(letter.flags, &letter.bytes)?;
        let args = if self.tasks.coroutines || self.tasks.object {
            vec![self.this(), task::create(letter, data)]
        } else {
            vec![self.this(), letter.id.into_value(), letter.from.into_value(), data]
        };
        let giver = Giver::of(letter);
        if !self.tasks.coroutines {
            let returned = tasks::as_current(giver, || callback.call_from_loop(&args));
            return self
                .returned(worker, returned, None)
                .map_or(Ok(()), |result| hand_in(task, giver, &result));
        }
        let (worker, callback, several) = (worker.clone(), callback.clone(), self.several);
        let made = world::go(move || {
            let handed_in = callback.call(&args).and_then(|result| hand_in(task, giver, &result));
            if handed_in.is_err() {
                uncaught(&worker, several, None);
            }
        })?;
        made.map(drop).map_err(|refused| error::error(format_args!("no coroutine for a task: {refused}")))
    }

    pub(super) fn finish(&self, worker: &Worker, letter: &Letter) -> Result {
        if tasks::arrived(letter) {
            return Ok(());
        }
        let own = tasks::take_callback(letter.id);
        let Some(callback) = own.or_else(|| self.callback(Event::Finish).cloned()) else { return Ok(()) };
        let data = payload::unpack(letter.flags, &letter.bytes)?;
        if self.event_object {
            self.spawn(
                worker,
                callback,
                [self.this(), event_object::task_result(letter, data)],
                Load::default(),
            );
        } else {
            self.spawn(worker, callback, [self.this(), letter.id.into_value(), data], Load::default());
        }
        Ok(())
    }

    /// The answer to a question. What its callback throws ends a worker, as anywhere else, but not the manager.
    pub(super) fn question(&self, worker: Option<&Worker>, letter: &Letter) -> Vec<u8> {
        let Some(server) = self.object.state::<Server>() else { return Vec::new() };
        let (answer, outcome) = command::asked(server, &self.object, letter);
        if let Some(worker) = worker {
            self.returned(worker, outcome.map(|()| Value::null()), None);
        } else if outcome.is_err() && !error::is_exit() {
            error::report_uncaught();
        }
        answer
    }

    pub(super) fn pipe_message(&self, worker: &Worker, letter: &Letter) -> Result {
        if self.event_object {
            self.run(
                worker,
                self.callback(Event::PipeMessage),
                [self.this(), event_object::pipe_message(letter)?],
                None,
            );
        } else {
            let data = payload::unpack(letter.flags, &letter.bytes)?;
            self.run(
                worker,
                self.callback(Event::PipeMessage),
                [self.this(), letter.from.into_value(), data],
                None,
            );
        }
        Ok(())
    }
}

/// The task is done, with this result unless it is null.
fn hand_in(task: TaskInHand, giver: Giver, result: &Value) -> Result {
    drop(task);
    if !result.is_null() {
        giver.finish(result)?;
    }
    Ok(())
}
