//! `http_autoindex`: a directory as a page.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The page of a directory; `shown` is its path below the root, without slashes around it. Blocks.
pub(super) fn page(directory: &Path, shown: &[u8]) -> io::Result<String> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)?.take(ENTRIES_MAX) {
        let entry = entry?;
        let mut name = entry.file_name().as_bytes().to_vec();
        if name.starts_with(b".") {
            continue;
        }
        // A link to a directory is one, too.
        if fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir()) {
            name.push(b'/');
        }
        entries.push(name);
    }
    entries.sort_unstable();
    if !shown.is_empty() {
        entries.insert(0, b"../".to_vec());
    }
    let base = match shown.is_empty() {
        true => b"/".to_vec(),
        false => [b"/", shown, b"/"].concat(),
    };
    let title = html(&base);
    let mut page = format!(
        "<!DOCTYPE html>\n<html>\n<head><meta charset=\"UTF-8\"><title>Index of {title}</title></head>\n\
         <body>\n<h1>Index of {title}</h1>\n<ul>\n"
    );
    for name in entries {
        // Whole paths: the request may have come without the slash at its end.
        let link = match name == b"../" {
            true => parent(shown),
            false => [&base[..], &name].concat(),
        };
        let _ = writeln!(page, "<li><a href=\"{}\">{}</a></li>", url(&link), html(&name));
    }
    page.push_str("</ul>\n</body>\n</html>\n");
    Ok(page)
}

fn parent(shown: &[u8]) -> Vec<u8> {
    match shown.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => [b"/", &shown[..=slash]].concat(),
        None => b"/".to_vec(),
    }
}

/// As text of a page.
fn html(bytes: &[u8]) -> String {
    let mut out = String::new();
    for char in String::from_utf8_lossy(bytes).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            char => out.push(char),
        }
    }
    out
}

/// As the path of a URL (RFC 3986, 3.3).
fn url(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            byte => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

/// Nobody reads on beyond.
const ENTRIES_MAX: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_in_text_and_in_links() {
        let directory = std::env::temp_dir().join(format!("listing-{}", std::process::id()));
        fs::create_dir_all(directory.join("sub")).unwrap();
        for name in ["b & <c>", "\"quoted\"", ".hidden", "ä%.txt"] {
            fs::write(directory.join(name), "").unwrap();
        }
        let page = page(&directory, b"a b/c").unwrap();
        fs::remove_dir_all(&directory).unwrap();
        let list = page.split("<ul>\n").nth(1).unwrap().split("</ul>").next().unwrap();
        assert_eq!(
            list,
            "<li><a href=\"/a%20b/\">../</a></li>\n\
             <li><a href=\"/a%20b/c/%22quoted%22\">&quot;quoted&quot;</a></li>\n\
             <li><a href=\"/a%20b/c/b%20%26%20%3Cc%3E\">b &amp; &lt;c&gt;</a></li>\n\
             <li><a href=\"/a%20b/c/sub/\">sub/</a></li>\n\
             <li><a href=\"/a%20b/c/%C3%A4%25.txt\">ä%.txt</a></li>\n"
        );
        assert!(page.contains("<title>Index of /a b/c/</title>"));
    }

    #[test]
    fn the_root_has_no_parent() {
        let directory = std::env::temp_dir().join(format!("listing-root-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let page = page(&directory, b"").unwrap();
        fs::remove_dir_all(&directory).unwrap();
        assert!(page.contains("Index of /<") && page.contains("<ul>\n</ul>"));
        assert_eq!((parent(b"a"), parent(b"a/b")), (b"/".to_vec(), b"/a/".to_vec()));
    }
}
