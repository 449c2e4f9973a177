//! The names of rotated log files: `log_file` with the date of its period appended.

use super::time::LocalTime;

/// How often a new file begins: the `SWOOLE_LOG_ROTATION_*` values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// One file under the name given.
    #[default]
    Single,
    Monthly,
    Daily,
    Hourly,
    EveryMinute,
}

impl Rotation {
    /// The rotation of a `SWOOLE_LOG_ROTATION_*` value; an unknown value means one file.
    pub const fn from_number(number: i64) -> Self {
        match number {
            1 => Self::Monthly,
            2 => Self::Daily,
            3 => Self::Hourly,
            4 => Self::EveryMinute,
            _ => Self::Single,
        }
    }

    /// Appends `.20261121` and the like; nothing for one file. Two moments of one period give the same suffix.
    pub fn suffix(self, now: &LocalTime, out: &mut String) {
        let format = match self {
            Self::Single => return,
            Self::Monthly => ".%Y%m",
            Self::Daily => ".%Y%m%d",
            Self::Hourly => ".%Y%m%d%H",
            Self::EveryMinute => ".%Y%m%d%H%M",
        };
        now.format(format, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffix(number: i64, unix_secs: i64) -> String {
        let mut out = String::new();
        Rotation::from_number(number).suffix(&LocalTime::at(unix_secs, 0, 0), &mut out);
        out
    }

    #[test]
    fn each_period_has_its_suffix() {
        let expected = ["", ".202611", ".20261121", ".2026112109", ".202611210954", ""];
        for (number, expected) in expected.into_iter().enumerate() {
            assert_eq!(suffix(number as i64, 1_795_254_896), expected);
        }
    }

    #[test]
    fn the_suffix_changes_exactly_with_the_period() {
        assert_eq!(suffix(4, 1_795_254_899), suffix(4, 1_795_254_840));
        assert_ne!(suffix(4, 1_795_254_899), suffix(4, 1_795_254_900));
        assert_ne!(suffix(1, 1_796_083_199), suffix(1, 1_796_083_200));
    }
}
