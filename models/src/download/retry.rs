//! When to try again, and how long to wait before.

use std::time::{Duration, SystemTime};

use super::DownloadOptions;

/// New bytes that count as getting on: after so many, the tries start from one again.
const GETTING_ON: u64 = 1 << 20;

/// Counts the tries that brought nothing new.
pub(super) struct Retries<'a> {
    options: &'a DownloadOptions,
    failures: u32,
    /// The most bytes that were ever here. A server that ignores ranges and breaks off at the same place each time
    /// sends many bytes and gets nowhere.
    furthest: u64,
}

impl<'a> Retries<'a> {
    pub(super) fn new(options: &'a DownloadOptions, bytes: u64) -> Self {
        Self { options, failures: 0, furthest: bytes }
    }

    /// How long to wait before the next try, now that one has failed with `bytes` bytes here; `None` to give up.
    /// `asked` is the server's own wish (Retry-After).
    pub(super) fn next_wait(&mut self, bytes: u64, asked: Option<Duration>) -> Option<Duration> {
        if bytes >= self.furthest.saturating_add(GETTING_ON) {
            self.failures = 0;
        }
        self.furthest = self.furthest.max(bytes);
        if self.failures >= self.options.retries || asked.is_some_and(|a| a > self.options.patience) {
            return None;
        }
        let wait = self.options.first_wait.saturating_mul(1 << self.failures.min(16));
        self.failures += 1;
        // Half of the wait is left to chance, so that many clients do not come back at the same moment.
        let wait = wait.min(self.options.longest_wait).mul_f64(0.5 + fastrand::f64() / 2.0);
        Some(asked.map_or(wait, |a| wait.max(a)))
    }
}

/// Reads a Retry-After header (RFC 9110, 10.2.3): seconds, or a date.
pub(super) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(header).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> DownloadOptions {
        DownloadOptions {
            retries: 3,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(3),
            patience: Duration::from_secs(60),
            ..DownloadOptions::default()
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_then_it_gives_up() {
        let options = options();
        let mut retries = Retries::new(&options, 0);
        for longest in [1.0, 2.0, 3.0] {
            let wait = retries.next_wait(0, None).unwrap().as_secs_f64();
            assert!((longest / 2.0..=longest).contains(&wait), "{wait} of {longest}");
        }
        assert_eq!(retries.next_wait(0, None), None);
    }

    #[test]
    fn only_bytes_that_were_never_here_before_start_the_count_again() {
        let options = options();
        let mut retries = Retries::new(&options, 0);
        for _ in 0..50 {
            retries.failures = 2;
            assert!(retries.next_wait(retries.furthest + GETTING_ON, None).is_some());
        }
        let stuck = retries.furthest;
        let tries = std::iter::from_fn(|| retries.next_wait(stuck, None)).count();
        assert!(tries < 3, "{tries}");
    }

    #[test]
    fn the_servers_wish_is_respected_within_reason() {
        let options = options();
        let mut retries = Retries::new(&options, 0);
        let asked = Duration::from_secs(20);
        assert_eq!(retries.next_wait(0, Some(asked)), Some(asked));
        assert_eq!(retries.next_wait(0, Some(Duration::from_secs(3600))), None);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (header, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            assert_eq!(retry_after(header, now), seconds.map(Duration::from_secs), "{header}");
        }
    }
}
