//! Writes forms: `multipart/form-data` (RFC 7578). Reading them is `multipart.rs`.
//!
//! Only heads and ends: what lies between may be a file that is never in memory as a whole.

/// A part's name and what is said of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub name: &'a [u8],
    pub file_name: Option<&'a [u8]>,
    pub content_type: Option<&'a [u8]>,
}

/// Appends the delimiter and the header lines of a part; its content follows, and then [`end_part`].
pub fn part(out: &mut Vec<u8>, boundary: &str, part: &Part<'_>) {
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"\r\nContent-Disposition: form-data; name=\"");
    quote(out, part.name);
    if let Some(file_name) = part.file_name {
        out.extend_from_slice(b"\"; filename=\"");
        quote(out, file_name);
    }
    out.extend_from_slice(b"\"\r\n");
    if let Some(content_type) = part.content_type {
        out.extend_from_slice(b"Content-Type: ");
        out.extend(content_type.iter().filter(|byte| !byte.is_ascii_control()));
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends the line end behind a part's content.
pub fn end_part(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// Appends the delimiter that ends the form.
pub fn end(out: &mut Vec<u8>, boundary: &str) {
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"--\r\n");
}

/// As browsers do (HTML, "multipart/form-data encoding algorithm"): what would end the string or the line is escaped.
fn quote(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        match byte {
            b'\n' => out.extend_from_slice(b"%0A"),
            b'\r' => out.extend_from_slice(b"%0D"),
            b'"' => out.extend_from_slice(b"%22"),
            byte => out.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_two_parts() {
        let mut out = Vec::new();
        part(&mut out, "b", &Part { name: b"a", file_name: None, content_type: None });
        out.extend_from_slice(b"1");
        end_part(&mut out);
        let file = Part { name: b"f", file_name: Some(b"x.txt"), content_type: Some(b"text/plain") };
        part(&mut out, "b", &file);
        out.extend_from_slice(b"2");
        end_part(&mut out);
        end(&mut out, "b");
        let expected = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
            --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\n2\r\n\
            --b--\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn no_name_can_add_a_line_to_the_head() {
        let mut out = Vec::new();
        let hostile = Part {
            name: b"a\"\r\nX: 1",
            file_name: Some(b"\"\r\n\r\n"),
            content_type: Some(b"text/plain\r\nX: 2"),
        };
        part(&mut out, "b", &hostile);
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 4);
    }
}
