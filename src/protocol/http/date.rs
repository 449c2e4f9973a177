//! The dates of RFC 9110, section 5.6.7, as pure functions of Unix seconds: the clock is the caller's.

/// `Sun, 06 Nov 1994 08:49:37 GMT`. Seconds beyond the year 9999, which the format cannot hold, give its last second.
pub fn imf_fixdate(unix_secs: u64) -> [u8; 29] {
    let secs = unix_secs.min(LAST_SECOND);
    let (days, time) = (secs / DAY, secs % DAY);
    let (year, month, day) = civil_from_days(days);
    let mut out = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    out[0..3].copy_from_slice(WEEKDAYS[(days % 7) as usize].as_bytes());
    two_digits(&mut out[5..7], day);
    out[8..11].copy_from_slice(MONTHS[month as usize - 1].as_bytes());
    two_digits(&mut out[12..14], year / 100);
    two_digits(&mut out[14..16], year % 100);
    two_digits(&mut out[17..19], time / 3600);
    two_digits(&mut out[20..22], time / 60 % 60);
    two_digits(&mut out[23..25], time % 60);
    out
}

fn two_digits(out: &mut [u8], n: u64) {
    out[0] = b'0' + (n / 10 % 10) as u8;
    out[1] = b'0' + (n % 10) as u8;
}

/// Year, month and day of a day number. Years are counted from March, so that the leap day is the last of its year and
/// every 400-year era has the same length.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_EPOCH;
    let (era, day_of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

const DAY: u64 = 86_400;

/// Days of 400 Gregorian years.
const ERA_DAYS: u64 = 146_097;

/// From 1 March of the year 0 to 1 January 1970.
const DAYS_TO_EPOCH: u64 = 719_468;

/// `Fri, 31 Dec 9999 23:59:59 GMT`.
const LAST_SECOND: u64 = 253_402_300_799;

/// The epoch was a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
