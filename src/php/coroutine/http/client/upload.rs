//! `addFile()` and `addData()`: what a form carries besides its fields.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::UPLOAD_FILES;
use crate::client::Piece;
use crate::php::errors::{warn, warn_with};
use crate::php::http::response::key_bytes;
use crate::protocol::http::form::{self, Part};
use crate::server::error::ErrorCode;
use crate::server::{last_error, mime};
use crate::zend::{Array, Call, Object, Result, Str, error};

/// One entry of `$uploadFiles`.
#[derive(Debug)]
pub struct Upload {
    name: Vec<u8>,
    file_name: Vec<u8>,
    content_type: Vec<u8>,
    content: Piece,
}

pub fn add_file(call: &mut Call<'_>) -> Result<bool> {
    let path: &Str = call.arg()?;
    let name: &Str = call.arg()?;
    let content_type: Option<Str> = call.arg_or(None)?;
    let file_name: Option<Str> = call.arg_or(None)?;
    let offset: i64 = call.arg_or(0)?;
    let length: i64 = call.arg_or(0)?;
    let real = PathBuf::from(std::ffi::OsStr::from_bytes(path.as_bytes()));
    let whole = match std::fs::metadata(&real) {
        Ok(file) => i64::try_from(file.len()).unwrap_or(i64::MAX),
        Err(error) => {
            let code = ErrorCode::from(&error);
            warn_with(code, format_args!("stat({path}) failed, Error: {code}[{}]", code.code()));
            return Ok(false);
        }
    };
    if whole == 0 {
        warn("cannot send empty file");
        return Ok(false);
    }
    if !(0..whole).contains(&offset) || length < 0 || length > whole - offset {
        warn(format_args!("parameter $offset[{offset}] and $length[{length}] exceed the size of the file"));
        return Ok(false);
    }
    let file_name = file_name.unwrap_or_else(|| {
        Str::new(real.file_name().map_or_else(|| path.as_bytes(), |name| name.as_bytes()))
    });
    let mut entry = entry(name, content_type, &file_name);
    entry.set("path", path.clone());
    entry.set("size", if length == 0 { whole - offset } else { length });
    entry.set("offset", offset);
    add(call.this(), entry);
    Ok(true)
}

pub fn add_data(call: &mut Call<'_>) -> Result<bool> {
    let content: &Str = call.arg()?;
    let name: &Str = call.arg()?;
    let content_type: Option<Str> = call.arg_or(None)?;
    let file_name: Option<Str> = call.arg_or(None)?;
    let content_type = content_type.unwrap_or_else(|| Str::new(b"application/octet-stream"));
    let mut entry = entry(name, Some(content_type), &file_name.unwrap_or_else(|| name.clone()));
    entry.set("content", content.clone());
    entry.set("size", content.as_bytes().len());
    add(call.this(), entry);
    Ok(true)
}

fn entry(name: &Str, content_type: Option<Str>, file_name: &Str) -> Array {
    let content_type =
        content_type.unwrap_or_else(|| Str::new(mime::of_name(&file_name.to_text()).as_bytes()));
    let mut entry = Array::new();
    entry.set("name", name.clone());
    entry.set("filename", file_name.clone());
    entry.set("type", content_type);
    entry
}

fn add(this: &Object, entry: Array) {
    let mut files = this.get(&UPLOAD_FILES).as_array().cloned().unwrap_or_default();
    files.push(entry);
    this.set(&UPLOAD_FILES, files);
}

/// What is to be uploaded. Entries that a script has spoiled are left out.
pub fn files(this: &Object) -> Vec<Upload> {
    let files = this.get(&UPLOAD_FILES);
    let Some(files) = files.as_array() else { return Vec::new() };
    files.values().filter_map(|entry| read(entry.unref().as_array()?)).collect()
}

fn read(entry: &Array) -> Option<Upload> {
    let bytes = |key: &str| Some(entry.get(key)?.unref().as_bytes()?.to_vec());
    let number = |key: &str| entry.get(key).and_then(|value| u64::try_from(value.to_long()).ok());
    let content = match bytes("content") {
        Some(content) => Piece::Bytes(content),
        None => Piece::File {
            path: Path::new(std::ffi::OsStr::from_bytes(&bytes("path")?)).to_path_buf(),
            offset: number("offset").unwrap_or(0),
            length: number("size")?,
        },
    };
    Some(Upload {
        name: bytes("name")?,
        file_name: bytes("filename")?,
        content_type: bytes("type")?,
        content,
    })
}

/// A form of fields and files, and its `Content-Type`.
pub fn form(fields: &Array, files: &[Upload]) -> Result<(Vec<Piece>, String)> {
    let boundary = boundary()?;
    let (mut body, mut bytes) = (Vec::new(), Vec::new());
    for (key, value) in fields.iter() {
        let name = key_bytes(&key);
        let part = Part { name: &name, file_name: None, content_type: None };
        form::part(&mut bytes, &boundary, &part);
        bytes.extend_from_slice(value.unref().to_str()?.as_bytes());
        form::end_part(&mut bytes);
    }
    for file in files {
        let part = Part {
            name: &file.name,
            file_name: Some(&file.file_name),
            content_type: Some(&file.content_type),
        };
        form::part(&mut bytes, &boundary, &part);
        body.push(Piece::Bytes(std::mem::take(&mut bytes)));
        body.push(file.content.clone());
        form::end_part(&mut bytes);
    }
    form::end(&mut bytes, &boundary);
    body.push(Piece::Bytes(bytes));
    Ok((body, format!("multipart/form-data; boundary={boundary}")))
}

/// Nothing that a file could hold by chance.
fn boundary() -> Result<String> {
    let mut random = [0; 16];
    if let Err(problem) = getrandom::fill(&mut random) {
        last_error::set(ErrorCode::SYSTEM_CALL_FAIL);
        return Err(error::error(format_args!("no random bytes: {problem}")));
    }
    Ok(format!("----SwooleBoundary{:032x}", u128::from_ne_bytes(random)))
}
