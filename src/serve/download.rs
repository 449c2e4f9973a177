//! Sends what comes from files: a piece when there is room for one, read aside unless it is short. The application has
//! no part in it.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::core::Core;
use super::worker::{SendFailure, Worker};
use crate::net::download::{Download, Next, Part};
use crate::net::link::{Defer, Full, Link, Stage};
use crate::net::offload::offload;
use crate::net::talk::{Step, Talk};
use crate::net::turns::unbudgeted;
use crate::server::event::Event;
use crate::server::session::{CloseCause, Closed, SessionId};

impl Worker {
    /// Answers a request with a part of a file behind `head`: as the client reads it, whatever the application does
    /// meanwhile. The connection goes on then. The socket, or what owes the response, may be in another process; false
    /// without such a session.
    pub fn send_file(
        &self,
        session: SessionId,
        head: &[u8],
        file: &Arc<File>,
        range: Range<u64>,
        keep_alive: bool,
    ) -> bool {
        let part = || Part::File(Arc::clone(file), range.clone());
        let download = || Download::new(head.to_vec(), [part()], keep_alive);
        self.own_link(session).is_ok_and(|link| self.begin_download(&link, download()))
            || self.send_aside(session, download(), After::Response { keep_alive })
    }

    /// Sends a part of a file as it is, and whatever is sent from now on behind it. False without such a session.
    pub fn send_file_bytes(&self, session: SessionId, file: &Arc<File>, range: Range<u64>) -> bool {
        let part = Part::File(Arc::clone(file), range);
        if let Some(before) = self.file_on_the_way(session) {
            before.download.borrow_mut().append(part);
            return true;
        }
        self.send_aside(session, Download::new(Vec::new(), [part], true), After::Nothing)
    }

    fn send_aside(&self, session: SessionId, download: Download, after: After) -> bool {
        if !self.exists(session) {
            return false;
        }
        let file = Rc::new(FileOnTheWay {
            download: RefCell::new(download),
            after: Cell::new(after),
            behind_bytes: Cell::new(0),
            room: Notify::new(),
        });
        self.0.files_on_the_way.borrow_mut().insert(session, Rc::clone(&file));
        let worker = self.clone();
        self.spawn_local(async move {
            let sent = worker.send_pieces(session, &file).await;
            worker.0.files_on_the_way.borrow_mut().remove(&session);
            // Half a file must not look like a whole one. A session that has gone needs nothing more.
            let _ = match (sent, file.after.get()) {
                (true, After::Nothing) => Ok(()),
                (true, After::Response { keep_alive }) => worker.end_response(session, keep_alive),
                (true, After::Close) => worker.close(session, false),
                (false, _) => worker.close(session, true),
            };
            // A worker that stops has waited for this.
            worker.0.reactor.ring();
        });
        true
    }

    /// Whether all of it is on its way. Little of it at a time: what waits for a slow reader is in the file anyway.
    async fn send_pieces(&self, session: SessionId, file: &FileOnTheWay) -> bool {
        loop {
            let next = file.download.borrow_mut().next_step();
            match next {
                Next::Read(reading) => {
                    let bytes = offload(|| reading.run()).await.and_then(std::convert::identity);
                    file.download.borrow_mut().deliver(bytes);
                }
                Next::Send(head, bytes) => {
                    if !self.send_piece(session, file, &head, &bytes).await {
                        return false;
                    }
                }
                Next::Over => return true,
                Next::Failed(_) | Next::Wait => return false,
            }
        }
    }

    async fn send_piece(&self, session: SessionId, file: &FileOnTheWay, head: &[u8], bytes: &[u8]) -> bool {
        loop {
            let waits = self.queued_bytes(session) > AHEAD_BYTES_MAX;
            let sent =
                if waits { Err(SendFailure::Full) } else { self.send_now(session, head, bytes.into()) };
            match sent {
                Ok(()) => return true,
                Err(SendFailure::Full) if self.exists(session) => {
                    // A worker that stops hears nothing more, and looks.
                    if self.await_room(session) {
                        let _ = timeout(ROOM_LOOK, file.room.notified()).await;
                    }
                }
                Err(_) => return false,
            }
        }
    }

    /// The file that other bytes for the session must follow.
    fn file_on_the_way(&self, session: SessionId) -> Option<Rc<FileOnTheWay>> {
        let files = self.0.files_on_the_way.borrow();
        if files.is_empty() { None } else { files.get(&session).cloned() }
    }

    /// Keeps bytes behind a file; `None` when there is none on its way.
    pub(super) fn send_behind_file(
        &self,
        session: SessionId,
        head: &[u8],
        body: &[u8],
    ) -> Option<Result<(), SendFailure>> {
        let file = self.file_on_the_way(session)?;
        let bytes = file.behind_bytes.get() + head.len() + body.len();
        if bytes > self.port(session).outbox.connection_bytes_max {
            return Some(Err(SendFailure::Full));
        }
        file.behind_bytes.set(bytes);
        file.download.borrow_mut().append(Part::Bytes([head, body].concat()));
        Some(Ok(()))
    }

    /// Puts off what is to happen to the session until the file on its way has gone; false when there is none.
    pub(super) fn do_after_file(&self, session: SessionId, after: After) -> bool {
        let file = self.file_on_the_way(session);
        file.inspect(|file| file.after.set(after)).is_some()
    }

    /// Answers the request of a link that owes a response; the connection goes on when everything is
    /// sent. False when none is owed.
    pub(super) fn begin_download(&self, link: &Rc<Link>, download: Download) -> bool {
        match &mut *link.talk.borrow_mut() {
            Talk::Http(exchange) if matches!(exchange.step, Step::Response) => {
                exchange.step = Step::Download(download);
            }
            _ => return false,
        }
        self.0.go_on_sending(link);
        true
    }
}

/// A file that a task sends: its socket is in another process, or its sender does not wait.
#[derive(Debug)]
pub(super) struct FileOnTheWay {
    download: RefCell<Download>,
    after: Cell<After>,
    /// Bytes that have been sent behind it.
    behind_bytes: Cell<usize>,
    room: Notify,
}

/// What follows the last byte of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Nothing,
    /// It was a response.
    Response {
        keep_alive: bool,
    },
    Close,
}

impl Core {
    /// There is room for the session.
    pub fn tell_file(&self, session: SessionId) {
        if let Some(file) = self.files_on_the_way.borrow().get(&session) {
            file.room.notify_one();
        }
    }

    /// Sends as much of a link's download as there is room for. Does nothing for a link without one.
    pub fn go_on_sending(&self, link: &Rc<Link>) {
        for _ in 0..PIECES_MAX {
            let Some(next) = link.next_of_download() else { return };
            if link.has_ended() {
                // Whoever closed its side and reads on is waited for as long as it reads.
                self.expect_by(link, self.port(link).times.handshake);
            }
            match next {
                Next::Send(head, bytes) => {
                    if let Err(Full) = link.send(&self.reactor, &head, bytes[..].into(), Defer::default()) {
                        link.with_download(|download| download.put_back(head, bytes));
                    }
                }
                Next::Read(reading) if reading.is_short() => {
                    let bytes = reading.run();
                    link.with_download(|download| download.deliver(bytes));
                }
                Next::Read(reading) => {
                    let (link, reactor) = (Rc::clone(link), Rc::clone(&self.reactor));
                    self.tasks.spawn_local(unbudgeted(async move {
                        let bytes = offload(|| reading.run()).await.and_then(std::convert::identity);
                        link.with_download(|download| download.deliver(bytes));
                        reactor.push_event(Event::Room(link.id()));
                    }));
                    return;
                }
                Next::Wait => return,
                Next::Failed(_) => return self.cut_off(link, Closed::by_server(CloseCause::Closed)),
                Next::Over => {
                    let keep_alive = link.with_download(|download| download.keep_alive).unwrap_or(false);
                    return self.end_response(link, keep_alive);
                }
            }
        }
        // A fast reader of a large file must not keep the others waiting.
        self.reactor.push_event(Event::Room(link.id()));
    }
}

impl Link {
    /// The next step of a download; `None` without one, and while there is no room: [`Event::Room`] follows then.
    fn next_of_download(&self) -> Option<Next> {
        let blocked = || self.stage() != Stage::Open || self.await_room();
        self.with_download(|download| (!blocked()).then(|| download.next_step())).flatten()
    }

    fn with_download<R>(&self, work: impl FnOnce(&mut Download) -> R) -> Option<R> {
        match &mut *self.talk.borrow_mut() {
            Talk::Http(exchange) => match &mut exchange.step {
                Step::Download(download) => Some(work(download)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Bytes of a file that wait in another process before the next piece follows.
const AHEAD_BYTES_MAX: usize = 512 * 1024;
/// How long to wait for room without a look.
const ROOM_LOOK: Duration = Duration::from_millis(100);
/// Pieces for one connection before it is another's turn.
const PIECES_MAX: usize = 16;
