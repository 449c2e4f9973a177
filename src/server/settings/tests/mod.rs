//! Defaults, coercion, clamps, aliases and complaints of the options.

mod list;
mod network;
mod start;

use super::*;

const MACHINE: Machine = Machine { cpus: 4, open_files: 20_000 };

fn base() -> Settings {
    Settings::new(Mode::Base, MACHINE)
}

fn process() -> Settings {
    Settings::new(Mode::Process, MACHINE)
}

fn text(value: &str) -> OptionValue {
    OptionValue::Str(value.into())
}

fn strings(values: &[&str]) -> OptionValue {
    OptionValue::Array(
        values.iter().zip(0..).map(|(value, index)| (ArrayKey::Index(index), text(value))).collect(),
    )
}

fn map(values: &[(&str, OptionValue)]) -> OptionValue {
    OptionValue::Array(
        values.iter().map(|(key, value)| (ArrayKey::Name((*key).into()), value.clone())).collect(),
    )
}

fn set(settings: &mut Settings, options: &[(&str, OptionValue)]) -> Complaints {
    let options: Vec<_> = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    settings.set(&options)
}

/// Sets one option that deserves no complaint.
fn with(name: &str, value: OptionValue) -> Settings {
    let mut settings = base();
    let complaints = set(&mut settings, &[(name, value)]);
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
    settings
}

/// Sets one option and returns what is said about it.
fn complaint(name: &str, value: OptionValue) -> (Severity, String) {
    let complaints = set(&mut base(), &[(name, value)]);
    let all: Vec<_> = complaints.iter().collect();
    assert_eq!(all.len(), 1, "{name}: {complaints:?}");
    (all[0].severity, all[0].text.clone())
}
