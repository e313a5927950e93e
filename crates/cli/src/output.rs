//! What goes to the standard output: one object with `--json`, words for people otherwise.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use serde::Serialize;

/// Where answers go. Everything else (progress, warnings, hints) goes to the standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

/// Writes an answer in words.
pub(crate) struct Page<'a> {
    writer: &'a mut dyn Write,
    terminal: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// True when scripts read the answer.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints the answer: as one line of JSON, or as `words` tells it.
    pub(crate) fn answer<T: Serialize>(
        self,
        answer: &T,
        words: impl FnOnce(&mut Page<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        // Whole before the first byte is written: an answer that cannot be put into JSON must not leave half of itself.
        let json = self.json.then(|| serde_json::to_vec(answer)).transpose()?;
        let stdout = io::stdout().lock();
        let terminal = stdout.is_terminal();
        let mut writer = BufWriter::new(stdout);
        match json {
            Some(json) => {
                writer.write_all(&json)?;
                writer.write_all(b"\n")?;
            }
            None => words(&mut Page { writer: &mut writer, terminal })?,
        }
        writer.flush()
    }
}

impl Page<'_> {
    /// One line of words.
    pub(crate) fn line(&mut self, words: impl std::fmt::Display) -> io::Result<()> {
        writeln!(self.writer, "{words}")
    }

    /// One line that ends with a path. A pipe gets the bytes of the name, whatever they are; on a terminal the
    /// characters that would steer it are shown as `?`.
    pub(crate) fn path(&mut self, before: impl std::fmt::Display, path: &Path) -> io::Result<()> {
        write!(self.writer, "{before}")?;
        if self.terminal {
            let shown: String = path.to_string_lossy().chars().map(printable).collect();
            self.writer.write_all(shown.as_bytes())?;
        } else {
            self.writer.write_all(path.as_os_str().as_encoded_bytes())?;
        }
        self.writer.write_all(b"\n")
    }
}

fn printable(character: char) -> char {
    if character.is_control() { '?' } else { character }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_pipe_gets_the_very_bytes_of_a_name_and_a_terminal_no_control_characters() {
        use std::os::unix::ffi::OsStrExt;
        let name = Path::new(std::ffi::OsStr::from_bytes(b"a\x1b[31m\xff.jpg"));
        for (terminal, expected) in
            [(false, &b"1 a\x1b[31m\xff.jpg\n"[..]), (true, "1 a?[31m\u{fffd}.jpg\n".as_bytes())]
        {
            let mut written = Vec::new();
            Page { writer: &mut written, terminal }.path("1 ", name).unwrap();
            assert_eq!(written, expected);
        }
    }
}
