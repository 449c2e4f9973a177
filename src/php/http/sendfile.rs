//! `sendfile()`: a file, or a part of one, as the body of a response.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::server::error::{ErrorCode, strerror};
use crate::server::mime;

/// Why a file is not sent.
#[derive(Debug)]
pub struct Refused {
    pub text: String,
    pub code: ErrorCode,
}

/// Reads `length` bytes from `offset`; 0 means up to the end.
pub fn read(name: &[u8], offset: i64, length: i64) -> Result<Vec<u8>, Refused> {
    let refused = |text: String, code: ErrorCode| Refused { text, code };
    let shown = String::from_utf8_lossy(name);
    if name.is_empty() {
        return Err(refused("file name is empty".into(), ErrorCode::PHP_RUNTIME_NOTICE));
    }
    let failed = |error: std::io::Error| {
        let code = ErrorCode::from(&error);
        refused(format!("stat({shown}) failed, Error: {}[{}]", strerror(code.code()), code.code()), code)
    };
    let mut file = File::open(Path::new(OsStr::from_bytes(name))).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
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
    let mut content = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    file.take(count).read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

/// The media type by the name's extension.
pub fn media_type(name: &[u8]) -> String {
    mime::of_name(&String::from_utf8_lossy(name)).to_string()
}
