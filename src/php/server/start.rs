//! `start()`: from settings to a running server, and back to the script when it has ended.

use std::cell::Cell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::app::PhpApp;
use super::event::Event;
use super::{Phase, SETTING, Server, options, port, set_worker, setup, tasks};
use crate::php::coroutine;
use crate::process::daemon::{self, PidFile};
use crate::serve::{self, Outcome, ServeOptions};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::server::settings::{Population, PortSettings, Settings};
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
    if server.bound.borrow().is_empty() {
        return Err(setup::unconstructed());
    }
    inherit(server);
    require_callbacks(server)?;
    prepare(server, this)?;
    report_unordered(server);
    if server.settings.borrow().process.daemonize
        && let Err(cause) = daemon::daemonize(LOG.settings().file.as_deref())
    {
        return Err(error::fatal(format_args!("failed to start server. Error: daemonize: {cause}")));
    }
    let pid_file = write_pid(server);
    let sockets = server.bound.take();
    let serve_options = ServeOptions {
        user_process_num: server.user_processes.count(),
        ..ServeOptions::new(&server.settings.borrow())
    };

    server.phase.set(Phase::Running);
    server.running.set(true);
    RUNNING.set(true);
    let several = serve_options.is_managed();

    let app = PhpApp::new(this.clone(), server, several);
    let ended = {
        let _inside = world::enter_loop();
        serve::serve(sockets, &serve_options, &app)
    };
    set_worker(server, None);
    tasks::forget_all();
    world::spawn_here();
    world::on_uncaught(world::end_script);
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

/// A port that nobody has set becomes what the first one is.
fn inherit(server: &Server) {
    let mut settings = server.settings.borrow_mut();
    let Settings { port: first, further, .. } = &mut *settings;
    for (object, port) in server.ports.borrow().iter().skip(1).zip(further) {
        if object.get(&port::SETTING).is_null() {
            port.inherit(first);
        }
    }
}

/// Says which callbacks will not be called, because the dispatch mode could not order them.
fn report_unordered(server: &Server) {
    let Some(mode) = server.unordered() else { return };
    for event in Event::all().filter(|event| event.needs_order() && server.port_callback(0, *event).is_some())
    {
        let name = event.property();
        let text = format!("cannot set '{name}' event when using dispatch_mode={mode}");
        LOG.write_at(Level::Warning, "Server::start", Some(ErrorCode::SERVER_INVALID_CALLBACK), &text);
    }
}

fn require_callbacks(server: &Server) -> Result {
    let settings = server.settings.borrow();
    let tasks = settings.task.worker_num > 0;
    let missing = settings.ports().enumerate().find_map(|(number, port)| {
        let (event, name) = required(port);
        server.port_callback(number, event).is_none().then_some(name)
    });
    drop(settings);
    if tasks && !server.has(Event::Task) {
        let code = ErrorCode::SERVER_INVALID_CALLBACK;
        let text = format!("Server::start_check() (ERRNO {}): require 'onTask' callback", code.code());
        last_error::set(code);
        LOG.write(Level::Warning, &text);
        return Err(error::fatal(format_args!("failed to start server. Error: {text}")));
    }
    match missing {
        Some(name) => Err(error::fatal(format_args!("require {name} callback"))),
        None => Ok(()),
    }
}

/// What a port cannot do without.
fn required(port: &PortSettings) -> (Event, &'static str) {
    match (port.kind.is_datagram(), port.websocket.open, port.socket.open_http) {
        (true, ..) => (Event::Packet, "onPacket"),
        (false, true, _) => (Event::Message, "onMessage"),
        (false, false, true) => (Event::Request, "onRequest"),
        (false, false, false) => (Event::Receive, "onReceive"),
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
    for port in server.ports.borrow().iter() {
        if port.get(&port::SETTING).is_null() {
            port.set(&port::SETTING, setting.clone());
        }
    }
    this.set(&SETTING, setting);
    Ok(())
}

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}
