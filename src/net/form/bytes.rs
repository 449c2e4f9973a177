//! A form on its way to another process. Its files change owner with it: whoever reads the bytes has them to take or to
//! remove.

use std::cell::Cell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;

use super::{Content, Form, Part, TempFile, Trouble, Upload};
use crate::protocol::http::multipart::PartHead;

impl Form {
    /// The form as bytes; this one lets go of its files.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for part in &self.parts {
            put(&mut out, Some(&part.head.name));
            put(&mut out, part.head.filename.as_deref());
            put(&mut out, part.head.content_type.as_deref());
            match &part.content {
                Content::Field(value) => put(&mut out, Some(value)),
                Content::File(upload) => {
                    put(&mut out, None);
                    put(&mut out, upload.file.as_ref().map(|file| file.take().as_os_str().as_bytes()));
                    out.extend_from_slice(&upload.size.to_le_bytes());
                    out.push(upload.trouble.map_or(0, |trouble| trouble as u8));
                }
            }
        }
        out
    }

    /// The form of these bytes.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut form = Self::default();
        while !bytes.is_empty() {
            let name = take(&mut bytes)?.unwrap_or_default().to_vec();
            let filename = take(&mut bytes)?.map(<[u8]>::to_vec);
            let content_type = take(&mut bytes)?.map(<[u8]>::to_vec);
            let content = match take(&mut bytes)? {
                Some(value) => Content::Field(value.to_vec()),
                None => Content::File(take_upload(&mut bytes)?),
            };
            form.parts.push(Part { head: PartHead { name, filename, content_type }, content });
        }
        Some(form)
    }
}

fn take_upload(bytes: &mut &[u8]) -> Option<Upload> {
    let path = take(bytes)?.map(|path| Path::new(OsStr::from_bytes(path)).to_owned());
    let (size, rest) = bytes.split_first_chunk()?;
    let (trouble, rest) = rest.split_first()?;
    *bytes = rest;
    let trouble = match trouble {
        1 => Some(Trouble::NotChosen),
        2 => Some(Trouble::NoDirectory),
        3 => Some(Trouble::CannotWrite),
        _ => None,
    };
    let file = path.map(|path| Rc::new(TempFile { path, taken: Cell::new(false) }));
    Some(Upload { file, size: u64::from_le_bytes(*size), trouble })
}

fn put(out: &mut Vec<u8>, value: Option<&[u8]>) {
    let len = value.map_or(NOTHING, |value| value.len() as u64);
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(value.unwrap_or_default());
}

/// The next value; the outer `None` says that the bytes are not a form.
#[allow(clippy::option_option)]
fn take<'a>(bytes: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let (len, rest) = bytes.split_first_chunk()?;
    let len = u64::from_le_bytes(*len);
    *bytes = rest;
    if len == NOTHING {
        return Some(None);
    }
    let (value, rest) = bytes.split_at_checked(usize::try_from(len).ok()?)?;
    *bytes = rest;
    Some(Some(value))
}

/// The length of what is not there.
const NOTHING: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use super::super::FormReader;
    use super::*;

    const FORM: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n\
        --b\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"d.txt\"\r\nContent-Type: a/b\r\n\r\ntext\r\n\
        --b\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";

    #[test]
    fn a_form_survives_the_trip_and_its_files_change_hands() {
        let mut reader = FormReader::new(b"b", std::env::temp_dir().as_os_str().as_bytes(), 100);
        reader.feed(FORM).unwrap();
        let form = reader.finish();
        let (bytes, before) = (form.to_bytes(), format!("{form:?}"));
        drop(form);
        let form = Form::from_bytes(&bytes).unwrap();
        // The flag that says who removes the file is the only difference.
        assert_eq!(
            format!("{form:?}").replace("taken: Cell { value: false }", ""),
            before.replace("taken: Cell { value: true }", "")
        );
        let Content::File(upload) = &form.parts[1].content else { panic!("a field") };
        let path = upload.file.as_ref().unwrap().path.clone();
        assert_eq!(std::fs::read(&path).unwrap(), b"text");
        drop(form);
        assert!(!path.exists());
    }

    #[test]
    fn bytes_that_are_no_form_are_refused() {
        let mut reader = FormReader::new(b"b", b"/no/such/folder", 100);
        reader.feed(FORM).unwrap();
        let bytes = reader.finish().to_bytes();
        assert_eq!(Form::from_bytes(&bytes).unwrap().parts.len(), 3);
        let refused = (1..bytes.len()).filter(|end| Form::from_bytes(&bytes[..*end]).is_none()).count();
        // All but the two ends of parts.
        assert_eq!(refused, bytes.len() - 3);
    }
}
