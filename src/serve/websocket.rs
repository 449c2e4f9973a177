//! WebSocket of a connection: bytes in, one event of the protocol at a time with the application in between, and frames out.

use std::cell::RefMut;
use std::rc::Rc;

use super::app::{App, Message};
use super::dispatch::{Pace, of_end};
use super::obey::bits;
use super::worker::{Home, SendFailure, Worker};
use crate::net::link::{Defer, Link};
use crate::net::parcel::Parcel;
use crate::net::talk::Talk;
use crate::process::sys::memory::fetch_ahead;
use crate::protocol::block::Block;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::{Event, Payload, SendFlags, SendRefused, State, may_follow};
use crate::protocol::opcode::Opcode;
use crate::server::command::Command;
use crate::server::session::{CloseCause, Closed, SessionId};
use crate::server::stats::Counter;

impl Worker {
    /// Pushes a frame. Written before this returns unless the reader is slow, more of its messages are at hand, or it
    /// lives in another worker.
    #[inline]
    pub fn push<'a>(
        &self,
        session: SessionId,
        opcode: Opcode,
        payload: impl Into<Parcel<'a>>,
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        self.push_parcel(session, opcode, payload.into(), flags)
    }

    #[inline(never)]
    fn push_parcel(
        &self,
        session: SessionId,
        opcode: Opcode,
        payload: Parcel<'_>,
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        match self.find(session)? {
            Home::Here(link) => {
                self.0.push_to(&link, opcode, payload, flags)?;
                if is_fragment(opcode, flags) {
                    let talk = link.talk.borrow();
                    let amid = matches!(&*talk, Talk::WebSocket(connection) if connection.is_amid_message());
                    self.0.shared.sessions.set_amid_message(session, amid);
                }
                Ok(())
            }
            Home::There(worker) => self.push_there(worker, session, opcode, &payload, flags),
        }
    }

    /// A walk over all sessions comes to `place` next. With thousands of connections each is far away in memory; what a
    /// push to the next two needs is fetched while the one before is written to.
    #[inline]
    pub fn foresee(&self, place: usize) {
        let core = &*self.0;
        core.reactor.peek(place, |link| {
            if let Ok(talk) = link.talk.try_borrow()
                && let Talk::WebSocket(connection) = &*talk
            {
                fetch_ahead(&**connection);
            }
        });
        core.reactor.peek(place + 1, fetch_ahead);
        if let Some(words) = core.shared.sessions.words_at(place + 1) {
            fetch_ahead(words);
        }
    }

    #[inline(never)]
    fn push_there(
        &self,
        worker: u16,
        session: SessionId,
        opcode: Opcode,
        payload: &[u8],
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        if opcode == Opcode::Close {
            let refused = SendFailure::Refused(SendRefused::NotThisWay);
            return self.disconnect(session, &CloseReason::parse(payload).map_err(|_| refused)?);
        }
        let amid = self.require_established(session)?.amid_message;
        may_follow(amid, opcode, payload.len(), flags.fin).map_err(SendFailure::Refused)?;
        self.0.reactor.stats.add(Counter::Responses, 1);
        let (bits, payload) = (bits(flags), payload.into());
        let push = Command::Push { session, opcode: opcode as u8, flags: bits, payload };
        if self.deliver(worker, session, &push)? && is_fragment(opcode, flags) {
            self.0.shared.sessions.set_amid_message(session, !flags.fin);
        }
        Ok(())
    }

    /// Takes the next event off `input`, and answers it.
    pub(super) fn feed_websocket<A: App>(
        &self,
        app: &A,
        link: &Rc<Link>,
        input: &mut &mut [u8],
        pace: &mut Pace,
    ) {
        let core = &*self.0;
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return };
        let (event, reply) = core.with_connection(|io| connection.receive(input, io));
        drop(talk);
        self.heard(app, link, event, reply, !input.is_empty(), pace);
    }

    /// Takes bytes that were read into a message.
    #[inline(never)]
    pub(super) fn go_on_message<A: App>(&self, app: &A, link: &Rc<Link>, count: usize, pace: &mut Pace) {
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return };
        let (event, reply) = self.0.with_connection(|io| connection.payload_filled(count, io));
        drop(talk);
        self.heard(app, link, event, reply, false, pace);
    }

    /// Keeps a block that a message came in for another one.
    pub fn give_back(&self, block: Block) {
        self.0.give_back(block);
    }

    /// Sends what the protocol itself replies to an event, and tells the application. `more` says that bytes of the same
    /// connection follow.
    #[inline(always)]
    fn heard<A: App>(
        &self,
        app: &A,
        link: &Rc<Link>,
        event: Option<Event<'_>>,
        reply: RefMut<'_, Vec<u8>>,
        more: bool,
        pace: &mut Pace,
    ) {
        let core = &*self.0;
        // A reply to a Close waits until the application has seen the Close.
        let is_close = matches!(event, Some(Event::Close(_)));
        if !reply.is_empty() && !is_close {
            let _ = link.send(&core.reactor, &reply, Parcel::EMPTY, Defer::default());
        }
        let echo = if is_close { reply.clone() } else { Vec::new() };
        // The application encodes into the same buffer.
        drop(reply);
        match event {
            None => {}
            Some(Event::Message { opcode, compressed, payload }) => {
                core.reactor.stats.add(Counter::Requests, 1);
                link.times.message_ms.set(core.reactor.now_ms());
                core.reactor.stats.add(Counter::Dispatched, 1);
                pace.begin(self, more);
                match payload {
                    Payload::Borrowed(payload) => {
                        let message = Message { opcode, compressed, payload, close_code: 0 };
                        app.on_message(self, link.id(), message);
                    }
                    Payload::Owned(mut block) => {
                        app.on_block(self, link.id(), opcode, compressed, &mut block);
                        core.give_back(block);
                    }
                }
                pace.end(self);
            }
            Some(Event::Ping(payload)) if core.port(link).deliver_ping => {
                self.control(app, link, Opcode::Ping, &payload);
            }
            Some(Event::Pong(payload)) if core.port(link).deliver_pong => {
                self.control(app, link, Opcode::Pong, &payload);
            }
            Some(Event::Ping(_) | Event::Pong(_)) => {}
            Some(Event::Close(reason)) => self.closed_by_frame(app, link, &reason, &echo),
            Some(Event::Failed(error)) => {
                core.finish(
                    link,
                    Closed { code: error.close_code(), ..Closed::by_server(CloseCause::Protocol(error)) },
                );
            }
        }
    }

    fn control<A: App>(&self, app: &A, link: &Rc<Link>, opcode: Opcode, payload: &[u8]) {
        self.0.reactor.stats.add(Counter::Dispatched, 1);
        app.on_message(self, link.id(), Message { opcode, compressed: false, payload, close_code: 0 });
    }

    fn closed_by_frame<A: App>(&self, app: &A, link: &Rc<Link>, reason: &CloseReason, reply: &[u8]) {
        let core = &*self.0;
        // A Close that answers ours is not the application's business.
        let state = match &*link.talk.borrow() {
            Talk::WebSocket(connection) => Some(connection.state()),
            _ => None,
        };
        if core.port(link).deliver_close && !reply.is_empty() {
            let message = Message {
                opcode: Opcode::Close,
                compressed: false,
                payload: reason.reason().as_bytes(),
                close_code: reason.code_or_none(),
            };
            core.reactor.stats.add(Counter::Dispatched, 1);
            app.on_message(self, link.id(), message);
        }
        if !reply.is_empty() {
            let _ = link.send(&core.reactor, reply, Parcel::EMPTY, Defer::default());
        }
        let closed = match state {
            Some(State::Closed { by, code }) => of_end(crate::protocol::connection::End::Clean { by, code }),
            _ => Closed::by_peer(CloseCause::Handshake),
        };
        core.finish(link, Closed { reason: reason.reason().to_owned(), ..closed });
    }
}

/// Whether whoever pushes next has to know of a frame.
#[inline(always)]
fn is_fragment(opcode: Opcode, flags: SendFlags) -> bool {
    !flags.fin || opcode == Opcode::Continuation
}
