//! Query strings, urlencoded forms, cookies and parameters.

use std::borrow::Cow;

use proptest::prelude::*;

use crate::protocol::http::params;
use crate::protocol::http::query::{cookies, form_decode, pairs, percent_decode};

fn list<'a>(found: impl Iterator<Item = (Cow<'a, [u8]>, Cow<'a, [u8]>)>) -> Vec<(String, String)> {
    let text = |bytes: Cow<'_, [u8]>| bytes.escape_ascii().to_string();
    found.map(|(name, value)| (text(name), text(value))).collect()
}

fn expect(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(n, v)| (n.into(), v.into())).collect()
}

#[test]
fn pairs_come_in_order_and_decoded() {
    assert_eq!(
        list(pairs(b"a=1&b=x+y%21&a=2&c=1=2&%61[]=%ff")),
        expect(&[("a", "1"), ("b", "x y!"), ("a", "2"), ("c", "1=2"), ("a[]", "\\xff")])
    );
}

#[test]
fn a_name_needs_no_value_but_a_value_needs_a_name() {
    assert_eq!(list(pairs(b"a&b=&=c&&d")), expect(&[("a", ""), ("b", ""), ("d", "")]));
    assert_eq!(list(pairs(b"")), expect(&[]));
}

#[test]
fn only_two_digits_make_a_percent_escape() {
    for (text, decoded) in [
        ("%41", "A"),
        ("%4", "%4"),
        ("%", "%"),
        ("%zz", "%zz"),
        ("%%41", "%A"),
        ("%2541", "%41"),
        ("%4%41", "%4A"),
    ] {
        assert_eq!(percent_decode(text.as_bytes()), decoded.as_bytes(), "{text}");
    }
}

#[test]
fn a_plus_is_a_blank_in_forms_only() {
    assert_eq!(&*percent_decode(b"a+b"), b"a+b");
    assert_eq!(&*form_decode(b"a+b"), b"a b");
}

#[test]
fn text_without_escapes_is_not_copied() {
    assert!(matches!(form_decode(b"plain"), Cow::Borrowed(_)));
    assert!(matches!(percent_decode(b"a+b"), Cow::Borrowed(_)));
}

#[test]
fn cookies_are_cut_at_semicolons_and_decoded() {
    assert_eq!(
        list(cookies(b" a=1; b=x%20y;c=\"q\" ;; d; e=f=g, h=1")),
        expect(&[("a", "1"), ("b", "x y"), ("c", "\\\"q\\\""), ("d", ""), ("e", "f=g, h=1")])
    );
}

#[test]
fn parameters_may_be_quoted() {
    let value = br#"form-data ; Name="a;\"b\\c"; filename = x y ; flag; path="C:\dir"; empty="" "#;
    let (kind, params) = params::split(value);
    assert_eq!(kind, b"form-data");
    let found: Vec<_> = params.map(|(name, value)| (name, value.into_owned())).collect();
    assert_eq!(
        found,
        [
            (&b"Name"[..], br#"a;"b\c"#.to_vec()),
            (b"filename", b"x y".to_vec()),
            (b"path", br"C:\dir".to_vec()),
            (b"empty", vec![]),
        ]
    );
}

#[test]
fn an_open_quote_ends_the_parameters() {
    let (_, mut params) = params::split(b"a; b=c; d=\"e; f=g");
    assert_eq!(params.next(), Some((&b"b"[..], Cow::Borrowed(&b"c"[..]))));
    assert_eq!(params.next(), None);
}

proptest! {
    #[test]
    fn what_is_percent_encoded_decodes_to_itself(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let encoded: String = bytes.iter().map(|b| format!("%{b:02X}")).collect();
        prop_assert_eq!(&*percent_decode(encoded.as_bytes()), &bytes[..]);
        prop_assert_eq!(&*form_decode(encoded.as_bytes()), &bytes[..]);
    }

    #[test]
    fn no_bytes_make_the_iterators_panic_or_grow(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(pairs(&bytes).map(|(n, v)| n.len() + v.len()).sum::<usize>() <= bytes.len());
        prop_assert!(cookies(&bytes).map(|(n, v)| n.len() + v.len()).sum::<usize>() <= bytes.len());
        prop_assert!(params::split(&bytes).1.count() <= bytes.len());
    }
}
