//! What an option is: its name, its kind, its default, and where its value goes.
//!
//! Not the options themselves: each group of settings lists its own beside its struct. Called by [`super::Settings`].

use std::time::Duration;

use super::value::OptionValue;
use crate::server::error::ErrorCode;

/// One option as a reader of the list sees it.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub name: &'static str,
    /// Older names; the first of all names that is present and not null counts.
    pub aliases: &'static [&'static str],
    pub kind: Kind,
    pub default: Default,
    pub tier: Tier,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Whether anything follows from it.
    pub is_obeyed: bool,
}

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Int,
    Float,
    /// Bytes; a string may end in K, M or G.
    Size,
    Str,
    Array,
    /// The PHP layer passes [`OptionValue::Callable`] for what can be called.
    Callable,
}

/// The value of an option nobody set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// Follows from other settings or the machine; `about` says how.
    Derived,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'static str),
}

/// How much of Swoole's world an option belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// The documented WebSocket server.
    One,
    /// Everything its base classes promise.
    Two,
    /// The wider Swoole: accepted, not always obeyed.
    Three,
    /// Not in Swoole.
    Ours,
}

/// Where the value of an option goes: a field, or a function when there is more to decide.
#[derive(Clone, Copy, Debug)]
pub enum Setter<T: 'static> {
    Bool(fn(&mut T) -> &mut bool),
    /// A bool that remembers whether anybody chose.
    Choice(fn(&mut T) -> &mut Option<bool>),
    /// The smallest and the largest value; others are moved to the nearer end.
    Int(u32, u32, fn(&mut T) -> &mut u32),
    Long(fn(&mut T) -> &mut i64),
    /// The smallest value; smaller ones are raised to it.
    Size(usize, fn(&mut T) -> &mut usize),
    /// Seconds, whole by `(int)`; zero and below switch off.
    WholeSecs(fn(&mut T) -> &mut Option<Duration>),
    /// Seconds with a fraction; zero and below switch off.
    Secs(fn(&mut T) -> &mut Option<Duration>),
    Str(fn(&mut T) -> &mut Vec<u8>),
    /// An array of strings; a single value stands for an array of one.
    List(fn(&mut T) -> &mut Vec<Vec<u8>>),
    Custom(Kind, Custom<T>),
    /// Accepted without a warning and without an effect; `about` says why.
    Inert(Kind),
    /// Read out of the script's array by what it is about: sockets of clients and coroutines.
    Elsewhere(Kind),
}

/// Takes a value that is not null, and says what is wrong with it.
pub type Custom<T> = fn(&mut T, &OptionValue, &mut Complaints);

/// One option of a list: [`option!`] writes it.
#[derive(Clone, Copy, Debug)]
pub struct Opt<T: 'static> {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub default: Default,
    pub tier: Tier,
    pub about: &'static str,
    pub setter: Setter<T>,
}

impl<T> Opt<T> {
    /// The option without its setter.
    pub const fn spec(&self) -> Spec {
        let Self { name, aliases, default, tier, about, .. } = *self;
        let is_obeyed = !matches!(self.setter, Setter::Inert(_));
        Spec { name, aliases, kind: self.setter.kind(), default, tier, about, is_obeyed }
    }
}

impl<T> Setter<T> {
    /// The kind of the values it takes.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) | Self::Choice(_) => Kind::Bool,
            Self::Int(..) | Self::Long(_) | Self::WholeSecs(_) => Kind::Int,
            Self::Size(..) => Kind::Size,
            Self::Secs(_) => Kind::Float,
            Self::Str(_) => Kind::Str,
            Self::List(_) => Kind::Array,
            Self::Custom(kind, _) | Self::Inert(kind) | Self::Elsewhere(kind) => *kind,
        }
    }

    /// Stores `value` in `target`. The value is not null.
    pub fn set(&self, target: &mut T, value: &OptionValue, complaints: &mut Complaints) {
        match *self {
            Self::Bool(field) => *field(target) = value.to_bool(),
            Self::Choice(field) => *field(target) = Some(value.to_bool()),
            Self::Int(min, max, field) => *field(target) = clamp(value.to_int(), min, max),
            Self::Long(field) => *field(target) = value.to_int(),
            Self::Size(min, field) => *field(target) = size(value).max(min),
            Self::WholeSecs(field) => *field(target) = secs(value.to_int() as f64),
            Self::Secs(field) => *field(target) = secs(value.to_float()),
            Self::Str(field) => *field(target) = value.to_text(),
            Self::List(field) => *field(target) = list(value),
            Self::Custom(_, set) => set(target, value, complaints),
            Self::Inert(_) | Self::Elsewhere(_) => {}
        }
    }
}

impl Spec {
    /// The name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// The value among `options` that counts for this option.
    pub fn find<'a>(&self, options: &'a [(String, OptionValue)]) -> Option<&'a OptionValue> {
        self.names().find_map(|name| {
            let (_, value) = options.iter().rev().find(|(key, _)| key == name)?;
            (*value != OptionValue::Null).then_some(value)
        })
    }
}

impl Default {
    /// The default as a value; `None` when it is derived.
    pub fn value(self) -> Option<OptionValue> {
        Some(match self {
            Self::Derived => return None,
            Self::Bool(value) => OptionValue::Bool(value),
            Self::Int(value) => OptionValue::Int(value),
            Self::Float(value) => OptionValue::Float(value),
            Self::Str(value) => OptionValue::Str(value.into()),
        })
    }
}

/// Puts the defaults of a list into `target`.
pub fn apply_defaults<T>(list: &[Opt<T>], target: &mut T) {
    let mut complaints = Complaints::default();
    for option in list {
        if let Some(value) = option.default.value() {
            option.setter.set(target, &value, &mut complaints);
        }
    }
    debug_assert!(complaints.is_empty(), "a default deserves no complaint: {complaints:?}");
}

/// Puts `options` into `target`, in the order of the list, until something is fatal.
pub fn apply<T>(
    list: &[Opt<T>],
    target: &mut T,
    options: &[(String, OptionValue)],
    complaints: &mut Complaints,
) {
    for option in list {
        if complaints.has_fatal() {
            return;
        }
        if let Some(value) = option.spec().find(options) {
            option.setter.set(target, value, complaints);
        }
    }
}

/// Something to tell the user about a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub severity: Severity,
    /// What `swoole_last_error()` should say afterwards.
    pub error: Option<ErrorCode>,
    pub text: String,
}

/// Who hears a complaint and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// A line of the log.
    Log,
    /// A line of the log, and `set()` returns false.
    Refused,
    /// `E_WARNING`.
    Warning,
    /// `E_ERROR`: the script ends.
    Fatal,
}

/// Complaints in the order in which they arose.
#[derive(Clone, Debug, std::default::Default, PartialEq, Eq)]
pub struct Complaints(Vec<Complaint>);

impl Complaints {
    /// A line of the log.
    pub fn log(&mut self, text: impl Into<String>) {
        self.push(Severity::Log, None, text.into());
    }

    /// A line of the log about an option that makes `set()` return false.
    pub fn refuse(&mut self, error: ErrorCode, text: impl Into<String>) {
        self.push(Severity::Refused, Some(error), text.into());
    }

    /// A PHP warning.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.push(Severity::Warning, None, text.into());
    }

    /// A PHP error that ends the script.
    pub fn fatal(&mut self, text: impl Into<String>) {
        self.push(Severity::Fatal, None, text.into());
    }

    /// Whether the script is to end; nothing is applied after that.
    pub fn has_fatal(&self) -> bool {
        self.0.iter().any(|complaint| complaint.severity == Severity::Fatal)
    }

    /// Whether `set()` is to return false.
    pub fn has_refusal(&self) -> bool {
        self.0.iter().any(|complaint| complaint.severity == Severity::Refused)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Complaint> {
        self.0.iter()
    }

    fn push(&mut self, severity: Severity, error: Option<ErrorCode>, text: String) {
        self.0.push(Complaint { severity, error, text });
    }
}

impl<'a> IntoIterator for &'a Complaints {
    type Item = &'a Complaint;
    type IntoIter = std::slice::Iter<'a, Complaint>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A value between two ends.
pub fn clamp(value: i64, min: u32, max: u32) -> u32 {
    u32::try_from(value.clamp(min.into(), max.into())).unwrap_or(max)
}

/// A size; a negative one is none.
pub fn size(value: &OptionValue) -> usize {
    usize::try_from(value.to_size()).unwrap_or(0)
}

/// A span of time; `None` for zero, less, and what is not a number. Longer ones than a century are as long as that.
pub fn secs(value: f64) -> Option<Duration> {
    // Half a microsecond would be a timeout that has already passed.
    (value >= 1e-6).then(|| Duration::from_secs_f64(value.min(SECS_MAX)))
}

/// The strings of an array; of anything else, itself.
pub fn list(value: &OptionValue) -> Vec<Vec<u8>> {
    match value {
        OptionValue::Array(items) => items.iter().map(|(_, item)| item.to_text()).collect(),
        other => vec![other.to_text()],
    }
}

/// A row of a list: `option!(One "name" | "alias" = Int(5), Setter::Int(0, 9, |s| &mut s.field), "What it does.")`.
macro_rules! option {
    ($tier:ident $name:literal $(| $alias:literal)* = $default:expr, $setter:expr, $about:expr) => {{
        #[allow(unused_imports, reason = "a row names the variants it needs")]
        use $crate::server::settings::option::{Default::*, Opt, Setter, Tier};
        Opt {
            name: $name,
            aliases: &[$($alias),*],
            default: $default,
            tier: Tier::$tier,
            about: $about,
            setter: $setter,
        }
    }};
}
pub(super) use option;

/// Timers need not reach further than a century.
const SECS_MAX: f64 = 100.0 * 365.0 * 86_400.0;
