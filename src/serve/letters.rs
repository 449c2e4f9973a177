//! What the applications of several workers write to each other: messages, tasks and their results.

use std::future::Future;
use std::rc::Rc;
use std::time::Instant;

use super::options::ServeOptions;
use super::worker::{SendFailure, Worker};
use crate::server::command::{Command, Letter};
use crate::server::stats::{Counter, WorkerStats};

impl Worker {
    /// How many task workers there are.
    pub fn task_workers(&self) -> u16 {
        self.options().task_worker_num
    }

    /// Which number the process has that speaks for the master: its own where it is no worker, else the first worker's.
    pub fn master(&self) -> u16 {
        if self.options().is_split() { self.options().workers() } else { 0 }
    }

    /// The number of the manager, if there is one.
    pub fn manager(&self) -> Option<u16> {
        self.is_managed().then(|| self.options().manager())
    }

    /// Sends bytes to another worker, task worker or the master: [`super::App::on_pipe_message`] there. `NotFound` for
    /// oneself and unknown numbers.
    pub fn send_message(&self, to: u16, flags: u8, bytes: Vec<u8>) -> Result<(), SendFailure> {
        if to == self.id() || (to >= self.options().workers() && to != self.master()) {
            return Err(SendFailure::NotFound);
        }
        self.post(to, &Command::Message(self.letter(0, flags, bytes)))
    }

    /// A task for [`Worker::send_task`].
    pub fn task(&self, id: u32, flags: u8, bytes: Vec<u8>) -> Command<'static> {
        Command::Task(self.letter(id, flags, bytes))
    }

    /// Gives a task to a task worker, numbered from 0, or to all where they share their tasks: [`super::App::on_task`] there.
    pub fn send_task(&self, to: u16, task: &Command) -> Result<(), SendFailure> {
        if to >= self.task_workers() {
            return Err(SendFailure::NotFound);
        }
        let pipe = self.pipe_for(to, task);
        self.post(pipe, task)?;
        if self.options().shared_tasks() != Some(pipe) {
            self.stats().worker(pipe).add_from_outside(Counter::TasksGiven, 1);
        }
        Ok(())
    }

    /// Where a task goes. The packets of a large one would come apart among several readers.
    fn pipe_for(&self, task_worker: u16, task: &Command<'_>) -> u16 {
        let shared = self.options().shared_tasks().filter(|_| task.is_small());
        shared.unwrap_or_else(|| self.number_of(task_worker))
    }

    /// Asks another process: [`super::App::on_question`] there, and [`super::App::on_finish`] here with the answer and
    /// the same flags.
    pub fn send_question(&self, to: u16, id: u32, flags: u8, bytes: Vec<u8>) -> Result<(), SendFailure> {
        self.post(to, &Command::Ask(self.letter(id, flags, bytes)))
    }

    /// Letters go by the pipes, also to and from the master.
    fn post(&self, to: u16, letter: &Command<'_>) -> Result<(), SendFailure> {
        self.0.peers.send(to, letter, &self.0.tasks).map_err(|_| SendFailure::Full)
    }

    /// Sends the result of a task to the worker that gave it, whether or not that keeps up: no new task begins before it
    /// does.
    pub fn finish_task(&self, to: u16, id: u32, flags: u8, bytes: Vec<u8>) {
        self.0.peers.send_anyway(to, &Command::Finish(self.letter(id, flags, bytes)), &self.0.tasks);
    }

    /// The task that begins now.
    pub(super) fn task_in_hand(&self) -> TaskInHand {
        TaskInHand(self.clone())
    }

    /// The task worker with the fewest tasks, the next in turn among equals.
    pub fn idlest_task_worker(&self) -> Option<u16> {
        let count = self.task_workers();
        let turn = self.0.task_turn.get();
        self.0.task_turn.set(turn.wrapping_add(1));
        let in_turn = (0..count).map(|step| ((u32::from(turn) + u32::from(step)) % u32::from(count)) as u16);
        in_turn.min_by_key(|task| self.stats().worker(self.number_of(*task)).tasks_left())
    }

    /// The counters of the task workers.
    pub fn task_worker_blocks(&self) -> impl Iterator<Item = WorkerStats> + Clone {
        let (stats, first) = (self.stats(), self.number_of(0));
        (first..first + self.task_workers()).map(move |number| stats.worker(number))
    }

    /// Ends when there is room for the task again, after [`SendFailure::Full`].
    pub fn task_room(&self, task_worker: u16, task: &Command<'_>) -> impl Future<Output = ()> + 'static {
        let (core, pipe) = (Rc::clone(&self.0), self.pipe_for(task_worker, task));
        async move { core.peers.room(pipe).await }
    }

    /// Blocks this thread until the result of one of these tasks is there, for an application that cannot suspend.
    pub fn block_for_result(&self, wanted: impl Fn(u32) -> bool, deadline: Instant) -> Option<Letter> {
        let found = self.0.peers.block_for(deadline, |command| match command {
            Command::Finish(letter) => wanted(letter.id),
            _ => false,
        });
        match found {
            Some(Command::Finish(letter)) => Some(letter),
            _ => None,
        }
    }

    /// The worker number of a task worker.
    fn number_of(&self, task_worker: u16) -> u16 {
        self.options().worker_num.max(1) + task_worker
    }

    fn letter(&self, id: u32, flags: u8, bytes: Vec<u8>) -> Letter {
        Letter { id, from: self.id(), flags, sent_us: self.0.reactor.now_us(), bytes }
    }
}

/// A task that is worked on. Dropped, it counts as done, which whoever hears of its result may rely on.
#[derive(Debug)]
pub struct TaskInHand(Worker);

impl Drop for TaskInHand {
    fn drop(&mut self) {
        self.0.stats().worker(self.0.id()).add(Counter::TasksDone, 1);
    }
}

impl ServeOptions {
    /// The number of the manager among those who get letters: behind the workers and, where it is none, the master.
    pub(super) fn manager(&self) -> u16 {
        self.workers() + u16::from(self.is_split())
    }
}
