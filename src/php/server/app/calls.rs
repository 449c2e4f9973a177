//! How the callbacks of a script are run: in coroutines or at once, and what becomes of their exceptions.

use std::time::{Duration, Instant};

use super::uncaught::uncaught;
use super::{Event, PhpApp, Place};
use crate::coroutine::SpawnError;
use crate::php::http::response;
use crate::protocol::close::CloseReason;
use crate::serve::Worker;
use crate::server::session::SessionId;
use crate::zend::forked::end_forked_child;
use crate::zend::{Callback, Result, Value, error, world};

/// What a callback is burdened with.
#[derive(Debug, Default)]
pub(super) struct Load {
    /// Whose it is: who pays for an exception, and is not heard while too many of its callbacks wait.
    pub session: Option<SessionId>,
    /// The bytes of what it works on.
    pub bytes: usize,
    /// Given back when the callback has ended.
    pub place: Option<Place>,
}

impl PhpApp {
    /// Runs a callback in a coroutine, or at once where coroutines are off. `session` is who pays for an exception.
    #[inline]
    pub(super) fn run<const N: usize>(
        &self,
        worker: &Worker,
        callback: Option<&Callback>,
        args: [Value; N],
        session: Option<SessionId>,
    ) {
        if let Some(callback) = callback {
            self.spawn(worker, callback.clone(), args, Load { session, ..Load::default() });
        }
    }

    #[inline]
    pub(super) fn spawn<const N: usize>(
        &self,
        worker: &Worker,
        callback: Callback,
        args: [Value; N],
        load: Load,
    ) {
        let Load { session, bytes, place } = load;
        if !self.coroutines.get() {
            return self.call(worker, &callback, &args, session);
        }
        let several = self.several;
        let inside = worker.clone();
        let made = world::go_or_return(move || {
            let outcome = callback.call(&args);
            end_forked_child();
            if outcome.is_err() {
                uncaught(&inside, several, session);
            }
            drop(place);
            if let Some(cid) = world::scheduler().current() {
                inside.callback_is_over(cid.0);
            }
        });
        match made {
            Ok(Ok(cid)) => {
                if let Some(session) = session {
                    worker.callback_waits(cid.0, session, bytes);
                }
            }
            Ok(Err((refused, body))) => {
                // Before what the callback would have worked on goes: a request whose response goes gets an answer, too.
                self.turn_away(worker, session, &refused);
                drop(body);
            }
            // exit() or a fatal error: the loop sees it next.
            Err(_) => {}
        }
    }

    /// Tells a client that there is no coroutine for its message, and the log, which hears of it once a second.
    #[cold]
    fn turn_away(&self, worker: &Worker, session: Option<SessionId>, refused: &SpawnError) {
        if let Some(session) = session {
            let is_told = CloseReason::new(TRY_AGAIN_LATER, "no room")
                .is_ok_and(|reason| worker.disconnect(session, &reason).is_ok());
            if !is_told && worker.owes_response(session) {
                response::refuse_overload(worker, session);
            } else if !is_told {
                // A connection without a protocol cannot be told; one that has gone need not be.
                let _ = worker.close(session, false);
            }
        }
        let count = self.turned_away.get() + 1;
        self.turned_away.set(count);
        let now = Instant::now();
        if self.told_of_it.get().is_some_and(|told| now - told < TELL_EVERY) {
            return;
        }
        self.told_of_it.set(Some(now));
        self.turned_away.set(0);
        let class = self.object.class().name();
        let others = if count > 1 { format!(" ({count} since the last such line)") } else { String::new() };
        error::warning_as("", format_args!("{class}: no coroutine for a callback: {refused}{others}"));
    }

    /// Runs a callback that is never a coroutine.
    pub(super) fn on_main_stack(
        &self,
        worker: &Worker,
        callback: Option<&Callback>,
        args: &[Value],
        session: Option<SessionId>,
    ) {
        if let Some(callback) = callback {
            self.call(worker, callback, args, session);
        }
    }

    /// Runs a callback on the main stack.
    pub(super) fn call(
        &self,
        worker: &Worker,
        callback: &Callback,
        args: &[Value],
        session: Option<SessionId>,
    ) {
        let returned = callback.call_from_loop(args);
        self.returned(worker, returned, session);
    }

    /// What a callback on the main stack returned. An exception that ends the process does so.
    pub(super) fn returned(
        &self,
        worker: &Worker,
        returned: Result<Value>,
        session: Option<SessionId>,
    ) -> Option<Value> {
        let Err(_) = returned else { return returned.ok() };
        if !error::is_pending() {
            // A fatal error.
            worker.abort();
            return None;
        }
        // Without coroutines an exception ends neither the process nor, where there are several, the connection.
        let in_coroutines = self.coroutines.get();
        let blamed = session.filter(|_| in_coroutines || !self.several);
        uncaught(worker, self.several && in_coroutines, blamed);
        if error::is_pending() {
            if !error::is_exit() {
                world::end_script();
            }
            worker.abort();
        }
        None
    }

    /// Runs a callback that belongs to no worker: those of the manager.
    pub(super) fn plain<const N: usize>(&self, event: Event, args: [Value; N]) {
        let Some(callback) = self.callback(event) else { return };
        if callback.call_from_loop(&args).is_err() && !error::is_exit() {
            error::report_uncaught();
        }
    }
}

/// "Try Again Later", of the registry of close codes.
const TRY_AGAIN_LATER: u16 = 1013;
/// How often the log hears of a shortage that lasts.
const TELL_EVERY: Duration = Duration::from_secs(1);
