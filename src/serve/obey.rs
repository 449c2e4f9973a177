//! What other workers ask of this one: operations on its sessions, and letters to its application.

use super::app::App;
use super::worker::{SendFailure, Worker};
use crate::net::parcel::Parcel;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::SendFlags;
use crate::protocol::opcode::Opcode;
use crate::server::command::Command;

impl Worker {
    /// Does what other workers have asked for.
    pub(super) fn obey<A: App>(&self, app: &A) {
        while !self.0.holds_back() {
            let Some(command) = self.0.peers.inbox.pop() else { return };
            let _ = self.obey_one(app, command);
            self.settle(app);
        }
    }

    /// A session that has ended meanwhile is nobody's mistake, so failures are not reported back.
    pub(super) fn obey_one<A: App>(&self, app: &A, command: Command<'_>) -> Result<(), SendFailure> {
        match command {
            Command::Push { session, opcode, flags, payload } => match Opcode::from_u8(opcode) {
                Some(opcode) => {
                    let flags = flags_of(flags);
                    self.own_link(session)
                        .and_then(|link| self.0.push_to(&link, opcode, payload[..].into(), flags))
                }
                None => Ok(()),
            },
            Command::Disconnect { session, code, reason } => {
                let reason = CloseReason::new(code, &String::from_utf8_lossy(&reason)).unwrap_or_default();
                self.own_link(session).and_then(|link| self.0.begin_close(&link, &reason))
            }
            Command::Send { session, bytes } => {
                self.own_link(session).and_then(|link| self.0.write(&link, &bytes, Parcel::EMPTY))
            }
            Command::Close { session, reset } => {
                self.own_link(session).and_then(|_| self.close(session, reset))
            }
            Command::Pause { session, paused } => {
                self.own_link(session).and_then(|_| self.pause(session, paused))
            }
            Command::Protect { session, protected } => {
                self.own_link(session).and_then(|_| self.protect(session, protected))
            }
            Command::EndResponse { session, keep_alive } => {
                self.own_link(session).and_then(|_| self.end_response(session, keep_alive))
            }
            Command::Upgrade { session, deflate } => self.upgrade(session, deflate),
            // These go from workers to reactors only.
            Command::Answer { .. }
            | Command::AwaitRoom { .. }
            | Command::ReadOn { .. }
            | Command::Hold { .. }
            | Command::Hello { .. } => Ok(()),
            Command::Message(letter) => {
                app.on_pipe_message(self, letter);
                Ok(())
            }
            Command::Task(letter) => {
                app.on_task(self, letter, self.task_in_hand());
                Ok(())
            }
            Command::Ask(letter) => {
                let answer = app.on_question(Some(self), &letter);
                self.finish_task(letter.from, letter.id, letter.flags, answer);
                Ok(())
            }
            Command::Finish(letter) => {
                app.on_finish(self, letter);
                Ok(())
            }
        }
    }
}

/// The flags of a pushed frame on its way to another worker.
pub(super) fn bits(flags: SendFlags) -> u8 {
    (u8::from(flags.fin) * FIN) | (u8::from(flags.compress) * COMPRESS)
}

fn flags_of(bits: u8) -> SendFlags {
    SendFlags { fin: bits & FIN != 0, compress: bits & COMPRESS != 0 }
}

const FIN: u8 = 1;
const COMPRESS: u8 = 2;
