//! The life of a server process: one enum, one `enter()`, no bools beside it.
//!
//! ```text
//! Created --> Starting --> Running --> Stopping --> Stopped
//!                 |                        ^
//!                 +------------------------+     a worker told to stop before it was ready
//! ```

use std::cell::Cell;
use std::fmt;

/// Where a process of the server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lifecycle {
    /// Configured, perhaps bound; nothing runs.
    Created,
    /// `start()` was called: forking, `onStart`, `onWorkerStart`.
    Starting,
    /// Connections are accepted.
    Running,
    /// No new connections; open ones are told to go.
    Stopping,
    /// Everything has ended. A server is not started twice.
    Stopped,
}

impl Lifecycle {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// Whether the step is in the picture above.
    pub const fn may_enter(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Created, Self::Starting)
                | (Self::Starting, Self::Running | Self::Stopping)
                | (Self::Running, Self::Stopping)
                | (Self::Stopping, Self::Stopped)
        )
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A step that is not in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    pub from: Lifecycle,
    pub to: Lifecycle,
}

/// The state of this process. Owned by whoever runs it, read by everybody on the thread.
#[derive(Debug)]
pub struct Life(Cell<Lifecycle>);

impl Default for Life {
    fn default() -> Self {
        Self(Cell::new(Lifecycle::Created))
    }
}

impl Life {
    pub fn now(&self) -> Lifecycle {
        self.0.get()
    }

    /// The only way to change the state.
    pub fn enter(&self, next: Lifecycle) -> Result<(), Refused> {
        let from = self.0.get();
        if !from.may_enter(next) {
            return Err(Refused { from, to: next });
        }
        self.0.set(next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Lifecycle; 5] = [
        Lifecycle::Created,
        Lifecycle::Starting,
        Lifecycle::Running,
        Lifecycle::Stopping,
        Lifecycle::Stopped,
    ];

    #[test]
    fn the_straight_way_is_open() {
        let life = Life::default();
        for next in &ALL[1..] {
            life.enter(*next).unwrap();
            assert_eq!(life.now(), *next);
        }
    }

    #[test]
    fn nothing_goes_back_and_a_refused_step_changes_nothing() {
        for from in ALL {
            for to in ALL.into_iter().filter(|to| *to <= from) {
                let life = Life(Cell::new(from));
                assert_eq!(life.enter(to), Err(Refused { from, to }));
                assert_eq!(life.now(), from);
            }
        }
    }

    #[test]
    fn a_starting_process_may_be_stopped_but_a_running_one_not_started() {
        assert!(Lifecycle::Starting.may_enter(Lifecycle::Stopping));
        assert!(!Lifecycle::Created.may_enter(Lifecycle::Running));
        assert!(!Lifecycle::Running.may_enter(Lifecycle::Stopped));
    }
}
