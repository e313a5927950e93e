//! Why a file did not become a picture, in words short enough for a list.

use std::io::ErrorKind;

use super::format::Format;

/// Why a file could not be turned into a picture. The text names no path: the caller knows it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The first bytes belong to no picture format that is known here.
    #[error("not a picture in a known format")]
    NotAPicture,
    /// The format is known, this variant of it is not.
    #[error("{format}: {what} is not supported")]
    Unsupported {
        /// The format of the file.
        format: Format,
        /// The variant, for example a compression scheme.
        what: String,
    },
    /// The file is larger than [`Caps::max_file_bytes`](super::Caps).
    #[error("the file has {}, the limit is {}", megabytes(*bytes), megabytes(*limit))]
    FileTooLarge {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The header announces more pixels than [`Caps::max_pixels`](super::Caps).
    #[error("{width}×{height} pixels are more than the limit of {} megapixels", limit / 1_000_000)]
    TooManyPixels {
        /// Announced width.
        width: u64,
        /// Announced height.
        height: u64,
        /// The limit in pixels.
        limit: u64,
    },
    /// Decoding would need more memory than [`Caps::max_alloc_bytes`](super::Caps).
    #[error("{format}: decoding needs more than {} of memory", megabytes(*limit))]
    TooMuchMemory {
        /// The format of the file.
        format: Format,
        /// The limit in bytes.
        limit: u64,
    },
    /// The file ends before the picture does.
    #[error("{format}: the file is cut off")]
    Truncated {
        /// The format of the file.
        format: Format,
    },
    /// The bytes contradict the format.
    #[error("{format}: damaged ({reason})")]
    Damaged {
        /// The format of the file.
        format: Format,
        /// What the decoder said.
        reason: String,
    },
    /// The decoder panicked; the panic was caught.
    #[error("{format}: the decoder failed on this file")]
    DecoderPanicked {
        /// The format of the file.
        format: Format,
    },
}

impl MediaError {
    /// A stable word for programs; the text of the error is for people.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "unreadable",
            Self::Empty => "empty",
            Self::NotAPicture => "not-a-picture",
            Self::Unsupported { .. } => "unsupported",
            Self::FileTooLarge { .. } | Self::TooManyPixels { .. } | Self::TooMuchMemory { .. } => {
                "too-large"
            }
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::DecoderPanicked { .. } => "decoder-failed",
        }
    }

    /// The file is gone, or the folder that it was in.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Io(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
    }

    pub(super) fn damaged(format: Format, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { format, reason: printable(&reason.to_string()) }
    }

    pub(super) fn unsupported(format: Format, what: impl Into<String>) -> Self {
        Self::Unsupported { format, what: printable(&what.into()) }
    }
}

/// Decoders quote the file; a terminal must not obey what it says.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "?")
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words_and_never_control_a_terminal() {
        let format = Format::Png;
        for (error, text) in [
            (
                MediaError::FileTooLarge { bytes: 1_200_000_000, limit: 1 << 30 },
                "the file has 1200 MB, the limit is 1074 MB",
            ),
            (
                MediaError::TooManyPixels { width: 20_000, height: 15_000, limit: 220_000_000 },
                "20000×15000 pixels are more than the limit of 220 megapixels",
            ),
            (
                MediaError::TooMuchMemory { format, limit: 880_000_000 },
                "PNG: decoding needs more than 880 MB of memory",
            ),
            (MediaError::damaged(format, "chunk \x1b[2J\u{9b}31m"), "PNG: damaged (chunk ?[2J?31m)"),
            (MediaError::unsupported(format, "a\nb"), "PNG: a?b is not supported"),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
