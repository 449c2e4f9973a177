//! `start()`: from settings to a running server, and back to the script when it has ended.

use std::cell::Cell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::app::PhpApp;
use super::event::Event;
use super::{MANAGER_PID, MASTER_PID, Phase, SETTING, Server, options, set_worker, setup, tasks};
use crate::php::coroutine;
use crate::process::daemon::{self, PidFile};
use crate::serve::{self, Outcome, ServeOptions};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::server::settings::Population;
use crate::zend::{Call, Object, Result, error, world};

/// Whether a server of this process runs, which forbids a second one.
pub fn is_any_running() -> bool {
    RUNNING.get()
}

/// `start()`.
pub fn start(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let this = call.this();
    if !may_start(server, this) {
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false);
    }
    if server.bound.borrow().is_none() {
        return Err(setup::unconstructed());
    }
    require_callbacks(server)?;
    prepare(server, this)?;
    if server.settings.borrow().process.daemonize
        && let Err(cause) = daemon::daemonize(LOG.settings().file.as_deref())
    {
        return Err(error::fatal(format_args!("failed to start server. Error: daemonize: {cause}")));
    }
    let pid_file = write_pid(server);
    let Some(bound) = server.bound.borrow_mut().take() else { return Ok(false) };
    let serve_options = ServeOptions {
        user_process_num: server.user_processes.count(),
        ..ServeOptions::new(&server.settings.borrow())
    };

    server.phase.set(Phase::Running);
    server.running.set(true);
    server.started_by.set(std::process::id());
    RUNNING.set(true);
    this.set(&MASTER_PID, std::process::id());
    let several = serve_options.is_managed();
    this.set(&MANAGER_PID, if several { std::process::id() } else { 0 });

    let app = PhpApp::new(this.clone(), &server.settings.borrow(), several);
    let ended = {
        let _inside = world::enter_loop();
        serve::serve(vec![bound], &serve_options, &app)
    };
    set_worker(server, None);
    tasks::forget_all();
    world::spawn_here();
    // What callbacks left waiting ends with the server.
    coroutine::report_leaks();
    world::unwind();
    drop(app);
    drop(pid_file);
    server.phase.set(Phase::Over);
    RUNNING.set(false);
    world::settle()?;
    match ended {
        Ok(Outcome::Server) => Ok(true),
        // A worker that was forked: its script ends here, with its shutdown functions.
        Ok(Outcome::Worker) => Err(error::throw_exit()),
        Err(cause) => {
            let class = this.class().name();
            Err(error::fatal(format_args!("failed to start server. Error: {class}: {cause}")))
        }
    }
}

/// Writes `pid_file`, if there is to be one; it goes with the returned value. A server without it still serves.
fn write_pid(server: &Server) -> Option<PidFile> {
    let settings = server.settings.borrow();
    let name = &settings.process.pid_file;
    if name.is_empty() {
        return None;
    }
    let path = Path::new(OsStr::from_bytes(name));
    match PidFile::create(path) {
        Ok(file) => Some(file),
        Err(cause) => {
            LOG.write(Level::Warning, &format!("pid_file {}: {cause}", path.display()));
            None
        }
    }
}

fn may_start(server: &Server, this: &Object) -> bool {
    let class = this.class().name();
    match server.phase.get() {
        Phase::Running => {
            error::warning(format_args!("The server is running, unable to execute {class}->start()"));
        }
        Phase::Over => {
            error::warning(format_args!("The server have been shutdown, unable to execute {class}->start()"));
        }
        Phase::Prepared if world::is_looping() || !world::is_outside() => {
            error::warning(format_args!("The event-loop has already been created, unable to start {class}"));
        }
        Phase::Prepared => return true,
    }
    false
}

fn require_callbacks(server: &Server) -> Result {
    let settings = server.settings.borrow();
    let (websocket, http) = (settings.port.websocket.open, settings.port.socket.open_http);
    let tasks = settings.task.worker_num > 0;
    drop(settings);
    if tasks && !server.has(Event::Task) {
        let code = ErrorCode::SERVER_INVALID_CALLBACK;
        let text = format!("Server::start_check() (ERRNO {}): require 'onTask' callback", code.code());
        last_error::set(code);
        LOG.write(Level::Warning, &text);
        return Err(error::fatal(format_args!("failed to start server. Error: {text}")));
    }
    let missing = if websocket {
        (!server.has(Event::Message)).then_some("onMessage")
    } else if http {
        (!server.has(Event::Request)).then_some("onRequest")
    } else {
        (!server.has(Event::Receive)).then_some("onReceive")
    };
    match missing {
        Some(name) => Err(error::fatal(format_args!("require {name} callback"))),
        None => Ok(()),
    }
}

/// Fills in what the script left open, and shows it in `$server->setting`.
fn prepare(server: &Server, this: &Object) -> Result {
    let population =
        Population { user_workers: server.user_processes.count().into(), ..Population::default() };
    let complaints = server.settings.borrow_mut().prepare(options::machine(), population);
    options::report(&complaints)?;
    let shown = this.get(&SETTING);
    let mut setting = shown.as_array().cloned().unwrap_or_default();
    for (name, value) in server.settings.borrow().effective() {
        if setting.get(name).is_none() {
            setting.set(name, options::value(&value));
        }
    }
    this.set(&SETTING, setting);
    Ok(())
}

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}
