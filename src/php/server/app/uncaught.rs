//! An exception that no callback catches.

use crate::protocol::close::CloseReason;
use crate::serve::Worker;
use crate::server::session::SessionId;
use crate::zend::error;

/// Deals with the exception a callback left. `exit()` stays pending: it ends the process. So do others where somebody would
/// replace it (`ends`), but nobody would replace the master.
pub(super) fn uncaught(worker: &Worker, ends: bool, session: Option<SessionId>) {
    if (ends && !worker.is_master()) || error::is_exit() {
        // Left pending: the coroutine's end turns it into a fatal error, and the worker ends with 255.
        return;
    }
    error::report_uncaught();
    let Some(session) = session else { return };
    let reason = CloseReason::new(1011, "internal error");
    if worker.owes_response(session) {
        // The response answers 500 when nobody holds it any more.
    } else if let Ok(reason) = reason
        && worker.disconnect(session, &reason).is_err()
    {
        // Not WebSocket: nothing to say. A session that is gone needs nothing either.
        let _ = worker.close(session, false);
    }
}

/// Deals with the exception of a coroutine or timer that belongs to no connection, where nobody would replace the process.
pub(super) fn live_on() {
    error::report_uncaught();
}
