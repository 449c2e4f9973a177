//! L1: plain data and decisions: settings, sessions, events, commands, errors.
#![forbid(unsafe_code)]

pub mod error;
pub mod last_error;
pub mod log;
pub mod settings;
