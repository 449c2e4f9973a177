//! `sendfile()`: a file, or a part of one, as the body of a response or as bytes.

use std::ffi::OsStr;
use std::fs::File;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use crate::net::download;
use crate::server::error::{ErrorCode, strerror};
use crate::server::{last_error, mime};
use crate::zend::error;

/// A part of a file that is about to be sent.
#[derive(Debug)]
pub struct Sending {
    file: Arc<File>,
    start: u64,
    /// Bytes that are not sent yet.
    left: u64,
}

/// Why a file is not sent.
#[derive(Debug)]
struct Refused {
    text: String,
    code: ErrorCode,
}

/// Opens `length` bytes from `offset`, 0 for up to the end; None after a warning.
pub fn open(name: &[u8], offset: i64, length: i64) -> Option<Sending> {
    match try_open(name, offset, length) {
        Ok(sending) => Some(sending),
        Err(refused) => {
            error::warning(&refused.text);
            last_error::set(refused.code);
            None
        }
    }
}

fn try_open(name: &[u8], offset: i64, length: i64) -> Result<Sending, Refused> {
    let refused = |text: String, code: ErrorCode| Refused { text, code };
    let shown = String::from_utf8_lossy(name);
    if name.is_empty() {
        return Err(refused("file name is empty".into(), ErrorCode::PHP_RUNTIME_NOTICE));
    }
    let failed = |error: std::io::Error| {
        let code = ErrorCode::from(&error);
        refused(format!("stat({shown}) failed, Error: {}[{}]", strerror(code.code()), code.code()), code)
    };
    let (file, metadata) = download::open(Path::new(OsStr::from_bytes(name))).map_err(failed)?;
    if !metadata.is_file() {
        let text = format!("parameter $file[{shown}] given is not a regular file");
        return Err(refused(text, ErrorCode::SERVER_IS_NOT_REGULAR_FILE));
    }
    let size = metadata.len();
    let Some(start) = u64::try_from(offset).ok().filter(|start| *start <= size) else {
        return Err(refused(
            format!("parameter $offset[{offset}] exceeds the file size"),
            ErrorCode::PHP_RUNTIME_NOTICE,
        ));
    };
    let count = if length == 0 {
        Some(size - start)
    } else {
        u64::try_from(length).ok().filter(|n| *n <= size - start)
    };
    let Some(count) = count else {
        return Err(refused(
            format!("parameter $length[{length}] exceeds the file size"),
            ErrorCode::PHP_RUNTIME_NOTICE,
        ));
    };
    Ok(Sending { file: Arc::new(file), start, left: count })
}

impl Sending {
    /// How many bytes it is.
    pub fn length(&self) -> u64 {
        self.left
    }

    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Which bytes of the file they are.
    pub fn range(&self) -> Range<u64> {
        self.start..self.start + self.left
    }

    /// Sends the file by `send`, which says whether it did, and may wait. In pieces, so that a large file is never in
    /// memory.
    pub fn send(&mut self, send: impl Fn(&[u8]) -> error::Result<bool>) -> error::Result<bool> {
        let mut piece = Vec::new();
        loop {
            let wanted = self.left.min(PIECE_BYTES);
            piece.resize(wanted as usize, 0);
            let read = self.file.read_exact_at(&mut piece, self.start);
            // A file that has become shorter is not what was announced.
            if read.is_err() || !send(&piece)? {
                return Ok(false);
            }
            self.start += wanted;
            self.left -= wanted;
            if self.left == 0 {
                return Ok(true);
            }
        }
    }
}

/// The media type by the name's extension.
pub fn media_type(name: &[u8]) -> String {
    mime::of_name(&String::from_utf8_lossy(name)).to_string()
}

/// A few round trips of a fast connection, and little for a slow one.
const PIECE_BYTES: u64 = 256 * 1024;
