//! Why a file did not become a picture, in words short enough for a list.

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
    #[error("the file has {bytes} bytes, the limit is {limit}")]
    FileTooLarge {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The header announces more pixels than [`Caps::max_pixels`](super::Caps).
    #[error("{width}×{height} pixels are more than the limit of {limit}")]
    TooManyPixels {
        /// Announced width.
        width: u64,
        /// Announced height.
        height: u64,
        /// The limit in pixels.
        limit: u64,
    },
    /// Decoding would need more memory than [`Caps::max_alloc_bytes`](super::Caps).
    #[error("{format}: decoding needs more than {limit} bytes of memory")]
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
    /// A picture could not be encoded (thumbnails only).
    #[error("cannot encode: {0}")]
    Encode(String),
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
            Self::Encode(_) => "encode-failed",
        }
    }

    pub(super) fn damaged(format: Format, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { format, reason: reason.to_string() }
    }

    pub(super) fn unsupported(format: Format, what: impl Into<String>) -> Self {
        Self::Unsupported { format, what: what.into() }
    }
}
