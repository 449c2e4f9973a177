//! Forms with files: fields become variables, files go to temporary files that vanish with the request.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::request::RequestOptions;
use crate::protocol::http::multipart::{
    Event, Multipart, MultipartLimits, PART_HEAD_BYTES, PARTS, PartHead, boundary,
};
use crate::zend::{Array, IntoValue, input};

/// What a form brought.
#[derive(Debug, Default)]
pub struct Form {
    pub post: Option<Array>,
    pub files: Option<Array>,
    pub uploads: Uploads,
}

/// The temporary files of one request. Those that nobody moved away are deleted with it.
#[derive(Debug, Default)]
pub struct Uploads(Vec<Vec<u8>>);

impl Uploads {
    /// Their paths.
    pub fn paths(&self) -> Option<Array> {
        (!self.0.is_empty()).then(|| self.0.iter().map(|path| input::text(path)).collect())
    }
}

impl Drop for Uploads {
    fn drop(&mut self) {
        for path in &self.0 {
            if input::forget_upload(path) {
                // Somebody else may have removed it, which is as good.
                let _ = std::fs::remove_file(Path::new(std::ffi::OsStr::from_bytes(path)));
            }
        }
    }
}

/// One file of the form, as PHP's `$_FILES` describes it.
struct Upload {
    head: PartHead,
    path: Vec<u8>,
    file: Option<File>,
    size: u64,
    error: i64,
}

/// Reads a form. A malformed one gives what came before the mistake, as PHP does.
pub fn read(content_type: &[u8], body: &[u8], options: &RequestOptions) -> Form {
    let mut form = Form::default();
    let Ok(Some(boundary)) = boundary(content_type) else { return form };
    let limits = MultipartLimits { parts: PARTS, part_head_bytes: PART_HEAD_BYTES };
    let mut multipart = Multipart::new(&boundary, limits);
    let (mut post, mut files) = (Array::new(), Array::new());
    let mut field: Option<(Vec<u8>, Vec<u8>)> = None;
    let mut upload: Option<Upload> = None;
    let mut rest = body;
    while let Ok(Some(event)) = multipart.receive(&mut rest) {
        match event {
            Event::Part(head) if head.filename.is_some() => upload = Some(Upload::begin(head, options)),
            Event::Part(head) => field = Some((head.name, Vec::new())),
            Event::Data(bytes) => match (&mut upload, &mut field) {
                (Some(upload), _) => upload.write(bytes),
                (None, Some((_, value))) => value.extend_from_slice(bytes),
                (None, None) => {}
            },
            Event::PartEnd => {
                if let Some(upload) = upload.take() {
                    upload.end(&mut files, &mut form.uploads, options);
                } else if let Some((name, value)) = field.take() {
                    input::register_variable(&mut post, &name, value);
                }
            }
        }
    }
    form.post = (!post.is_empty()).then_some(post);
    form.files = (!files.is_empty()).then_some(files);
    form
}

impl Upload {
    fn begin(head: PartHead, options: &RequestOptions) -> Self {
        let mut upload = Self { head, path: Vec::new(), file: None, size: 0, error: UPLOAD_ERR_OK };
        if upload.head.filename.as_deref().unwrap_or_default().is_empty() {
            upload.error = UPLOAD_ERR_NO_FILE;
            return upload;
        }
        match temporary(&options.upload_dir) {
            Some((path, file)) => (upload.path, upload.file) = (path, Some(file)),
            None => upload.error = UPLOAD_ERR_NO_TMP_DIR,
        }
        upload
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(file) = &mut self.file else { return };
        if file.write_all(bytes).is_ok() {
            self.size += bytes.len() as u64;
        } else {
            // A full disk: the script sees the error, the half of a file is no file.
            self.error = UPLOAD_ERR_CANT_WRITE;
            self.size = 0;
            self.file = None;
        }
    }

    fn end(self, files: &mut Array, uploads: &mut Uploads, options: &RequestOptions) {
        if !self.path.is_empty() {
            input::remember_upload(&self.path);
            uploads.0.push(self.path.clone());
        }
        let parts = [
            ("type", input::text(self.head.content_type.as_deref().unwrap_or_default())),
            ("tmp_name", input::text(&self.path)),
            ("size", self.size.into_value()),
            ("name", input::text(self.head.filename.as_deref().unwrap_or_default())),
            ("error", self.error.into_value()),
        ];
        let name = &self.head.name;
        let bracket = name.iter().position(|byte| *byte == b'[');
        if let (true, Some(bracket)) = (options.parse_files, bracket) {
            // As PHP's $_FILES: doc[] becomes doc[name][], doc[size][] ...
            for (part, value) in parts {
                let full = [&name[..bracket], b"[", part.as_bytes(), b"]", &name[bracket..]].concat();
                input::register_variable(files, &full, value);
            }
            return;
        }
        let mut described = Array::with_capacity(parts.len());
        for (part, value) in parts {
            described.set(part, value);
        }
        input::register_variable(files, name, described);
    }
}

/// A new file that only this user can read.
fn temporary(dir: &[u8]) -> Option<(Vec<u8>, File)> {
    for _ in 0..TEMPORARY_TRIES {
        let mut random = [0; 4];
        getrandom::fill(&mut random).ok()?;
        let suffix: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = [dir, b"/swoole.upfile.", suffix.as_bytes()].concat();
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(Path::new(std::ffi::OsStr::from_bytes(&path)));
        match opened {
            Ok(file) => return Some((path, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}

/// Two uploads may draw the same name; four billion names make a second draw enough.
const TEMPORARY_TRIES: usize = 8;

// PHP's own numbers.
const UPLOAD_ERR_OK: i64 = 0;
const UPLOAD_ERR_NO_FILE: i64 = 4;
const UPLOAD_ERR_NO_TMP_DIR: i64 = 6;
const UPLOAD_ERR_CANT_WRITE: i64 = 7;
