//! Dates of a query: a year, a month or a day, and ranges of them.

use std::ops::Range;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::filter::DateSpan;
use super::query_error::QueryProblem;

/// What is wrong with a piece of text, with its place in that text.
pub(super) type Misread = (QueryProblem, Range<usize>);

/// `2024`, `2024-05`, `2024-05-31`, or two of them around `..`, of which one may be missing. Both ends count:
/// `2024..2025` begins with 2024 and ends with the last moment of 2025.
pub(super) fn parse_range(text: &str) -> Result<DateSpan, Misread> {
    let Some((from, until)) = text.split_once("..") else {
        return parse_span(text, 0);
    };
    let until_at = from.len() + "..".len();
    let side = |text: &str, at| if text.is_empty() { Ok(DateSpan::default()) } else { parse_span(text, at) };
    let range = DateSpan { from: side(from, 0)?.from, until: side(until, until_at)?.until };
    match range {
        DateSpan { from: None, until: None } => Err((QueryProblem::OpenRange, 0..text.len())),
        DateSpan { from: Some(from), until: Some(until) } if until <= from => {
            Err((QueryProblem::BackwardRange, 0..text.len()))
        }
        _ => Ok(range),
    }
}

/// One date, for `since:` and `until:`.
pub(super) fn parse_single(name: &'static str, text: &str) -> Result<DateSpan, Misread> {
    if text.contains("..") {
        let range = text.to_owned();
        return Err((QueryProblem::RangeNotAllowed { name, range }, 0..text.len()));
    }
    parse_span(text, 0)
}

/// The year, month or day that `text` names. `at` is its place in what the user typed.
fn parse_span(text: &str, at: usize) -> Result<DateSpan, Misread> {
    let misread = || (QueryProblem::NotADate { text: text.to_owned() }, at..at + text.len());
    let (first, length) = first_day_and_length(text).ok_or_else(misread)?;
    let after = first.checked_add(length).map_err(|_| misread())?;
    Ok(DateSpan { from: milliseconds(first), until: milliseconds(after) })
}

fn first_day_and_length(text: &str) -> Option<(Date, Span)> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| -> Option<i16> {
        (digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let year = number(parts.first()?, 4..=4).filter(|year| *year > 0)?;
    let small = |part: &str| number(part, 1..=2).and_then(|n| i8::try_from(n).ok());
    match parts[1..] {
        [] => Some((date(year, 1, 1), 1.year())),
        [month] => Some((Date::new(year, small(month)?, 1).ok()?, 1.month())),
        [month, day] => Some((Date::new(year, small(month)?, small(day)?).ok()?, 1.day())),
        _ => None,
    }
}

/// Midnight, as Unix milliseconds of the local time as if it were UTC: the clock of photos.
fn milliseconds(day: Date) -> Option<i64> {
    day.to_zoned_datetime(TimeZone::UTC).ok().map(|midnight| midnight.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(year: i16, month: i8, day: i8) -> Option<i64> {
        milliseconds(date(year, month, day))
    }

    #[test]
    fn years_months_days_and_ranges_are_read_with_both_ends_inside() {
        assert_eq!(ms(1970, 1, 2), Some(86_400_000));
        for (text, from, until) in [
            ("2024", ms(2024, 1, 1), ms(2025, 1, 1)),
            ("2024-02", ms(2024, 2, 1), ms(2024, 3, 1)),
            ("2024-2", ms(2024, 2, 1), ms(2024, 3, 1)),
            ("2024-12", ms(2024, 12, 1), ms(2025, 1, 1)),
            ("2024-02-29", ms(2024, 2, 29), ms(2024, 3, 1)),
            ("1969-07-20", ms(1969, 7, 20), ms(1969, 7, 21)),
            ("2024-05..2024-08", ms(2024, 5, 1), ms(2024, 9, 1)),
            ("2023..2024-06-15", ms(2023, 1, 1), ms(2024, 6, 16)),
            ("2024..2024", ms(2024, 1, 1), ms(2025, 1, 1)),
            ("2024..", ms(2024, 1, 1), None),
            ("..2024-03", None, ms(2024, 4, 1)),
        ] {
            assert_eq!(parse_range(text), Ok(DateSpan { from, until }), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_pointed_at() {
        for (text, place) in [
            ("yesterday", 0..9),
            ("24", 0..2),
            ("2024-13", 0..7),
            ("2024-00", 0..7),
            ("2023-02-29", 0..10),
            ("2024-05-31-1", 0..12),
            ("2024-", 0..5),
            ("-2024", 0..5),
            ("0000", 0..4),
            ("2024..20x5", 6..10),
            ("x..2025", 0..1),
            ("2024...2025", 6..11),
            ("2024년", 0..7),
            ("+024", 0..4),
        ] {
            let (problem, at) = parse_range(text).unwrap_err();
            assert!(matches!(problem, QueryProblem::NotADate { .. }), "{text}: {problem}");
            assert_eq!(at, place, "{text}");
        }
        assert_eq!(parse_range("..").unwrap_err().0, QueryProblem::OpenRange);
        assert_eq!(parse_range("2024-08..2024-05").unwrap_err().0, QueryProblem::BackwardRange);
        assert!(matches!(
            parse_single("since", "2024..2025").unwrap_err().0,
            QueryProblem::RangeNotAllowed { name: "since", .. }
        ));
    }
}
