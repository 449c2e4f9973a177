//! The parameters behind a header value: `form-data; name="a"; filename="b"` (RFC 9110, 5.6.6, and what browsers
//! really send: any bytes between the quotes).

use std::borrow::Cow;

/// The part before the first semicolon, and an iterator over what follows.
pub fn split(value: &[u8]) -> (&[u8], Params<'_>) {
    let end = value.iter().position(|&b| b == b';').unwrap_or(value.len());
    (value[..end].trim_ascii(), Params { rest: &value[end..] })
}

/// Names as they are spelled, values without quotes. Ends early at an open quote.
#[derive(Clone, Debug)]
pub struct Params<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Params<'a> {
    type Item = (&'a [u8], Cow<'a, [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.rest.trim_ascii_start().strip_prefix(b";")?.trim_ascii_start();
            let name_end = rest.iter().position(|&b| b == b'=' || b == b';').unwrap_or(rest.len());
            let name = rest[..name_end].trim_ascii_end();
            self.rest = &rest[name_end..];
            let Some(value) = self.rest.strip_prefix(b"=") else {
                // Neither a lone semicolon nor a name without value says anything.
                continue;
            };
            let value = value.trim_ascii_start();
            return match value.strip_prefix(b"\"") {
                Some(quoted) => {
                    let (value, behind) = unquote(quoted)?;
                    self.rest = behind;
                    Some((name, value))
                }
                None => {
                    let end = value.iter().position(|&b| b == b';').unwrap_or(value.len());
                    self.rest = &value[end..];
                    Some((name, Cow::Borrowed(value[..end].trim_ascii_end())))
                }
            };
        }
    }
}

/// The text up to the closing quote and what is behind it. Only `\"` and `\\` are escapes, as in PHP: some clients send
/// Windows paths unescaped.
fn unquote(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let plain = text.iter().position(|&b| b == b'"' || b == b'\\')?;
    if text[plain] == b'"' {
        return Some((Cow::Borrowed(&text[..plain]), &text[plain + 1..]));
    }
    let mut out = text[..plain].to_vec();
    let mut rest = &text[plain..];
    loop {
        match rest {
            [b'"', behind @ ..] => return Some((Cow::Owned(out), behind)),
            [b'\\', escaped @ (b'"' | b'\\'), behind @ ..] => {
                out.push(*escaped);
                rest = behind;
            }
            [b, behind @ ..] => {
                out.push(*b);
                rest = behind;
            }
            [] => return None,
        }
    }
}
