//! Pairs out of query strings, urlencoded bodies and `Cookie` headers, as bytes.
//!
//! PHP's array syntax (`a[]=1`) and its limit on variables belong to the PHP layer, which walks these iterators.

use std::borrow::Cow;

/// A decoded name and value.
pub type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The pairs of `application/x-www-form-urlencoded` text, in order. A name without `=` has an empty value; a pair
/// without a name is left out.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    text.split(|&b| b == b'&').filter_map(pair)
}

/// The cookies of one `Cookie` header, values decoded like those of a form (as PHP does).
pub fn cookies(header: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    header.split(|&b| b == b';').filter_map(|text| pair(text.trim_ascii()))
}

/// Decodes `%41`. A percent sign that no two digits follow stays, as in PHP.
pub fn percent_decode(text: &[u8]) -> Cow<'_, [u8]> {
    decode(text, false)
}

/// Decodes `%41`, and `+` to a blank.
pub fn form_decode(text: &[u8]) -> Cow<'_, [u8]> {
    decode(text, true)
}

fn pair(text: &[u8]) -> Option<Pair<'_>> {
    let (name, value) = match text.iter().position(|&b| b == b'=') {
        Some(equals) => (&text[..equals], &text[equals + 1..]),
        None => (text, &text[..0]),
    };
    if name.is_empty() { None } else { Some((form_decode(name), form_decode(value))) }
}

fn decode(text: &[u8], plus: bool) -> Cow<'_, [u8]> {
    let Some(first) = text.iter().position(|&b| b == b'%' || (plus && b == b'+')) else {
        return Cow::Borrowed(text);
    };
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(&text[..first]);
    let mut rest = &text[first..];
    while let Some((&b, behind)) = rest.split_first() {
        rest = behind;
        out.push(match (b, behind) {
            (b'%', [high, low, behind @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = behind;
                    high << 4 | low
                }
                _ => b,
            },
            (b'+', _) if plus => b' ',
            _ => b,
        });
    }
    Cow::Owned(out)
}

fn hex(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).map(|digit| digit as u8)
}
