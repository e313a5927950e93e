//! How the program ends, as a number for scripts.

/// The codes that README.md and `docs/guide.md` promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// What was asked for is done; photos that could not be read are listed, not an error.
    Done,
    /// It could not be done.
    Error,
    /// The arguments make no sense.
    Usage,
    /// The user interrupted it: 128 and the number of SIGINT, as a shell reports a program that the signal ended.
    Interrupted,
}

impl ExitCode {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_promised_ones() {
        let codes = [ExitCode::Done, ExitCode::Error, ExitCode::Usage, ExitCode::Interrupted];
        assert_eq!(codes.map(ExitCode::number), [0, 1, 2, 130]);
    }
}
