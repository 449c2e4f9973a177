//! Static files (`enable_static_handler`): which of them a path names. Served before the application is asked, so that
//! neither PHP nor a worker process has a part in it.
//!
//! Opening and looking at a file happens in the loop, as with every server that keeps its document root on a local disk;
//! reading does not (`download.rs`).

mod answer;
mod listing;

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::errno::Errno;

use crate::net::download;
use crate::protocol::http::path::{self, SafePath};
use crate::server::mime::Types;
use crate::server::rewrite::Rewrites;
use crate::server::settings::HttpSettings;

/// The files of a document root, and how they are served.
#[derive(Clone, Debug)]
pub struct StaticFiles {
    root: PathBuf,
    /// Prefixes of paths that nothing but files answers; none: the application answers where there is no file.
    locations: Vec<Vec<u8>>,
    index_files: Vec<Vec<u8>>,
    autoindex: bool,
    rewrites: Rewrites,
    types: Types,
}

/// What a path names.
#[derive(Debug)]
enum Found {
    /// A matter for the application.
    Nothing,
    /// Below a location, where nothing but files is.
    Missing,
    /// Out of descriptors or the like: it may be there.
    Trouble,
    File(Opened),
    Directory {
        path: PathBuf,
        shown: Vec<u8>,
    },
}

/// A regular file.
#[derive(Debug)]
struct Opened {
    file: File,
    metadata: Metadata,
    media_type: String,
}

impl StaticFiles {
    /// What the settings ask for; `None` without a directory.
    pub fn new(http: &HttpSettings) -> Option<Arc<Self>> {
        if !http.static_handler || http.document_root.is_empty() {
            return None;
        }
        Some(Arc::new(Self {
            root: PathBuf::from(OsStr::from_bytes(&http.document_root)),
            locations: http.static_handler_locations.clone(),
            index_files: http.index_files.clone(),
            autoindex: http.autoindex,
            // `set()` has refused what does not compile.
            rewrites: Rewrites::new(&http.url_rewrite_rules).unwrap_or_default(),
            types: Types::now(),
        }))
    }

    fn find(&self, path: &str) -> Found {
        let path = self.rewrites.apply(path);
        let safe = path::resolve(path.as_bytes());
        let located = match &safe {
            Some(safe) => self.is_location(&[b"/", &safe.relative[..]].concat()),
            None => self.is_location(path.as_bytes()),
        };
        let missing = match (self.locations.is_empty(), located) {
            (true, _) => Found::Nothing,
            (false, true) => Found::Missing,
            (false, false) => return Found::Nothing,
        };
        // Files with a leading dot are secrets of the tools that keep them there.
        let Some(safe) = safe.filter(|safe| !safe.hidden) else { return missing };
        let full = self.root.join(OsStr::from_bytes(&safe.relative));
        let (file, metadata) = match download::open(&full) {
            Ok(opened) => opened,
            Err(error) if is_trouble(&error) => return Found::Trouble,
            Err(_) => return missing,
        };
        if metadata.is_dir() {
            return self.find_in(&full, &safe);
        }
        let is_media = located || self.types.knows_name(&name_of(&full));
        if !metadata.is_file() || safe.directory || !is_media || is_script(&full) {
            return missing;
        }
        self.found(file, metadata, &full)
    }

    /// What stands for a directory.
    fn find_in(&self, directory: &Path, safe: &SafePath) -> Found {
        for index in &self.index_files {
            let full = directory.join(OsStr::from_bytes(index));
            if let Ok((file, metadata)) = download::open(&full)
                && metadata.is_file()
                && !is_script(&full)
            {
                return self.found(file, metadata, &full);
            }
        }
        match self.autoindex {
            true => Found::Directory { path: directory.to_owned(), shown: safe.relative.clone() },
            false => Found::Nothing,
        }
    }

    fn found(&self, file: File, metadata: Metadata, path: &Path) -> Found {
        Found::File(Opened { file, metadata, media_type: self.types.of_name(&name_of(path)) })
    }

    /// In any case of letters, as the original compares.
    fn is_location(&self, path: &[u8]) -> bool {
        let begins = |prefix: &Vec<u8>| {
            path.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        self.locations.iter().any(begins)
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A document root often holds scripts too: their source is nobody's business.
fn is_script(path: &Path) -> bool {
    let ending = path.extension().map(OsStr::as_bytes).unwrap_or_default();
    SCRIPTS
        .iter()
        .any(|script| ending.len() >= script.len() && ending[..script.len()].eq_ignore_ascii_case(script))
}

/// Whether another try may succeed.
fn is_trouble(error: &std::io::Error) -> bool {
    let passing = [Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM, Errno::EIO];
    passing.iter().any(|errno| error.raw_os_error() == Some(*errno as i32))
}

/// How the endings of scripts begin: `.php8`, `.phps`.
const SCRIPTS: &[&[u8]] = &[b"php", b"phtml", b"phar"];
