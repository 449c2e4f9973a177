//! How a file is answered: whole or in parts, or not at all because the client has it (RFC 9110, sections 13 and 14).

use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Found, Opened, StaticFiles, listing};
use crate::net::download::{Download, Part};
use crate::protocol::http::conditional::Validators;
use crate::protocol::http::range::{self, ByteRange, Ranges};
use crate::protocol::http::{RequestHead, Version, date, write};

impl StaticFiles {
    /// The answer to a request, unless it is the application's.
    pub fn answer(&self, head: &RequestHead, server: &str, now: u64) -> Option<Download> {
        if !matches!(head.method(), "GET" | "HEAD") {
            return None;
        }
        let reply = Reply { request: head, server, now };
        match self.find(head.path()) {
            Found::Nothing => None,
            Found::Missing => Some(reply.page(404, NOT_FOUND)),
            Found::Trouble => Some(reply.page(503, UNAVAILABLE)),
            Found::File(opened) => Some(reply.file(opened)),
            Found::Directory { path, shown } => Some(reply.listing(path, shown)),
        }
    }
}

/// What the answer to a request depends on, beside the file.
#[derive(Clone, Copy)]
struct Reply<'a> {
    request: &'a RequestHead,
    server: &'a str,
    now: u64,
}

/// What the head says about the content.
#[derive(Default)]
struct Content<'a> {
    /// `None` where there is never content.
    length: Option<u64>,
    media_type: &'a str,
    range: Option<String>,
    validators: Option<&'a Validators>,
}

impl<'a> Content<'a> {
    /// Of a file in this state.
    fn of(validators: &'a Validators) -> Self {
        Self { validators: Some(validators), ..Self::default() }
    }
}

impl Reply<'_> {
    fn file(&self, opened: Opened) -> Download {
        let Opened { file, metadata, media_type } = opened;
        let (size, modified) = (metadata.len(), u64::try_from(metadata.mtime()).unwrap_or(0));
        let validators = Validators::of_file(size, modified, metadata.mtime_nsec() as u32);
        let (fields, file) = (self.request.fields(), Arc::new(file));
        let part = |range: Range<u64>| Part::File(Arc::clone(&file), range);
        if validators.precondition_failed(fields, self.now) {
            return self.send(412, Content { length: Some(0), ..Content::of(&validators) }, []);
        }
        if validators.not_modified(fields, self.now) {
            return self.send(304, Content::of(&validators), []);
        }
        let content = Content { length: Some(size), media_type: &media_type, ..Content::of(&validators) };
        // RFC 9110, 14.2: "A server MUST ignore a Range header field received with a request method that is unrecognized
        // or for which range handling is not defined. For this specification, GET is the only method".
        let wanted = self
            .request
            .header("range")
            .filter(|_| self.request.method() == "GET" && validators.range_applies(fields, self.now));
        match wanted.map_or(Ranges::Whole, |wanted| range::parse(wanted, size)) {
            Ranges::Whole => self.send(200, content, [part(0..size)]),
            Ranges::Unsatisfiable => {
                let range = Some(range::unsatisfied(size));
                self.send(416, Content { length: Some(0), range, ..Content::of(&validators) }, [])
            }
            Ranges::Parts(parts) => match parts[..] {
                [only] => {
                    let (length, range) =
                        (Some(only.end - only.start), Some(range::content_range(only, size)));
                    self.send(206, Content { length, range, ..content }, [part(only.start..only.end)])
                }
                _ => self.several(content, &parts, size, part),
            },
        }
    }

    /// RFC 9110, 14.6: the parts between lines that none of them can hold.
    fn several(
        &self,
        content: Content<'_>,
        ranges: &[ByteRange],
        size: u64,
        part: impl Fn(Range<u64>) -> Part,
    ) -> Download {
        let boundary = boundary();
        let (mut parts, mut length) = (Vec::with_capacity(2 * ranges.len() + 1), 0);
        for &range in ranges {
            let opening = format!(
                "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
                content.media_type,
                range::content_range(range, size)
            );
            length += opening.len() as u64 + range.end - range.start;
            parts.extend([Part::Bytes(opening.into_bytes()), part(range.start..range.end)]);
        }
        let end = format!("\r\n--{boundary}--\r\n");
        length += end.len() as u64;
        parts.push(Part::Bytes(end.into_bytes()));
        let media_type = &*format!("multipart/byteranges; boundary={boundary}");
        self.send(206, Content { length: Some(length), media_type, ..content }, parts)
    }

    fn page(&self, status: u16, page: &'static str) -> Download {
        let content =
            Content { length: Some(page.len() as u64), media_type: "text/html", ..Content::default() };
        self.send(status, content, [Part::Bytes(page.as_bytes().to_vec())])
    }

    /// The page is made aside, and its head with it.
    fn listing(&self, path: PathBuf, shown: Vec<u8>) -> Download {
        let (request, server, now) = (self.request.clone(), self.server.to_owned(), self.now);
        let make = move || {
            let reply = Reply { request: &request, server: &server, now };
            let page = listing::page(&path, &shown)?;
            let length = Some(page.len() as u64);
            let media_type = "text/html; charset=utf-8";
            let mut bytes = reply.head(200, Content { length, media_type, ..Content::default() });
            if !reply.is_head() {
                bytes.extend_from_slice(page.as_bytes());
            }
            Ok(bytes)
        };
        Download::new(Vec::new(), [Part::Made(Box::new(make))], self.request.keep_alive())
    }

    fn send(&self, status: u16, content: Content<'_>, parts: impl IntoIterator<Item = Part>) -> Download {
        let parts = parts.into_iter().filter(|_| !self.is_head());
        Download::new(self.head(status, content), parts, self.request.keep_alive())
    }

    fn is_head(&self) -> bool {
        self.request.method() == "HEAD"
    }

    fn head(&self, status: u16, content: Content<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES);
        // Neither a status of ours nor a value made here can break its line.
        let _ = write::status_line(&mut out, Version::Http11, status, None);
        let mut field = |name: &str, value: &[u8]| _ = write::field(&mut out, name.as_bytes(), value);
        field("Connection", if self.request.keep_alive() { b"keep-alive" } else { b"close" });
        if let Some(length) = content.length {
            field("Content-Length", length.to_string().as_bytes());
        }
        if !content.media_type.is_empty() {
            field("Content-Type", content.media_type.as_bytes());
        }
        if let Some(range) = &content.range {
            field("Content-Range", range.as_bytes());
        }
        field("Date", &date::imf_fixdate(self.now));
        if let Some(validators) = content.validators {
            field("Last-Modified", &date::imf_fixdate(validators.modified));
            field("ETag", validators.etag.as_bytes());
            field("Accept-Ranges", b"bytes");
        }
        field("Server", self.server.as_bytes());
        write::end(&mut out);
        out
    }
}

/// What no file holds by chance.
fn boundary() -> String {
    let mut random = [0; 16];
    // Without randomness it is still unlikely enough in a file that nobody wrote for it.
    let _ = getrandom::fill(&mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The pages of the original.
const NOT_FOUND: &str = "<html><body><h2>HTTP 404 Not Found</h2><hr><i>Powered by Swoole</i></body></html>";
const UNAVAILABLE: &str =
    "<html><body><h2>HTTP 503 Service Unavailable</h2><hr><i>Powered by Swoole</i></body></html>";
/// Room for the usual head.
const HEAD_BYTES: usize = 384;
