//! Bytes for a peer that come from a file: what is left of them, piece by piece, so that a large file is never in memory.
//! Data only: `serve` sends the pieces.

use std::collections::VecDeque;
use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use nix::fcntl::OFlag;

/// What is still to be sent, and what follows.
#[derive(Debug)]
pub struct Download {
    /// Goes out with the first piece.
    head: Vec<u8>,
    parts: VecDeque<Part>,
    /// A piece that is being read, or was and has not been sent.
    piece: Piece,
    pub keep_alive: bool,
}

/// Bytes, or where they are.
pub enum Part {
    Bytes(Vec<u8>),
    File(Arc<File>, Range<u64>),
    /// Work that blocks for a while and makes them.
    Made(Box<dyn FnOnce() -> io::Result<Vec<u8>> + Send>),
}

#[derive(Debug, Default)]
enum Piece {
    #[default]
    None,
    Awaited,
    Here(io::Result<Vec<u8>>),
}

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Two pieces, in one system call.
    Send(Vec<u8>, Vec<u8>),
    /// Run it, here or aside, and say [`Download::deliver`].
    Read(Reading),
    /// A reading runs.
    Wait,
    /// The file is not what was announced: the connection cannot go on.
    Failed(io::Error),
    Over,
}

/// A piece to read.
#[derive(Debug)]
pub struct Reading(Part);

impl Download {
    pub fn new(head: Vec<u8>, parts: impl IntoIterator<Item = Part>, keep_alive: bool) -> Self {
        Self { head, parts: parts.into_iter().collect(), piece: Piece::None, keep_alive }
    }

    /// Adds what follows.
    pub fn append(&mut self, part: Part) {
        self.parts.push_back(part);
    }

    pub fn next_step(&mut self) -> Next {
        match std::mem::take(&mut self.piece) {
            Piece::Here(Ok(bytes)) => return self.send(bytes),
            Piece::Here(Err(error)) => return Next::Failed(error),
            Piece::Awaited => {
                self.piece = Piece::Awaited;
                return Next::Wait;
            }
            Piece::None => {}
        }
        match self.parts.pop_front() {
            None if self.head.is_empty() => Next::Over,
            None => self.send(Vec::new()),
            Some(Part::Bytes(bytes)) => self.send(bytes),
            Some(Part::File(file, range)) => {
                let end = range.end.min(range.start.saturating_add(PIECE_BYTES));
                if end < range.end {
                    self.parts.push_front(Part::File(Arc::clone(&file), end..range.end));
                }
                self.await_reading(Part::File(file, range.start..end))
            }
            Some(made) => self.await_reading(made),
        }
    }

    fn send(&mut self, bytes: Vec<u8>) -> Next {
        Next::Send(std::mem::take(&mut self.head), bytes)
    }

    fn await_reading(&mut self, part: Part) -> Next {
        self.piece = Piece::Awaited;
        Next::Read(Reading(part))
    }

    /// Takes what was read.
    pub fn deliver(&mut self, bytes: io::Result<Vec<u8>>) {
        self.piece = Piece::Here(bytes);
    }

    /// Takes pieces back for which there was no room.
    pub fn put_back(&mut self, head: Vec<u8>, bytes: Vec<u8>) {
        self.head = head;
        self.piece = Piece::Here(Ok(bytes));
    }
}

impl Reading {
    /// Whether it takes no longer than looking the file's name up did.
    pub fn is_short(&self) -> bool {
        matches!(&self.0, Part::File(_, range) if range.end - range.start <= SHORT_BYTES)
    }

    pub fn run(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Part::Bytes(bytes) => Ok(bytes),
            Part::Made(make) => make(),
            Part::File(file, range) => {
                let mut bytes = vec![0; (range.end - range.start) as usize];
                file.read_exact_at(&mut bytes, range.start)?;
                Ok(bytes)
            }
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::File(_, range) => write!(f, "File({range:?})"),
            Self::Made(_) => f.write_str("Made"),
        }
    }
}

/// Opens for reading without waiting for the other end, which a pipe would do. What it is, the caller looks at.
pub fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    let metadata = file.metadata()?;
    Ok((file, metadata))
}

/// Worth a thread of its own, and little for a slow reader.
pub const PIECE_BYTES: u64 = 128 * 1024;
/// Most files of a web page, in one read.
const SHORT_BYTES: u64 = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> Arc<File> {
        let path = std::env::temp_dir().join(format!("download-{}-{:p}", std::process::id(), content));
        std::fs::write(&path, content).unwrap();
        let (file, _) = open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        Arc::new(file)
    }

    /// Everything there is to send, and how many pieces it came in.
    fn drain(mut download: Download) -> io::Result<(Vec<u8>, usize)> {
        let (mut out, mut count) = (Vec::new(), 0);
        loop {
            match download.next_step() {
                Next::Send(head, piece) => {
                    out.extend_from_slice(&head);
                    out.extend_from_slice(&piece);
                    count += 1;
                }
                Next::Read(reading) => {
                    assert!(matches!(download.next_step(), Next::Wait));
                    download.deliver(reading.run());
                }
                Next::Wait => panic!("nothing is read"),
                Next::Failed(error) => return Err(error),
                Next::Over => return Ok((out, count)),
            }
        }
    }

    #[test]
    fn parts_come_in_order_and_in_pieces() {
        let content: Vec<u8> = (0..3 * PIECE_BYTES).map(|n| n as u8).collect();
        let file = file(&content);
        let parts = [
            Part::File(Arc::clone(&file), 1..2 * PIECE_BYTES + 2),
            Part::Made(Box::new(|| Ok(b"made".to_vec()))),
            Part::File(file, 0..1),
        ];
        let (out, count) = drain(Download::new(b"head".to_vec(), parts, true)).unwrap();
        let wanted = [b"head", &content[1..2 * PIECE_BYTES as usize + 2], b"made", &content[..1]].concat();
        assert!(out == wanted && count == 5, "{count}");
    }

    #[test]
    fn a_piece_without_room_comes_again() {
        let mut download = Download::new(b"a".to_vec(), [Part::Bytes(b"b".to_vec())], true);
        let Next::Send(head, piece) = download.next_step() else { panic!() };
        download.put_back(head, piece);
        assert_eq!(drain(download).unwrap(), (b"ab".to_vec(), 1));
        assert_eq!(drain(Download::new(b"a".to_vec(), [], true)).unwrap(), (b"a".to_vec(), 1));
    }

    #[test]
    fn a_file_that_is_shorter_than_announced_fails() {
        let download = Download::new(Vec::new(), [Part::File(file(b"short"), 0..9)], true);
        assert_eq!(drain(download).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn opening_a_pipe_does_not_wait_for_a_writer() {
        let path = std::env::temp_dir().join(format!("download-pipe-{}", std::process::id()));
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let opened = open(&path);
        std::fs::remove_file(&path).unwrap();
        assert!(!opened.unwrap().1.is_file());
    }
}
