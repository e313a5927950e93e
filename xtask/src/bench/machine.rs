//! Where and when something was measured.

use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::places::Places;
use crate::process;

/// `2026-11-23, AMD EPYC, 2 threads, 24 GB, linux x86_64, commit 1a2b3c4`.
pub(super) fn described(places: &Places) -> String {
    let mut words = vec![today()];
    words.extend(processor());
    words.push(format!("{} threads", threads()));
    words.extend(memory_bytes().map(|bytes| format!("{:.0} GB", bytes as f64 / 1e9)));
    words.push(format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    words.extend(commit(places).map(|commit| format!("commit {commit}")));
    words.join(", ")
}

/// Threads that run at once.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = value_of(&text, "model name")?;
    let avx512 = if text.contains(" avx512f ") { " with AVX-512" } else { "" };
    Some(format!("{name}{avx512}"))
}

fn memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kilobytes: u64 = value_of(&text, "MemTotal")?.trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

/// The value of a line `name : value`.
pub(super) fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

fn commit(places: &Places) -> Option<String> {
    let git = |arguments: &[&str]| {
        process::output(Command::new("git").current_dir(&places.root).args(arguments)).ok()
    };
    let hash = git(&["rev-parse", "--short", "HEAD"])?.trim().to_owned();
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.trim().is_empty();
    Some(if changed { format!("{hash} with changes") } else { hash })
}

fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let (year, month, day) = civil_from_days(days as i64);
    format!("{year}-{month:02}-{day:02}")
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms": years begin in March, so that the leap day is the last one).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, expected) in
            [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (11_017, (2000, 3, 1)), (20_780, (2026, 11, 23))]
        {
            assert_eq!(civil_from_days(days), expected, "{days}");
        }
    }

    #[test]
    fn a_value_is_found_by_its_name() {
        assert_eq!(value_of("MemFree: 1 kB\nMemTotal:   24 kB\n", "MemTotal"), Some("24 kB"));
    }
}
