//! Spans of time as people write them: `1 day`, `90 minutes`, `250ms`.

/// Milliseconds of a span such as `1 day 6 hours`; `None` if it is none.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        let unit_ms: i64 = match unit {
            "ms" | "millisecond" | "milliseconds" => 1,
            "s" | "second" | "seconds" => 1_000,
            "m" | "min" | "minute" | "minutes" => 60_000,
            "h" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit_ms)?)?;
        rest = next.trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, ms) in [
            ("1 day", Some(86_400_000)),
            ("90 minutes", Some(5_400_000)),
            ("1 day 6h", Some(108_000_000)),
            ("250ms", Some(250)),
            ("0 s", Some(0)),
            ("", None),
            ("day", None),
            ("1 fortnight", None),
            ("5", None),
            ("-1 s", None),
        ] {
            assert_eq!(parse_ms(text), ms, "{text}");
        }
    }
}
