//! What goes wrong around a server, and what its clients and its log see of it: README.md beside this is the list.
#![cfg(feature = "net")]

mod kernel;
mod kills;
mod scarcity;
mod sockets;
#[path = "../support/mod.rs"]
mod support;

use support::orders;

fn main() {
    let mut tests = kills::tests();
    let named = scarcity::TESTS.iter().chain(sockets::TESTS).chain(kernel::TESTS);
    tests.extend(named.map(|(name, test)| (String::from(*name), Box::new(test) as _)));
    orders::main_with(tests);
}
