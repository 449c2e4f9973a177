//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455, 9.1): a list of tokens with parameters.
//!
//! Knows no extension by name. Works on bytes: a header need not be UTF-8. Called by [`super`] only.

use std::borrow::Cow;

use super::NegotiationError;

/// One element of the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a [u8],
    pub(super) params: Vec<Param<'a>>,
}

/// One `; name[=value]`. A quoted value is unescaped already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Param<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: Option<Cow<'a, [u8]>>,
}

/// Parses all header lines as one list: RFC 6455, 9.1 has it that the header "MAY be split or combined across
/// multiple lines".
pub(super) fn parse<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<Extension<'a>>, NegotiationError> {
    let mut extensions = Vec::new();
    for value in values {
        let mut rest = Cursor { bytes: value };
        loop {
            rest.skip_blanks();
            match rest.peek() {
                None => break,
                // The list rule of HTTP (`1#extension`) lets a recipient meet empty elements.
                Some(b',') => rest.advance(1),
                Some(_) => extensions.push(rest.extension()?),
            }
        }
    }
    Ok(extensions)
}

/// What is left to parse of one header line.
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// `extension = extension-token *( ";" extension-param )`, up to and without the comma.
    fn extension(&mut self) -> Result<Extension<'a>, NegotiationError> {
        let mut extension = Extension { name: self.token()?, params: Vec::new() };
        loop {
            self.skip_blanks();
            match self.peek() {
                None | Some(b',') => return Ok(extension),
                Some(b';') => {
                    self.advance(1);
                    extension.params.push(self.param()?);
                }
                Some(_) => return Err(NegotiationError::Malformed),
            }
        }
    }

    /// `extension-param = token [ "=" (token | quoted-string) ]`
    fn param(&mut self) -> Result<Param<'a>, NegotiationError> {
        self.skip_blanks();
        let name = self.token()?;
        self.skip_blanks();
        if self.peek() != Some(b'=') {
            return Ok(Param { name, value: None });
        }
        self.advance(1);
        self.skip_blanks();
        let value = if self.peek() == Some(b'"') { self.quoted()? } else { Cow::Borrowed(self.token()?) };
        Ok(Param { name, value: Some(value) })
    }

    fn token(&mut self) -> Result<&'a [u8], NegotiationError> {
        let end = self.bytes.iter().position(|&b| !is_token(b)).unwrap_or(self.bytes.len());
        let (token, rest) = self.bytes.split_at(end);
        self.bytes = rest;
        if token.is_empty() { Err(NegotiationError::Malformed) } else { Ok(token) }
    }

    /// RFC 6455, 9.1: "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST
    /// conform to the 'token' ABNF."
    fn quoted(&mut self) -> Result<Cow<'a, [u8]>, NegotiationError> {
        self.advance(1);
        let mut value = Vec::new();
        let mut bytes = self.bytes.iter().enumerate();
        while let Some((at, &byte)) = bytes.next() {
            let byte = match byte {
                b'"' if value.is_empty() => return Err(NegotiationError::Malformed),
                b'"' => {
                    self.advance(at + 1);
                    return Ok(Cow::Owned(value));
                }
                b'\\' => *bytes.next().ok_or(NegotiationError::Malformed)?.1,
                byte => byte,
            };
            if !is_token(byte) {
                return Err(NegotiationError::Malformed);
            }
            value.push(byte);
        }
        Err(NegotiationError::Malformed)
    }

    fn skip_blanks(&mut self) {
        let end = self.bytes.iter().position(|&b| b != b' ' && b != b'\t').unwrap_or(self.bytes.len());
        self.advance(end);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    fn advance(&mut self, by: usize) {
        self.bytes = self.bytes.get(by..).unwrap_or_default();
    }
}

/// `tchar` of RFC 9110, 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
