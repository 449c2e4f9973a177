//! One line of the log as text: `[2026-11-21 10:00:00 *1234.0]\tINFO\tText`.
//!
//! Pure: the time and the identity of the process come from the caller, which is [`super::Logger`].

use std::fmt::Write as _;

use super::time::LocalTime;
use crate::server::error::ErrorCode;

/// How much a line matters: the `SWOOLE_LOG_*` values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Debug,
    Trace,
    Info,
    Notice,
    Warning,
    Error,
    /// As a threshold: nothing is written. As the level of a line: never written.
    None,
}

impl Level {
    /// The level of a `SWOOLE_LOG_*` value; values outside the list mean its nearest end.
    pub const fn from_number(number: i64) -> Self {
        match number {
            i64::MIN..=0 => Self::Debug,
            1 => Self::Trace,
            2 => Self::Info,
            3 => Self::Notice,
            4 => Self::Warning,
            5 => Self::Error,
            6.. => Self::None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Trace => "TRACE",
            Self::Info => "INFO",
            Self::Notice => "NOTICE",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::None => "NONE",
        }
    }
}

/// What a process of the server is; each kind has its symbol in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    Master,
    Manager,
    Worker,
    TaskWorker,
    /// Before `start()`, after it, or a process of the user's.
    #[default]
    Other,
}

impl Role {
    const fn symbol(self) -> char {
        match self {
            Self::Master => '#',
            Self::Manager => '$',
            Self::Worker => '*',
            Self::TaskWorker => '^',
            Self::Other => '@',
        }
    }
}

/// Who writes: the part `*1234.0` of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writer {
    pub role: Role,
    pub pid: u32,
    /// The worker's id, or the thread's.
    pub id: i64,
}

/// What a line says.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub level: Level,
    /// Where in the server it happened, without the brackets: `Worker::report_error`.
    pub function: Option<&'a str>,
    /// Adds `(ERRNO n)`.
    pub error: Option<ErrorCode>,
    pub text: &'a str,
}

/// How dates are written.
#[derive(Clone, Copy, Debug)]
pub struct DateStyle<'a> {
    /// A `strftime` format.
    pub format: &'a str,
    pub microseconds: bool,
}

impl Record<'_> {
    /// Appends the line and its end. A line break inside the text stays: traces of PHP span lines.
    pub fn write(&self, now: &LocalTime, style: DateStyle<'_>, writer: &Writer, out: &mut String) {
        out.push('[');
        now.format(style.format, out);
        if style.microseconds {
            push(out, format_args!("<.{:06}>", now.micros));
        }
        push(
            out,
            format_args!(" {}{}.{}]\t{}\t", writer.role.symbol(), writer.pid, writer.id, self.level.name()),
        );
        match (self.function, self.error) {
            (Some(function), Some(error)) => {
                push(out, format_args!("{function}() (ERRNO {}): ", error.code()));
            }
            (Some(function), None) => push(out, format_args!("{function}(): ")),
            (None, Some(error)) => push(out, format_args!("(ERRNO {}): ", error.code())),
            (None, None) => {}
        }
        out.push_str(self.text);
        out.push('\n');
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER: Writer = Writer { role: Role::Worker, pid: 1234, id: 2 };

    fn line(record: Record<'_>, writer: Writer, microseconds: bool) -> String {
        let mut out = String::new();
        let now = LocalTime::at(1_795_254_896, 7, 0);
        record.write(&now, DateStyle { format: "%F %T", microseconds }, &writer, &mut out);
        out
    }

    fn record(level: Level, function: Option<&'static str>, error: Option<i32>) -> Record<'static> {
        Record { level, function, error: error.map(ErrorCode::new), text: "the text" }
    }

    #[test]
    fn a_plain_line_has_the_date_the_writer_the_level_and_the_text() {
        let plain = line(record(Level::Info, None, None), WORKER, false);
        assert_eq!(plain, "[2026-11-21 09:54:56 *1234.2]\tINFO\tthe text\n");
    }

    #[test]
    fn a_coded_error_names_its_number_after_the_function() {
        let coded = line(record(Level::Error, Some("Server::start_check"), Some(9015)), WORKER, false);
        assert_eq!(
            coded,
            "[2026-11-21 09:54:56 *1234.2]\tERROR\tServer::start_check() (ERRNO 9015): the text\n"
        );
        let uncoded = line(record(Level::Warning, Some("Worker::report_error"), None), WORKER, false);
        assert!(uncoded.ends_with("]\tWARNING\tWorker::report_error(): the text\n"));
        let anonymous = line(record(Level::Notice, None, Some(2)), WORKER, false);
        assert!(anonymous.ends_with("]\tNOTICE\t(ERRNO 2): the text\n"));
    }

    #[test]
    fn every_role_has_its_symbol() {
        for (role, symbol) in [
            (Role::Master, '#'),
            (Role::Manager, '$'),
            (Role::Worker, '*'),
            (Role::TaskWorker, '^'),
            (Role::Other, '@'),
        ] {
            let text = line(record(Level::Debug, None, None), Writer { role, pid: 5, id: 0 }, false);
            assert!(text.contains(&format!(" {symbol}5.0]\tDEBUG\t")));
        }
    }

    #[test]
    fn microseconds_follow_the_date() {
        let text = line(record(Level::Trace, None, None), WORKER, true);
        assert!(text.starts_with("[2026-11-21 09:54:56<.000007> *1234.2]\tTRACE\t"));
    }

    #[test]
    fn levels_outside_the_list_mean_its_ends() {
        let expected = [
            Level::Debug,
            Level::Trace,
            Level::Info,
            Level::Notice,
            Level::Warning,
            Level::Error,
            Level::None,
        ];
        for (number, level) in expected.into_iter().enumerate() {
            assert_eq!(Level::from_number(number as i64), level);
        }
        assert_eq!(Level::from_number(-1), Level::Debug);
        assert_eq!(Level::from_number(7), Level::None);
    }
}
