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

/// Unix seconds of a date in any of the three forms that RFC 9110, 5.6.7 obliges a recipient to accept:
///
/// ```text
/// Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
/// Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
/// Sun Nov  6 08:49:37 1994          asctime
/// ```
///
/// Dates before 1970 give 0. `now` settles the century of the second form.
pub fn parse(date: &[u8], now: u64) -> Option<u64> {
    let text = std::str::from_utf8(date).ok()?;
    let (year, month, day, time) = match text.split_once(", ") {
        Some((weekday, rest)) if WEEKDAYS.contains(&weekday) => {
            let (date, time) = rest.strip_suffix(" GMT")?.split_at_checked(12)?;
            let (day, rest) = date.split_once(' ')?;
            let (month, year) = rest.strip_suffix(' ')?.split_once(' ')?;
            (digits(year, 4)?, month, digits(day, 2)?, time)
        }
        Some((weekday, rest)) if WEEKDAYS_LONG.contains(&weekday) => {
            let (date, time) = rest.strip_suffix(" GMT")?.split_once(' ')?;
            let (day, rest) = date.split_once('-')?;
            let (month, year) = rest.split_once('-')?;
            (full_year(digits(year, 2)?, now), month, digits(day, 2)?, time)
        }
        Some(_) => return None,
        None => {
            let (weekday, rest) = text.split_once(' ')?;
            let (month, rest) = rest.split_once(' ')?;
            let (day, rest) = rest.split_at_checked(2)?;
            let (time, year) = rest.strip_prefix(' ')?.split_once(' ')?;
            WEEKDAYS.contains(&weekday).then_some(())?;
            let day = match day.strip_prefix(' ') {
                Some(digit) => digits(digit, 1)?,
                None => digits(day, 2)?,
            };
            (digits(year, 4)?, month, day, time)
        }
    };
    let month = MONTHS.iter().position(|m| *m == month)? as u64 + 1;
    if day == 0 || day > days_in_month(year, month) {
        return None;
    }
    // A date before the epoch is as good as the epoch for a comparison with the age of a file.
    let days = days_from_civil(year, month, day).saturating_sub(DAYS_TO_EPOCH);
    let time = seconds_of_day(time)?;
    Some(if year < 1970 { 0 } else { days * DAY + time })
}

/// RFC 9110, 5.6.7: "Recipients of a timestamp value in rfc850-date format, which uses a two-digit year, MUST interpret a
/// timestamp that appears to be more than 50 years in the future as representing the most recent year in the past that
/// had the same last two digits."
fn full_year(year: u64, now: u64) -> u64 {
    let (this_year, _, _) = civil_from_days(now.min(LAST_SECOND) / DAY);
    let year = this_year / 100 * 100 + year;
    if year > this_year + 50 { year - 100 } else { year }
}

/// `hour ":" minute ":" second`, with the leap second that the grammar allows.
fn seconds_of_day(time: &str) -> Option<u64> {
    let (hour, rest) = time.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

/// Exactly `count` digits: no sign, no blank.
fn digits(text: &str, count: usize) -> Option<u64> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn days_in_month(year: u64, month: u64) -> u64 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
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

/// Days since 1 March of the year 0; the inverse of [`civil_from_days`] but for the epoch. Earlier ones give 0.
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let Some(year) = year.checked_sub(u64::from(month <= 2)) else { return 0 };
    let (era, year_of_era) = (year / 400, year % 400);
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
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

/// As RFC 850 spells them.
const WEEKDAYS_LONG: [&str; 7] =
    ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
