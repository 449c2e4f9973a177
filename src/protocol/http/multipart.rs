//! Parses `multipart/form-data` (RFC 7578, RFC 2046) as it arrives, so that uploads can go to files at once.
//!
//! It holds the header lines of one part and nothing of the data. Where data goes is up to the caller.

use super::error::HttpError;
use super::params;

/// The header lines of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartHead {
    /// The name of the form field.
    pub name: Vec<u8>,
    /// Present for files; empty when none was chosen. From the client: never a path to write to.
    pub filename: Option<Vec<u8>>,
    /// From the client: not to be believed.
    pub content_type: Option<Vec<u8>>,
}

/// What arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A part begins.
    Part(PartHead),
    /// Some of its data, never empty.
    Data(&'a [u8]),
    /// It is complete.
    PartEnd,
}

/// What a form may cost before it is refused. Data has the limit of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultipartLimits {
    pub parts: usize,
    /// Header lines of one part.
    pub part_head_bytes: usize,
}

/// A form being received.
#[derive(Clone, Debug)]
pub struct Multipart {
    /// `\r\n--boundary`. Its first byte occurs in it only once: a match that fails can only start again at the byte
    /// that failed.
    delimiter: Box<[u8]>,
    state: State,
    /// Header lines of the part that begins.
    head: Vec<u8>,
    parts: usize,
    limits: MultipartLimits,
}

/// ```text
/// Preamble -> Tail -> TailLf -> Head -> Data -> Tail ...
///                `-> TailDash -> Epilogue
/// ```
/// `matched` counts the bytes of the delimiter that were seen and taken, and that are data if the next one differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Preamble { matched: usize },
    Tail,
    TailDash,
    TailLf,
    Head,
    Data { matched: usize },
    Epilogue,
}

/// What one state made of the input.
enum Step<'b> {
    Event(Event<'b>),
    /// The first bytes of the delimiter were data after all.
    Held(usize),
    Again,
    More,
}

/// What the text of a preamble or part begins with.
enum Text<'b> {
    Delimiter,
    Held(usize),
    /// May be empty.
    Data(&'b [u8]),
}

/// How input compares with the delimiter.
enum Match {
    Whole,
    /// As far as the input goes.
    Prefix,
    Not,
}

/// The boundary of a `Content-Type`; `None` when it is not `multipart/form-data`.
pub fn boundary(content_type: &[u8]) -> Result<Option<Vec<u8>>, HttpError> {
    let (kind, params) = params::split(content_type);
    if !kind.eq_ignore_ascii_case(b"multipart/form-data") {
        return Ok(None);
    }
    let mut boundaries = params.filter(|(name, _)| name.eq_ignore_ascii_case(b"boundary"));
    match (boundaries.next(), boundaries.next()) {
        // RFC 2046, 5.1.1: 1 to 70 characters, the last one no blank. Which ones is left open here: clients use more
        // than the grammar has.
        (Some((_, boundary)), None)
            if (1..=BOUNDARY_BYTES).contains(&boundary.len())
                && boundary.iter().all(|b| (b' '..=b'~').contains(b))
                && !boundary.ends_with(b" ") =>
        {
            Ok(Some(boundary.into_owned()))
        }
        _ => Err(HttpError::Boundary),
    }
}

impl Multipart {
    /// A form with the boundary that [`boundary`] found.
    pub fn new(boundary: &[u8], limits: MultipartLimits) -> Self {
        // The first delimiter may open the body: its line break counts as seen.
        let state = State::Preamble { matched: 2 };
        Self { delimiter: [b"\r\n--", boundary].concat().into(), state, head: Vec::new(), parts: 0, limits }
    }

    /// Takes bytes from the front of `input`. Call it until it gives `None`: then all input is taken.
    pub fn receive<'a, 'b: 'a>(&'a mut self, input: &mut &'b [u8]) -> Result<Option<Event<'a>>, HttpError> {
        loop {
            match self.step(input)? {
                Step::Event(event) => return Ok(Some(event)),
                Step::Held(matched) => return Ok(Some(Event::Data(&self.delimiter[..matched]))),
                Step::More => return Ok(None),
                Step::Again => {}
            }
        }
    }

    /// The body ended. An error: the form was cut short.
    pub fn end(&self) -> Result<(), HttpError> {
        match self.state {
            State::Epilogue => Ok(()),
            _ => Err(HttpError::Incomplete),
        }
    }

    fn step<'b>(&mut self, input: &mut &'b [u8]) -> Result<Step<'b>, HttpError> {
        let Some((&first, rest)) = input.split_first() else { return Ok(Step::More) };
        match self.state {
            State::Preamble { matched } => {
                // RFC 2046, 5.1.1: "implementations must ignore anything that appears before the first boundary
                // delimiter line or after the last one."
                let _ignored = self.step_text(matched, input, |matched| State::Preamble { matched });
            }
            State::Data { matched } => {
                return Ok(match self.step_text(matched, input, |matched| State::Data { matched }) {
                    Text::Delimiter => Step::Event(Event::PartEnd),
                    Text::Held(matched) => Step::Held(matched),
                    Text::Data([]) => Step::Again,
                    Text::Data(data) => Step::Event(Event::Data(data)),
                });
            }
            State::Head => return self.step_head(input),
            State::Epilogue => *input = &[],
            State::Tail | State::TailDash | State::TailLf => {
                *input = rest;
                self.step_tail(first)?;
            }
        }
        Ok(Step::Again)
    }

    /// Looks for the delimiter; `matched` bytes of it were taken from earlier input.
    fn step_text<'b>(&mut self, matched: usize, input: &mut &'b [u8], state: fn(usize) -> State) -> Text<'b> {
        let (start, found) = match matched {
            0 => self.find(input),
            matched => (0, self.compare(matched, input)),
        };
        let (data, behind) = input.split_at(start);
        match found {
            Match::Whole if start == 0 => {
                *input = &input[self.delimiter.len() - matched..];
                self.state = State::Tail;
                Text::Delimiter
            }
            Match::Whole => {
                *input = behind;
                Text::Data(data)
            }
            Match::Prefix => {
                *input = &[];
                self.state = state(matched + behind.len());
                Text::Data(data)
            }
            Match::Not if matched > 0 => {
                self.state = state(0);
                Text::Held(matched)
            }
            Match::Not => {
                *input = &[];
                Text::Data(data)
            }
        }
    }

    /// Where the delimiter or its beginning lies in `input`, or all of it and [`Match::Not`].
    fn find(&self, input: &[u8]) -> (usize, Match) {
        let mut start = 0;
        while let Some(skip) = input[start..].iter().position(|&b| b == b'\r') {
            start += skip;
            match self.compare(0, &input[start..]) {
                Match::Not => start += 1,
                found => return (start, found),
            }
        }
        (input.len(), Match::Not)
    }

    fn compare(&self, matched: usize, input: &[u8]) -> Match {
        let wanted = &self.delimiter[matched..];
        match wanted.len().min(input.len()) {
            n if wanted[..n] != input[..n] => Match::Not,
            n if n == wanted.len() => Match::Whole,
            _ => Match::Prefix,
        }
    }

    /// One byte behind a delimiter: line end, or two dashes for the last one.
    fn step_tail(&mut self, byte: u8) -> Result<(), HttpError> {
        self.state = match (self.state, byte) {
            // RFC 2046, 5.1.1: "The boundary may be followed by zero or more characters consisting of linear
            // whitespace."
            (State::Tail, b' ' | b'\t') => State::Tail,
            (State::Tail, b'-') => State::TailDash,
            (State::TailDash, b'-') => State::Epilogue,
            (State::Tail, b'\r') => State::TailLf,
            (State::TailLf, b'\n') if self.parts >= self.limits.parts => return Err(HttpError::TooManyParts),
            (State::TailLf, b'\n') => {
                self.parts += 1;
                State::Head
            }
            _ => return Err(HttpError::Multipart),
        };
        Ok(())
    }

    /// Collects header lines up to the empty one, looking at each byte once.
    fn step_head<'b>(&mut self, input: &mut &'b [u8]) -> Result<Step<'b>, HttpError> {
        let line = input.iter().position(|&b| b == b'\n').map_or(input.len(), |end| end + 1);
        let (taken, rest) = input.split_at(line);
        if self.head.len() + taken.len() > self.limits.part_head_bytes {
            return Err(HttpError::PartHeadTooLarge);
        }
        self.head.extend_from_slice(taken);
        *input = rest;
        if self.head != b"\r\n" && !self.head.ends_with(b"\r\n\r\n") {
            return Ok(Step::Again);
        }
        let part = PartHead::parse(&self.head)?;
        self.head.clear();
        self.state = State::Data { matched: 0 };
        Ok(Step::Event(Event::Part(part)))
    }
}

impl PartHead {
    fn parse(head: &[u8]) -> Result<Self, HttpError> {
        let mut headers = [httparse::EMPTY_HEADER; PART_HEADERS];
        let headers = match httparse::parse_headers(head, &mut headers) {
            Ok(httparse::Status::Complete((len, headers))) if len == head.len() => headers,
            Err(httparse::Error::TooManyHeaders) => return Err(HttpError::PartHeadTooLarge),
            _ => return Err(HttpError::Multipart),
        };
        let value = |name: &str| headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value);
        let (kind, params) = params::split(value("content-disposition").ok_or(HttpError::Multipart)?);
        // RFC 7578, 4.2: "Each part MUST contain a Content-Disposition header field where the disposition type is
        // "form-data". The Content-Disposition header field MUST also contain an additional parameter of "name"".
        if !kind.eq_ignore_ascii_case(b"form-data") {
            return Err(HttpError::Multipart);
        }
        let mut name = None;
        let mut filename = None;
        // "the "filename*" parameter MUST NOT be used" (4.2), so it is not looked at.
        for (param, value) in params {
            match () {
                () if param.eq_ignore_ascii_case(b"name") => name = name.or(Some(value)),
                () if param.eq_ignore_ascii_case(b"filename") => filename = filename.or(Some(value)),
                () => {}
            }
        }
        Ok(Self {
            name: name.ok_or(HttpError::Multipart)?.into_owned(),
            filename: filename.map(|value| value.into_owned()),
            content_type: value("content-type").map(<[u8]>::to_vec),
        })
    }
}

impl Default for MultipartLimits {
    fn default() -> Self {
        Self { parts: PARTS, part_head_bytes: PART_HEAD_BYTES }
    }
}

/// PHP's own default: `max_input_vars` (1000) and `max_file_uploads` (20) together.
pub const PARTS: usize = 1020;

/// A name, a file name and a type; browsers send at most a few hundred bytes.
pub const PART_HEAD_BYTES: usize = 8 * 1024;

/// RFC 7578 knows three, of which one is deprecated; clients add a few of their own.
const PART_HEADERS: usize = 16;

/// RFC 2046, 5.1.1.
const BOUNDARY_BYTES: usize = 70;
