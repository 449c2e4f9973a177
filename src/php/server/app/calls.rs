//! How the callbacks of a script are run: in coroutines or at once, and what becomes of their exceptions.

use super::uncaught::uncaught;
use super::{Event, PhpApp, Place};
use crate::serve::Worker;
use crate::server::session::SessionId;
use crate::zend::{Callback, Result, Value, error, world};

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
            self.spawn(worker, callback.clone(), args, session, None);
        }
    }

    /// `place` is given back when the callback has ended.
    #[inline]
    pub(super) fn spawn<const N: usize>(
        &self,
        worker: &Worker,
        callback: Callback,
        args: [Value; N],
        session: Option<SessionId>,
        place: Option<Place>,
    ) {
        if !self.coroutines.get() {
            return self.call(worker, &callback, &args, session);
        }
        let several = self.several;
        let worker = worker.clone();
        let made = world::go(move || {
            if callback.call(&args).is_err() {
                uncaught(&worker, several, session);
            }
            drop(place);
        });
        match made {
            Ok(Ok(_)) => {}
            Ok(Err(refused)) => error::warning_as(
                "",
                format_args!("{}: no coroutine for a callback: {refused}", self.object.class().name()),
            ),
            // exit() or a fatal error: the loop sees it next.
            Err(_) => {}
        }
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
        uncaught(worker, self.several, session);
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
