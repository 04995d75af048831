//! Instants as text: RFC 3339 to milliseconds since 1970 and back.

const MS_PER_DAY: i64 = 86_400_000;

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years run from March to February, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A reader over the bytes of an instant.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        head.iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
    }

    fn byte(&mut self, expected: &[u8]) -> Option<u8> {
        let (&first, tail) = self.0.split_first()?;
        expected.contains(&first).then(|| {
            self.0 = tail;
            first
        })
    }

    /// A fraction of a second, to milliseconds; what is finer is cut off.
    fn fraction_ms(&mut self) -> Option<i64> {
        if self.byte(b".,").is_none() {
            return Some(0);
        }
        let (mut ms, mut weight, mut any) = (0, 100, false);
        while let Some(digit) = self.byte(b"0123456789") {
            ms += i64::from(digit - b'0') * weight;
            weight /= 10;
            any = true;
        }
        any.then_some(ms)
    }

    fn zone_offset_ms(&mut self) -> Option<i64> {
        match self.byte(b"Zz+-") {
            None => Some(0),
            Some(b'Z' | b'z') => Some(0),
            Some(sign) => {
                let hours = self.digits(2)?;
                let _ = self.byte(b":");
                let minutes = if self.0.is_empty() { 0 } else { self.digits(2)? };
                let ms = (hours * 60 + minutes) * 60_000;
                (hours < 24 && minutes < 60).then_some(if sign == b'-' { -ms } else { ms })
            }
        }
    }
}

/// Milliseconds since 1970-01-01 UTC of an RFC 3339 instant such as `2013-01-01T10:00:00Z`.
///
/// Also taken: a space for the `T`, a date alone, no seconds, and no offset, which means UTC. `None` for anything
/// else, a date that does not exist included.
pub fn parse_rfc3339_ms(text: &str) -> Option<i64> {
    let mut cursor = Cursor(text.as_bytes());
    let year = cursor.digits(4)?;
    cursor.byte(b"-")?;
    let month = cursor.digits(2)?;
    cursor.byte(b"-")?;
    let day = cursor.digits(2)?;
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    let midnight = days_from_civil(year, month, day) * MS_PER_DAY;
    if cursor.0.is_empty() {
        return Some(midnight);
    }
    cursor.byte(b"Tt ")?;
    let hour = cursor.digits(2)?;
    cursor.byte(b":")?;
    let minute = cursor.digits(2)?;
    let (second, ms) = match cursor.byte(b":") {
        Some(_) => (cursor.digits(2)?, cursor.fraction_ms()?),
        None => (0, 0),
    };
    // A leap second is the last moment of its minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let of_day = ((hour * 60 + minute) * 60 + second.min(59)) * 1_000 + if second == 60 { 999 } else { ms };
    let offset = cursor.zone_offset_ms()?;
    cursor.0.is_empty().then_some(midnight + of_day - offset)
}

/// The RFC 3339 text of an instant, in UTC: seconds, or milliseconds where there are any.
pub fn format_rfc3339_ms(ms: i64) -> String {
    let (year, month, day) = civil_from_days(ms.div_euclid(MS_PER_DAY));
    let of_day = ms.rem_euclid(MS_PER_DAY);
    let (seconds, fraction) = (of_day / 1_000, of_day % 1_000);
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { format!("{date}T{time}Z") } else { format!("{date}T{time}.{fraction:03}Z") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2013-01-01T10:00:00Z", 1_357_034_400_000),
            ("2013-01-01 10:00", 1_357_034_400_000),
            ("2013-01-01T12:00:00+02:00", 1_357_034_400_000),
            ("2013-01-01T04:30:00-0530", 1_357_034_400_000),
            ("2013-01-01", 1_356_998_400_000),
            ("2000-02-29T23:59:59.9876Z", 951_868_799_987),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_799_999),
        ] {
            assert_eq!(parse_rfc3339_ms(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2013",
            "2013-13-01",
            "2013-02-29",
            "2013-01-01T",
            "2013-01-01T24:00:00Z",
            "2013-01-01T10:00:00Zx",
            "2013-01-01T10:00:00.Z",
            "01/02/2013",
            "2013-01-01T10:00:00+25:00",
            "١٩٧٠-01-01",
        ] {
            assert_eq!(parse_rfc3339_ms(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back(ms in -62_135_596_800_000_i64..253_402_300_799_999) {
            prop_assert_eq!(parse_rfc3339_ms(&format_rfc3339_ms(ms)), Some(ms));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,40}") {
            let _ = parse_rfc3339_ms(&text);
        }
    }
}
