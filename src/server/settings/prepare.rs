//! What happens to the settings at `start()`: derived values are filled in, impossible ones are moved to what works.

use std::time::Duration;

use super::{Complaints, Mode, OptionValue, PortSettings, Settings};

/// What the machine allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    pub cpus: u32,
    /// How many files a process may have open.
    pub open_files: u32,
}

/// What the server already needs descriptors for, when it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// The highest descriptor of a listening socket.
    pub listen_fd: u32,
    /// Processes added by `addProcess()`.
    pub user_workers: u32,
}

impl Settings {
    /// Makes the settings fit to run. Call it once, at start; report the complaints.
    pub fn prepare(&mut self, machine: Machine, population: Population) -> Complaints {
        let mut complaints = Complaints::default();
        self.prepare_workers(machine, &mut complaints);
        self.prepare_connections(machine, population, &mut complaints);
        self.prepare_heartbeat();
        self.prepare_dispatch(&mut complaints);
        self.port.prepare();
        self.further.iter_mut().for_each(PortSettings::prepare);
        complaints
    }

    /// The values that `$server->setting` gets at start when they are not there: the effective ones.
    pub fn effective(&self) -> Vec<(&'static str, OptionValue)> {
        let mut setting = vec![
            ("worker_num", OptionValue::Int(self.process.worker_num.into())),
            ("task_worker_num", OptionValue::Int(self.task.worker_num.into())),
            (
                "output_buffer_size",
                OptionValue::Int(self.session.output_buffer_size.try_into().unwrap_or(i64::MAX)),
            ),
            ("max_connection", OptionValue::Int(self.session.max_connection.into())),
        ];
        if self.port.socket.open_http {
            setting.extend([
                ("open_http_protocol", OptionValue::Bool(true)),
                ("open_mqtt_protocol", OptionValue::Bool(false)),
                ("open_eof_check", OptionValue::Bool(false)),
                ("open_length_check", OptionValue::Bool(false)),
            ]);
        }
        if self.port.http2.open {
            setting.push(("open_http2_protocol", OptionValue::Bool(true)));
        }
        if self.port.websocket.open {
            setting.push(("open_websocket_protocol", OptionValue::Bool(true)));
        }
        setting
    }

    fn prepare_workers(&mut self, machine: Machine, complaints: &mut Complaints) {
        let measures = self.ports().any(PortSettings::measures);
        let process = &mut self.process;
        if process.worker_num == 0 {
            process.worker_num = machine.cpus;
        }
        let workers_max = machine.cpus.saturating_mul(WORKERS_PER_CPU_MAX);
        limit("worker_num", "Too many processes", &mut process.worker_num, workers_max, complaints);
        limit("task_worker_num", "Too many processes", &mut self.task.worker_num, workers_max, complaints);
        let threads_max = machine.cpus.saturating_mul(THREADS_PER_CPU_MAX);
        limit("reactor_num", "Too many threads", &mut process.reactor_num, threads_max, complaints);
        process.reactor_num = match self.mode {
            Mode::Base => process.worker_num,
            // The script's function runs in one thread only.
            Mode::Process if process.single_thread || measures => 1,
            Mode::Process if process.reactor_num == 0 => {
                machine.cpus.min(THREADS_MAX).min(process.worker_num)
            }
            Mode::Process => process.reactor_num.min(process.worker_num),
        };
        process.reload_async |= process.enable_coroutine;
        self.task.object |= process.event_object;
        let ignored = process.cpu_affinity_ignore.len();
        if process.open_cpu_affinity && ignored >= machine.cpus as usize {
            let cpus = machine.cpus;
            complaints.fatal(format!("cpu_affinity_ignore num must be less than cpu num ({cpus})"));
        }
    }

    fn prepare_connections(&mut self, machine: Machine, population: Population, complaints: &mut Complaints) {
        let session = &mut self.session;
        if session.max_connection == 0 {
            session.max_connection = CONNECTIONS.min(machine.open_files);
        }
        if session.max_connection > machine.open_files {
            session.max_connection = machine.open_files;
            complaints.log(format!(
                "max_connection is exceed the maximum value, it's reset to {}",
                machine.open_files
            ));
        }
        let processes = self.process.worker_num + self.task.worker_num + population.user_workers;
        // Each process keeps a pair of pipes, and some descriptors belong to PHP.
        let least = (processes * 2 + 32).saturating_add(population.listen_fd);
        if session.max_connection < least {
            session.max_connection = machine.open_files;
            complaints.log(format!(
                "max_connection must be bigger than {least}, it's reset to {}",
                session.max_connection
            ));
        }
        if session.worker_max_concurrency.is_none() {
            session.worker_max_concurrency = Some(session.max_concurrency);
        }
    }

    fn prepare_heartbeat(&mut self) {
        let session = &mut self.session;
        match (session.heartbeat_check_interval, session.heartbeat_idle_time) {
            (None, Some(idle)) => {
                session.heartbeat_check_interval = Some((idle / 2).max(Duration::from_secs(1)));
            }
            (Some(interval), None) => session.heartbeat_idle_time = Some(interval * 2),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    fn prepare_dispatch(&mut self, complaints: &mut Complaints) {
        let mode = self.session.dispatch_mode;
        if self.port.http2.open && !mode.keeps_connections_together() {
            complaints.fatal(format!(
                "server dispatch mode should be FDMOD(2) or IPMOD(4) if open_http2_protocol is true, got {}",
                mode.number()
            ));
        }
    }
}

fn limit(name: &str, too_many: &str, value: &mut u32, max: u32, complaints: &mut Complaints) {
    if *value > max {
        complaints.log(format!("{name} == {value}, {too_many}, reset to max value {max}"));
        *value = max;
    }
}

/// More processes than this for each CPU only swap.
const WORKERS_PER_CPU_MAX: u32 = 1000;

/// More threads than this for each CPU only wait for each other.
const THREADS_PER_CPU_MAX: u32 = 4;

/// Threads of the master unless chosen; the sockets of one server rarely need more.
const THREADS_MAX: u32 = 8;

/// Connections unless chosen.
const CONNECTIONS: u32 = 100_000;
