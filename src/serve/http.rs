//! HTTP bytes of a connection: heads, bodies and upgrades, one request at a time.

use std::rc::Rc;

use super::app::{App, Headers, LogLine, Request};
use super::core::Core;
use super::dispatch::Pace;
use super::options::{PortOptions, Protocol};
use super::worker::Worker;
use crate::net::form::FormReader;
use crate::net::link::{Defer, Link, Pause, Stage};
use crate::net::parcel::Parcel;
use crate::net::talk::{Exchange, Incoming, Step, Talk};
use crate::protocol::handshake::server::{Accepted, Extras};
use crate::protocol::handshake::{self, Refusal};
use crate::protocol::http::body::Body;
use crate::protocol::http::multipart::boundary;
use crate::protocol::http::{BodyLength, HeadSearch, HttpError, RequestHead, Version, date, write};
use crate::server::session::{CloseCause, Closed, SessionId, WebSocketStatus};
use crate::server::stats::Counter;

impl Worker {
    /// Takes as much off `input` as the present step of the exchange wants.
    pub(super) fn feed_http<A: App>(&self, app: &A, link: &Rc<Link>, input: &mut &mut [u8], pace: &mut Pace) {
        let talk = link.talk.take();
        match talk {
            Talk::Idle => self.feed_head(app, link, HeadSearch::default(), Vec::new(), input, pace),
            Talk::Http(exchange) => match *exchange {
                Exchange { step: Step::Head(search), held } => {
                    self.feed_head(app, link, search, held, input, pace);
                }
                Exchange { step: Step::Body(incoming), .. } => self.feed_body(app, link, incoming, input),
                Exchange { step: step @ (Step::Response | Step::Download(_)), held } => {
                    self.0.keep(link, step, held, input);
                }
            },
            other => {
                link.talk.replace(other);
            }
        }
    }

    fn feed_head<A: App>(
        &self,
        app: &A,
        link: &Rc<Link>,
        mut search: HeadSearch,
        mut held: Vec<u8>,
        input: &mut &mut [u8],
        pace: &mut Pace,
    ) {
        let core = &*self.0;
        let limits = &core.port(link).head;
        if held.is_empty() {
            // The usual head arrives in one piece and is parsed where it is.
            match RequestHead::parse_from(&mut search, input, limits) {
                Ok(Some((head, used))) => {
                    advance(input, used);
                    return self.begin_request(app, link, head, input);
                }
                Ok(None) => held = std::mem::take(input).to_vec(),
                Err(error) => return core.refuse(link, error),
            }
            core.expect_by(link, core.port(link).times.handshake);
            link.talk.replace(Talk::Http(Box::new(Exchange { step: Step::Head(search), held })));
            return;
        }
        held.extend_from_slice(input);
        *input = &mut [];
        match RequestHead::parse_from(&mut search, &held, limits) {
            Ok(Some((head, used))) => {
                let mut rest = held.split_off(used);
                drop(held);
                let mut rest = &mut rest[..];
                self.begin_request(app, link, head, &mut rest);
                self.feed(app, link, rest, pace);
            }
            Ok(None) => {
                link.talk.replace(Talk::Http(Box::new(Exchange { step: Step::Head(search), held })));
            }
            Err(error) => core.refuse(link, error),
        }
    }

    fn begin_request<A: App>(&self, app: &A, link: &Rc<Link>, head: RequestHead, input: &mut &mut [u8]) {
        let core = &*self.0;
        link.times.stage_until_ms.set(None);
        core.reactor.stats.add(Counter::Requests, 1);
        if head.method() == "CONNECT" {
            return core.refuse(link, HttpError::Connect);
        }
        if core.port(link).protocol == Protocol::WebSocket && handshake::is_upgrade(&head) {
            return self.upgrade_request(app, link, head);
        }
        let expects_continue = match head.expects_continue() {
            Ok(expects) => expects,
            Err(error) => return core.refuse(link, error),
        };
        let port = core.port(link);
        let form = port.form_reader(&head).map(Box::new);
        let bytes_max = port.body_bytes_max.max(if form.is_some() { port.upload_bytes_max } else { 0 });
        let decoder = match Body::new(head.body_length(), bytes_max as u64) {
            Ok(decoder) => decoder,
            Err(error) => return core.refuse(link, error),
        };
        if expects_continue && !decoder.is_done() {
            // RFC 9110, 10.1.1: the client waits for this before it sends the body.
            let _ = link.send(&core.reactor, CONTINUE, Parcel::EMPTY, Defer::default());
        }
        self.feed_body(app, link, Incoming { head, body: Vec::new(), decoder, form }, input);
    }

    fn feed_body<A: App>(&self, app: &A, link: &Rc<Link>, mut incoming: Incoming, input: &mut &mut [u8]) {
        let core = &*self.0;
        let mut bytes = &input[..];
        let before = bytes.len();
        let result = incoming.decoder.decode(&mut bytes, &mut incoming.body);
        let used = before - bytes.len();
        advance(input, used);
        let result = result.and_then(|done| incoming.spool().map(|()| done));
        match result {
            Ok(true) => {
                link.times.stage_until_ms.set(None);
                link.talk.replace(Core::awaiting_response());
                let files = core.port(link).files.as_ref();
                let now = core.reactor.now_secs();
                if let Some(answer) = files.and_then(|files| files.answer(&incoming.head, SERVER, now)) {
                    self.begin_download(link, answer);
                    return;
                }
                core.reactor.stats.add(Counter::Dispatched, 1);
                let form = incoming.form.map(|form| form.finish());
                app.on_request(self, link.id(), Request { head: incoming.head, body: incoming.body, form });
            }
            Ok(false) => {
                // A body that stands still is cut like a head; one that moves may take its time.
                core.expect_by(link, core.port(link).times.handshake);
                let exchange = Exchange { step: Step::Body(incoming), held: Vec::new() };
                link.talk.replace(Talk::Http(Box::new(exchange)));
            }
            Err(error) => core.refuse(link, error),
        }
    }

    fn upgrade_request<A: App>(&self, app: &A, link: &Rc<Link>, head: RequestHead) {
        let core = &*self.0;
        let request = Request::new(head, Vec::new());
        core.shared.sessions.set_status(link.slot(), WebSocketStatus::Handshake);
        if app.hooks(link.port).handshake {
            link.talk.replace(Core::awaiting_response());
            return app.on_handshake(self, link.id(), request);
        }
        let accepted = match handshake::check(&request.head, &core.port(link).handshake) {
            Ok(accepted) => accepted,
            Err(refusal) => return core.refuse_handshake(link, &refusal),
        };
        // The connection is WebSocket already while the hook runs: what it pushes waits behind the answer.
        core.enter_websocket(link, accepted.deflate.as_ref().map(|(params, _)| *params));
        link.hold_back();
        if app.on_accepted(self, link.id(), &request) {
            core.accepted.borrow_mut().insert(link.id(), accepted);
            return;
        }
        let headers = self.sendable(app, app.before_handshake_response(self, link.id(), &request));
        if self.answer(link, &accepted, headers.iter().map(|(name, value)| (&name[..], &value[..]))) {
            app.on_open(self, link.id(), request);
        }
    }

    /// Answers a handshake that was accepted before, with header lines of the application's.
    pub(super) fn answer_handshake(&self, session: SessionId, lines: &[u8]) {
        let accepted = self.0.accepted.borrow_mut().remove(&session);
        let (Some(accepted), Some(link)) = (accepted, self.0.reactor.link(session)) else { return };
        let headers = lines.split(|byte| *byte == b'\n').filter_map(|line| {
            let line = line.strip_suffix(b"\r")?;
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((&line[..colon], line[colon + 1..].trim_ascii()))
        });
        self.answer(&link, &accepted, headers);
    }

    /// Writes the 101; true if the connection is open then.
    fn answer<'h>(
        &self,
        link: &Rc<Link>,
        accepted: &Accepted,
        headers: impl Iterator<Item = (&'h [u8], &'h [u8])>,
    ) -> bool {
        let core = &*self.0;
        let headers: Vec<_> = headers.collect();
        let mut out = Vec::with_capacity(256);
        let date = date::imf_fixdate(core.reactor.now_secs());
        // What could make it fail has been left out.
        let _ = accepted.write(&mut out, &Extras { headers: &headers, server: SERVER, date: &date });
        link.release_behind(&core.reactor, &out);
        let open = link.stage() == Stage::Open && !matches!(*link.talk.borrow(), Talk::Over);
        if open {
            core.watch(link);
        }
        open
    }

    /// The headers that can be sent. One that cannot is left out, and the handshake goes on.
    pub(super) fn sendable<A: App>(&self, app: &A, mut headers: Headers) -> Headers {
        headers.retain(|(name, value)| is_sendable(app, name, value));
        headers
    }
}

impl Core {
    /// Keeps bytes that arrive while a response is owed; the next request waits for its turn.
    fn keep(&self, link: &Link, step: Step, mut held: Vec<u8>, input: &mut &mut [u8]) {
        held.extend_from_slice(input);
        *input = &mut [];
        if held.len() >= HELD_BYTES_MAX {
            link.pause(Pause::Response);
        }
        link.talk.replace(Talk::Http(Box::new(Exchange { step, held })));
    }

    /// Answers a request that nobody works on any more, and closes.
    pub fn fail_request(&self, link: &Rc<Link>) {
        let mut out = Vec::with_capacity(64);
        if write::status_line(&mut out, Version::Http11, 500, None).is_ok() {
            out.extend_from_slice(b"Connection: close\r\nContent-Length: 0\r\n");
            write::end(&mut out);
            // A peer that has gone needs no answer.
            let _ = link.send(&self.reactor, &out, Parcel::EMPTY, Defer::default());
        }
        self.finish(link, Closed::by_server(CloseCause::Closed));
    }

    /// Answers a request that cannot be served, and closes.
    fn refuse(&self, link: &Rc<Link>, error: HttpError) {
        let mut out = Vec::with_capacity(64);
        if write::status_line(&mut out, Version::Http11, error.status(), None).is_ok() {
            write::end(&mut out);
            let _ = link.send(&self.reactor, &out, Parcel::EMPTY, Defer::default());
        }
        self.finish_unspoken(link, CloseCause::Closed);
    }

    fn refuse_handshake(&self, link: &Rc<Link>, refusal: &Refusal) {
        let mut out = Vec::with_capacity(256);
        let date = date::imf_fixdate(self.reactor.now_secs());
        let extras = Extras { headers: &[], server: SERVER, date: &date };
        if refusal.write(&mut out, &extras).is_ok() {
            let _ = link.send(&self.reactor, &out, Parcel::EMPTY, Defer::default());
        }
        self.finish_unspoken(link, CloseCause::Closed);
    }

    /// Ends a connection whose talk has been taken out.
    fn finish_unspoken(&self, link: &Rc<Link>, cause: CloseCause) {
        link.talk.replace(Talk::Idle);
        self.finish(link, Closed::by_server(cause));
    }
}

impl PortOptions {
    /// A reader for a form that may be larger than a body.
    fn form_reader(&self, head: &RequestHead) -> Option<FormReader> {
        let fits = match head.body_length() {
            BodyLength::Length(length) => length <= self.body_bytes_max as u64,
            BodyLength::None => true,
            BodyLength::Chunked | BodyLength::UntilClose => false,
        };
        if fits || self.upload_bytes_max == 0 {
            return None;
        }
        let boundary = boundary(head.header("content-type").unwrap_or_default()).ok()??;
        Some(FormReader::new(&boundary, &self.upload_dir, self.body_bytes_max))
    }
}

/// Whether a header of the application's can be sent.
fn is_sendable<A: App>(app: &A, name: &[u8], value: &[u8]) -> bool {
    let checked = write::check_field(name, value);
    if let Err(error) = &checked {
        app.log(LogLine::Warning(&format!("header left out of the handshake: {error}")));
    }
    checked.is_ok()
}

fn advance(input: &mut &mut [u8], used: usize) {
    let whole = std::mem::take(input);
    *input = &mut whole[used..];
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// The name that Swoole gives itself.
const SERVER: &str = "swoole-http-server";
/// Pipelined bytes kept while a response is owed; beyond this the connection is not read.
const HELD_BYTES_MAX: usize = 64 * 1024;
