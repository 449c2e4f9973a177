//! Which worker gets a connection or a message in PROCESS mode: `dispatch_mode`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::IpAddr;

use super::session::SessionId;
use super::settings::DispatchMode;

/// Chooses workers; one per reactor.
#[derive(Debug)]
pub struct Dispatcher {
    mode: DispatchMode,
    workers: u16,
    turn: Cell<u16>,
    /// Workers of connections that stay where they were put.
    assigned: RefCell<HashMap<SessionId, u16>>,
}

/// What is to be dispatched.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub session: SessionId,
    pub ip: IpAddr,
    /// What `bind()` said; 0 is nothing.
    pub uid: u32,
}

impl Dispatcher {
    pub fn new(mode: DispatchMode, workers: u16) -> Self {
        Self { mode, workers: workers.max(1), turn: Cell::default(), assigned: RefCell::default() }
    }

    /// Whether the subject's session alone decides, which is the usual case and needs no look at the connection.
    #[inline]
    pub fn by_session(&self, session: SessionId) -> Option<u16> {
        matches!(self.mode, DispatchMode::FdMod | DispatchMode::UserFunc)
            .then(|| (session.as_u64() % u64::from(self.workers)) as u16)
    }

    /// The worker for a subject. `load` says how much a worker has to do.
    pub fn choose(&self, subject: &Subject, load: impl Fn(u16) -> u64) -> u16 {
        let modulo = |number: u64| (number % u64::from(self.workers)) as u16;
        match self.mode {
            DispatchMode::Round => self.next(),
            DispatchMode::IdleWorker
            | DispatchMode::Stream
            | DispatchMode::RequestLoad
            | DispatchMode::ConcurrentLoad => self.least(load),
            DispatchMode::IpMod => match subject.ip {
                IpAddr::V4(ip) => modulo(u32::from(ip).into()),
                IpAddr::V6(ip) => modulo(u128::from(ip) as u64),
            },
            DispatchMode::UidMod if subject.uid != 0 => modulo(subject.uid.into()),
            DispatchMode::FdMod | DispatchMode::UserFunc | DispatchMode::UidMod => {
                modulo(subject.session.as_u64())
            }
            DispatchMode::ConnectionLoad => self.assigned(subject.session),
        }
    }

    /// The worker for a packet, which belongs to no connection.
    pub fn choose_for_packet(&self) -> u16 {
        self.next()
    }

    /// Forgets a session that has ended.
    pub fn forget(&self, session: SessionId) {
        if self.mode == DispatchMode::ConnectionLoad {
            self.assigned.borrow_mut().remove(&session);
        }
    }

    fn next(&self) -> u16 {
        let turn = self.turn.get();
        self.turn.set((turn + 1) % self.workers);
        turn
    }

    /// The worker with the least to do, the next in turn among equals.
    fn least(&self, load: impl Fn(u16) -> u64) -> u16 {
        let first = self.next();
        let in_turn = (0..self.workers).map(|step| (first + step) % self.workers);
        in_turn.min_by_key(|worker| load(*worker)).unwrap_or(first)
    }

    /// The worker of a connection: the one with the fewest when it came.
    fn assigned(&self, session: SessionId) -> u16 {
        if let Some(worker) = self.assigned.borrow().get(&session) {
            return *worker;
        }
        let mut counts = vec![0_u64; usize::from(self.workers)];
        for worker in self.assigned.borrow().values() {
            counts[usize::from(*worker)] += 1;
        }
        let worker = self.least(|worker| counts[usize::from(worker)]);
        self.assigned.borrow_mut().insert(session, worker);
        worker
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn subject(session: u64) -> Subject {
        Subject { session: SessionId::new(session), ip: Ipv4Addr::new(10, 0, 0, 7).into(), uid: 0 }
    }

    fn chosen(dispatcher: &Dispatcher, sessions: &[u64], load: &[u64]) -> Vec<u16> {
        let choose = |session| dispatcher.choose(&subject(session), |worker| load[usize::from(worker)]);
        sessions.iter().map(|session| choose(*session)).collect()
    }

    #[test]
    fn a_connection_stays_with_its_worker() {
        let dispatcher = Dispatcher::new(DispatchMode::FdMod, 3);
        assert_eq!(chosen(&dispatcher, &[1, 2, 3, 4, 1], &[9, 0, 0]), [1, 2, 0, 1, 1]);
        assert_eq!(dispatcher.by_session(SessionId::new(5)), Some(2));
        assert_eq!(Dispatcher::new(DispatchMode::Round, 3).by_session(SessionId::new(5)), None);
    }

    #[test]
    fn messages_go_round() {
        let dispatcher = Dispatcher::new(DispatchMode::Round, 3);
        assert_eq!(chosen(&dispatcher, &[1, 1, 1, 1], &[0; 3]), [0, 1, 2, 0]);
    }

    #[test]
    fn messages_go_to_whoever_has_least_to_do() {
        let dispatcher = Dispatcher::new(DispatchMode::IdleWorker, 3);
        assert_eq!(chosen(&dispatcher, &[1, 1], &[5, 0, 5]), [1, 1]);
        assert_eq!(chosen(&dispatcher, &[1, 1, 1], &[0, 0, 0]), [2, 0, 1]);
    }

    #[test]
    fn an_address_and_a_user_stay_together() {
        let dispatcher = Dispatcher::new(DispatchMode::IpMod, 4);
        let first = chosen(&dispatcher, &[1, 2, 3], &[0; 4]);
        assert_eq!(first, [first[0]; 3]);
        let dispatcher = Dispatcher::new(DispatchMode::UidMod, 4);
        let known = Subject { uid: 6, ..subject(1) };
        assert_eq!((dispatcher.choose(&known, |_| 0), dispatcher.choose(&subject(1), |_| 0)), (2, 1));
    }

    #[test]
    fn connections_are_spread_evenly_and_stay() {
        let dispatcher = Dispatcher::new(DispatchMode::ConnectionLoad, 2);
        assert_eq!(chosen(&dispatcher, &[1, 2, 3, 4], &[0; 2]), [0, 1, 0, 1]);
        dispatcher.forget(SessionId::new(2));
        dispatcher.forget(SessionId::new(4));
        assert_eq!(chosen(&dispatcher, &[5, 6, 1], &[0; 2]), [1, 1, 0]);
    }
}
