//! `dispatch_func`: the script chooses the worker, in the master's first thread.

use super::PhpApp;
use crate::php::server::SETTING;
use crate::serve::{Choice, Matter, Worker};
use crate::server::log::{LOG, Level};
use crate::server::session::SessionId;
use crate::zend::{Callback, IntoValue, Object, error};

/// The function that the settings name.
pub fn function(server: &Object) -> Option<Callback> {
    let setting = server.get(&SETTING);
    Callback::resolve(&setting.as_array()?.get("dispatch_func")?).ok()
}

impl PhpApp {
    pub(super) fn choose_worker(
        &self,
        worker: &Worker,
        session: SessionId,
        matter: Matter,
        data: &[u8],
    ) -> Choice {
        let Some(function) = &self.dispatch else { return Choice::Fallback };
        let kind = match matter {
            Matter::Data => 0,
            Matter::Close => 3,
            Matter::Connect => 4,
        };
        let args = [self.this(), session.as_u64().into_value(), kind.into_value(), data.into_value()];
        let Ok(chosen) = function.call_from_loop(&args) else {
            error::report_uncaught();
            return Choice::Fallback;
        };
        match chosen.to_long() {
            DISCARD => Choice::Discard,
            CLOSE => Choice::Close,
            FALLBACK => Choice::Fallback,
            id => match u16::try_from(id).ok().filter(|id| *id < worker.options().worker_num) {
                Some(id) => Choice::Worker(id),
                None => {
                    LOG.write(Level::Warning, &format!("invalid target worker-id[{id}]"));
                    Choice::Discard
                }
            },
        }
    }
}

/// The values of `SWOOLE_DISPATCH_RESULT_*`.
const DISCARD: i64 = -1;
const CLOSE: i64 = -2;
const FALLBACK: i64 = -3;
