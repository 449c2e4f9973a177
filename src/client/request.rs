//! A request, ready to be written: its head, and its body in pieces that need not be in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::failure::Failure;
use super::link::Link;
use crate::protocol::http::write;

/// What to ask for. The caller has checked and completed the headers; what frames the body is ours.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub target: Vec<u8>,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Vec<Piece>,
}

/// A part of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Bytes(Vec<u8>),
    /// So many bytes of a file.
    File {
        path: PathBuf,
        offset: u64,
        length: u64,
    },
}

impl Request {
    /// The head. An error names what cannot be written.
    pub fn head(&self) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::with_capacity(HEAD_BYTES);
        write::request_line(&mut out, &self.method, &self.target).map_err(Failure::Request)?;
        for (name, value) in &self.headers {
            write::field(&mut out, name, value).map_err(Failure::Request)?;
        }
        // RFC 9110, 8.6: "A user agent SHOULD send Content-Length in a request when the method defines a meaning for
        // enclosed content and it is not sending Transfer-Encoding", and SHOULD NOT when there is neither.
        let length = self.body_bytes();
        if length > 0 || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH") {
            write::field(&mut out, b"Content-Length", length.to_string().as_bytes())
                .map_err(Failure::Request)?;
        }
        write::end(&mut out);
        Ok(out)
    }

    /// RFC 9110, 9.2.2: whether doing it twice is no more than doing it once.
    pub fn is_idempotent(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE")
    }

    /// Writes all of it. `head` is [`Request::head`].
    pub async fn send(&self, head: &[u8], link: &Link) -> Result<(), Failure> {
        link.queue(|out| out.extend_from_slice(head));
        for piece in &self.body {
            match piece {
                Piece::Bytes(bytes) => link.queue(|out| out.extend_from_slice(bytes)),
                Piece::File { path, offset, length } => {
                    send_file(File::open(path)?, *offset, *length, link).await?
                }
            }
        }
        Ok(link.flush().await?)
    }

    fn body_bytes(&self) -> u64 {
        self.body
            .iter()
            .map(|piece| match piece {
                Piece::Bytes(bytes) => bytes.len() as u64,
                Piece::File { length, .. } => *length,
            })
            .sum()
    }
}

async fn send_file(mut file: File, offset: u64, length: u64, link: &Link) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    let (mut buffer, mut left) = (vec![0; FILE_BYTES], length);
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        // Short reads of a local file: nothing is gained by a thread.
        let read = file.read(&mut buffer[..most])?;
        if read == 0 {
            // It has become shorter than was announced.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left -= read as u64;
        link.queue(|out| out.extend_from_slice(&buffer[..read]));
        link.flush().await?;
    }
    Ok(())
}

/// Room for a head with a few headers, so that writing it seldom grows the buffer.
const HEAD_BYTES: usize = 512;

/// Bytes of a file between two writes.
const FILE_BYTES: usize = 64 * 1024;
