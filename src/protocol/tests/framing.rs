//! Packets by mark and by length: any split of the stream gives the same packets, and limits hold.

use proptest::prelude::*;

use crate::protocol::framing::*;

fn eof(cut: Cut) -> Framing {
    Framing::Eof { mark: b"\r\n".to_vec(), cut }
}

fn length(letter: u8, offset: usize, body_offset: usize) -> Framing {
    let kind = LengthKind::from_letter(letter).expect("a letter");
    Framing::Length(LengthField { kind, offset, body_offset })
}

/// Everything that comes out when the stream comes in pieces of that size.
fn cut(framing: &Framing, stream: &[u8], piece: usize) -> Result<Vec<Vec<u8>>, FramingError> {
    let (mut framer, mut packets) = (Framer::new(), Vec::new());
    for bytes in stream.chunks(piece.max(1)) {
        framer.feed(bytes);
        while let Some(packet) = framer.next(framing, 100)? {
            packets.push(packet);
        }
    }
    Ok(packets)
}

#[test]
fn a_mark_ends_a_packet_wherever_the_stream_was_split() {
    for piece in 1..12 {
        let packets = cut(&eof(Cut::Every), b"one\r\n\r\ntwo\r\r\nrest", piece).unwrap();
        assert_eq!(packets, [b"one\r\n".as_slice(), b"\r\n", b"two\r\r\n"]);
    }
}

#[test]
fn only_a_last_mark_ends_what_is_not_to_be_split() {
    let packets = cut(&eof(Cut::Last), b"one\r\ntwo\r\n", 100).unwrap();
    assert_eq!(packets, [b"one\r\ntwo\r\n"]);
    assert_eq!(cut(&eof(Cut::Last), b"one\r\nrest", 100).unwrap(), [b""; 0]);
}

#[test]
fn a_packet_beyond_the_limit_is_refused_with_or_without_its_mark() {
    let endless = [b'x'; 101];
    assert_eq!(cut(&eof(Cut::Every), &endless, 10), Err(FramingError::TooLarge(101)));
    let mut ended = vec![b'x'; 99];
    ended.extend(b"\r\n");
    assert_eq!(cut(&eof(Cut::Every), &ended, 101), Err(FramingError::TooLarge(101)));
    assert_eq!(cut(&length(b'N', 0, 4), &97u32.to_be_bytes(), 1), Err(FramingError::TooLarge(101)));
    assert_eq!(cut(&length(b'J', 0, 8), &[0xff; 8], 8), Err(FramingError::TooLarge(u64::MAX)));
}

#[test]
fn every_letter_reads_its_form() {
    let cases: [(u8, &[u8]); 10] = [
        (b'C', &[2]),
        (b'c', &[2]),
        (b'n', &[0, 2]),
        (b'v', &[2, 0]),
        (b'S', &2u16.to_ne_bytes()),
        (b'N', &[0, 0, 0, 2]),
        (b'V', &[2, 0, 0, 0]),
        (b'l', &2i32.to_ne_bytes()),
        (b'J', &[0, 0, 0, 0, 0, 0, 0, 2]),
        (b'P', &[2, 0, 0, 0, 0, 0, 0, 0]),
    ];
    for (letter, field) in cases {
        let stream = [b"id", field, b"ab", b"id", field, b"cd"].concat();
        let packets = cut(&length(letter, 2, 2 + field.len()), &stream, 3).unwrap();
        assert_eq!(packets, [[b"id", field, b"ab"].concat(), [b"id", field, b"cd"].concat()], "{letter}");
    }
    assert_eq!(LengthKind::from_letter(b'x'), None);
}

#[test]
fn a_length_that_cannot_be_is_malformed() {
    assert_eq!(cut(&length(b'c', 0, 1), &[0xff], 1), Err(FramingError::Malformed));
    assert_eq!(cut(&length(b's', 0, 2), &(-1i16).to_ne_bytes(), 2), Err(FramingError::Malformed));
    assert_eq!(cut(&length(b'C', 0, 0), &[0], 1), Err(FramingError::Malformed));
}

#[test]
fn an_mqtt_packet_says_its_length_behind_its_first_byte() {
    // CONNACK, PINGREQ, and a PUBLISH of two bytes of length whose body is too long for the limit.
    let packets = cut(&Framing::Mqtt, b"\x20\x02\x00\x00\xc0\x00\x30", 2).unwrap();
    assert_eq!(packets, [b"\x20\x02\x00\x00".as_slice(), b"\xc0\x00"]);
    assert_eq!(cut(&Framing::Mqtt, b"\x30\x80\x01", 1), Err(FramingError::TooLarge(131)));
    assert_eq!(cut(&Framing::Mqtt, b"\x30\x80\x80\x80\x80", 1), Err(FramingError::Malformed));
}

#[test]
fn a_redis_request_is_an_array_of_strings_and_numbers() {
    let stream = b"*2\r\n$3\r\nGET\r\n$4\r\n\r\n$1\r\n*3\r\n:-7\r\n$-1\r\n$0\r\n\r\n*0\r\n*1\r\n$1";
    for piece in [1, 2, 5, 100] {
        let packets = cut(&Framing::Redis, stream, piece).unwrap();
        let wanted = [&stream[..23], b"*3\r\n:-7\r\n$-1\r\n$0\r\n\r\n".as_slice(), b"*0\r\n"];
        assert_eq!(packets, wanted);
    }
    for nonsense in
        [&b"PING\r\n"[..], b"$1\r\na\r\n", b"*1\r\n*1\r\n", b"*1\r\n$1\r\nabc\r\n", b"*x\r\n", &[b'*'; 24]]
    {
        assert_eq!(cut(&Framing::Redis, nonsense, 100), Err(FramingError::Malformed), "{nonsense:?}");
    }
    assert_eq!(cut(&Framing::Redis, b"*1\r\n$91\r\n", 1), Err(FramingError::TooLarge(102)));
    assert_eq!(cut(&Framing::Redis, b"*9\r\n$9223372036854775807\r\n", 9).ok(), None);
    let many = b":1\r\n".repeat(24);
    assert_eq!(cut(&Framing::Redis, &[b"*99\r\n", &many[..]].concat(), 9), Err(FramingError::TooLarge(101)));
}

#[test]
fn bytes_may_be_taken_between_packets() {
    let mut framer = Framer::new();
    framer.feed(b"raw!one\r\n");
    assert_eq!(framer.take(4), b"raw!");
    assert_eq!(framer.next(&eof(Cut::Every), 10).unwrap().unwrap(), b"one\r\n");
    assert_eq!(framer.rest(), b"");
    assert_eq!(framer.take(9), b"");
}

proptest! {
    #[test]
    fn redis_requests_do_not_depend_on_the_split(
        words in proptest::collection::vec(
            proptest::sample::select(["*", "$", ":", "0", "1", "2", "-1", "\r\n", "\r", "a"].as_slice()),
            0..60,
        ),
        piece in 1usize..20,
    ) {
        let stream = words.concat();
        let (whole, split) = (cut(&Framing::Redis, stream.as_bytes(), 200), cut(&Framing::Redis, stream.as_bytes(), piece));
        prop_assert_eq!(whole.ok(), split.ok());
    }

    #[test]
    fn any_bytes_in_any_split_neither_panic_nor_depend_on_the_split(
        stream in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), 0u8..9], 0..200),
        piece in 1usize..20,
        letter in proptest::sample::select(b"cCsSnvlLNVqQJP".as_slice()),
        offset in 0usize..4,
    ) {
        let by_length = length(letter, offset, offset);
        for framing in [eof(Cut::Every), by_length, Framing::Mqtt] {
            prop_assert_eq!(cut(&framing, &stream, piece).ok(), cut(&framing, &stream, 1).ok());
        }
    }
}
