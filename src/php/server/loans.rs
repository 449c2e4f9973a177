//! Large payloads that PHP has been lent: looked at now and then, and taken back when PHP holds them no longer.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::kept;
use crate::protocol::block::Block;
use crate::serve::Worker;
use crate::zend::loan::Loan;
use crate::zend::string::Str;

/// The loans of a worker.
#[derive(Debug, Default)]
pub struct Loans {
    open: RefCell<VecDeque<Loan>>,
    /// In all of them.
    bytes: Cell<usize>,
}

impl Loans {
    /// The bytes of a block as a PHP string, and the block with them. None where a copy is as good: for short ones, and
    /// when so much is lent already that PHP's own memory limit should hear of the rest.
    pub fn lend(&self, block: &mut Block) -> Option<Str> {
        let wasteful = block.capacity() > block.len().saturating_mul(2);
        if block.len() < Block::LARGE || wasteful || self.bytes.get() + block.len() > LENT_BYTES_MAX {
            return None;
        }
        match Loan::of(std::mem::take(block).into_room()) {
            Ok(loan) => {
                let string = loan.string();
                self.bytes.set(self.bytes.get() + loan.len());
                self.open.borrow_mut().push_back(loan);
                Some(string)
            }
            Err(room) => {
                *block = Block::of_room(room);
                None
            }
        }
    }

    /// Takes back what is over: all of it when outboxes have let go of strings, else of the latest loan and a few others.
    #[inline]
    pub fn collect(&self, worker: &Worker) {
        let released = kept::take_released();
        if self.bytes.get() > 0 {
            self.look(worker, if released { usize::MAX } else { LOOKS });
        }
    }

    fn look(&self, worker: &Worker, looks: usize) {
        let mut open = self.open.borrow_mut();
        if let Some(latest) = open.pop_back() {
            open.push_front(latest);
        }
        for _ in 0..open.len().min(looks) {
            let Some(loan) = open.pop_front() else { return };
            let len = loan.len();
            match loan.end() {
                Ok(room) => {
                    self.bytes.set(self.bytes.get() - len);
                    worker.give_back(Block::of_room(room));
                }
                Err(loan) => open.push_back(loan),
            }
        }
    }
}

/// In all: what PHP holds of ours its `memory_limit` does not count.
const LENT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Loans to look at, at a time.
const LOOKS: usize = 4;

const _: () = assert!(Block::HEADROOM == Loan::HEADROOM);
