//! Content types by the ending of a file name: for files that are sent, and for `swoole_mime_type_*()`.
//!
//! The table below is fixed; what a script adds, changes or removes lies above it, in the thread that runs PHP.

use std::{cell::RefCell, collections::BTreeMap};

/// The types with a script's changes, for threads that do not run it.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// A type, or `None` for a removed one, by ending.
    changes: BTreeMap<String, Option<String>>,
}

thread_local! {
    static TYPES_NOW: RefCell<Types> = const { RefCell::new(Types { changes: BTreeMap::new() }) };
}

impl Types {
    /// Those of this thread's script, as they are now.
    pub fn now() -> Self {
        TYPES_NOW.with_borrow(Clone::clone)
    }

    /// The type of a file by its name; [`DEFAULT`] for an unknown or missing ending.
    pub fn of_name(&self, name: &str) -> String {
        ending(name).and_then(|ending| self.lookup(&ending)).unwrap_or_else(|| DEFAULT.to_owned())
    }

    /// Whether the ending of this file name has a type.
    pub fn knows_name(&self, name: &str) -> bool {
        ending(name).and_then(|ending| self.lookup(&ending)).is_some()
    }

    fn lookup(&self, ending: &str) -> Option<String> {
        if let Some(changed) = self.changes.get(ending) {
            return changed.clone();
        }
        let at = TYPES.binary_search_by_key(&ending, |(known, _)| known).ok()?;
        Some(TYPES[at].1.to_owned())
    }
}

/// As [`Types::of_name`], now.
pub fn of_name(name: &str) -> String {
    TYPES_NOW.with_borrow(|types| types.of_name(name))
}

/// As [`Types::knows_name`], now.
pub fn knows_name(name: &str) -> bool {
    TYPES_NOW.with_borrow(|types| types.knows_name(name))
}

/// Gives an ending a type unless it has one; says whether it did.
pub fn add(ending: &str, mime_type: &str) -> bool {
    let is_new = lookup(&ending.to_ascii_lowercase()).is_none();
    if is_new {
        set(ending, mime_type);
    }
    is_new
}

/// Gives an ending a type, whatever it had.
pub fn set(ending: &str, mime_type: &str) {
    change(ending, Some(mime_type.to_owned()));
}

/// Takes the type from an ending; says whether it had one.
pub fn delete(ending: &str) -> bool {
    let had_one = lookup(&ending.to_ascii_lowercase()).is_some();
    if had_one {
        change(ending, None);
    }
    had_one
}

/// Every ending with its type, in the order of endings.
pub fn list() -> Vec<(String, String)> {
    let mut all: BTreeMap<String, Option<String>> = TYPES
        .iter()
        .map(|(ending, mime_type)| ((*ending).to_owned(), Some((*mime_type).to_owned())))
        .collect();
    all.extend(Types::now().changes);
    all.into_iter().filter_map(|(ending, mime_type)| Some((ending, mime_type?))).collect()
}

/// What a file is when nothing says more.
pub const DEFAULT: &str = "application/octet-stream";

fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
}

fn lookup(ending: &str) -> Option<String> {
    TYPES_NOW.with_borrow(|types| types.lookup(ending))
}

fn change(ending: &str, mime_type: Option<String>) {
    TYPES_NOW.with_borrow_mut(|types| types.changes.insert(ending.to_ascii_lowercase(), mime_type));
}

/// What browsers and servers commonly exchange; sorted for the search.
const TYPES: &[(&str, &str)] = &[
    ("3g2", "video/3gpp2"),
    ("3gp", "video/3gpp"),
    ("7z", "application/x-7z-compressed"),
    ("aac", "audio/aac"),
    ("ai", "application/postscript"),
    ("apk", "application/vnd.android.package-archive"),
    ("apng", "image/apng"),
    ("atom", "application/atom+xml"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("azw", "application/vnd.amazon.ebook"),
    ("bin", "application/octet-stream"),
    ("bmp", "image/bmp"),
    ("br", "application/x-brotli"),
    ("bz", "application/x-bzip"),
    ("bz2", "application/x-bzip2"),
    ("cab", "application/vnd.ms-cab-compressed"),
    ("cer", "application/pkix-cert"),
    ("cjs", "text/javascript"),
    ("conf", "text/plain"),
    ("crt", "application/x-x509-ca-cert"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("deb", "application/vnd.debian.binary-package"),
    ("djvu", "image/vnd.djvu"),
    ("dmg", "application/x-apple-diskimage"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("dtd", "application/xml-dtd"),
    ("eml", "message/rfc822"),
    ("eot", "application/vnd.ms-fontobject"),
    ("eps", "application/postscript"),
    ("epub", "application/epub+zip"),
    ("exe", "application/octet-stream"),
    ("flac", "audio/flac"),
    ("flv", "video/x-flv"),
    ("geojson", "application/geo+json"),
    ("gif", "image/gif"),
    ("gpx", "application/gpx+xml"),
    ("gz", "application/gzip"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/x-icon"),
    ("ics", "text/calendar"),
    ("ini", "text/plain"),
    ("iso", "application/octet-stream"),
    ("jar", "application/java-archive"),
    ("jfif", "image/jpeg"),
    ("jp2", "image/jp2"),
    ("jpe", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("jsonld", "application/ld+json"),
    ("jxl", "image/jxl"),
    ("kml", "application/vnd.google-earth.kml+xml"),
    ("kmz", "application/vnd.google-earth.kmz"),
    ("less", "text/css"),
    ("log", "text/plain"),
    ("lz4", "application/x-lz4"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/x-m4v"),
    ("map", "application/json"),
    ("markdown", "text/markdown"),
    ("md", "text/markdown"),
    ("mid", "audio/midi"),
    ("midi", "audio/midi"),
    ("mjs", "text/javascript"),
    ("mkv", "video/x-matroska"),
    ("mng", "video/x-mng"),
    ("mov", "video/quicktime"),
    ("mp2", "audio/mpeg"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mpd", "application/dash+xml"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("mpkg", "application/vnd.apple.installer+xml"),
    ("msi", "application/octet-stream"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("ogx", "application/ogg"),
    ("opus", "audio/ogg"),
    ("otf", "font/otf"),
    ("p12", "application/x-pkcs12"),
    ("pbm", "image/x-portable-bitmap"),
    ("pdf", "application/pdf"),
    ("pem", "application/x-x509-ca-cert"),
    ("pfx", "application/x-pkcs12"),
    ("pgm", "image/x-portable-graymap"),
    ("pgp", "application/pgp-encrypted"),
    ("php", "application/x-httpd-php"),
    ("pl", "application/x-perl"),
    ("png", "image/png"),
    ("pnm", "image/x-portable-anymap"),
    ("ppm", "image/x-portable-pixmap"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ps", "application/postscript"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("py", "text/x-python"),
    ("qt", "video/quicktime"),
    ("rar", "application/vnd.rar"),
    ("rdf", "application/rdf+xml"),
    ("rpm", "application/x-rpm"),
    ("rss", "application/rss+xml"),
    ("rtf", "application/rtf"),
    ("sass", "text/x-sass"),
    ("scss", "text/x-scss"),
    ("sh", "application/x-sh"),
    ("smil", "application/smil+xml"),
    ("sql", "application/sql"),
    ("srt", "application/x-subrip"),
    ("svg", "image/svg+xml"),
    ("svgz", "image/svg+xml"),
    ("swf", "application/x-shockwave-flash"),
    ("tar", "application/x-tar"),
    ("tgz", "application/gzip"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("toml", "application/toml"),
    ("torrent", "application/x-bittorrent"),
    ("ts", "video/mp2t"),
    ("tsv", "text/tab-separated-values"),
    ("ttc", "font/collection"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain"),
    ("usdz", "model/vnd.usdz+zip"),
    ("vcf", "text/vcard"),
    ("vtt", "text/vtt"),
    ("wasm", "application/wasm"),
    ("wav", "audio/wav"),
    ("weba", "audio/webm"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("wma", "audio/x-ms-wma"),
    ("wmv", "video/x-ms-wmv"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xhtml", "application/xhtml+xml"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("xpi", "application/x-xpinstall"),
    ("xsl", "application/xml"),
    ("xslt", "application/xslt+xml"),
    ("xul", "application/vnd.mozilla.xul+xml"),
    ("xz", "application/x-xz"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zip", "application/zip"),
    ("zst", "application/zstd"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_in_lower_case() {
        assert!(TYPES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(TYPES.iter().all(|(ending, mime_type)| {
            *ending == ending.to_ascii_lowercase() && mime_type.split('/').count() == 2
        }));
    }

    #[test]
    fn the_last_ending_counts_in_any_case() {
        for (name, mime_type) in [
            ("index.html", "text/html"),
            ("/a.b/c.PNG", "image/png"),
            ("app.js", "text/javascript"),
            ("x.tar.gz", "application/gzip"),
            (".css", "text/css"),
            ("html", DEFAULT),
            ("a.nope", DEFAULT),
            ("a.", DEFAULT),
            ("", DEFAULT),
        ] {
            assert_eq!(of_name(name), mime_type, "{name}");
        }
        assert!(knows_name("a.json") && !knows_name("a.nope") && !knows_name("json"));
    }

    #[test]
    fn a_script_can_add_change_and_remove() {
        assert!(add("nope", "x/y") && !add("NOPE", "x/z") && !add("html", "x/y"));
        assert_eq!(of_name("a.nope"), "x/y");
        set("html", "x/h");
        assert_eq!(of_name("a.html"), "x/h");
        assert!(delete("html") && !delete("html") && !delete("never"));
        assert_eq!(of_name("a.html"), DEFAULT);
        let then = Types::now();
        assert!(add("html", "text/html"));
        assert!(
            then.of_name("a.html") == DEFAULT
                && then.knows_name("a.nope")
                && Types::now().knows_name("a.html")
        );
        assert!(list().contains(&("nope".to_owned(), "x/y".to_owned())));
        assert_eq!(list().len(), TYPES.len() + 1);
    }
}
