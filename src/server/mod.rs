//! L1: plain data and decisions: settings, sessions, events, commands, errors.
#![forbid(unsafe_code)]

pub mod command;
pub mod dispatcher;
pub mod error;
pub mod event;
pub mod flow;
pub mod last_error;
pub mod lifecycle;
pub mod log;
pub mod mime;
pub mod openmetrics;
pub mod rewrite;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod stats;
mod uids;
