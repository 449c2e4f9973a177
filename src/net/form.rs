//! A form with files as it arrives: fields stay in memory, files go to temporary files. Their contents are never in memory
//! as a whole, so a form may be larger than what a request may be.

mod bytes;

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::protocol::http::HttpError;
use crate::protocol::http::multipart::{Event, Multipart, MultipartLimits, PartHead};

/// What a form brought, in the order in which it came.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub parts: Vec<Part>,
}

/// A field or a file.
#[derive(Clone, Debug)]
pub struct Part {
    pub head: PartHead,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    Field(Vec<u8>),
    File(Upload),
}

/// A file of the form.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// None if nothing could be kept.
    pub file: Option<Rc<TempFile>>,
    pub size: u64,
    pub trouble: Option<Trouble>,
}

/// Why a file is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The form has a place for a file, and none was chosen.
    NotChosen = 1,
    NoDirectory,
    /// A full disk: the half of a file is no file.
    CannotWrite,
}

/// A temporary file that goes when nobody has taken it.
#[derive(Debug)]
pub struct TempFile {
    path: PathBuf,
    taken: Cell<bool>,
}

/// Reads a form.
#[derive(Debug)]
pub struct FormReader {
    multipart: Multipart,
    /// A malformed form gives what came before the mistake, as PHP has it.
    broken: bool,
    parts: Parts,
}

/// The parts, of which the last may be incomplete.
#[derive(Debug)]
struct Parts {
    dir: Vec<u8>,
    /// Bytes that fields may still take.
    room: usize,
    field_bytes: usize,
    form: Form,
    begun: Option<(Part, Option<File>)>,
}

impl FormReader {
    /// Reads a form with this boundary. Files go to `dir`; all fields together may have `field_bytes_max`.
    pub fn new(boundary: &[u8], dir: &[u8], field_bytes_max: usize) -> Self {
        let parts = Parts {
            dir: dir.to_vec(),
            room: field_bytes_max,
            field_bytes: 0,
            form: Form::default(),
            begun: None,
        };
        Self { multipart: Multipart::new(boundary, MultipartLimits::default()), broken: false, parts }
    }

    /// Takes the next bytes of the body. The only error is that there are too many bytes in fields.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), HttpError> {
        while !self.broken {
            match self.multipart.receive(&mut bytes) {
                Ok(Some(event)) => self.parts.take(event)?,
                Ok(None) => return Ok(()),
                Err(_) => self.broken = true,
            }
        }
        Ok(())
    }

    /// Bytes of fields, which are kept in memory.
    pub fn field_bytes(&self) -> usize {
        self.parts.field_bytes
    }

    /// What is complete.
    pub fn finish(self) -> Form {
        self.parts.form
    }
}

impl Parts {
    fn take(&mut self, event: Event<'_>) -> Result<(), HttpError> {
        match event {
            Event::Part(head) => self.begun = Some(begin(head, &self.dir)),
            Event::Data(bytes) => match &mut self.begun {
                Some((Part { content: Content::Field(value), .. }, _)) => {
                    self.room = self.room.checked_sub(bytes.len()).ok_or(HttpError::BodyTooLarge)?;
                    self.field_bytes += bytes.len();
                    value.extend_from_slice(bytes);
                }
                Some((Part { content: Content::File(upload), .. }, file)) => upload.write(file, bytes),
                None => {}
            },
            Event::PartEnd => self.form.parts.extend(self.begun.take().map(|(part, _)| part)),
        }
        Ok(())
    }
}

fn begin(head: PartHead, dir: &[u8]) -> (Part, Option<File>) {
    let Some(name) = &head.filename else {
        return (Part { head, content: Content::Field(Vec::new()) }, None);
    };
    let mut upload = Upload::default();
    let mut open = None;
    if name.is_empty() {
        upload.trouble = Some(Trouble::NotChosen);
    } else if let Some((path, file)) = temporary(dir) {
        upload.file = Some(Rc::new(TempFile { path, taken: Cell::new(false) }));
        open = Some(file);
    } else {
        upload.trouble = Some(Trouble::NoDirectory);
    }
    (Part { head, content: Content::File(upload) }, open)
}

impl Upload {
    fn write(&mut self, file: &mut Option<File>, bytes: &[u8]) {
        let Some(open) = file else { return };
        if open.write_all(bytes).is_ok() {
            self.size += bytes.len() as u64;
        } else {
            *file = None;
            *self = Self { trouble: Some(Trouble::CannotWrite), ..Self::default() };
        }
    }
}

impl TempFile {
    /// Leaves the file to the caller, who deletes it when it is no longer wanted.
    pub fn take(&self) -> &Path {
        self.taken.set(true);
        &self.path
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.taken.get() {
            // Somebody else may have removed it, which is as good.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A new file that only this user can read.
fn temporary(dir: &[u8]) -> Option<(PathBuf, File)> {
    for _ in 0..TEMPORARY_TRIES {
        let mut random = [0; 4];
        getrandom::fill(&mut random).ok()?;
        let name = format!("swoole.upfile.{:08x}", u32::from_ne_bytes(random));
        let path = Path::new(OsStr::from_bytes(dir)).join(name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Some((path, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}

/// Two uploads may draw the same name; four billion names make a second draw enough.
const TEMPORARY_TRIES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n\
        --b\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"d.txt\"\r\n\r\nsome\r\n-- text\r\n\
        --b\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";

    fn reader(fields: usize) -> FormReader {
        FormReader::new(b"b", std::env::temp_dir().as_os_str().as_bytes(), fields)
    }

    fn upload(form: &Form, index: usize) -> &Upload {
        match &form.parts[index].content {
            Content::File(upload) => upload,
            Content::Field(_) => panic!("a field"),
        }
    }

    #[test]
    fn a_form_arrives_byte_by_byte_and_its_file_goes_when_nobody_takes_it() {
        let mut reader = reader(5);
        for byte in FORM {
            reader.feed(&[*byte]).unwrap();
        }
        let form = reader.finish();
        assert!(matches!(&form.parts[0].content, Content::Field(value) if value == b"value"));
        let path = upload(&form, 1).file.as_ref().unwrap().path.clone();
        assert_eq!(std::fs::read(&path).unwrap(), b"some\r\n-- text");
        assert_eq!(upload(&form, 1).size, 13);
        assert_eq!(upload(&form, 2).trouble, Some(Trouble::NotChosen));
        drop(form);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_was_taken_stays() {
        let mut reader = reader(5);
        reader.feed(FORM).unwrap();
        let form = reader.finish();
        let path = upload(&form, 1).file.as_ref().unwrap().take().to_owned();
        drop(form);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn fields_have_a_limit_and_files_have_not() {
        assert_eq!(reader(4).feed(FORM), Err(HttpError::BodyTooLarge));
    }

    #[test]
    fn a_malformed_form_gives_what_came_before_and_leaves_no_file() {
        let mut reader = reader(100);
        let cut = FORM.windows(4).position(|bytes| bytes == b"some").unwrap() + 2;
        reader.feed(&FORM[..cut]).unwrap();
        let (part, _) = reader.parts.begun.as_ref().unwrap();
        let Content::File(upload) = &part.content else { panic!("a field") };
        let path = upload.file.as_ref().unwrap().path.clone();
        reader.feed(b"\r\n--b nonsense").unwrap();
        assert_eq!(reader.finish().parts.len(), 2);
        assert!(!path.exists());
    }

    #[test]
    fn a_directory_that_is_not_there_is_said_and_the_form_goes_on() {
        let mut reader = FormReader::new(b"b", b"/no/such/folder", 100);
        reader.feed(FORM).unwrap();
        let form = reader.finish();
        assert_eq!(upload(&form, 1).trouble, Some(Trouble::NoDirectory));
        assert_eq!(form.parts.len(), 3);
    }
}
