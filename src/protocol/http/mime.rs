//! Media types by file name extension, as registered with IANA (media-types registry), where a registration exists.

/// The media type for a file name or path; `application/octet-stream` when its extension says nothing.
pub fn of_name(name: &[u8]) -> &'static str {
    let name = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
    // `.bashrc` is a name, not an extension.
    match name.iter().rposition(|&b| b == b'.') {
        Some(dot) if dot > 0 => of_extension(&name[dot + 1..]).unwrap_or(UNKNOWN),
        _ => UNKNOWN,
    }
}

/// The media type of an extension in any case, without its dot.
pub fn of_extension(extension: &[u8]) -> Option<&'static str> {
    let mut lower = [0; EXTENSION_BYTES];
    let lower = lower.get_mut(..extension.len())?;
    lower.copy_from_slice(extension);
    lower.make_ascii_lowercase();
    let found = TYPES.binary_search_by(|(known, _)| known.as_bytes().cmp(lower)).ok()?;
    Some(TYPES[found].1)
}

/// What a recipient must assume about unknown bytes (RFC 9110, 8.3).
pub const UNKNOWN: &str = "application/octet-stream";

/// `webmanifest` is the longest.
const EXTENSION_BYTES: usize = 11;

/// Sorted by extension.
const TYPES: &[(&str, &str)] = &[
    ("3g2", "video/3gpp2"),
    ("3gp", "video/3gpp"),
    ("7z", "application/x-7z-compressed"),
    ("aac", "audio/aac"),
    ("abw", "application/x-abiword"),
    ("ai", "application/postscript"),
    ("aif", "audio/x-aiff"),
    ("aiff", "audio/x-aiff"),
    ("apk", "application/vnd.android.package-archive"),
    ("apng", "image/apng"),
    ("appcache", "text/cache-manifest"),
    ("arc", "application/x-freearc"),
    ("asc", "text/plain"),
    ("atom", "application/atom+xml"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("azw", "application/vnd.amazon.ebook"),
    ("bin", "application/octet-stream"),
    ("bmp", "image/bmp"),
    ("br", "application/octet-stream"),
    ("bz", "application/x-bzip"),
    ("bz2", "application/x-bzip2"),
    ("c", "text/plain"),
    ("cbor", "application/cbor"),
    ("cda", "application/x-cdf"),
    ("cjs", "text/javascript"),
    ("conf", "text/plain"),
    ("cpp", "text/plain"),
    ("crt", "application/x-x509-ca-cert"),
    ("csh", "application/x-csh"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("dart", "application/vnd.dart"),
    ("deb", "application/vnd.debian.binary-package"),
    ("der", "application/x-x509-ca-cert"),
    ("diff", "text/x-diff"),
    ("djvu", "image/vnd.djvu"),
    ("dmg", "application/x-apple-diskimage"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("dot", "application/msword"),
    ("dtd", "application/xml-dtd"),
    ("eot", "application/vnd.ms-fontobject"),
    ("eps", "application/postscript"),
    ("epub", "application/epub+zip"),
    ("exe", "application/octet-stream"),
    ("f4v", "video/x-f4v"),
    ("flac", "audio/flac"),
    ("flv", "video/x-flv"),
    ("geojson", "application/geo+json"),
    ("gif", "image/gif"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("gpx", "application/gpx+xml"),
    ("gz", "application/gzip"),
    ("h", "text/plain"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/vnd.microsoft.icon"),
    ("ics", "text/calendar"),
    ("img", "application/octet-stream"),
    ("ini", "text/plain"),
    ("iso", "application/octet-stream"),
    ("jar", "application/java-archive"),
    ("jp2", "image/jp2"),
    ("jpe", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("json5", "application/json5"),
    ("jsonld", "application/ld+json"),
    ("jxl", "image/jxl"),
    ("key", "application/pgp-keys"),
    ("kml", "application/vnd.google-earth.kml+xml"),
    ("kmz", "application/vnd.google-earth.kmz"),
    ("log", "text/plain"),
    ("m3u", "audio/x-mpegurl"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("m4s", "video/iso.segment"),
    ("m4v", "video/x-m4v"),
    ("map", "application/json"),
    ("markdown", "text/markdown"),
    ("md", "text/markdown"),
    ("mid", "audio/midi"),
    ("midi", "audio/midi"),
    ("mjs", "text/javascript"),
    ("mkv", "video/matroska"),
    ("mov", "video/quicktime"),
    ("mp2", "audio/mpeg"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mpd", "application/dash+xml"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("mpkg", "application/vnd.apple.installer+xml"),
    ("msgpack", "application/vnd.msgpack"),
    ("mts", "video/mp2t"),
    ("obj", "model/obj"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("ogx", "application/ogg"),
    ("opus", "audio/ogg"),
    ("otf", "font/otf"),
    ("p12", "application/pkcs12"),
    ("patch", "text/x-diff"),
    ("pdf", "application/pdf"),
    ("pem", "application/x-pem-file"),
    ("pfx", "application/pkcs12"),
    ("php", "application/x-httpd-php"),
    ("png", "image/png"),
    ("pps", "application/vnd.ms-powerpoint"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ps", "application/postscript"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("py", "text/x-python"),
    ("rar", "application/vnd.rar"),
    ("rpm", "application/x-rpm"),
    ("rss", "application/rss+xml"),
    ("rtf", "application/rtf"),
    ("sh", "application/x-sh"),
    ("sql", "application/sql"),
    ("srt", "application/x-subrip"),
    ("stl", "model/stl"),
    ("svg", "image/svg+xml"),
    ("svgz", "image/svg+xml"),
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
    ("vcf", "text/vcard"),
    ("vsd", "application/vnd.visio"),
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
    ("xml", "text/xml"),
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
    fn extensions_are_sorted_unique_lower_case_and_short() {
        assert!(TYPES.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(TYPES.iter().all(|(e, _)| *e == e.to_ascii_lowercase() && e.len() <= EXTENSION_BYTES));
    }

    #[test]
    fn every_extension_finds_its_type_in_any_case() {
        for (extension, media_type) in TYPES {
            assert_eq!(of_extension(extension.to_ascii_uppercase().as_bytes()), Some(*media_type));
            assert_eq!(of_name(format!("a.b/c.{extension}").as_bytes()), *media_type);
            let (kind, subtype) = media_type.split_once('/').expect("a slash");
            assert!(matches!(kind, "application" | "audio" | "font" | "image" | "model" | "text" | "video"));
            assert!(!subtype.is_empty());
        }
    }

    #[test]
    fn names_without_a_known_extension_are_octets() {
        for name in [
            "",
            "a",
            ".html",
            "dir.html/a",
            "a.",
            "a.unknown",
            "a.extensionwithoutend",
            "a.html.b",
            "a.\u{e4}",
        ] {
            assert_eq!(of_name(name.as_bytes()), UNKNOWN, "{name}");
        }
    }
}
