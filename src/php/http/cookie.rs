//! Set-Cookie lines: what `$response->cookie()` takes and what the client gets.

use crate::protocol::http::date;

/// One cookie.
#[derive(Debug, Default)]
pub struct SetCookie<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
    pub expires: i64,
    pub path: &'a [u8],
    pub domain: &'a [u8],
    pub secure: bool,
    pub http_only: bool,
    pub same_site: &'a [u8],
    pub priority: &'a [u8],
    pub partitioned: bool,
}

/// Why a cookie cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieError {
    EmptyName,
    Name,
    Value,
    Attribute,
}

impl CookieError {
    pub const fn text(self) -> &'static str {
        match self {
            Self::EmptyName => "Cookie name cannot be empty",
            Self::Name => "Cookie name can't contain any of the following '=,; \\t\\r\\n\\013\\014'",
            Self::Value => "Cookie value can't contain any of the following ',; \\t\\r\\n\\013\\014'",
            Self::Attribute => {
                "Cookie path, domain and attributes can't contain any of the following ',; \\t\\r\\n\\013\\014'"
            }
        }
    }
}

impl SetCookie<'_> {
    /// The line's value. With `encode`, the cookie's value is URL-encoded, so that it may be anything.
    pub fn line(&self, encode: bool, now: u64) -> Result<Vec<u8>, CookieError> {
        if self.name.is_empty() {
            return Err(CookieError::EmptyName);
        }
        if has_any(self.name, b"=,; \t\r\n\x0b\x0c\0\x7f") {
            return Err(CookieError::Name);
        }
        if !encode && has_any(self.value, FORBIDDEN) {
            return Err(CookieError::Value);
        }
        if [self.path, self.domain, self.same_site, self.priority].iter().any(|part| has_any(part, FORBIDDEN))
        {
            return Err(CookieError::Attribute);
        }
        let mut line = self.name.to_vec();
        line.push(b'=');
        if self.value.is_empty() {
            line.extend_from_slice(b"deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0");
        } else {
            if encode {
                url_encode(self.value, &mut line)
            } else {
                line.extend_from_slice(self.value)
            }
            if let Ok(expires) = u64::try_from(self.expires)
                && expires > 0
            {
                line.extend_from_slice(b"; expires=");
                line.extend_from_slice(&cookie_date(expires));
                line.extend_from_slice(format!("; Max-Age={}", expires.saturating_sub(now)).as_bytes());
            }
        }
        for (name, value) in [("path", self.path), ("domain", self.domain)] {
            attribute(&mut line, name, value);
        }
        if self.secure {
            line.extend_from_slice(b"; secure");
        }
        if self.http_only {
            line.extend_from_slice(b"; HttpOnly");
        }
        for (name, value) in [("SameSite", self.same_site), ("Priority", self.priority)] {
            attribute(&mut line, name, value);
        }
        if self.partitioned {
            line.extend_from_slice(b"; Partitioned");
        }
        Ok(line)
    }
}

fn attribute(line: &mut Vec<u8>, name: &str, value: &[u8]) {
    if !value.is_empty() {
        line.extend_from_slice(format!("; {name}=").as_bytes());
        line.extend_from_slice(value);
    }
}

fn has_any(text: &[u8], forbidden: &[u8]) -> bool {
    text.iter().any(|byte| forbidden.contains(byte))
}

/// As PHP's urlencode(): blanks become plus signs.
pub(in crate::php) fn url_encode(value: &[u8], out: &mut Vec<u8>) {
    for &byte in value {
        match byte {
            b' ' => out.push(b'+'),
            b'-' | b'_' | b'.' => out.push(byte),
            _ if byte.is_ascii_alphanumeric() => out.push(byte),
            _ => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
}

/// The date of the original's cookies: an IMF-fixdate with dashes (`Wed, 18-May-2033 03:33:19 GMT`).
fn cookie_date(unix_secs: u64) -> [u8; 29] {
    let mut text = date::imf_fixdate(unix_secs);
    text[7] = b'-';
    text[11] = b'-';
    text
}

const FORBIDDEN: &[u8] = b",; \t\r\n\x0b\x0c\0";
