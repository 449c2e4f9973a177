//! One response: its head, then its body piece by piece, decoded.

use std::io::{self, ErrorKind};
use std::rc::Rc;

use super::failure::Failure;
use super::link::Link;
use crate::protocol::http::{Body, BodyLength, Coding, Decoder, HeadLimits, HeadSearch, ResponseHead};

/// A request was sent, and this is its answer.
#[derive(Debug)]
pub struct Exchange {
    link: Rc<Link>,
    method: String,
    options: Options,
    body: Option<Body>,
    decoder: Option<Decoder>,
    until_close: bool,
}

/// What the answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub head: HeadLimits,
    /// Of the body, as it is given to the caller.
    pub body_bytes_max: u64,
    /// Undo content codings.
    pub decode: bool,
}

impl Exchange {
    /// The answer to a request with `method` that was sent on `link`.
    pub fn new(link: Rc<Link>, method: String, options: Options) -> Self {
        Self { link, method, options, body: None, decoder: None, until_close: false }
    }

    /// The head of the final answer; those of 1xx before it are skipped.
    pub async fn head(&mut self) -> Result<ResponseHead, Failure> {
        let mut search = HeadSearch::default();
        loop {
            let link = Rc::clone(&self.link);
            match link.take(|input| self.parse(input, &mut search))? {
                Some(head) if head.status() == 101 || head.status() >= 200 => {
                    self.begin_body(&head)?;
                    return Ok(head);
                }
                Some(_) => search = HeadSearch::default(),
                None => match link.fill().await {
                    Ok(1..) => {}
                    Ok(0) if link.has_input() => return Err(Failure::Cut),
                    Ok(0) => return Err(Failure::Closed),
                    // A server that has closed refuses what still comes.
                    Err(error) if is_end(&error) && !link.has_input() => return Err(Failure::Closed),
                    Err(error) => return Err(error.into()),
                },
            }
        }
    }

    /// Appends the next piece of the body to `out`. `true`: that was all of it.
    pub async fn piece(&mut self, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let Some(mut body) = self.body.take() else { return Ok(true) };
        loop {
            let mut piece = Vec::new();
            let done = self.link.take(|input| {
                let mut rest = &*input;
                let done = body.decode(&mut rest, &mut piece);
                (input.len() - rest.len(), done)
            })?;
            match &mut self.decoder {
                Some(decoder) => decoder.decode(&piece, out)?,
                None => out.append(&mut piece),
            }
            if done {
                return self.end(out);
            }
            if !out.is_empty() {
                self.body = Some(body);
                return Ok(false);
            }
            if self.link.fill().await? == 0 {
                body.end().map_err(|_| Failure::Cut)?;
                return self.end(out);
            }
        }
    }

    /// Whether the body lasts until the connection ends: it carries no other answer.
    pub fn is_until_close(&self) -> bool {
        self.until_close
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<bool, Failure> {
        if let Some(decoder) = self.decoder.take() {
            decoder.finish(out)?;
        }
        Ok(true)
    }

    fn parse(&self, input: &[u8], search: &mut HeadSearch) -> (usize, Result<Option<ResponseHead>, Failure>) {
        match ResponseHead::parse_from(search, input, &self.options.head) {
            Ok(Some((head, used))) => (used, Ok(Some(head))),
            Ok(None) => (0, Ok(None)),
            Err(error) => (0, Err(error.into())),
        }
    }

    fn begin_body(&mut self, head: &ResponseHead) -> Result<(), Failure> {
        let length = head.body_length(&self.method)?;
        self.until_close = length == BodyLength::UntilClose;
        self.body = Some(Body::new(length, self.options.body_bytes_max)?);
        if self.options.decode && length != BodyLength::None {
            let coding = head.header("content-encoding").and_then(Coding::of);
            self.decoder = coding.and_then(|coding| Decoder::new(coding, self.options.body_bytes_max));
        }
        Ok(())
    }
}

/// A connection that has ended, though not in the way it should.
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof)
}
