//! The server's log: one line per event, to a file or to the standard output.
//!
//! Not PHP's error log: warnings a script can see go through `php/errors.rs`. Called from every layer above through the
//! one [`LOG`] of the process. Writing never fails and never panics: a log that cannot be written must not stop a server.

mod line;
mod rotation;
mod time;

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;

pub use line::{DateStyle, Level, Record, Role, Writer};
pub use rotation::Rotation;
pub use time::LocalTime;

use super::error::ErrorCode;

/// The log of this process.
pub static LOG: Log = Log::new();

/// Where and how lines are written: the `log_*` options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// Lines below this level are not written.
    pub level: Level,
    /// `None` writes to the standard output.
    pub file: Option<PathBuf>,
    /// A `strftime` format.
    pub date_format: String,
    pub microseconds: bool,
    pub rotation: Rotation,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: Level::Info,
            file: None,
            date_format: DATE_FORMAT.to_owned(),
            microseconds: false,
            rotation: Rotation::Single,
        }
    }
}

/// Seconds east of Greenwich at a moment, so that the log shows the wall clock of its machine.
pub type Zone = fn(unix_secs: i64) -> i32;

/// A [`Logger`] that may be shared. The lock is held for one line, never across a call into PHP.
#[derive(Debug)]
pub struct Log(Mutex<Option<Logger>>);

impl Log {
    /// A log that writes to the standard output in UTC until it is told better.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Writes a line of text.
    pub fn write(&self, level: Level, text: &str) {
        self.record(&Record { level, function: None, error: None, text });
    }

    /// Writes a line that names where in the server it happened and, for a coded error, its number.
    pub fn write_at(&self, level: Level, function: &str, error: Option<ErrorCode>, text: &str) {
        self.record(&Record { level, function: Some(function), error, text });
    }

    /// Writes a record.
    pub fn record(&self, record: &Record<'_>) {
        self.with(|logger| logger.record(record));
    }

    /// Takes new settings; the file is opened with the next line.
    pub fn configure(&self, settings: LogSettings) {
        self.with(|logger| logger.configure(settings));
    }

    /// The settings in force.
    pub fn settings(&self) -> LogSettings {
        self.with(|logger| logger.settings.clone())
    }

    /// Says what this process is, for the lines that follow; call it after each fork.
    pub fn identify(&self, role: Role, id: i64) {
        self.with(|logger| (logger.role, logger.id) = (role, id));
    }

    /// Sets the zone of the dates; UTC until then.
    pub fn zone(&self, zone: Zone) {
        self.with(|logger| logger.zone = zone);
    }

    /// Closes the file, so that the next line opens it anew: after somebody moved it away.
    pub fn reopen(&self) {
        self.with(|logger| logger.file = None);
    }

    /// Drops every later record of this error.
    pub fn ignore(&self, error: ErrorCode) {
        self.with(|logger| logger.ignored.insert(error.code()));
    }

    /// Whether [`Log::ignore`] was called for this error.
    pub fn ignores(&self, error: ErrorCode) -> bool {
        self.with(|logger| logger.ignored.contains(&error.code()))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Logger) -> T) -> T {
        f(self.0.lock().get_or_insert_with(Logger::default))
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

/// Settings, identity and the open file.
#[derive(Debug)]
struct Logger {
    settings: LogSettings,
    role: Role,
    id: i64,
    zone: Zone,
    ignored: BTreeSet<i32>,
    /// The open file and the suffix of its period.
    file: Option<(File, String)>,
}

impl Default for Logger {
    fn default() -> Self {
        Self {
            settings: LogSettings::default(),
            role: Role::default(),
            id: 0,
            zone: |_| 0,
            ignored: BTreeSet::new(),
            file: None,
        }
    }
}

impl Logger {
    fn configure(&mut self, settings: LogSettings) {
        self.settings = settings;
        self.file = None;
    }

    fn record(&mut self, record: &Record<'_>) {
        let ignored = record.error.is_some_and(|error| self.ignored.contains(&error.code()));
        if ignored || record.level < self.settings.level || record.level == Level::None {
            return;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_secs = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        let now = LocalTime::at(unix_secs, since.subsec_micros(), (self.zone)(unix_secs));
        // The pid is asked for each time: a fork must not make lines lie.
        let writer = Writer { role: self.role, pid: std::process::id(), id: self.id };
        let style =
            DateStyle { format: &self.settings.date_format, microseconds: self.settings.microseconds };
        let mut line = String::with_capacity(LINE_BYTES);
        record.write(&now, style, &writer, &mut line);
        self.put(&now, line.as_bytes());
    }

    /// One write(2) per line: processes share the file, and O_APPEND keeps whole writes apart.
    fn put(&mut self, now: &LocalTime, line: &[u8]) {
        if let Some(mut file) = self.opened(now) {
            // A full disk must not stop the server.
            let _ = file.write(line);
            return;
        }
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(line).and_then(|()| stdout.flush());
    }

    /// The file of the current period; `None` when the standard output is meant or the file cannot be opened.
    fn opened(&mut self, now: &LocalTime) -> Option<&File> {
        let path = self.settings.file.as_ref()?;
        let mut suffix = String::new();
        self.settings.rotation.suffix(now, &mut suffix);
        if self.file.as_ref().is_none_or(|(_, period)| *period != suffix) {
            let mut name = OsString::from(path);
            name.push(&suffix);
            let file = OpenOptions::new().append(true).create(true).open(name).ok();
            self.file = file.map(|file| (file, suffix));
        }
        self.file.as_ref().map(|(file, _)| file)
    }
}

/// The date of a line unless `log_date_format` says otherwise.
const DATE_FORMAT: &str = "%F %T";

/// Room for most lines without growing.
const LINE_BYTES: usize = 256;

#[cfg(test)]
mod tests;
