//! How a stream is cut into packets: the options `open_eof_check`, `open_length_check` and theirs.

use crate::php::errors::warn;
use crate::protocol::framing::{Cut, Framing, LengthField, LengthKind};
use crate::zend::{Array, Callback, Gc, Result, Trace, Value};

/// The rules of a line.
#[derive(Clone, Debug)]
pub struct Rules {
    pub framing: Option<Framing>,
    /// `package_length_func`: finds the length of the packet at the beginning of what it gets.
    pub measure: Option<Callback>,
    /// `package_max_length`.
    pub limit: usize,
}

impl Trace for Rules {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.measure);
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { framing: None, measure: None, limit: PACKAGE_BYTES_MAX }
    }
}

impl Rules {
    /// These rules as options change them; `None`, with a warning, when an option makes no sense.
    pub fn changed(mut self, options: &Array) -> Result<Option<Self>> {
        if let Some(limit) = options.get("package_max_length") {
            self.limit =
                usize::try_from(limit.to_long()).ok().filter(|&limit| limit > 0).unwrap_or(PACKAGE_BYTES_MAX);
        }
        if is_on(options, "open_eof_check") || is_on(options, "open_eof_split") {
            let mark = match options.get("package_eof") {
                Some(mark) => mark.to_str()?.as_bytes().to_vec(),
                None => DEFAULT_MARK.to_vec(),
            };
            if mark.is_empty() {
                warn("package_eof cannot be an empty string");
                return Ok(None);
            }
            if mark.len() > MARK_BYTES_MAX {
                warn(format_args!("package_eof max length is {MARK_BYTES_MAX}"));
                return Ok(None);
            }
            self.framing = Some(Framing::Eof { mark, cut: Cut::Every });
            self.measure = None;
        } else if is_on(options, "open_length_check") {
            return self.by_length(options);
        } else if ["open_eof_check", "open_length_check"].iter().any(|name| options.get(name).is_some()) {
            self.framing = None;
            self.measure = None;
        }
        Ok(Some(self))
    }

    fn by_length(mut self, options: &Array) -> Result<Option<Self>> {
        if let Some(measure) = options.get("package_length_func") {
            match Callback::resolve(&measure) {
                Ok(measure) => self.measure = Some(measure),
                Err(reason) => {
                    warn(format_args!("package_length_func is not callable: {reason}"));
                    return Ok(None);
                }
            }
            self.framing = None;
            return Ok(Some(self));
        }
        let letter = match options.get("package_length_type") {
            Some(letter) => letter.to_str()?.as_bytes().first().copied().unwrap_or(0),
            None => b'N',
        };
        let Some(kind) = LengthKind::from_letter(letter) else {
            warn("unknown package_length_type, see pack(). Link: https://php.net/pack");
            return Ok(None);
        };
        let offset = number(options, "package_length_offset").unwrap_or(0);
        let body_offset = number(options, "package_body_offset").unwrap_or(0);
        self.framing = Some(Framing::Length(LengthField { kind, offset, body_offset }));
        self.measure = None;
        Ok(Some(self))
    }
}

fn is_on(options: &Array, name: &str) -> bool {
    options.get(name).is_some_and(|on| on.to_bool())
}

fn number(options: &Array, name: &str) -> Option<usize> {
    let value: Value = options.get(name)?;
    usize::try_from(value.to_long()).ok()
}

/// `package_max_length` unless it is set.
const PACKAGE_BYTES_MAX: usize = 2 << 20;
/// `package_eof` unless it is set.
const DEFAULT_MARK: &[u8] = b"\r\n";
/// A longer mark is refused, as Swoole does.
const MARK_BYTES_MAX: usize = 8;
