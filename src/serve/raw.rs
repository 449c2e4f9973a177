//! Bytes of a port without a protocol: handed out as they come, or packet by packet.

use std::rc::Rc;

use super::app::{App, LogLine};
use super::options::Packets;
use super::worker::Worker;
use crate::net::link::{Link, Pause};
use crate::net::talk::Talk;
use crate::protocol::framing::{Framer, FramingError};
use crate::server::error::ErrorCode;
use crate::server::session::{CloseCause, Closed};

impl Worker {
    pub(super) fn feed_raw<A: App>(&self, app: &A, link: &Rc<Link>, bytes: &[u8]) {
        if self.0.port(link).packets == Packets::None {
            return self.receive(app, link, bytes);
        }
        // Ours while the application runs: it may end the connection meanwhile.
        let mut framer = match &mut *link.talk.borrow_mut() {
            Talk::Raw(framer) => framer.take().unwrap_or_default(),
            _ => return,
        };
        framer.feed(bytes);
        while matches!(*link.talk.borrow(), Talk::Raw(_)) {
            if link.is_paused(Pause::Callbacks) {
                self.0.keep_input(link, framer.rest());
                return;
            }
            match self.next_packet(app, link, &mut framer) {
                Ok(Some(packet)) => self.receive(app, link, &packet),
                Ok(None) => return self.keep_packet(link, framer),
                Err(error) => return self.refuse_packet(app, link, error),
            }
        }
    }

    fn receive<A: App>(&self, app: &A, link: &Link, bytes: &[u8]) {
        self.count_dispatch();
        link.times.message_ms.set(self.0.reactor.now_ms());
        app.on_receive(self, link.id(), bytes);
    }

    fn next_packet<A: App>(
        &self,
        app: &A,
        link: &Link,
        framer: &mut Framer,
    ) -> Result<Option<Vec<u8>>, FramingError> {
        let port = self.0.port(link);
        match &port.packets {
            Packets::Framed(framing) => framer.next(framing, port.body_bytes_max),
            _ if framer.rest().is_empty() => Ok(None),
            _ => match app.package_length(self, link.id(), framer.rest())? {
                Some(length) => framer.by_length(length, port.body_bytes_max),
                None if framer.rest().len() > port.body_bytes_max => {
                    Err(FramingError::TooLarge(framer.rest().len() as u64))
                }
                None => Ok(None),
            },
        }
    }

    /// Keeps the beginning of a packet; a connection between two packets owns no buffer.
    fn keep_packet(&self, link: &Link, framer: Box<Framer>) {
        if let Talk::Raw(kept) = &mut *link.talk.borrow_mut()
            && !framer.rest().is_empty()
        {
            *kept = Some(framer);
        }
    }

    fn refuse_packet<A: App>(&self, app: &A, link: &Rc<Link>, error: FramingError) {
        let code = match error {
            FramingError::TooLarge(_) => ErrorCode::PACKAGE_LENGTH_TOO_LARGE,
            FramingError::Malformed => ErrorCode::PACKAGE_MALFORMED_DATA,
        };
        let peer = self.client_info(link.id()).map(|info| info.peer.to_string()).unwrap_or_default();
        app.log(LogLine::Warning(&format!("(ERRNO {}): {error}, remote_addr={peer}", code.code())));
        self.0.finish(link, Closed::by_server(CloseCause::Closed));
    }
}
