//! The log writes what it should, where it should, and survives what it cannot write.

use std::{fs, path::PathBuf};

use super::*;

/// A directory of its own for each test, gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("swoole-rs-log-{}-{name}", std::process::id()));
        fs::create_dir_all(&dir).expect("a temporary directory");
        Self(dir)
    }

    fn log(&self, change: impl FnOnce(&mut LogSettings)) -> Log {
        let mut settings = LogSettings { file: Some(self.0.join("log")), ..LogSettings::default() };
        change(&mut settings);
        let log = Log::new();
        log.configure(settings);
        log
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn lines_at_the_level_are_written_and_lines_below_are_not() {
    let scratch = Scratch::new("level");
    let log = scratch.log(|settings| settings.level = Level::Notice);
    log.write(Level::Info, "below");
    log.write(Level::Notice, "at");
    log.write(Level::Error, "above");
    log.write(Level::None, "never");
    let text = scratch.text("log");
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("\tNOTICE\tat\n") && text.contains("\tERROR\tabove\n"));
}

#[test]
fn the_level_none_silences_everything() {
    let scratch = Scratch::new("none");
    let log = scratch.log(|settings| settings.level = Level::None);
    log.write(Level::Error, "text");
    assert_eq!(scratch.text("log"), "");
}

#[test]
fn a_line_names_the_process_that_wrote_it() {
    let scratch = Scratch::new("identity");
    let log = scratch.log(|_| {});
    log.write(Level::Info, "before");
    log.identify(Role::Worker, 3);
    log.write_at(Level::Warning, "Worker::report_error", Some(ErrorCode::SERVER_WORKER_TERMINATED), "after");
    let text = scratch.text("log");
    let pid = std::process::id();
    assert!(text.contains(&format!(" @{pid}.0]\tINFO\tbefore\n")), "{text}");
    assert!(
        text.contains(&format!(" *{pid}.3]\tWARNING\tWorker::report_error() (ERRNO 9003): after\n")),
        "{text}"
    );
}

#[test]
fn an_ignored_error_is_dropped_and_others_are_not() {
    let scratch = Scratch::new("ignore");
    let log = scratch.log(|_| {});
    log.ignore(ErrorCode::SESSION_NOT_EXIST);
    log.write_at(Level::Error, "f", Some(ErrorCode::SESSION_NOT_EXIST), "dropped");
    log.write_at(Level::Error, "f", Some(ErrorCode::SESSION_CLOSED), "kept");
    log.write(Level::Error, "without a code");
    assert!(log.ignores(ErrorCode::SESSION_NOT_EXIST) && !log.ignores(ErrorCode::SESSION_CLOSED));
    assert_eq!(scratch.text("log").lines().count(), 2);
}

#[test]
fn a_file_moved_away_is_followed_until_the_log_is_reopened() {
    let scratch = Scratch::new("reopen");
    let log = scratch.log(|_| {});
    log.write(Level::Info, "one");
    fs::rename(scratch.0.join("log"), scratch.0.join("old")).unwrap();
    log.write(Level::Info, "two");
    log.reopen();
    log.write(Level::Info, "three");
    assert_eq!(scratch.text("old").lines().count(), 2);
    assert_eq!(scratch.text("log").lines().count(), 1);
}

#[test]
fn a_rotated_file_carries_its_period_in_the_zone_of_the_log() {
    let scratch = Scratch::new("rotation");
    let log = scratch.log(|settings| {
        settings.rotation = Rotation::Monthly;
        settings.date_format = "%Y%m".to_owned();
    });
    // The seconds since 1970 taken back: the clock of this zone stands at its first day for ever.
    log.zone(|unix_secs| i32::try_from(-unix_secs).unwrap_or(i32::MIN));
    log.write(Level::Info, "text");
    assert!(scratch.text("log.197001").starts_with("[197001 @"), "{:?}", fs::read_dir(&scratch.0));
}

#[test]
fn existing_lines_are_kept() {
    let scratch = Scratch::new("append");
    fs::write(scratch.0.join("log"), "earlier\n").unwrap();
    scratch.log(|_| {}).write(Level::Info, "later");
    assert!(scratch.text("log").starts_with("earlier\n["));
}

#[test]
fn a_file_that_cannot_be_opened_does_not_stop_anybody() {
    let scratch = Scratch::new("missing");
    let log = scratch.log(|settings| settings.file = Some("/nonexistent/log".into()));
    log.write(Level::Info, "a line of a test whose log file cannot be opened");
    assert_eq!(log.settings().file, Some(PathBuf::from("/nonexistent/log")));
}

#[test]
fn lines_of_threads_do_not_mix() {
    let scratch = Scratch::new("threads");
    let log = scratch.log(|_| {});
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| log.write(Level::Info, &"x".repeat(100))));
        }
    });
    let text = scratch.text("log");
    assert_eq!(text.lines().count(), 400);
    assert!(text.lines().all(|line| line.starts_with('[') && line.ends_with(&"x".repeat(100))));
}
