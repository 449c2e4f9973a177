//! The ini settings of the module.

use crate::zend::ini::{self, Access, Setting};

/// Registers the settings. Before the constants: one of them follows a setting.
pub fn register() {
    ini::register(SETTINGS);
}

const SETTINGS: &[Setting] = &[
    setting("swoole.enable_library", "On", Access::All),
    setting("swoole.enable_fiber_mock", "Off", Access::All),
    setting("swoole.enable_preemptive_scheduler", "Off", Access::All),
    setting("swoole.display_errors", "On", Access::All),
    setting("swoole.use_shortname", "On", Access::System),
    setting("swoole.socket_buffer_size", "8388608", Access::All),
    setting("swoole.blocking_detection", "Off", Access::System),
    setting("swoole.blocking_threshold", "100000", Access::System),
    setting("swoole.profile", "Off", Access::System),
    setting("swoole.leak_detection", "Off", Access::System),
];

const fn setting(name: &'static str, default: &'static str, access: Access) -> Setting {
    Setting { name, default, access }
}
