//! The client's half of the frame grammar, cut down to what a load needs: frames are built once and sent often,
//! and what comes back is compared as it arrives, so that nothing is ever collected (RFC 6455, 5.2).

use crate::Failure;

/// Always the same key: a load generator hides nothing, and the server's work does not depend on it.
const MASK_KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;

/// A final, masked frame, ready for the wire.
pub fn client_frame(opcode: u8, compressed: bool, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(0x80 | if compressed { 0x40 } else { 0 } | opcode);
    match payload.len() {
        n @ 0..=125 => frame.push(0x80 | n as u8),
        n @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((n as u16).to_be_bytes());
        }
        n => {
            frame.push(0x80 | 127);
            frame.extend((n as u64).to_be_bytes());
        }
    }
    frame.extend(MASK_KEY);
    frame.extend(payload.iter().zip(MASK_KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// A part of a message as it arrived.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub bytes: &'a [u8],
    /// The message is complete with this piece.
    pub last: bool,
    pub compressed: bool,
    pub opcode: u8,
}

/// Cuts the server's bytes into pieces of messages; control frames other than Close are passed over.
#[derive(Debug, Default)]
pub struct FrameReader {
    header: [u8; 10],
    header_len: usize,
    /// Payload bytes of the current frame still to come; None while the header is incomplete.
    remaining: Option<u64>,
    /// Opcode and compression of the message that continuations belong to.
    message: Option<(u8, bool)>,
}

impl FrameReader {
    /// The next piece of `input`, which is moved on; None once it is used up.
    pub fn next<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<Piece<'a>>, Failure> {
        loop {
            let Some(remaining) = self.remaining else {
                if !self.take_header(input)? {
                    return Ok(None);
                }
                continue;
            };
            if input.is_empty() && remaining > 0 {
                return Ok(None);
            }
            let (bytes, rest) = input.split_at(remaining.min(input.len() as u64) as usize);
            *input = rest;
            let left = remaining - bytes.len() as u64;
            let (final_frame, opcode) = (self.header[0] & 0x80 != 0, self.header[0] & 0x0f);
            if left == 0 {
                (self.remaining, self.header_len) = (None, 0);
            } else {
                self.remaining = Some(left);
            }
            match opcode {
                CLOSE => return Err(format!("the server closed: {:?}", String::from_utf8_lossy(bytes))),
                9 | 10 => continue,
                _ => {}
            }
            let (opcode, compressed) = self.message.ok_or("a continuation of nothing")?;
            let last = left == 0 && final_frame;
            if last {
                self.message = None;
            }
            return Ok(Some(Piece { bytes, last, compressed, opcode }));
        }
    }

    /// Moves header bytes over; true once the frame's length is known.
    fn take_header(&mut self, input: &mut &[u8]) -> Result<bool, Failure> {
        loop {
            let wanted = match (self.header_len, self.header[1] & 0x7f) {
                (0 | 1, _) => 2,
                (_, 126) => 4,
                (_, 127) => 10,
                _ => 2,
            };
            if self.header_len == wanted {
                break;
            }
            let take = (wanted - self.header_len).min(input.len());
            if take == 0 {
                return Ok(false);
            }
            self.header[self.header_len..self.header_len + take].copy_from_slice(&input[..take]);
            self.header_len += take;
            *input = &input[take..];
        }
        self.begin_frame().map(|()| true)
    }

    fn begin_frame(&mut self) -> Result<(), Failure> {
        let [first, second, ..] = self.header;
        if second & 0x80 != 0 {
            return Err("the server masked a frame".into());
        }
        self.remaining = Some(match second {
            126 => u16::from_be_bytes([self.header[2], self.header[3]]).into(),
            127 => self.header[2..10].iter().fold(0, |n, byte| n << 8 | u64::from(*byte)),
            n => n.into(),
        });
        let opcode = first & 0x0f;
        match (opcode, self.message) {
            (TEXT | BINARY, None) => self.message = Some((opcode, first & 0x40 != 0)),
            (TEXT | BINARY, Some(_)) => return Err("a message inside another".into()),
            (0, Some(_)) | (8..=10, _) => {}
            _ => return Err(format!("an unexpected frame with opcode {opcode}")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server would send for one message in the given fragments.
    fn server_bytes(fragments: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for (i, fragment) in fragments.iter().enumerate() {
            let fin = if i + 1 == fragments.len() { 0x80 } else { 0 };
            out.push(fin | if i == 0 { TEXT } else { 0 });
            match fragment.len() {
                n @ 0..=125 => out.push(n as u8),
                n => {
                    out.push(126);
                    out.extend((n as u16).to_be_bytes());
                }
            }
            out.extend(*fragment);
        }
        out
    }

    #[test]
    fn any_split_of_the_bytes_gives_the_same_messages() {
        let long = vec![b'x'; 300];
        let mut wire = server_bytes(&[b"hello"]);
        wire.extend([0x89, 2, b'h', b'i']);
        wire.extend(server_bytes(&[&long, b"", b"tail"]));
        for step in 1..wire.len() {
            let (mut reader, mut text, mut ends) = (FrameReader::default(), Vec::new(), Vec::new());
            for chunk in wire.chunks(step) {
                let mut input = chunk;
                while let Some(piece) = reader.next(&mut input).unwrap() {
                    text.extend(piece.bytes);
                    if piece.last {
                        ends.push(text.len());
                    }
                }
            }
            assert_eq!(ends, [5, 5 + 300 + 4], "in steps of {step}");
            assert!(text.starts_with(b"hellox") && text.ends_with(b"xtail"));
        }
    }

    #[test]
    fn an_empty_message_is_a_message() {
        let mut input: &[u8] = &[0x82, 0];
        let piece = FrameReader::default().next(&mut input).unwrap().unwrap();
        assert_eq!(piece, Piece { bytes: b"", last: true, compressed: false, opcode: BINARY });
    }

    #[test]
    fn a_masked_frame_from_the_server_is_refused() {
        let frame = client_frame(TEXT, false, b"x");
        assert!(FrameReader::default().next(&mut &frame[..]).is_err());
    }

    #[test]
    fn a_close_ends_the_conversation() {
        assert!(FrameReader::default().next(&mut &[0x88u8, 2, 3, 232][..]).is_err());
    }
}
