//! L1: plain data and decisions: settings, sessions, events, commands, errors.
#![forbid(unsafe_code)]
