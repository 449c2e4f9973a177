//! Forms with files: fields become variables, files become entries of `$request->files` that vanish with the request.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::request::RequestOptions;
use crate::net::form::{self, Content, FormReader, Trouble, Upload};
use crate::protocol::http::multipart::{PartHead, boundary};
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
                let _ = std::fs::remove_file(Path::new(OsStr::from_bytes(path)));
            }
        }
    }
}

/// Reads a form that arrived as a body. A malformed one gives what came before the mistake, as PHP does.
pub fn read(content_type: &[u8], body: &[u8], options: &RequestOptions) -> Form {
    let Ok(Some(boundary)) = boundary(content_type) else { return Form::default() };
    let mut reader = FormReader::new(&boundary, &options.upload_dir, body.len());
    // Fields cannot be larger than the body they came in.
    let _ = reader.feed(body);
    arrange(reader.finish(), options)
}

/// A form as PHP lays it out.
pub fn arrange(form: form::Form, options: &RequestOptions) -> Form {
    let (mut post, mut files, mut uploads) = (Array::new(), Array::new(), Uploads::default());
    for part in form.parts {
        match part.content {
            Content::Field(value) => input::register_variable(&mut post, &part.head.name, value),
            Content::File(upload) => {
                let path =
                    upload.file.as_deref().map_or(b"".as_slice(), |file| file.take().as_os_str().as_bytes());
                describe(&part.head, &upload, path, &mut files, options);
                if !path.is_empty() {
                    input::remember_upload(path);
                    uploads.0.push(path.to_vec());
                }
            }
        }
    }
    Form { post: (!post.is_empty()).then_some(post), files: (!files.is_empty()).then_some(files), uploads }
}

/// One file of the form, as PHP's `$_FILES` describes it.
fn describe(head: &PartHead, upload: &Upload, path: &[u8], files: &mut Array, options: &RequestOptions) {
    let given = head.filename.as_deref().unwrap_or_default();
    let parts = [
        ("type", input::text(head.content_type.as_deref().unwrap_or_default())),
        ("tmp_name", input::text(path)),
        ("size", upload.size.into_value()),
        ("name", input::text(base_name(given))),
        ("error", error_number(upload.trouble).into_value()),
        ("full_path", input::text(given)),
    ];
    let name = &head.name;
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

/// What is behind the last slash of either kind: as PHP has it, so that a name leads nowhere else.
fn base_name(given: &[u8]) -> &[u8] {
    given.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default()
}

/// PHP's `UPLOAD_ERR_*`.
const fn error_number(trouble: Option<Trouble>) -> i64 {
    match trouble {
        None => 0,
        Some(Trouble::NotChosen) => 4,
        Some(Trouble::NoDirectory) => 6,
        Some(Trouble::CannotWrite) => 7,
    }
}
