//! Numbers and names in words for people.

use kindred_core::STARTER_ID;

/// `1 photo`, `2,000 photos`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// What people are told of a model: `the starter model`, `clip-vit-b-32`.
pub(crate) fn model(id: &str) -> &str {
    if id == STARTER_ID { "the starter model" } else { id }
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// `812 B`, `1.5 MB`, in powers of a thousand.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = number as f64;
    let mut unit = 0;
    // 999.95 would be shown as 1000.0
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{number} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// The word as a shell takes it: in quotation marks where it needs them.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/\\:.,_-+=@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_plural() {
        for (number, expected) in [
            (0, "0 photos"),
            (1, "1 photo"),
            (999, "999 photos"),
            (1000, "1,000 photos"),
            (1234567, "1,234,567 photos"),
        ] {
            assert_eq!(count(number, "photo"), expected);
        }
    }

    #[test]
    fn durations_are_short() {
        for (seconds, expected) in [
            (0.42, "0.4 s"),
            (12.3, "12 s"),
            (59.7, "1 min 0 s"),
            (200.0, "3 min 20 s"),
            (7500.0, "2 h 5 min"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }

    #[test]
    fn words_for_a_shell_are_quoted_where_they_must_be() {
        for (word, expected) in [
            ("/photos/여름", "/photos/여름"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$x", "'$x'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn bytes_have_the_unit_that_fits() {
        for (number, expected) in
            [(0, "0 B"), (812, "812 B"), (1000, "1.0 kB"), (605_157_884, "605.2 MB"), (999_999_999, "1.0 GB")]
        {
            assert_eq!(bytes(number), expected);
        }
    }
}
