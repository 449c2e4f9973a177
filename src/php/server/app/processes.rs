//! How a process of the server begins, and what a user process runs.

use super::calls::Load;
use super::uncaught::live_on;
use super::{PhpApp, set_worker};
use crate::php::coroutine::scheduler;
use crate::php::process::{Job, Process};
use crate::php::server::{MANAGER_PID, MASTER_PID, Server, TASK_WORKER, WORKER_ID, WORKER_PID};
use crate::php::websocket::pack;
use crate::serve::Worker;
use crate::server::log::{LOG, Role};
use crate::zend::{IntoValue, world};

impl PhpApp {
    /// Shows the script which processes there are, and the log which one this is.
    pub(super) fn show_processes(&self, master: u32, manager: u32) {
        self.object.set(&MASTER_PID, master);
        self.object.set(&MANAGER_PID, manager);
        if let Some(server) = self.object.state::<Server>() {
            server.master.set(master);
            server.manager.set(manager);
        }
        let own = std::process::id();
        if master != manager && manager != 0 {
            LOG.identify(if own == master { Role::Master } else { Role::Manager }, 0);
        }
    }

    /// Tells the server object which process this is.
    pub(super) fn enter(&self, worker: &Worker) {
        self.object.set(&WORKER_ID, worker.id());
        self.object.set(&WORKER_PID, std::process::id());
        if !worker.options().is_split() {
            self.object.set(&MASTER_PID, worker.pid_of(0));
        }
        self.object.set(&TASK_WORKER, worker.is_task_worker());
        if self.several {
            pack::after_fork();
        }
        if let Some(server) = self.object.state::<Server>() {
            set_worker(server, Some(worker.clone()));
        }
    }

    /// Gives what the script makes in the master, besides its callbacks, the server's methods and the server's loop.
    pub(super) fn lead(&self, master: &Worker) {
        if let Some(server) = self.object.state::<Server>() {
            set_worker(server, Some(master.clone()));
        }
        spawn_on(master);
        world::on_uncaught(live_on);
    }

    /// Runs the function of a user process: in a coroutine, beside the server's loop, or else with the loop to itself,
    /// as any child of a script has.
    pub(super) fn user_process(&self, worker: &Worker, index: u16) {
        let process = self.object.state::<Server>().and_then(|server| server.user_processes.get(index));
        let Some(process) = process else { return };
        let state = process.state::<Process>();
        let job = state.and_then(|state| state.live_in_server(&process, worker.id()));
        let Some(Job { callback, coroutine }) = job else { return };
        LOG.identify(Role::Other, worker.id().into());
        if coroutine {
            world::after_fork()
        } else {
            world::after_own_fork()
        }
        self.enter(worker);
        let args = [process.into_value()];
        if coroutine {
            spawn_on(worker);
            let coroutines = self.coroutines.replace(true);
            self.spawn(worker, callback, args, Load::default());
            self.coroutines.set(coroutines);
            return;
        }
        let returned = callback.call_from_loop(&args).and_then(|value| scheduler::run_loop().map(|()| value));
        world::unwind();
        self.finished.set(true);
        self.returned(worker, returned, None);
    }
}

/// From here on the worker's loop runs what coroutines wait for.
pub(super) fn spawn_on(worker: &Worker) {
    let worker = worker.clone();
    world::spawn_with(move |task| drop(worker.spawn_local(task)));
}
