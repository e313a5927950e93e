//! What goes to the standard output: one object with `--json`, words for people otherwise.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use serde::Serialize;

/// Where answers go. Everything else (progress, warnings, hints) goes to the standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

/// Writes words for people. On a terminal, characters that would steer it are shown and not obeyed: names of files,
/// and reasons that quote them, come from anywhere.
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
            None => words(&mut Page::new(&mut writer, terminal))?,
        }
        writer.flush()
    }
}

impl<'a> Page<'a> {
    /// Writes to `writer`, which is a `terminal` or not.
    pub(crate) fn new(writer: &'a mut dyn Write, terminal: bool) -> Self {
        Self { writer, terminal }
    }

    /// One line of words.
    pub(crate) fn line(&mut self, words: impl Display) -> io::Result<()> {
        self.words(words)?;
        self.writer.write_all(b"\n")
    }

    /// One line that ends with a path. A pipe gets the bytes of the name, whatever they are.
    pub(crate) fn path(&mut self, before: impl Display, path: &Path) -> io::Result<()> {
        self.words(before)?;
        if self.terminal {
            self.words(path.to_string_lossy())?;
        } else {
            self.writer.write_all(path.as_os_str().as_encoded_bytes())?;
        }
        self.writer.write_all(b"\n")
    }

    fn words(&mut self, words: impl Display) -> io::Result<()> {
        if self.terminal {
            self.writer.write_all(printable(&words.to_string()).as_bytes())
        } else {
            write!(self.writer, "{words}")
        }
    }
}

/// The text with `?` for every character that would steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
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
            [(false, &b"b\x07: a\x1b[31m\xff.jpg\n"[..]), (true, "b?: a?[31m\u{fffd}.jpg\n".as_bytes())]
        {
            let mut written = Vec::new();
            Page::new(&mut written, terminal).path("b\u{7}: ", name).unwrap();
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn a_line_on_a_terminal_has_no_control_characters() {
        for (terminal, expected) in [(false, "a\u{1b}]0;b\u{9b}1m\n"), (true, "a?]0;b?1m\n")] {
            let mut written = Vec::new();
            Page::new(&mut written, terminal).line("a\u{1b}]0;b\u{9b}1m").unwrap();
            assert_eq!(written, expected.as_bytes());
        }
    }
}
