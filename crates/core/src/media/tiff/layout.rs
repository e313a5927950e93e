//! How the samples of a TIFF picture are arranged, checked against the file.

use super::directory::{Directory, tag};
use super::{TIFF, unsupported};
use crate::media::caps::Caps;
use crate::media::error::MediaError;

/// What one number of a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleKind {
    Unsigned,
    Signed,
    Float,
}

/// The arrangement of a picture: chunks are strips or tiles.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Bits of one sample, the same for all.
    pub(super) bits: usize,
    pub(super) samples: usize,
    pub(super) kind: SampleKind,
    pub(super) photometric: u16,
    pub(super) compression: u16,
    pub(super) predictor: u16,
    /// Each sample in chunks of its own.
    pub(super) planar: bool,
    /// The lowest bit of a byte is the first pixel.
    pub(super) reversed_bits: bool,
    pub(super) chunk_width: usize,
    pub(super) chunk_height: usize,
    /// What the samples beyond the colour mean (1 premultiplied alpha, 2 alpha, 0 anything).
    pub(super) extra: Vec<u64>,
    /// Horizontal and vertical subsampling of YCbCr that is not inside JPEG.
    pub(super) subsampling: (usize, usize),
    /// Offset and length of each chunk.
    pub(super) chunks: Vec<(usize, usize)>,
}

const MOST_SAMPLES: u64 = 32;
/// Chunks may share bytes, but not so that a small file keeps the decoder busy for hours.
const MOST_REREADING: usize = 4;

pub(super) mod photometric {
    pub(in crate::media::tiff) const WHITE_IS_ZERO: u16 = 0;
    pub(in crate::media::tiff) const BLACK_IS_ZERO: u16 = 1;
    pub(in crate::media::tiff) const RGB: u16 = 2;
    pub(in crate::media::tiff) const PALETTE: u16 = 3;
    pub(in crate::media::tiff) const MASK: u16 = 4;
    pub(in crate::media::tiff) const CMYK: u16 = 5;
    pub(in crate::media::tiff) const YCBCR: u16 = 6;
    pub(in crate::media::tiff) const CIE_LAB: u16 = 8;
    pub(in crate::media::tiff) const ICC_LAB: u16 = 9;
}

impl Layout {
    /// Reads the arrangement from the directory, within the caps.
    pub(super) fn of(directory: &Directory<'_>, caps: &Caps) -> Result<Self, MediaError> {
        let damaged = |reason: &str| MediaError::damaged(TIFF, reason);
        let number = |id, default: u64| directory.number(id).unwrap_or(default);
        let width = directory.number(tag::WIDTH).ok_or_else(|| damaged("no width"))?;
        let height = directory.number(tag::HEIGHT).ok_or_else(|| damaged("no height"))?;
        caps.check_pixels(TIFF, width, height)?;
        let (width, height) = (width as usize, height as usize);

        let all_bits = directory.numbers(tag::BITS_PER_SAMPLE).unwrap_or_else(|| vec![1]);
        let samples = number(tag::SAMPLES_PER_PIXEL, all_bits.len() as u64);
        if samples == 0 || samples > MOST_SAMPLES {
            return Err(damaged("impossible number of samples"));
        }
        let bits = all_bits.first().copied().unwrap_or(1);
        if all_bits.iter().any(|other| *other != bits) || !matches!(bits, 1..=16 | 24 | 32 | 64) {
            return Err(unsupported(format!("{all_bits:?} bits a sample")));
        }
        let kind = match number(tag::SAMPLE_FORMAT, 1) {
            2 => SampleKind::Signed,
            3 => SampleKind::Float,
            _ => SampleKind::Unsigned,
        };
        let compression = number(tag::COMPRESSION, 1) as u16;
        let photometric = match directory.number(tag::PHOTOMETRIC) {
            Some(value) => value as u16,
            None if samples >= 3 => photometric::RGB,
            None => photometric::BLACK_IS_ZERO,
        };
        let subsampling = match directory.numbers(tag::YCBCR_SUBSAMPLING).as_deref() {
            Some([h @ (1 | 2 | 4), v @ (1 | 2 | 4), ..]) => (*h as usize, *v as usize),
            _ => (2, 2),
        };
        let planar = number(tag::PLANAR_CONFIGURATION, 1) == 2 && samples > 1;

        let tiled = directory.number(tag::TILE_WIDTH).is_some();
        let (chunk_width, chunk_height, offsets, lengths) = if tiled {
            let side = |id| usize::try_from(number(id, 0)).unwrap_or(0);
            (side(tag::TILE_WIDTH), side(tag::TILE_LENGTH), tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
        } else {
            let rows = number(tag::ROWS_PER_STRIP, height as u64).min(height as u64) as usize;
            (width, if rows == 0 { height } else { rows }, tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
        };
        if chunk_width == 0 || chunk_height == 0 {
            return Err(damaged("tiles of no size"));
        }
        // A tile may be larger than the picture, but not without bound.
        caps.check_pixels(TIFF, chunk_width as u64, chunk_height as u64)?;

        let mut layout = Self {
            width,
            height,
            bits: bits as usize,
            samples: samples as usize,
            kind,
            photometric,
            compression,
            predictor: number(tag::PREDICTOR, 1) as u16,
            planar,
            reversed_bits: number(tag::FILL_ORDER, 1) == 2,
            chunk_width,
            chunk_height,
            extra: directory.numbers(tag::EXTRA_SAMPLES).unwrap_or_default(),
            subsampling,
            chunks: Vec::new(),
        };
        layout.check_memory(caps)?;
        layout.chunks = layout.chunks_of(directory, offsets, lengths)?;
        Ok(layout)
    }

    /// Number of chunks side by side and below each other.
    pub(super) fn grid(&self) -> (usize, usize) {
        (self.width.div_ceil(self.chunk_width), self.height.div_ceil(self.chunk_height))
    }

    /// Samples of one pixel inside one chunk.
    pub(super) fn samples_in_chunk(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Bytes of one row of a chunk, which starts on a whole byte.
    pub(super) fn row_bytes(&self) -> usize {
        (self.chunk_width * self.samples_in_chunk() * self.bits).div_ceil(8)
    }

    /// Whether chroma is stored for several pixels together.
    pub(super) fn is_subsampled(&self) -> bool {
        self.photometric == photometric::YCBCR && !self.planar && self.subsampling != (1, 1)
    }

    /// The result, one decoded chunk (of each plane), and the same chunk interleaved.
    fn check_memory(&self, caps: &Caps) -> Result<(), MediaError> {
        let sample_bytes = self.bits.div_ceil(8) as u64;
        let chunk =
            (self.chunk_width as u64 * self.chunk_height as u64) * self.samples as u64 * (sample_bytes + 1);
        caps.check_memory(TIFF, 3 * (self.width as u64 * self.height as u64) + chunk)
    }

    fn chunks_of(
        &self,
        directory: &Directory<'_>,
        offsets: u16,
        lengths: u16,
    ) -> Result<Vec<(usize, usize)>, MediaError> {
        let (across, down) = self.grid();
        let planes = if self.planar { self.samples } else { 1 };
        let needed = across * down * planes;
        let offsets = directory.numbers(offsets).unwrap_or_default();
        if offsets.len() < needed {
            return Err(MediaError::damaged(TIFF, "fewer strips than the picture has"));
        }
        let lengths = directory.numbers(lengths).unwrap_or_default();
        let file = directory.file.len();
        let mut read = 0usize;
        let mut chunks = Vec::with_capacity(needed);
        for (at, offset) in offsets.iter().take(needed).enumerate() {
            let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
            if offset >= file {
                return Err(MediaError::Truncated { format: TIFF });
            }
            // Without lengths a chunk reaches to the end of the file; the decoder stops where it is full.
            let length = lengths.get(at).copied().filter(|length| *length > 0).unwrap_or(u64::MAX);
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(file - offset);
            read = read.saturating_add(length);
            chunks.push((offset, length));
        }
        if !lengths.is_empty() && read > file.saturating_mul(MOST_REREADING) {
            return Err(MediaError::damaged(TIFF, "strips overlap"));
        }
        Ok(chunks)
    }
}
