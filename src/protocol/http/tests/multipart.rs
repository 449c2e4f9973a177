//! Forms with files: RFC 7578 and RFC 2046, 5.1.

use proptest::prelude::*;

use super::body::split;
use crate::protocol::http::multipart::{Event, MultipartLimits, PART_HEAD_BYTES, PARTS, PartHead, boundary};
use crate::protocol::http::{HttpError, Multipart};

/// A part with all its data, and whether it was complete.
type Part = (PartHead, Vec<u8>, bool);

fn parse(pieces: &[&[u8]], limits: MultipartLimits) -> (Vec<Part>, Result<(), HttpError>) {
    let mut form = Multipart::new(b"X", limits);
    let mut parts: Vec<Part> = Vec::new();
    for piece in pieces {
        let mut input = *piece;
        loop {
            match form.receive(&mut input) {
                Ok(None) => break,
                Ok(Some(Event::Part(head))) => parts.push((head, Vec::new(), false)),
                Ok(Some(Event::Data(data))) => {
                    assert!(!data.is_empty());
                    parts.last_mut().expect("data has a part").1.extend_from_slice(data);
                }
                Ok(Some(Event::PartEnd)) => parts.last_mut().expect("an end has a part").2 = true,
                Err(error) => return (parts, Err(error)),
            }
        }
        assert!(input.is_empty(), "None means that all input is taken");
    }
    (parts, form.end())
}

fn whole(bytes: &[u8]) -> (Vec<Part>, Result<(), HttpError>) {
    parse(&[bytes], MultipartLimits::default())
}

fn field(name: &str, data: &[u8]) -> Part {
    (PartHead { name: name.into(), ..Default::default() }, data.to_vec(), true)
}

/// A body with one part that has these header lines.
fn with_head(lines: &str) -> (Vec<Part>, Result<(), HttpError>) {
    whole(format!("--X\r\n{lines}\r\nv\r\n--X--").as_bytes())
}

const NAMED: &str = "Content-Disposition: form-data; name=a\r\n";

#[test]
fn a_form_gives_its_fields_and_files() {
    let bytes = b"--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n\
        --X\r\ncontent-disposition: FORM-DATA; filename=\"f.txt\"; name=up\r\nContent-Type: text/plain\r\n\r\n\
        line\r\n--Y\r\n\xff\r\n--X--\r\n";
    let (parts, result) = whole(bytes);
    let file = PartHead {
        name: b"up".to_vec(),
        filename: Some(b"f.txt".to_vec()),
        content_type: Some(b"text/plain".to_vec()),
    };
    assert_eq!(parts, [field("a", b"value"), (file, b"line\r\n--Y\r\n\xff".to_vec(), true)]);
    assert_eq!(result, Ok(()));
}

#[test]
fn a_part_may_be_empty_and_a_form_too() {
    assert_eq!(whole(format!("--X\r\n{NAMED}\r\n\r\n--X--").as_bytes()), (vec![field("a", b"")], Ok(())));
    assert_eq!(whole(b"--X--\r\n"), (vec![], Ok(())));
}

#[test]
fn preamble_padding_and_epilogue_are_ignored() {
    let bytes = format!("read me\r\n--not\r\n--X \t\r\n{NAMED}\r\nv\r\n--X--\r\n--X\r\nrubbish");
    assert_eq!(whole(bytes.as_bytes()), (vec![field("a", b"v")], Ok(())));
}

#[test]
fn beginnings_of_the_delimiter_are_data() {
    let data = b"\r\r\n\r\n-\r\n--\r\n--Y\r\n-\r\r\n--";
    let bytes = [b"--X\r\n", NAMED.as_bytes(), b"\r\n", data, b"\r\n--X--"].concat();
    assert_eq!(whole(&bytes), (vec![field("a", data)], Ok(())));
}

#[test]
fn a_form_cut_short_is_an_error() {
    let bytes = format!("--X\r\n{NAMED}\r\nv\r\n--X--");
    for cut in 0..bytes.len() {
        assert_eq!(whole(&bytes.as_bytes()[..cut]).1, Err(HttpError::Incomplete), "cut at {cut}");
    }
}

#[test]
fn a_delimiter_line_holds_nothing_else() {
    for tail in ["Y\r\n", "-Y", "\rY", "\n"] {
        assert_eq!(whole(format!("--X{tail}").as_bytes()).1, Err(HttpError::Multipart), "{tail:?}");
    }
}

#[test]
fn a_part_without_a_name_is_refused() {
    for lines in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Disposition: form-data\r\n",
        "Content-Disposition: form-data; filename=a\r\n",
        "Content-Disposition: attachment; name=a\r\n",
        "Content-Disposition : form-data; name=a\r\n",
        "Content-Disposition: form-data; name=\"a\r\n",
    ] {
        assert_eq!(with_head(lines).1, Err(HttpError::Multipart), "{lines:?}");
    }
}

#[test]
fn only_the_plain_filename_counts() {
    let line = "Content-Disposition: form-data; name=a; name=b; filename*=UTF-8''x; filename=\"\"\r\n";
    let (parts, _) = with_head(line);
    assert_eq!(parts[0].0, PartHead { name: b"a".to_vec(), filename: Some(vec![]), content_type: None });
}

#[test]
fn parts_may_reach_their_limit_and_no_more() {
    let form = |parts: usize| format!("{}--X--", format!("--X\r\n{NAMED}\r\nv\r\n").repeat(parts));
    let (parts, result) = whole(form(PARTS).as_bytes());
    assert_eq!((parts.len(), result), (PARTS, Ok(())));
    let (parts, result) = whole(form(PARTS + 1).as_bytes());
    assert_eq!((parts.len(), result), (PARTS, Err(HttpError::TooManyParts)));
    assert_eq!(HttpError::TooManyParts.status(), 413);
}

#[test]
fn a_part_head_may_fill_its_limit_and_no_more() {
    let lines =
        |bytes: usize| format!("{NAMED}A:{}\r\n", "b".repeat(bytes - NAMED.len() - "A:\r\n\r\n".len()));
    assert_eq!(with_head(&lines(PART_HEAD_BYTES)).1, Ok(()));
    assert_eq!(with_head(&lines(PART_HEAD_BYTES + 1)).1, Err(HttpError::PartHeadTooLarge));
    let many = format!("{NAMED}{}", "A: b\r\n".repeat(16));
    assert_eq!(with_head(&many).1, Err(HttpError::PartHeadTooLarge));
}

#[test]
fn the_boundary_comes_from_the_content_type() {
    for (value, found) in [
        (&b"multipart/form-data; boundary=abc"[..], &b"abc"[..]),
        (b"Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b;c\"", b"a b;c"),
        (b"multipart/form-data; boundary=--=_x:y", b"--=_x:y"),
    ] {
        assert_eq!(boundary(value), Ok(Some(found.to_vec())));
    }
    assert_eq!(boundary(b"text/plain; boundary=abc"), Ok(None));
    assert_eq!(boundary(b"multipart/form-datax; boundary=abc"), Ok(None));
}

#[test]
fn an_unusable_boundary_is_refused() {
    let long = |bytes: usize| format!("multipart/form-data; boundary={}", "b".repeat(bytes));
    assert_eq!(boundary(long(70).as_bytes()), Ok(Some(b"b".repeat(70))));
    assert_eq!(boundary(long(71).as_bytes()), Err(HttpError::Boundary));
    for value in [
        &b"multipart/form-data"[..],
        b"multipart/form-data; boundary=",
        b"multipart/form-data; boundary=\"a \"",
        b"multipart/form-data; boundary=\"a",
        b"multipart/form-data; boundary=a; boundary=b",
        b"multipart/form-data; boundary=\xc3\xa4",
    ] {
        assert_eq!(boundary(value), Err(HttpError::Boundary), "{}", value.escape_ascii());
    }
}

/// Bytes that look like a form often enough to get far into the parser.
fn formlike() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "--X", "--X\r\n", "\r\n--X\r\n", "\r\n--X--", NAMED, NAMED, "\r\n", "\r\n", "-", "X", "\r", "\n", " ", "v",
            "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n",
        ]).prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// Small enough for random bytes to meet them.
const SMALL: MultipartLimits = MultipartLimits { parts: 3, part_head_bytes: 60 };

proptest! {
    #[test]
    fn any_split_gives_the_same_form(
        bytes in formlike(),
        cuts in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let once = parse(&[&bytes], SMALL);
        prop_assert_eq!(&parse(&split(&bytes, &cuts), SMALL), &once);
        let every: Vec<usize> = (0..bytes.len()).collect();
        prop_assert_eq!(&parse(&split(&bytes, &every), SMALL), &once);
    }

    #[test]
    fn data_that_holds_no_delimiter_comes_out_as_it_went_in(
        datas in prop::collection::vec(
            prop::collection::vec(prop::sample::select(b"\r\n-Xab".to_vec()), 0..40), 0..4),
    ) {
        prop_assume!(datas.iter().all(|data| {
            let framed = [data.as_slice(), b"\r\n-"].concat();
            !framed.windows(5).any(|w| w == b"\r\n--X")
        }));
        let mut bytes = Vec::new();
        for data in &datas {
            bytes.extend([b"--X\r\n", NAMED.as_bytes(), b"\r\n", data, b"\r\n"].concat());
        }
        bytes.extend_from_slice(b"--X--");
        let expected: Vec<_> = datas.iter().map(|data| field("a", data)).collect();
        prop_assert_eq!(whole(&bytes), (expected, Ok(())));
    }
}
