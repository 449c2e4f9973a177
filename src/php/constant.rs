//! `Swoole\Constant`: the name of every option and event as a constant, so that a typing error is one PHP reports.

use std::collections::BTreeSet;

use super::server::event::{PORT_EVENTS, SERVER_EVENTS};
use crate::server::settings::specs;
use crate::zend::Class;

/// The class.
pub static CONSTANT: Class = Class::new("Swoole\\Constant");

/// Defines the class from the lists of options and events.
pub fn register() {
    let mut class = CONSTANT.define();
    let events: BTreeSet<_> = SERVER_EVENTS.iter().chain(PORT_EVENTS).map(|(_, name, _)| *name).collect();
    for event in events {
        class = class.constant(kept(format!("EVENT_{}", upper(event))), event);
    }
    let options: BTreeSet<_> = specs().flat_map(|spec| spec.names().collect::<Vec<_>>()).collect();
    for option in options {
        class = class.constant(kept(format!("OPTION_{}", upper(option))), option);
    }
    class.register();
}

/// `workerStart` and `worker_num` as constants are written.
fn upper(name: &str) -> String {
    let mut upper = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            upper.push('_');
        }
        upper.push(letter.to_ascii_uppercase());
    }
    upper
}

/// Names of constants live as long as the process.
fn kept(name: String) -> &'static str {
    name.leak()
}
