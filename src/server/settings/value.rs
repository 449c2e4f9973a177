//! A PHP value as the settings see it, and PHP's own conversions of it.
//!
//! Not a zval: `php/` converts each option once. Conversions never fail, as `(bool)`, `(int)` and `(float)` never do.

/// The value of one option.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OptionValue {
    /// The same as an option that is not there.
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Vec<u8>),
    Array(Vec<(ArrayKey, OptionValue)>),
    /// Something that can be called; the callable itself stays with PHP.
    Callable,
}

/// A key of a PHP array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArrayKey {
    Index(i64),
    Name(Vec<u8>),
}

impl OptionValue {
    /// `(bool) $value`.
    pub fn to_bool(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Str(bytes) => !bytes.is_empty() && bytes != b"0",
            Self::Array(items) => !items.is_empty(),
            Self::Callable => true,
        }
    }

    /// `(int) $value`.
    pub fn to_int(&self) -> i64 {
        match self {
            Self::Int(value) => *value,
            Self::Float(value) => wrap_to_int(*value),
            Self::Str(bytes) => match leading_number(bytes) {
                Number::Int(value) => value,
                Number::Float(value) => saturate_to_int(value),
            },
            other => other.to_bool().into(),
        }
    }

    /// `(float) $value`.
    pub fn to_float(&self) -> f64 {
        match self {
            Self::Float(value) => *value,
            Self::Str(bytes) => match leading_number(bytes) {
                Number::Int(value) => value as f64,
                Number::Float(value) => value,
            },
            other => other.to_int() as f64,
        }
    }

    /// `(string) $value`; an array says "Array" as PHP's does.
    pub fn to_text(&self) -> Vec<u8> {
        match self {
            Self::Null => Vec::new(),
            Self::Bool(value) => if *value { "1" } else { "" }.into(),
            Self::Int(value) => value.to_string().into(),
            Self::Float(value) => value.to_string().into(),
            Self::Str(bytes) => bytes.clone(),
            Self::Array(_) => "Array".into(),
            Self::Callable => "Closure".into(),
        }
    }

    /// Bytes as php.ini writes them: a string may end in K, M or G; everything else is `(int) $value`.
    pub fn to_size(&self) -> i64 {
        let Self::Str(bytes) = self else { return self.to_int() };
        let text = bytes.trim_ascii();
        let number = leading_integer(text);
        let shift = match text.last() {
            Some(b'k' | b'K') => 10,
            Some(b'm' | b'M') => 20,
            Some(b'g' | b'G') => 30,
            _ => 0,
        };
        number.saturating_mul(1 << shift)
    }
}

/// What a string begins with, as PHP reads numbers: blanks, a sign, digits, a fraction, an exponent.
enum Number {
    Int(i64),
    Float(f64),
}

fn leading_number(bytes: &[u8]) -> Number {
    let text = skip_blanks(bytes);
    let sign = text.iter().take(1).take_while(|b| matches!(b, b'+' | b'-')).count();
    let whole = digits(&text[sign..]);
    let mut end = sign + whole;
    let mut fraction = 0;
    if text.get(end) == Some(&b'.') {
        fraction = digits(&text[end + 1..]);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return Number::Int(0);
    }
    let mut is_float = end > sign + whole;
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let after = &text[end + 1..];
        let exponent_sign = after.iter().take(1).take_while(|b| matches!(b, b'+' | b'-')).count();
        let exponent = digits(&after[exponent_sign..]);
        if exponent > 0 {
            end += 1 + exponent_sign + exponent;
            is_float = true;
        }
    }
    // Only ASCII digits, signs, a dot and an "e" are left, so both conversions succeed but for an overflow.
    let number = std::str::from_utf8(&text[..end]).unwrap_or("0");
    match number.parse() {
        Ok(value) if !is_float => Number::Int(value),
        _ => Number::Float(number.parse().unwrap_or(0.0)),
    }
}

/// `strtol` with base 10 that stops at the first byte that is not a digit and saturates.
fn leading_integer(bytes: &[u8]) -> i64 {
    let text = skip_blanks(bytes);
    let (negative, rest) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    rest[..digits(rest)].iter().fold(0i64, |value, digit| {
        let digit = i64::from(digit - b'0');
        value.saturating_mul(10).saturating_add(if negative { -digit } else { digit })
    })
}

fn skip_blanks(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)).count();
    &bytes[blanks..]
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// `(int)` of a float in PHP: towards zero, modulo 2^64, and 0 for what is not finite.
fn wrap_to_int(value: f64) -> i64 {
    if !value.is_finite() {
        return 0;
    }
    let truncated = value.trunc();
    if (-TWO_TO_63..TWO_TO_63).contains(&truncated) {
        return truncated as i64;
    }
    // Such floats are whole multiples of 2^11, so the remainder is exact.
    (truncated.rem_euclid(TWO_TO_63 * 2.0) as u64).cast_signed()
}

/// `(int)` of a numeric string that does not fit: the nearest end.
fn saturate_to_int(value: f64) -> i64 {
    // `as` saturates and makes 0 of NaN, which a number in a string never is.
    value as i64
}

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> OptionValue {
        OptionValue::Str(value.into())
    }

    #[test]
    fn truth_is_phps() {
        for falsy in
            [OptionValue::Null, OptionValue::Bool(false), OptionValue::Int(0), OptionValue::Float(0.0)]
        {
            assert!(!falsy.to_bool());
        }
        for falsy in [text(""), text("0"), OptionValue::Array(Vec::new())] {
            assert!(!falsy.to_bool());
        }
        for truthy in [text("0.0"), text("false"), text(" "), OptionValue::Int(-1), OptionValue::Float(0.1)] {
            assert!(truthy.to_bool());
        }
        assert!(OptionValue::Array(vec![(ArrayKey::Index(0), OptionValue::Null)]).to_bool());
        assert!(OptionValue::Callable.to_bool());
    }

    #[test]
    fn strings_become_integers_as_far_as_they_are_numbers() {
        for (string, int) in [
            ("", 0),
            ("abc", 0),
            ("12", 12),
            (" \t\n12abc", 12),
            ("-7", -7),
            ("+7", 7),
            ("--7", 0),
            ("1.9", 1),
            ("-1.9", -1),
            (".5", 0),
            (".", 0),
            ("1e3", 1000),
            ("1e", 1),
            ("1e+2x", 100),
            ("0x1A", 0),
            ("9223372036854775807", i64::MAX),
            ("9223372036854775808", i64::MAX),
            ("-9223372036854775809", i64::MIN),
            ("1e1000", i64::MAX),
        ] {
            assert_eq!(text(string).to_int(), int, "{string:?}");
        }
    }

    #[test]
    fn floats_become_integers_towards_zero_and_wrap() {
        for (float, int) in [
            (1.9, 1),
            (-1.9, -1),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
            (f64::NEG_INFINITY, 0),
            (9_223_372_036_854_775_808.0, i64::MIN),
            (18_446_744_073_709_551_616.0, 0),
            (-9_223_372_036_854_775_808.0, i64::MIN),
            (-9_223_372_036_854_777_856.0, i64::MAX - 2047),
        ] {
            assert_eq!(OptionValue::Float(float).to_int(), int, "{float}");
        }
    }

    #[test]
    fn other_types_become_integers_by_their_truth() {
        assert_eq!(OptionValue::Null.to_int(), 0);
        assert_eq!(OptionValue::Bool(true).to_int(), 1);
        assert_eq!(OptionValue::Array(Vec::new()).to_int(), 0);
        assert_eq!(OptionValue::Callable.to_int(), 1);
    }

    #[test]
    fn floats_are_read_from_strings() {
        assert_eq!(text("0.5s").to_float(), 0.5);
        assert_eq!(text("3").to_float(), 3.0);
        assert_eq!(text("x").to_float(), 0.0);
        assert_eq!(OptionValue::Int(2).to_float(), 2.0);
        assert_eq!(OptionValue::Bool(true).to_float(), 1.0);
    }

    #[test]
    fn sizes_take_the_suffixes_of_php_ini() {
        for (string, bytes) in [
            ("8M", 8 << 20),
            ("8m", 8 << 20),
            (" 2K ", 2048),
            ("1G", 1 << 30),
            ("17", 17),
            ("2MB", 2),
            ("1.5M", 1 << 20),
            ("", 0),
            ("M", 0),
            ("-1K", -1024),
            ("99999999999G", i64::MAX),
        ] {
            assert_eq!(text(string).to_size(), bytes, "{string:?}");
        }
        assert_eq!(OptionValue::Int(5).to_size(), 5);
        assert_eq!(OptionValue::Float(5.7).to_size(), 5);
        assert_eq!(OptionValue::Bool(true).to_size(), 1);
    }

    #[test]
    fn texts_are_phps() {
        assert_eq!(OptionValue::Null.to_text(), b"");
        assert_eq!(OptionValue::Bool(true).to_text(), b"1");
        assert_eq!(OptionValue::Bool(false).to_text(), b"");
        assert_eq!(OptionValue::Int(-5).to_text(), b"-5");
        assert_eq!(OptionValue::Float(1.5).to_text(), b"1.5");
        assert_eq!(OptionValue::Float(2.0).to_text(), b"2");
        assert_eq!(text("\u{0}x").to_text(), b"\0x");
    }
}
