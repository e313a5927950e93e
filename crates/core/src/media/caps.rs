//! How large a picture may be. Checked from the header, before anything is decoded.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::error::MediaError;
use super::format::Format;

/// Upper bounds for one picture. A picture beyond them is refused with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Width × height, before orientation.
    pub max_pixels: u64,
    /// Size of the file.
    pub max_file_bytes: u64,
    /// Estimated peak of the pixel buffers while one picture is decoded.
    pub max_alloc_bytes: u64,
}

/// Bytes that one pixel is reckoned at: RGB, and one byte for what a decoder holds beside it.
const BYTES_PER_PIXEL: u64 = 4;
/// Pictures up to this size are decoded on any machine: the largest common camera files have 50–60 MP.
const FEWEST_PIXELS: u64 = 64_000_000;
/// No camera writes more than 200 MP, and 220 MP at four bytes stay below 1 GB.
const MOST_PIXELS: u64 = 220_000_000;
const MAX_FILE_BYTES: u64 = 512 << 20;
/// Assumed where the system does not tell.
const UNKNOWN_MEMORY: u64 = 4 << 30;

impl Caps {
    /// The caps for `workers` decoders side by side: half of the machine's memory, shared among them, at
    /// four bytes a pixel, between 64 and 220 megapixels.
    pub fn for_workers(workers: usize) -> Self {
        let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let total = match System::new_with_specifics(memory).total_memory() {
            0 => UNKNOWN_MEMORY,
            bytes => bytes,
        };
        Self::of_memory(total, workers)
    }

    fn of_memory(total: u64, workers: usize) -> Self {
        let share = total / 2 / (workers.max(1) as u64);
        let max_pixels = (share / BYTES_PER_PIXEL).clamp(FEWEST_PIXELS, MOST_PIXELS);
        Self { max_pixels, max_file_bytes: MAX_FILE_BYTES, max_alloc_bytes: max_pixels * BYTES_PER_PIXEL }
    }

    /// Refuses a picture of no pixels or of too many.
    pub(super) fn check_pixels(&self, format: Format, width: u64, height: u64) -> Result<(), MediaError> {
        if width == 0 || height == 0 {
            return Err(MediaError::damaged(format, "no pixels"));
        }
        match width.checked_mul(height) {
            Some(pixels) if pixels <= self.max_pixels => Ok(()),
            _ => Err(MediaError::TooManyPixels { width, height, limit: self.max_pixels }),
        }
    }

    /// Refuses a picture whose buffers would need more than allowed.
    pub(super) fn check_memory(&self, format: Format, bytes: u64) -> Result<(), MediaError> {
        if bytes <= self.max_alloc_bytes {
            Ok(())
        } else {
            Err(MediaError::TooMuchMemory { format, limit: self.max_alloc_bytes })
        }
    }

    /// Refuses a file of too many bytes.
    pub(super) fn check_file(&self, bytes: u64) -> Result<(), MediaError> {
        if bytes <= self.max_file_bytes {
            Ok(())
        } else {
            Err(MediaError::FileTooLarge { bytes, limit: self.max_file_bytes })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_follow_the_memory_and_the_workers_within_bounds() {
        assert_eq!(Caps::of_memory(1 << 30, 8).max_pixels, FEWEST_PIXELS);
        assert_eq!(Caps::of_memory(1 << 40, 1).max_pixels, MOST_PIXELS);
        let middle = Caps::of_memory(8 << 30, 8);
        assert_eq!(middle.max_pixels, (8u64 << 30) / 2 / 8 / 4);
        assert_eq!(middle.max_alloc_bytes, middle.max_pixels * 4);
        assert!(Caps::of_memory(1 << 40, 1).max_alloc_bytes < 1 << 30);
        assert!(Caps::for_workers(0).max_pixels >= FEWEST_PIXELS);
    }

    #[test]
    fn sizes_that_overflow_are_too_large() {
        let caps = Caps::of_memory(8 << 30, 2);
        assert!(caps.check_pixels(Format::Png, u64::MAX, 2).is_err());
        assert!(caps.check_pixels(Format::Png, 0, 5).is_err());
        assert!(caps.check_pixels(Format::Png, 4000, 3000).is_ok());
    }
}
