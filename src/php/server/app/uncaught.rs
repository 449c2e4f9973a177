//! An exception that no callback catches.

use crate::protocol::close::CloseReason;
use crate::serve::Worker;
use crate::server::session::SessionId;
use crate::zend::error;

/// Deals with the exception a callback left. `exit()` stays pending: it ends the process. So do others end a worker, but
/// nobody would replace the master.
pub(super) fn uncaught(worker: &Worker, several: bool, session: Option<SessionId>) {
    if (several && !worker.is_master()) || error::is_exit() {
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
