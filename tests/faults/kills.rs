//! Every kind of process gets SIGKILL and SIGTERM in every phase of its life.

use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::Client;
use crate::support::orders::{PLAN, Plan, Server, Test, wait_until};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// `SWOOLE_BASE` with one worker: one process.
    Alone,
    /// `SWOOLE_BASE` with two workers: the manager is the master.
    Base,
    /// `SWOOLE_PROCESS`
    Process,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Master,
    Manager,
    Worker,
    TaskWorker,
    UserProcess,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// `on_worker_start` runs.
    Starting,
    Idle,
    /// The victim, or else worker 0, is inside a callback.
    Callback,
    /// Worker 0 has been told to go, and is inside a callback.
    Reloading,
    /// As before, and all others have been told, too.
    Stopping,
}

/// One for each combination that there is.
pub fn tests() -> Vec<(String, Test)> {
    let mut tests = Vec::new();
    for (mode, victims) in VICTIMS {
        for victim in *victims {
            for phase in PHASES {
                for signal in [Signal::SIGKILL, Signal::SIGTERM] {
                    let name = format!("{mode:?}_{victim:?}_{phase:?}_{signal:?}").to_lowercase();
                    let case = Case { mode: *mode, victim: *victim, phase: *phase, signal };
                    // Nobody else is there to reload it.
                    if !(*mode == Mode::Alone && *phase == Phase::Reloading) {
                        tests.push((name, Box::new(move || case.run()) as Test));
                    }
                }
            }
        }
    }
    tests
}

#[derive(Clone, Copy)]
struct Case {
    mode: Mode,
    victim: Victim,
    phase: Phase,
    signal: Signal,
}

/// Processes of a running server.
struct Pids {
    manager: i32,
    worker: i32,
    task_worker: i32,
    user_process: i32,
}

impl Case {
    fn run(self) {
        let mut server = Server::launch(self.plan());
        let pids = self.pids(&mut server);
        let mut clients = match self.phase {
            Phase::Starting => Vec::new(),
            _ => self.clients(&mut server),
        };
        self.enter_phase(&mut server, &mut clients);
        match kill(Pid::from_raw(self.pid(&server, &pids)), self.signal) {
            // One with nothing to do may have ended already.
            Err(Errno::ESRCH) if self.phase == Phase::Stopping => {}
            killed => killed.unwrap(),
        }
        if matches!(self.victim, Victim::Master | Victim::Manager) || self.mode == Mode::Alone {
            self.the_server_ends(&mut server, &mut clients);
        } else if self.phase == Phase::Stopping {
            clients.iter_mut().for_each(drain);
            assert_eq!(server.wait(), 0);
        } else {
            self.the_server_goes_on(&mut server, &mut clients);
        }
        nobody_is_left(&server);
    }

    fn plan(self) -> Plan {
        let start_ms = if self.phase == Phase::Starting { NAP_MS } else { 0 };
        let plan = Plan { start_ms, max_wait_ms: 1_000, ..PLAN };
        match self.mode {
            Mode::Alone => Plan { workers: 1, ..plan },
            Mode::Base => Plan { task_workers: 1, user_processes: 1, ..plan },
            Mode::Process => Plan { reactors: 2, task_workers: 1, user_processes: 1, ..plan },
        }
    }

    /// Waits until all have begun to start.
    fn pids(self, server: &mut Server) -> Pids {
        let mut last = |beginning: &str| -> i32 {
            let line = server.hear(beginning);
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        let worker = last("worker starting 0 ");
        if self.mode == Mode::Alone {
            return Pids { manager: 0, worker, task_worker: 0, user_process: 0 };
        }
        last("worker starting 1 ");
        let (task_worker, user_process) = (last("worker starting 2 "), last("user 0 is 3 "));
        Pids { manager: parent_of(worker), worker, task_worker, user_process }
    }

    /// One on each worker.
    fn clients(self, server: &mut Server) -> Vec<Client> {
        let workers = u16::try_from(if self.mode == Mode::Alone { 1 } else { 2 }).unwrap();
        for worker in 0..workers {
            server.hear(&format!("worker start {worker}"));
        }
        server.open_on_each(workers.into())
    }

    fn enter_phase(self, server: &mut Server, clients: &mut [Client]) {
        if matches!(self.phase, Phase::Starting | Phase::Idle) {
            return;
        }
        let order = match (self.phase, self.victim) {
            (Phase::Callback, Victim::TaskWorker) => format!("task 0 nap {NAP_MS}"),
            (Phase::Callback, Victim::UserProcess) => format!("message 3 nap {NAP_MS}"),
            _ => format!("nap {NAP_MS}"),
        };
        clients[0].send(0x81, order.as_bytes());
        server.hear("napping");
        match self.phase {
            Phase::Reloading => {
                server.signal(Signal::SIGUSR1);
                server.hear("before reload");
            }
            Phase::Stopping => {
                server.signal(Signal::SIGTERM);
                match self.mode {
                    Mode::Alone => {}
                    Mode::Base => drop(server.hear("log Info(\"Server is shutdown now")),
                    Mode::Process => drop(server.hear("before shutdown")),
                }
            }
            _ => {}
        }
    }

    fn pid(self, server: &Server, pids: &Pids) -> i32 {
        match self.victim {
            Victim::Master => server.child.id().cast_signed(),
            Victim::Manager => pids.manager,
            Victim::Worker => pids.worker,
            Victim::TaskWorker => pids.task_worker,
            Victim::UserProcess => pids.user_process,
        }
    }

    /// Every client hears an end, and the server tells how it ended.
    fn the_server_ends(self, server: &mut Server, clients: &mut [Client]) {
        clients.iter_mut().for_each(drain);
        let is_manager = self.victim == Victim::Manager;
        if is_manager && self.phase != Phase::Stopping {
            server.hear("log Error(\"the manager has ended");
        }
        let expected = if self.signal == Signal::SIGKILL && !is_manager { KILLED } else { 0 };
        assert_eq!(server.wait(), expected);
    }

    /// A successor takes the victim's place, the log tells of a violent end only, and clients are served.
    fn the_server_goes_on(self, server: &mut Server, clients: &mut [Client]) {
        let id = match self.victim {
            Victim::Worker => 0,
            Victim::TaskWorker => 2,
            _ => 3,
        };
        let began = Instant::now();
        if self.signal == Signal::SIGKILL && !self.is_on_its_way_out() {
            assert_eq!(server.hear("worker error"), format!("worker error {id} 0 9"));
        }
        if self.phase == Phase::Reloading {
            server.hear("after reload");
        }
        match self.victim {
            Victim::UserProcess => drop(server.hear("user 0 is 3 ")),
            _ => drop(server.hear(&format!("worker starting {id} "))),
        }
        assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
        for (worker, client) in clients.iter_mut().enumerate() {
            if self.survives(worker) {
                answers(client);
            } else {
                drain(client);
            }
        }
        let mut fresh = server.open();
        answers(&mut fresh);
        server.signal(Signal::SIGTERM);
        fresh.expect_close(1001);
        assert_eq!(server.wait(), 0);
    }

    /// Whether the victim was told to go already.
    fn is_on_its_way_out(self) -> bool {
        self.phase == Phase::Reloading && self.victim == Victim::Worker
    }

    /// Whether the connection of this worker's client outlives the fault.
    fn survives(self, worker: usize) -> bool {
        let touched = self.phase == Phase::Reloading || (self.victim == Victim::Worker && worker == 0);
        self.mode == Mode::Process || !touched
    }
}

/// Asks until the answer comes; the answers to earlier orders come before it.
fn answers(client: &mut Client) {
    client.send(0x81, b"count");
    while client.receive().payload.parse::<u64>().is_err() {}
}

trait Parse {
    fn parse<T: std::str::FromStr>(&self) -> Result<T, ()>;
}

impl Parse for Vec<u8> {
    fn parse<T: std::str::FromStr>(&self) -> Result<T, ()> {
        std::str::from_utf8(self).map_err(drop)?.parse().map_err(drop)
    }
}

/// Reads to the end, which is a reset where the server had no time for better.
fn drain(client: &mut Client) {
    let mut bytes = Vec::new();
    match std::io::Read::read_to_end(&mut client.0, &mut bytes) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
    }
}

/// Also what the test has never heard of.
pub fn nobody_is_left(server: &Server) {
    let group = server.child.id().cast_signed();
    wait_until(&format!("the group {group} is empty"), || members_of(group).is_empty());
}

fn members_of(group: i32) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| stat(*pid).is_some_and(|fields| fields[2] == group.to_string() && fields[0] != "Z"))
        .collect()
}

pub fn parent_of(pid: i32) -> i32 {
    stat(pid).unwrap()[1].parse().unwrap()
}

/// State, parent, group ... of a process.
fn stat(pid: i32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit(") ").next()?.split(' ').map(String::from).collect())
}

const VICTIMS: &[(Mode, &[Victim])] = &[
    (Mode::Alone, &[Victim::Worker]),
    (Mode::Base, &[Victim::Master, Victim::Worker, Victim::TaskWorker, Victim::UserProcess]),
    (
        Mode::Process,
        &[Victim::Master, Victim::Manager, Victim::Worker, Victim::TaskWorker, Victim::UserProcess],
    ),
];
const PHASES: &[Phase] = &[Phase::Starting, Phase::Idle, Phase::Callback, Phase::Reloading, Phase::Stopping];
/// How long a callback takes: long enough for the fault to come into it.
const NAP_MS: u64 = 300;
/// What [`Server::wait`] says of a signal.
const KILLED: i32 = -1;
