//! Sends what comes from files: a piece when there is room for one, read aside unless it is short. The application has
//! no part in it.

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
use crate::net::link::{Defer, Link, SendError, Stage};
use crate::net::offload::offload;
use crate::net::talk::{Step, Talk};
use crate::net::turns::unbudgeted;
use crate::server::event::Event;
use crate::server::session::{CloseCause, Closed, SessionId};

impl Worker {
    /// Answers a request with a part of a file behind `head`: as the client reads it, whatever the application does
    /// meanwhile. The connection goes on then. False when no response is owed to the session in this worker.
    pub fn send_file(
        &self,
        session: SessionId,
        head: &[u8],
        file: &Arc<File>,
        range: Range<u64>,
        keep_alive: bool,
    ) -> bool {
        let link = self.0.reactor.link(session).filter(|link| link.stage() == Stage::Open);
        let Some(link) = link else { return false };
        let download = Download::new(head.to_vec(), [Part::File(Arc::clone(file), range)], keep_alive);
        self.begin_download(&link, download)
    }

    /// As [`Worker::send_file`], where the socket or what owes the response is in another process. False without such a
    /// session.
    pub fn send_file_there(
        &self,
        session: SessionId,
        head: &[u8],
        file: &Arc<File>,
        range: Range<u64>,
        keep_alive: bool,
    ) -> bool {
        if !self.exists(session) {
            return false;
        }
        let download = Download::new(head.to_vec(), [Part::File(Arc::clone(file), range)], keep_alive);
        let room = Rc::new(Notify::new());
        self.0.files_there.borrow_mut().insert(session, Rc::clone(&room));
        let worker = self.clone();
        self.spawn_local(async move {
            let sent = worker.send_pieces(session, download, &room).await;
            worker.0.files_there.borrow_mut().remove(&session);
            // Half a file must not look like a whole one. A session that has gone needs neither.
            let _ = match sent {
                true => worker.end_response(session, keep_alive),
                false => worker.close(session, true),
            };
            // A worker that stops has waited for this.
            worker.0.reactor.ring();
        });
        true
    }

    /// Whether all of it is on its way. Little of it at a time: what waits for a slow reader is in the file anyway.
    async fn send_pieces(&self, session: SessionId, mut download: Download, room: &Notify) -> bool {
        loop {
            match download.next_step() {
                Next::Read(reading) => {
                    let bytes = offload(|| reading.run()).await.and_then(std::convert::identity);
                    download.deliver(bytes);
                }
                Next::Send(head, bytes) => loop {
                    let waits = self.queued_bytes(session) > AHEAD_BYTES_MAX;
                    let sent =
                        if waits { Err(SendFailure::Full) } else { self.send_parts(session, &head, &bytes) };
                    match sent {
                        Ok(()) => break,
                        Err(SendFailure::Full) if self.exists(session) => {
                            // A worker that stops hears nothing more, and looks.
                            if self.await_room(session) {
                                let _ = timeout(ROOM_LOOK, room.notified()).await;
                            }
                        }
                        Err(_) => return false,
                    }
                },
                Next::Over => return true,
                Next::Failed(_) | Next::Wait => return false,
            }
        }
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

impl Core {
    /// There is room for the session in another process.
    pub fn tell_file(&self, session: SessionId) {
        if let Some(room) = self.files_there.borrow().get(&session) {
            room.notify_one();
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
                Next::Send(head, bytes) => match link.send(&self.reactor, &head, &bytes, Defer::default()) {
                    Ok(()) => {}
                    Err(SendError::Full) => {
                        link.with_download(|download| download.put_back(head, bytes));
                    }
                    Err(SendError::Cut) => {
                        let _ = self.too_slow(link);
                        return;
                    }
                },
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
