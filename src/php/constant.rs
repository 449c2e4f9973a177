//! `Swoole\Constant`: the name of every option and event as a constant, so that a typing error is one PHP reports.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::server::event::{PORT_EVENTS, SERVER_EVENTS};
use crate::server::settings::specs;
use crate::zend::Class;

/// The class.
pub static CONSTANT: Class = Class::new("Swoole\\Constant");

/// Defines the class from the lists of options and events.
pub fn register() {
    NAMES.iter().fold(CONSTANT.define(), |class, (name, value)| class.constant(name, *value)).register();
}

/// The constants and their values, which the engine refers to as long as the process lives.
static NAMES: LazyLock<Vec<(String, &str)>> = LazyLock::new(|| {
    let events: BTreeSet<_> = SERVER_EVENTS.iter().chain(PORT_EVENTS).map(|(_, name, _)| *name).collect();
    let options: BTreeSet<_> = specs().flat_map(|spec| spec.names().collect::<Vec<_>>()).collect();
    let events = events.into_iter().map(|event| (format!("EVENT_{}", upper(event)), event));
    let options = options.into_iter().map(|option| (format!("OPTION_{}", upper(option)), option));
    events.chain(options).collect()
});

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
