//! How large a picture may be. Checked from the header, before anything is decoded.

use std::sync::OnceLock;

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::error::MediaError;
use super::format::Format;

/// Upper bounds for one picture. A picture beyond them is refused with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Width × height, before orientation. Bounds the time.
    pub max_pixels: u64,
    /// Size of the file, which is held in memory.
    pub max_file_bytes: u64,
    /// Estimated peak of the pixel buffers while one picture is decoded.
    pub max_alloc_bytes: u64,
}

/// No camera writes more than 200 MP.
const MOST_PIXELS: u64 = 220_000_000;
/// The largest files of cameras are uncompressed TIFF: 102 MP of three 16-bit samples take 0.6 GB.
const MOST_FILE_BYTES: u64 = 1 << 30;
/// HEIC of 200 MP takes 1.6 GB.
const MOST_BYTES: u64 = 2 << 30;
/// Any file may ask for this much: 220 MP at four bytes a pixel, below 1 GB.
const FREE_BYTES: u64 = 4 * MOST_PIXELS;
/// More than that is for files that have something in them. A photo of 200 MP has some 20 MB at least; a file made to
/// fill the memory has next to nothing.
const BYTES_FOR_A_FILE_BYTE: u64 = 100;
/// Assumed where the system does not tell.
const UNKNOWN_MEMORY: u64 = 4 << 30;

impl Caps {
    /// The caps on this machine: one picture may take half of the memory, up to what the largest photos need.
    pub fn of_machine() -> Self {
        Self::of_memory(decoding_memory())
    }

    /// The caps where decoding has this many bytes.
    fn of_memory(bytes: u64) -> Self {
        Self {
            max_pixels: MOST_PIXELS,
            max_file_bytes: MOST_FILE_BYTES.min(bytes),
            max_alloc_bytes: MOST_BYTES.min(bytes),
        }
    }

    /// The caps for a file of so many bytes.
    pub(super) fn for_file(self, bytes: u64) -> Self {
        let earned = FREE_BYTES.max(bytes.saturating_mul(BYTES_FOR_A_FILE_BYTE));
        Self { max_alloc_bytes: self.max_alloc_bytes.min(earned), ..self }
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

/// Bytes that all decoders of this process may hold together: half of the machine's memory, or of what the control group
/// of the process leaves it.
pub(super) fn decoding_memory() -> u64 {
    static HALF: OnceLock<u64> = OnceLock::new();
    *HALF.get_or_init(|| {
        let ram = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(ram);
        let group = system.cgroup_limits().map(|limits| limits.total_memory);
        let known = [Some(system.total_memory()), group].into_iter().flatten().filter(|bytes| *bytes > 0);
        known.min().unwrap_or(UNKNOWN_MEMORY) / 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    #[test]
    fn caps_follow_the_memory_up_to_what_cameras_write() {
        let small = Caps::of_memory(GB / 4);
        assert_eq!((small.max_file_bytes, small.max_alloc_bytes), (GB / 4, GB / 4));
        let large = Caps::of_memory(100 * GB);
        assert_eq!((large.max_file_bytes, large.max_alloc_bytes), (MOST_FILE_BYTES, MOST_BYTES));
        assert!(decoding_memory() > 0);
    }

    #[test]
    fn a_large_picture_needs_a_file_that_can_hold_one() {
        let caps = Caps::of_memory(100 * GB);
        // 200 MP at eight bytes a pixel; 102 MP of 16-bit TIFF in one strip.
        for (file, needed) in [(20_000_000, 1_600_000_000), (612_000_000, 12 * 102_000_000)] {
            assert!(caps.check_file(file).is_ok());
            assert!(caps.for_file(file).check_memory(Format::Heif, needed).is_ok(), "{needed} of {file}");
        }
        assert!(caps.for_file(50_000).check_memory(Format::Heif, GB).is_err());
        assert!(caps.for_file(50_000).check_memory(Format::Png, 4 * MOST_PIXELS).is_ok());
        assert_eq!(Caps::of_memory(GB / 4).for_file(GB), Caps::of_memory(GB / 4));
    }

    #[test]
    fn sizes_that_overflow_are_too_large() {
        let caps = Caps::of_memory(4 * GB);
        assert!(caps.check_pixels(Format::Png, u64::MAX, 2).is_err());
        assert!(caps.check_pixels(Format::Png, 0, 5).is_err());
        assert!(caps.check_pixels(Format::Png, 4000, 3000).is_ok());
    }
}
