//! What the running server calls: every event becomes a callback, in a coroutine of its own unless the script said no.
//!
//! No borrow of the server is alive when a callback runs (invariant 5): callbacks may call any method of it.

mod calls;
mod dispatch;
mod doors;
mod letters;
mod processes;
mod uncaught;

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use super::admission::{Admission, Admitted, Place};
use super::event::Event;
use super::loans::Loans;
use super::{Server, control, datagrams, event_object, kept, sessions, set_worker, statistics};
use crate::net::datagram::Datagram;
use crate::php::http::request::{self, RequestOptions};
use crate::php::http::response;
use crate::php::websocket::frame;
use crate::protocol::block::Block;
use crate::protocol::framing::FramingError;
use crate::protocol::opcode::Opcode;
use crate::serve::{
    App, Choice, Headers, Hooks, LogLine, Matter, Message, Request, TaskInHand, Worker, WorkerFailure,
};
use crate::server::command::Letter;
use crate::server::log::{LOG, Role};
use crate::server::session::{Closed, ClosedBy, SessionId};
use crate::zend::{Callback, IntoValue, Object, Value, fiber, world};
use calls::Load;
use doors::Doors;
use letters::TaskStyle;
use processes::spawn_on;
use uncaught::uncaught;

/// The application that a script's callbacks make.
#[derive(Debug)]
pub struct PhpApp {
    object: Object,
    doors: Doors,
    admission: Admission,
    /// Whether callbacks are coroutines; a task worker has an option of its own.
    coroutines: Cell<bool>,
    tasks: TaskStyle,
    /// The function of this user process has had its loop, so that nothing is waited for.
    finished: Cell<bool>,
    /// Callbacks get one object instead of several arguments.
    event_object: bool,
    /// Whether workers are processes of their own, which an uncaught exception may end.
    several: bool,
    request_options: Rc<RequestOptions>,
    /// Callbacks that found no coroutine since the log was told, and when that was.
    turned_away: Cell<u32>,
    told_of_it: Cell<Option<Instant>>,
    /// Large payloads that callbacks may still hold.
    loans: Loans,
    /// `dispatch_func`.
    dispatch: Option<Callback>,
}

impl PhpApp {
    pub fn new(object: Object, server: &Server, several: bool) -> Self {
        let settings = &*server.settings.borrow();
        Self {
            doors: Doors::new(server),
            admission: Admission::new(&settings.session),
            coroutines: Cell::new(settings.process.enable_coroutine),
            tasks: TaskStyle { coroutines: settings.task.enable_coroutine, object: settings.task.object },
            finished: Cell::default(),
            event_object: settings.process.event_object,
            several,
            request_options: Rc::new(RequestOptions::new(settings)),
            turned_away: Cell::default(),
            told_of_it: Cell::default(),
            loans: Loans::default(),
            dispatch: dispatch::function(&object),
            object,
        }
    }

    /// The callback of an event that belongs to no port.
    fn callback(&self, event: Event) -> Option<&Callback> {
        self.doors.first().callback(event)
    }

    fn answer(&self, worker: &Worker, session: SessionId, request: Request, place: Option<Place>) {
        let Some(callback) = self.doors.of(worker, session).callback(Event::Request) else { return };
        let response = response::create(worker, session, &request.head, &self.request_options);
        let bytes = request.body.len();
        if let Ok(request) = request::create(worker, session, request, &self.request_options) {
            let args = [request, response.into_value()];
            self.spawn(worker, callback.clone(), args, Load { session: Some(session), bytes, place });
        }
    }

    #[inline]
    fn deliver(&self, worker: &Worker, session: SessionId, frame: Value, bytes: usize) {
        if let Some(callback) = self.doors.of(worker, session).callback(Event::Message) {
            let load = Load { session: Some(session), bytes, place: None };
            self.spawn(worker, callback.clone(), [self.this(), frame], load);
        }
    }

    fn this(&self) -> Value {
        self.object.clone().into_value()
    }
}

impl App for PhpApp {
    fn on_connect(&self, worker: &Worker, session: SessionId) {
        let callback = self.doors.of(worker, session).callback(Event::Connect);
        if callback.is_some() {
            let reactor = reactor(worker, session, ClosedBy::Peer);
            if self.event_object {
                let event = event_object::event(reactor, fd(session), worker.now_us(), Value::null());
                self.run(worker, callback, [self.this(), event], Some(session));
            } else {
                self.run(worker, callback, [self.this(), fd(session), reactor], Some(session));
            }
        }
    }

    fn choose_worker(&self, worker: &Worker, session: SessionId, matter: Matter, data: &[u8]) -> Choice {
        self.choose_worker(worker, session, matter, data)
    }

    fn hooks(&self, port: u8) -> Hooks {
        let door = self.doors.at(port);
        Hooks { handshake: door.has(Event::Handshake), headers: door.has(Event::BeforeHandshakeResponse) }
    }

    fn on_handshake(&self, worker: &Worker, session: SessionId, request: Request) {
        let response = response::create_for_upgrade(worker, session, &request.head, &self.request_options);
        if let Ok(request) = request::create(worker, session, request, &self.request_options) {
            let callback = self.doors.of(worker, session).callback(Event::Handshake);
            self.run(worker, callback, [request, response.into_value()], Some(session));
        }
    }

    fn before_handshake_response(&self, worker: &Worker, session: SessionId, request: &Request) -> Headers {
        let door = self.doors.of(worker, session);
        let callback = door.callback(Event::BeforeHandshakeResponse);
        if callback.is_none() {
            return Headers::new();
        }
        let Ok(request) = request::create(worker, session, request.clone(), &self.request_options) else {
            return Headers::new();
        };
        let object = response::create_for_handshake(worker, session, &self.request_options);
        let response = object.clone().into_value();
        if door.short_handshake {
            self.run(worker, callback, [request, response], Some(session));
        } else {
            self.run(worker, callback, [self.this(), request, response], Some(session));
        }
        let (mut headers, cookies) = response::take_headers(&object);
        headers.extend(cookies);
        headers
    }

    fn on_open(&self, worker: &Worker, session: SessionId, request: Request) {
        let callback = self.doors.of(worker, session).callback(Event::Open);
        if callback.is_none() {
            return;
        }
        if let Ok(request) = request::create(worker, session, request, &self.request_options) {
            self.run(worker, callback, [self.this(), request], Some(session));
        }
    }

    #[inline]
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        self.deliver(worker, session, frame::received(session, &message), message.payload.len());
    }

    fn on_block(
        &self,
        worker: &Worker,
        session: SessionId,
        opcode: Opcode,
        compressed: bool,
        block: &mut Block,
    ) {
        let bytes = block.len();
        let frame = match self.loans.lend(block) {
            Some(data) => frame::received_data(session, opcode, compressed, data),
            None => frame::received_data(session, opcode, compressed, &block[..]),
        };
        self.deliver(worker, session, frame, bytes);
        self.loans.collect(worker);
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        if !self.doors.of(worker, session).has(Event::Request) {
            return response::refuse(worker, session);
        }
        match self.admission.admit(worker, session, request) {
            Admitted::Now(request, place) => self.answer(worker, session, request, place),
            Admitted::Later => {}
            Admitted::Never => response::refuse_overload(worker, session),
        }
    }

    fn package_length(
        &self,
        worker: &Worker,
        session: SessionId,
        bytes: &[u8],
    ) -> Result<Option<u64>, FramingError> {
        let measure = self.doors.of(worker, session).measure.as_ref().ok_or(FramingError::Malformed)?;
        let said = self.returned(worker, measure.call_from_loop(&[bytes.into_value()]), Some(session));
        doors::length_of(&said.ok_or(FramingError::Malformed)?)
    }

    fn on_receive(&self, worker: &Worker, session: SessionId, bytes: &[u8]) {
        let Some(callback) = self.doors.of(worker, session).callback(Event::Receive).cloned() else { return };
        let reactor = reactor(worker, session, ClosedBy::Peer);
        let load = Load { session: Some(session), bytes: bytes.len(), place: None };
        if self.event_object {
            let event = event_object::event(reactor, fd(session), worker.now_us(), bytes.into_value());
            self.spawn(worker, callback, [self.this(), event], load);
        } else {
            let args = [self.this(), fd(session), reactor, bytes.into_value()];
            self.spawn(worker, callback, args, load);
        }
    }

    fn on_packet(&self, worker: &Worker, packet: Datagram) {
        let door = self.doors.at(packet.port);
        let callback = door.callback(Event::Packet);
        if self.event_object {
            let object = datagrams::object(worker, &packet, door.server_port);
            self.run(worker, callback, [self.this(), object], None);
        } else {
            let (data, info) = datagrams::described(worker, &packet, door.server_port);
            self.run(worker, callback, [self.this(), data, info.into_value()], None);
        }
    }

    fn on_buffer_full(&self, worker: &Worker, session: SessionId) {
        let callback = self.doors.of(worker, session).callback(Event::BufferFull);
        self.on_main_stack(worker, callback, &[self.this(), fd(session)], Some(session));
    }

    fn on_room(&self, _worker: &Worker, session: SessionId) {
        sessions::wake_senders(session);
    }

    fn on_buffer_empty(&self, worker: &Worker, session: SessionId) {
        let callback = self.doors.of(worker, session).callback(Event::BufferEmpty);
        self.on_main_stack(worker, callback, &[self.this(), fd(session)], Some(session));
    }

    fn on_close(&self, worker: &Worker, session: SessionId, closed: &Closed) {
        sessions::wake_senders(session);
        response::forget(session);
        let door = self.doors.of(worker, session);
        let callback = door.callback(door.ending(worker, session, closed));
        let reactor = reactor(worker, session, closed.by);
        if callback.is_some() && self.event_object {
            let object = event_object::event(reactor, fd(session), worker.now_us(), Value::null());
            self.run(worker, callback, [self.this(), object], None);
        } else if callback.is_some() {
            let args = [
                self.this(),
                fd(session),
                reactor,
                closed.code.into_value(),
                closed.reason.as_str().into_value(),
            ];
            self.run(worker, callback, args, None);
        }
    }

    fn on_pipe_message(&self, worker: &Worker, letter: Letter) {
        let outcome = self.pipe_message(worker, &letter);
        self.returned(worker, outcome.map(|()| Value::null()), None);
    }

    fn on_question(&self, worker: Option<&Worker>, letter: &Letter) -> Vec<u8> {
        self.question(worker, letter)
    }

    fn on_task(&self, worker: &Worker, letter: Letter, task: TaskInHand) {
        let outcome = self.task(worker, &letter, task);
        self.returned(worker, outcome.map(|()| Value::null()), None);
    }

    fn on_finish(&self, worker: &Worker, letter: Letter) {
        let outcome = self.finish(worker, &letter);
        self.returned(worker, outcome.map(|()| Value::null()), None);
    }

    fn on_processes(&self, master: u32, manager: u32) {
        self.show_processes(master, manager);
    }

    fn on_master(&self, master: &Worker) {
        self.lead(master);
    }

    fn on_start(&self) {
        self.plain(Event::Start, [self.this()]);
    }

    fn on_worker_start(&self, worker: &Worker) {
        if self.several {
            world::after_fork();
            LOG.identify(Role::Worker, worker.id().into());
        } else {
            world::on_uncaught(uncaught::live_on);
        }
        if worker.is_task_worker() {
            self.coroutines.set(self.tasks.coroutines);
        }
        self.enter(worker);
        if let Some(server) = self.object.state::<Server>() {
            statistics::write_regularly(&self.object, server, worker);
        }
        spawn_on(worker);
        self.run(worker, self.callback(Event::WorkerStart), [self.this(), worker.id().into_value()], None);
    }

    fn on_user_process(&self, worker: &Worker, index: u16) {
        self.user_process(worker, index);
    }

    fn on_worker_exit(&self, worker: &Worker) {
        statistics::stop_writing(&self.object);
        self.on_main_stack(
            worker,
            self.callback(Event::WorkerExit),
            &[self.this(), worker.id().into_value()],
            None,
        );
    }

    fn on_worker_stop(&self, worker: &Worker) {
        self.on_main_stack(
            worker,
            self.callback(Event::WorkerStop),
            &[self.this(), worker.id().into_value()],
            None,
        );
    }

    fn on_manager_start(&self) {
        self.plain(Event::ManagerStart, [self.this()]);
    }

    fn on_manager_stop(&self) {
        self.plain(Event::ManagerStop, [self.this()]);
    }

    fn on_worker_error(&self, failure: WorkerFailure) {
        if self.event_object {
            return self.plain(Event::WorkerError, [self.this(), event_object::status_info(failure)]);
        }
        let WorkerFailure { worker, pid, exit_code, signal } = failure;
        let args =
            [self.this(), worker.into_value(), pid.into_value(), exit_code.into_value(), signal.into_value()];
        self.plain(Event::WorkerError, args);
    }

    fn on_before_reload(&self) {
        self.plain(Event::BeforeReload, [self.this()]);
    }

    fn on_after_reload(&self) {
        self.plain(Event::AfterReload, [self.this()]);
    }

    fn on_before_shutdown(&self) {
        self.plain(Event::BeforeShutdown, [self.this()]);
    }

    fn on_shutdown(&self) {
        self.plain(Event::Shutdown, [self.this()]);
    }

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        let scheduler = world::scheduler();
        if scheduler.is_stopped() || control::has_deferred() || kept::has_released() {
            Poll::Ready(())
        } else {
            scheduler.ready().poll(context)
        }
    }

    fn guarded(&self, worker: &Worker, round: &mut dyn FnMut()) {
        if fiber::from_loop(round).is_none() {
            worker.abort();
        }
    }

    fn run_ready(&self, worker: &Worker) {
        for callback in control::take_deferred() {
            self.spawn(worker, callback, [], Load::default());
        }
        let scheduler = world::scheduler();
        scheduler.fire_due();
        scheduler.run_ready();
        statistics::count_coroutines(worker);
        self.loans.collect(worker);
        while let Some((session, request, place)) = self.admission.next(worker) {
            self.answer(worker, session, request, Some(place));
        }
        if world::is_ending() {
            worker.abort();
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        world::scheduler().next_deadline()
    }

    fn is_idle(&self) -> bool {
        self.finished.get() || world::scheduler().is_idle()
    }

    fn log(&self, line: LogLine<'_>) {
        line.write();
    }
}

fn fd(session: SessionId) -> Value {
    session.as_u64().into_value()
}

/// The reactor's number; -1 says that the server closed.
fn reactor(worker: &Worker, session: SessionId, by: ClosedBy) -> Value {
    match by {
        ClosedBy::Peer => worker.reactor_of(session).into_value(),
        ClosedBy::Server => (-1i64).into_value(),
    }
}
