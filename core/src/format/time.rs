//! Dates, times, instants and intervals as text (RFC 3339, ISO 8601). Pure arithmetic on the proleptic Gregorian
//! calendar; knows no zone but offsets.

use std::fmt::Write as _;

use arrow_schema::TimeUnit;

const DAY_SECONDS: i64 = 86_400;

/// Days since 1970-01-01 of a civil date.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
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

/// How many ticks of a unit make a second.
pub(crate) fn ticks_per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A date as `2013-01-31`, from days since 1970-01-01.
pub fn format_date(days: i32, out: &mut String) {
    let (year, month, day) = civil_from_days(i64::from(days));
    let _ = if (0..=9999).contains(&year) {
        write!(out, "{year:04}-{month:02}-{day:02}")
    } else {
        write!(out, "{year:+05}-{month:02}-{day:02}")
    };
}

/// A time of day as `13:05:00` with as many of 0, 3, 6 or 9 fractional digits as it needs.
pub fn format_time(ticks: i64, unit: TimeUnit, out: &mut String) {
    let per_second = ticks_per_second(unit);
    let seconds = ticks.div_euclid(per_second);
    let fraction = ticks.rem_euclid(per_second);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let nanos = fraction * (1_000_000_000 / per_second);
    let _ = match nanos {
        0 => Ok(()),
        n if n % 1_000_000 == 0 => write!(out, ".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => write!(out, ".{:06}", n / 1_000),
        n => write!(out, ".{n:09}"),
    };
}

/// An instant as RFC 3339. With `utc` it ends in `Z`; without, it is a local time without a zone.
pub fn format_timestamp(ticks: i64, unit: TimeUnit, utc: bool, out: &mut String) {
    let per_day = ticks_per_second(unit) * DAY_SECONDS;
    let days = ticks.div_euclid(per_day);
    // An i64 of seconds reaches past what an i32 of days holds; such instants print at the edge of the calendar.
    format_date(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }), out);
    out.push('T');
    format_time(ticks.rem_euclid(per_day), unit, out);
    if utc {
        out.push('Z');
    }
}

/// An interval as ISO 8601, such as `P1M2DT3.5S`.
pub fn format_interval(months: i32, days: i32, nanos: i64, out: &mut String) {
    out.push('P');
    if months != 0 {
        let _ = write!(out, "{months}M");
    }
    if days != 0 {
        let _ = write!(out, "{days}D");
    }
    if nanos != 0 || (months == 0 && days == 0) {
        let sign = if nanos < 0 { "-" } else { "" };
        let magnitude = nanos.unsigned_abs();
        let _ = write!(out, "T{sign}{}", magnitude / 1_000_000_000);
        let fraction = magnitude % 1_000_000_000;
        if fraction != 0 {
            let digits = format!("{fraction:09}");
            let _ = write!(out, ".{}", digits.trim_end_matches('0'));
        }
        out.push('S');
    }
}

/// A cursor over ASCII digits and signs.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (head, tail) = self.rest.split_at(count);
        self.rest = tail;
        Some(head.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }

    fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, tail)) if *first == byte => {
                self.rest = tail;
                true
            }
            _ => false,
        }
    }

    fn date(&mut self) -> Option<i64> {
        let signed = matches!(self.rest.first(), Some(b'+' | b'-'));
        let negative = self.eat(b'-');
        if signed && !negative {
            self.eat(b'+');
        }
        let year = self.digits(4, if signed { 6 } else { 4 })? * if negative { -1 } else { 1 };
        self.eat(b'-').then_some(())?;
        let month = self.digits(1, 2)?;
        self.eat(b'-').then_some(())?;
        let day = self.digits(1, 2)?;
        ((1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month))
            .then(|| days_from_civil(year, month, day))
    }

    /// Seconds of the day and nanoseconds of the second.
    fn clock(&mut self) -> Option<(i64, i64)> {
        let hour = self.digits(1, 2)?;
        self.eat(b':').then_some(())?;
        let minute = self.digits(2, 2)?;
        let mut second = 0;
        let mut nanos = 0;
        if self.eat(b':') {
            second = self.digits(2, 2)?;
            if self.eat(b'.') {
                let before = self.rest.len();
                let value = self.digits(1, 9)?;
                let read = before - self.rest.len();
                nanos = value * 10_i64.pow(u32::try_from(9 - read).ok()?);
                // Digits past the nanosecond carry nothing that we could keep.
                while self.rest.first().is_some_and(u8::is_ascii_digit) {
                    self.digits(1, 18)?;
                }
            }
        }
        (hour <= 23 && minute <= 59 && second <= 59).then_some((hour * 3600 + minute * 60 + second, nanos))
    }

    /// The offset from UTC in seconds; none given counts as UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.eat(b'Z') || self.eat(b'z') {
            return Some(0);
        }
        let sign = if self.eat(b'+') {
            1
        } else if self.eat(b'-') {
            -1
        } else {
            return None;
        };
        let hours = self.digits(2, 2)?;
        self.eat(b':');
        let minutes = if self.rest.is_empty() { 0 } else { self.digits(2, 2)? };
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

/// Days since 1970-01-01 of `2013-01-31`; a time of day behind it must be midnight.
pub(crate) fn parse_date(text: &str) -> Option<i32> {
    let mut cursor = Cursor { rest: text.trim().as_bytes() };
    let days = cursor.date()?;
    if !cursor.rest.is_empty() {
        (cursor.eat(b'T') || cursor.eat(b' ')).then_some(())?;
        (cursor.clock()? == (0, 0) && cursor.offset()? == 0).then_some(())?;
    }
    cursor.rest.is_empty().then_some(())?;
    i32::try_from(days).ok()
}

/// Ticks of the day of `13:05:00.25`.
pub(crate) fn parse_time(text: &str, unit: TimeUnit) -> Option<i64> {
    let mut cursor = Cursor { rest: text.trim().as_bytes() };
    let (seconds, nanos) = cursor.clock()?;
    cursor.rest.is_empty().then_some(())?;
    let per_second = ticks_per_second(unit);
    Some(seconds * per_second + nanos / (1_000_000_000 / per_second))
}

/// Ticks since 1970 of an RFC 3339 instant, or of a date and time without zone, taken as UTC.
pub(crate) fn parse_timestamp(text: &str, unit: TimeUnit) -> Option<i64> {
    let mut cursor = Cursor { rest: text.trim().as_bytes() };
    let days = cursor.date()?;
    let (mut seconds, mut nanos) = (0, 0);
    let mut offset = 0;
    if !cursor.rest.is_empty() {
        (cursor.eat(b'T') || cursor.eat(b't') || cursor.eat(b' ')).then_some(())?;
        (seconds, nanos) = cursor.clock()?;
        cursor.eat(b' ');
        offset = cursor.offset()?;
    }
    cursor.rest.is_empty().then_some(())?;
    let per_second = ticks_per_second(unit);
    (days * DAY_SECONDS + seconds - offset)
        .checked_mul(per_second)?
        .checked_add(nanos / (1_000_000_000 / per_second))
}

/// Months, days and nanoseconds of an ISO 8601 duration such as `P1Y2M3DT4H5M6.7S`.
pub(crate) fn parse_interval(text: &str) -> Option<(i32, i32, i64)> {
    let (date, clock) = match text.trim().strip_prefix('P')?.split_once('T') {
        Some((date, clock)) => (date, clock),
        None => (text.trim().strip_prefix('P')?, ""),
    };
    let (mut months, mut days, mut nanos) = (0_i64, 0_i64, 0_i128);
    for (number, unit) in designated(date)? {
        let number: i64 = number.parse().ok()?;
        match unit {
            'Y' => months = months.checked_add(number.checked_mul(12)?)?,
            'M' => months = months.checked_add(number)?,
            'W' => days = days.checked_add(number.checked_mul(7)?)?,
            'D' => days = days.checked_add(number)?,
            _ => return None,
        }
    }
    for (number, unit) in designated(clock)? {
        let scale: i128 = match unit {
            'H' => 3_600_000_000_000,
            'M' => 60_000_000_000,
            'S' => 1_000_000_000,
            _ => return None,
        };
        let negative = number.starts_with('-');
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole: i128 = whole.parse().ok()?;
        let mut part = whole.abs().checked_mul(scale)?;
        if !fraction.is_empty() {
            if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let digits: i128 = fraction.parse().ok()?;
            part += digits * scale / 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        }
        nanos = nanos.checked_add(if negative { -part } else { part })?;
    }
    Some((i32::try_from(months).ok()?, i32::try_from(days).ok()?, i64::try_from(nanos).ok()?))
}

fn designated(text: &str) -> Option<Vec<(&str, char)>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, letter) in text.char_indices() {
        if letter.is_ascii_uppercase() {
            parts.push((&text[start..index], letter));
            start = index + 1;
        }
    }
    (start == text.len()).then_some(parts)
}
