//! What the manager is asked, and how it answers: between two looks at its children, without a runtime.

use std::cell::RefCell;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv, send};

use super::app::App;
use crate::process::pipes::Pipes;
use crate::server::command::{Assembler, Command, Letter, PACKET_BYTES_MAX};

/// The manager's end of the pipes.
pub(super) struct Desk<'a> {
    pipes: &'a Pipes,
    /// The manager's number.
    own: u16,
    assembler: RefCell<Assembler>,
}

impl<'a> Desk<'a> {
    pub fn new(pipes: &'a Pipes, own: u16) -> Self {
        Self { pipes, own, assembler: RefCell::default() }
    }

    pub fn inbox(&self) -> Option<BorrowedFd<'_>> {
        self.pipes.inbox(self.own)
    }

    /// Answers what has come, but not for ever: the children wait, too.
    pub fn work<A: App>(&self, app: &A) {
        let Some(inbox) = self.inbox() else { return };
        let mut packet = vec![0; PACKET_BYTES_MAX];
        for _ in 0..PACKETS_AT_ONCE {
            let Ok(len) = recv(inbox.as_raw_fd(), &mut packet, MsgFlags::MSG_DONTWAIT) else { return };
            let command = self.assembler.borrow_mut().receive(&packet[..len]);
            if let Some(Command::Ask(question)) = command {
                let bytes = app.on_question(None, &question);
                self.answer(question, bytes);
            }
        }
    }

    fn answer(&self, question: Letter, bytes: Vec<u8>) {
        let Some(outbox) = self.pipes.outbox(question.from) else { return };
        let until = Instant::now() + PATIENCE;
        let answer = Command::Finish(Letter { from: self.own, bytes, ..question });
        let mut is_read = true;
        // Half an answer is dropped where it arrives.
        answer.encode(self.own, &mut |packet| is_read = is_read && write(outbox, packet, until));
    }
}

/// Writes a packet; false when there is no room for it in time.
fn write(outbox: BorrowedFd<'_>, packet: &[u8], until: Instant) -> bool {
    loop {
        match send(outbox.as_raw_fd(), packet, MsgFlags::MSG_DONTWAIT) {
            Ok(_) => return true,
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(_) => return false,
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        let timeout = PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
        // Whatever ends the wait, the next try tells.
        let _ = poll(&mut [PollFd::new(outbox, PollFlags::POLLOUT)], timeout);
    }
}

/// Packets that are read between two looks at the children.
const PACKETS_AT_ONCE: usize = 64;
/// How long an answer waits for an asker that does not read its pipe, at the most. The children wait with it.
const PATIENCE: Duration = Duration::from_secs(1);
