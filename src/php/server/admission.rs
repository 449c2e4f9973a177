//! `max_concurrency` and `worker_max_concurrency`: how many HTTP requests callbacks may work on at once.
//!
//! A request has a place until its callback has ended. Requests beyond the worker's number wait in the worker (one for
//! each connection at most: the next is not read before), those beyond the server's, or beyond `mailbox_limit`, are refused.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::serve::{Request, Worker};
use crate::server::session::SessionId;
use crate::server::settings::SessionSettings;
use crate::server::stats::{Counter, WorkerStats};

/// The two limits, and who waits.
#[derive(Debug)]
pub struct Admission {
    server_max: u64,
    worker_max: u64,
    /// `mailbox_limit`.
    waiting_bytes_max: usize,
    waiting_bytes: Cell<usize>,
    waiting: RefCell<VecDeque<(SessionId, Request)>>,
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Admitted {
    Now(Request, Option<Place>),
    /// [`Admission::next`] returns it.
    Later,
    Never,
}

/// One of the requests at once, until it is dropped.
#[derive(Debug)]
pub struct Place(WorkerStats);

impl Admission {
    pub fn new(settings: &SessionSettings) -> Self {
        let server_max = u64::from(settings.max_concurrency);
        let worker_max = settings.worker_max_concurrency.map_or(server_max, u64::from);
        Self {
            server_max,
            worker_max,
            waiting_bytes_max: settings.mailbox_limit,
            waiting_bytes: Cell::new(0),
            waiting: RefCell::default(),
        }
    }

    /// Without limits nothing is counted.
    fn is_limited(&self) -> bool {
        self.server_max.min(self.worker_max) < u64::from(u32::MAX)
    }

    pub fn admit(&self, worker: &Worker, session: SessionId, request: Request) -> Admitted {
        if !self.is_limited() {
            return Admitted::Now(request, None);
        }
        let stats = worker.stats();
        if stats.total(Counter::Concurrency) >= self.server_max {
            return Admitted::Never;
        }
        let own = stats.worker(worker.id());
        if own.value(Counter::Concurrency) >= self.worker_max {
            let bytes = self.waiting_bytes.get() + request.body.len();
            if bytes > self.waiting_bytes_max {
                return Admitted::Never;
            }
            self.waiting_bytes.set(bytes);
            self.waiting.borrow_mut().push_back((session, request));
            return Admitted::Later;
        }
        Admitted::Now(request, Some(Place::take(own)))
    }

    /// The next request that has waited and now has a place.
    pub fn next(&self, worker: &Worker) -> Option<(SessionId, Request, Place)> {
        let own = worker.stats().worker(worker.id());
        loop {
            if self.waiting.borrow().is_empty() || own.value(Counter::Concurrency) >= self.worker_max {
                return None;
            }
            let (session, request) = self.waiting.borrow_mut().pop_front()?;
            self.waiting_bytes.set(self.waiting_bytes.get() - request.body.len());
            if worker.exists(session) {
                return Some((session, request, Place::take(own)));
            }
        }
    }
}

impl Place {
    fn take(stats: WorkerStats) -> Self {
        stats.add(Counter::Concurrency, 1);
        Self(stats)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.sub(Counter::Concurrency, 1);
    }
}
