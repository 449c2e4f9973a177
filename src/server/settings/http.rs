//! Settings of HTTP: what is parsed for the script, what is compressed, uploads, static files.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _};

use super::{
    option::{Complaints, Kind, Opt, clamp, list, option, size},
    value::{ArrayKey, OptionValue},
};
use crate::server::error::ErrorCode;
use crate::server::rewrite::Rewrites;

/// HTTP/1.1 for every port of the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpSettings {
    pub parse_cookie: bool,
    pub parse_post: bool,
    pub parse_files: bool,
    pub compression: bool,
    pub compression_level: u32,
    pub compression_min_length: usize,
    /// Empty: every content type.
    pub compression_types: Vec<Vec<u8>>,
    pub upload_tmp_dir: Vec<u8>,
    /// 0: uploads are part of the body and count towards `package_max_length`.
    pub upload_max_filesize: usize,
    pub static_handler: bool,
    /// The resolved directory of static files.
    pub document_root: Vec<u8>,
    /// Prefixes of static files; empty: all.
    pub static_handler_locations: Vec<Vec<u8>>,
    pub autoindex: bool,
    pub index_files: Vec<Vec<u8>>,
    pub url_rewrite_rules: Vec<(Vec<u8>, Vec<u8>)>,
    /// Bytes of a request line and its headers together.
    pub max_header_size: usize,
    pub max_headers: u32,
}

pub(super) const HTTP: &[Opt<HttpSettings>] = &[
    option!(Two "http_parse_cookie" = Bool(true), Setter::Bool(|s| &mut s.parse_cookie), "Fills $request->cookie."),
    option!(Two "http_parse_post" = Bool(true), Setter::Bool(|s| &mut s.parse_post),
        "Fills $request->post from urlencoded bodies."),
    option!(Two "http_parse_files" = Bool(false), Setter::Bool(|s| &mut s.parse_files),
        "Lays out $request->files as PHP lays out $_FILES."),
    option!(Two "http_compression" = Bool(true), Setter::Bool(|s| &mut s.compression),
        "Compresses bodies for clients that accept it."),
    option!(Two "http_compression_level" | "compression_level" | "http_gzip_level" = Int(1),
        Setter::Int(0, 255, |s| &mut s.compression_level), "How hard bodies are compressed."),
    option!(Two "http_compression_min_length" | "compression_min_length" = Int(20),
        Setter::Custom(Kind::Size, set_compression_min_length), "Shorter bodies are sent as they are."),
    option!(Two "http_compression_types" | "compression_types" = Derived,
        Setter::Custom(Kind::Array, set_compression_types), "Content types that are compressed; all without this."),
    option!(Two "upload_tmp_dir" = Str("/tmp"), Setter::Custom(Kind::Str, set_upload_tmp_dir),
        "Where uploaded files are kept."),
    option!(Two "upload_max_filesize" = Int(0), Setter::Custom(Kind::Size, set_upload_max_filesize),
        "Uploads beyond package_max_length go to files up to this size; 0 is off."),
    option!(Two "enable_static_handler" = Bool(false), Setter::Bool(|s| &mut s.static_handler),
        "GET and HEAD of what is a file in document_root are answered without PHP, with ranges and validators."),
    option!(Two "document_root" = Str(""), Setter::Custom(Kind::Str, set_document_root), "The directory of static files."),
    option!(Two "static_handler_locations" = Derived, Setter::Custom(Kind::Array, |s, value, complaints| {
            if array(value, "static_handler_locations num must be array", complaints) {
                s.static_handler_locations = list(value);
            }
        }), "Paths below which nothing but files is: others are 404. Without it, what is no file goes to PHP."),
    option!(Two "http_autoindex" = Bool(false), Setter::Bool(|s| &mut s.autoindex), "Lists directories of document_root."),
    option!(Two "http_index_files" = Derived, Setter::Custom(Kind::Array, |s, value, complaints| {
            if array(value, "http_index_files must be array", complaints) {
                s.index_files = list(value);
            }
        }), "Files that stand for their directory."),
    option!(Three "url_rewrite_rules" = Derived, Setter::Custom(Kind::Array, set_url_rewrite_rules),
        "Patterns and replacements ($1) for the paths of static files; the first that matches counts."),
    option!(Ours "http_max_header_size" = Int(64 << 10),
        Setter::Custom(Kind::Size, |s, value, _| s.max_header_size = size(value).clamp(HEAD_BYTES_MIN, HEAD_BYTES_MAX)),
        "Bytes of a request line and its headers; more is answered 431."),
    option!(Ours "http_max_headers" = Int(128), Setter::Int(16, 1024, |s| &mut s.max_headers),
        "Headers of a request; more is answered 431."),
];

/// Below this, browsers with a few cookies do not get in.
const HEAD_BYTES_MIN: usize = 4 << 10;

/// Above this, heads alone could fill the memory: each connection may hold one half read.
const HEAD_BYTES_MAX: usize = 1 << 20;

/// An array is required: complains when it is something else.
fn array(value: &OptionValue, complaint: &str, complaints: &mut Complaints) -> bool {
    let is_array = matches!(value, OptionValue::Array(_));
    if !is_array {
        complaints.fatal(complaint);
    }
    is_array
}

fn set_compression_min_length(s: &mut HttpSettings, value: &OptionValue, complaints: &mut Complaints) {
    let wanted = value.to_size();
    match usize::try_from(wanted) {
        Ok(length) => s.compression_min_length = length,
        Err(_) => {
            complaints
                .warn(format!("compression_min_length must be greater than or equal to 0, got {wanted}"));
        }
    }
}

fn set_compression_types(s: &mut HttpSettings, value: &OptionValue, complaints: &mut Complaints) {
    if array(value, "http_compression_types must be array", complaints) {
        s.compression_types = list(value);
        s.compression = true;
    }
}

fn set_upload_tmp_dir(s: &mut HttpSettings, value: &OptionValue, complaints: &mut Complaints) {
    let dir = value.to_text();
    let path = OsStr::from_bytes(&dir);
    match fs::create_dir_all(path) {
        Ok(()) => s.upload_tmp_dir = dir,
        Err(_) => complaints.fatal(format!("Unable to create upload_tmp_dir[{}]", path.to_string_lossy())),
    }
}

fn set_upload_max_filesize(s: &mut HttpSettings, value: &OptionValue, complaints: &mut Complaints) {
    let wanted = value.to_size();
    match usize::try_from(wanted) {
        Ok(bytes) => s.upload_max_filesize = bytes,
        Err(_) => {
            complaints.warn(format!("upload_max_filesize must be greater than or equal to 0, got {wanted}"));
        }
    }
}

fn set_document_root(s: &mut HttpSettings, value: &OptionValue, complaints: &mut Complaints) {
    let dir = value.to_text();
    if dir.is_empty() {
        s.document_root.clear();
        return;
    }
    if dir.len() >= PATH_BYTES_MAX {
        complaints.fatal(format!("The length of document_root must be less than {PATH_BYTES_MAX}"));
        return;
    }
    let path = OsStr::from_bytes(&dir);
    match fs::canonicalize(path) {
        Ok(real) if real.is_dir() => s.document_root = real.as_os_str().as_bytes().to_owned(),
        _ => complaints.refuse(
            ErrorCode::DIR_NOT_EXIST,
            format!("document_root[{}] does not exist", path.to_string_lossy()),
        ),
    }
}

fn set_url_rewrite_rules(s: &mut HttpSettings, value: &OptionValue, complaints: &mut Complaints) {
    let OptionValue::Array(items) = value else {
        complaints.fatal("url_rewrite_rules must be array");
        return;
    };
    let mut rules = Vec::with_capacity(items.len());
    for (pattern, replacement) in items {
        let (ArrayKey::Name(pattern), OptionValue::Str(replacement)) = (pattern, replacement) else {
            complaints.fatal("url_rewrite_rules must be an array of strings by pattern");
            return;
        };
        rules.push((pattern.clone(), replacement.clone()));
    }
    match Rewrites::new(&rules) {
        Ok(_) => s.url_rewrite_rules = rules,
        Err(error) => complaints.fatal(format!("url_rewrite_rules: {error}")),
    }
}

/// The longest path of Linux.
const PATH_BYTES_MAX: usize = 4096;

/// For HTTP/2 on a port.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Http2Settings {
    pub open: bool,
    pub header_table_size: u32,
    pub max_concurrent_streams: u32,
    pub init_window_size: u32,
    pub max_frame_size: u32,
    pub max_header_list_size: u32,
}

pub(super) const HTTP2: &[Opt<Http2Settings>] = &[
    option!(Three "open_http2_protocol" = Bool(false), Setter::Bool(|s| &mut s.open), "Speaks HTTP/2."),
    option!(Three "http2_header_table_size" = Int(4096), Setter::Custom(Kind::Int, |s, value, complaints| {
            natural(&mut s.header_table_size, "http2_header_table_size", value, complaints);
        }), "Bytes of the header table."),
    option!(Three "http2_enable_push" = Int(0), Setter::Inert(Kind::Int), "The server never pushes."),
    option!(Three "http2_max_concurrent_streams" = Int(128), Setter::Custom(Kind::Int, |s, value, complaints| {
            natural(&mut s.max_concurrent_streams, "http2_max_concurrent_streams", value, complaints);
        }), "Streams of one connection at once."),
    option!(Three "http2_init_window_size" = Int(65_535), Setter::Custom(Kind::Int, |s, value, complaints| {
            natural(&mut s.init_window_size, "http2_init_window_size", value, complaints);
        }), "Bytes a stream may send before it is answered."),
    option!(Three "http2_max_frame_size" = Int(16_384), Setter::Custom(Kind::Int, |s, value, complaints| {
            natural(&mut s.max_frame_size, "http2_max_frame_size", value, complaints);
        }), "Bytes of a frame."),
    option!(Three "http2_max_header_list_size" = Int(u32::MAX as i64), Setter::Custom(Kind::Int, |s, value, complaints| {
            natural(&mut s.max_header_list_size, "http2_max_header_list_size", value, complaints);
        }), "Bytes of the headers of a request."),
    option!(Three "http2_max_headers" = Int(1000), Setter::Inert(Kind::Int), "http_max_headers counts instead."),
];

fn natural(field: &mut u32, name: &str, value: &OptionValue, complaints: &mut Complaints) {
    let wanted = value.to_int();
    if wanted < 0 {
        complaints.warn(format!("{name} must be greater than or equal to 0, got {wanted}"));
        return;
    }
    *field = clamp(wanted, 0, u32::MAX);
}
