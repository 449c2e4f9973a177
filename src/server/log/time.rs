//! A moment broken into the fields of a calendar, and `strftime` over it.
//!
//! Not a clock: the caller passes the seconds and the offset of its zone. Called by the log line and the names of
//! rotated files.

/// A moment on a wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub micros: u32,
    /// 0 is Sunday.
    pub weekday: u32,
    /// 1 to 366.
    pub yearday: u32,
    /// Seconds east of Greenwich.
    pub offset_secs: i32,
    unix_secs: i64,
}

impl LocalTime {
    /// The wall clock `offset_secs` east of Greenwich at `unix_secs`.
    pub fn at(unix_secs: i64, micros: u32, offset_secs: i32) -> Self {
        let local = unix_secs.saturating_add(i64::from(offset_secs));
        let (days, second_of_day) = (local.div_euclid(DAY_SECS), local.rem_euclid(DAY_SECS) as u32);
        let (year, month, day) = civil_from_days(days);
        let new_year = days_from_civil(year, 1, 1);
        Self {
            year,
            month,
            day,
            hour: second_of_day / 3600,
            minute: second_of_day / 60 % 60,
            second: second_of_day % 60,
            micros,
            // 1970-01-01 was a Thursday.
            weekday: (days + 4).rem_euclid(7) as u32,
            yearday: (days - new_year + 1) as u32,
            offset_secs,
            unix_secs,
        }
    }

    /// Appends what `strftime` makes of `format` in the C locale. A directive it does not know is copied as it stands.
    pub fn format(&self, format: &str, out: &mut String) {
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some(directive) => self.directive(directive, out),
                None => out.push('%'),
            }
        }
    }

    fn directive(&self, directive: char, out: &mut String) {
        let hour_12 = (self.hour + 11) % 12 + 1;
        let (weekday, month) = (WEEKDAYS[self.weekday as usize % 7], MONTHS[(self.month as usize + 11) % 12]);
        let text = match directive {
            'Y' => self.year.to_string(),
            'C' => format!("{:02}", self.year.div_euclid(100)),
            'y' => format!("{:02}", self.year.rem_euclid(100)),
            'm' => format!("{:02}", self.month),
            'd' => format!("{:02}", self.day),
            'e' => format!("{:2}", self.day),
            'j' => format!("{:03}", self.yearday),
            'H' => format!("{:02}", self.hour),
            'I' => format!("{hour_12:02}"),
            'M' => format!("{:02}", self.minute),
            'S' => format!("{:02}", self.second),
            'p' => if self.hour < 12 { "AM" } else { "PM" }.to_owned(),
            's' => self.unix_secs.to_string(),
            'u' => ((self.weekday + 6) % 7 + 1).to_string(),
            'w' => self.weekday.to_string(),
            'a' => weekday[..3].to_owned(),
            'A' => weekday.to_owned(),
            'b' | 'h' => month[..3].to_owned(),
            'B' => month.to_owned(),
            'z' => self.zone(),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            '%' => "%".to_owned(),
            'F' => return self.format("%Y-%m-%d", out),
            'T' => return self.format("%H:%M:%S", out),
            'R' => return self.format("%H:%M", out),
            'D' | 'x' => return self.format("%m/%d/%y", out),
            'X' => return self.format("%T", out),
            'c' => return self.format("%a %b %e %T %Y", out),
            'r' => return self.format("%I:%M:%S %p", out),
            unknown => format!("%{unknown}"),
        };
        out.push_str(&text);
    }

    fn zone(&self) -> String {
        let minutes = self.offset_secs.unsigned_abs() / 60;
        let sign = if self.offset_secs < 0 { '-' } else { '+' };
        format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar without a beginning.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    // Years are counted from March so that the leap day is the last of its year; 400 years are 146 097 days.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The inverse of [`civil_from_days`].
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

const DAY_SECS: i64 = 86_400;

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(unix_secs: i64, offset_secs: i32, format: &str) -> String {
        let mut out = String::new();
        LocalTime::at(unix_secs, 0, offset_secs).format(format, &mut out);
        out
    }

    #[test]
    fn dates_on_both_sides_of_leap_days_new_years_and_the_epoch() {
        for (unix_secs, expected) in [
            (0, "1970-01-01 00:00:00"),
            (-1, "1969-12-31 23:59:59"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"),
            (951_868_800, "2000-03-01 00:00:00"),
            (4_107_542_400, "2100-03-01 00:00:00"),
            (4_107_542_399, "2100-02-28 23:59:59"),
            (1_795_219_200, "2026-11-21 00:00:00"),
            (1_798_761_599, "2026-12-31 23:59:59"),
            (1_798_761_600, "2027-01-01 00:00:00"),
        ] {
            assert_eq!(text(unix_secs, 0, "%F %T"), expected);
        }
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (-1_000_000..1_000_000).step_by(13) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn an_offset_moves_the_clock_east_or_west() {
        assert_eq!(text(0, 3600, "%F %T %z"), "1970-01-01 01:00:00 +0100");
        assert_eq!(text(0, -12_600, "%F %T %z"), "1969-12-31 20:30:00 -0330");
    }

    #[test]
    fn every_directive_says_what_strftime_says() {
        let all = "%Y|%C|%y|%m|%d|%e|%j|%H|%I|%M|%S|%p|%s|%u|%w|%a|%A|%b|%B|%R|%D|%c|%r|%%|%n|%t|%z";
        assert_eq!(
            text(951_865_445, 0, all),
            "2000|20|00|02|29|29|060|23|11|04|05|PM|951865445|2|2|Tue|Tuesday|Feb|February|23:04|02/29/00|\
             Tue Feb 29 23:04:05 2000|11:04:05 PM|%|\n|\t|+0000"
        );
        assert_eq!(text(0, 0, "%I %p %e %j"), "12 AM  1 001");
    }

    #[test]
    fn what_strftime_does_not_know_is_copied() {
        assert_eq!(text(0, 0, "%Q 100%"), "%Q 100%");
        assert_eq!(text(0, 0, ""), "");
        assert_eq!(text(0, 0, "é%Yé"), "é1970é");
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for secs in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
            for offset in [i32::MIN, 0, i32::MAX] {
                text(secs, offset, "%c");
            }
        }
    }
}
