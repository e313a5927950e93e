//! The first directory of a TIFF or BigTIFF file.

use std::collections::HashMap;

/// Tags of the baseline specification and its usual extensions.
pub(super) mod tag {
    pub(in crate::media::tiff) const WIDTH: u16 = 256;
    pub(in crate::media::tiff) const HEIGHT: u16 = 257;
    pub(in crate::media::tiff) const BITS_PER_SAMPLE: u16 = 258;
    pub(in crate::media::tiff) const COMPRESSION: u16 = 259;
    pub(in crate::media::tiff) const PHOTOMETRIC: u16 = 262;
    pub(in crate::media::tiff) const FILL_ORDER: u16 = 266;
    pub(in crate::media::tiff) const STRIP_OFFSETS: u16 = 273;
    pub(in crate::media::tiff) const ORIENTATION: u16 = 274;
    pub(in crate::media::tiff) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(in crate::media::tiff) const ROWS_PER_STRIP: u16 = 278;
    pub(in crate::media::tiff) const STRIP_BYTE_COUNTS: u16 = 279;
    pub(in crate::media::tiff) const PLANAR_CONFIGURATION: u16 = 284;
    pub(in crate::media::tiff) const T4_OPTIONS: u16 = 292;
    pub(in crate::media::tiff) const PREDICTOR: u16 = 317;
    pub(in crate::media::tiff) const COLOR_MAP: u16 = 320;
    pub(in crate::media::tiff) const TILE_WIDTH: u16 = 322;
    pub(in crate::media::tiff) const TILE_LENGTH: u16 = 323;
    pub(in crate::media::tiff) const TILE_OFFSETS: u16 = 324;
    pub(in crate::media::tiff) const TILE_BYTE_COUNTS: u16 = 325;
    pub(in crate::media::tiff) const EXTRA_SAMPLES: u16 = 338;
    pub(in crate::media::tiff) const SAMPLE_FORMAT: u16 = 339;
    pub(in crate::media::tiff) const JPEG_TABLES: u16 = 347;
    pub(in crate::media::tiff) const OLD_JPEG_STREAM: u16 = 513;
    pub(in crate::media::tiff) const YCBCR_SUBSAMPLING: u16 = 530;
    pub(in crate::media::tiff) const ICC_PROFILE: u16 = 34675;
}

/// The entries of the first directory, still in file order of bytes.
pub(super) struct Directory<'a> {
    pub(super) file: &'a [u8],
    pub(super) big_endian: bool,
    entries: HashMap<u16, Entry<'a>>,
}

struct Entry<'a> {
    kind: u16,
    value: &'a [u8],
}

impl<'a> Directory<'a> {
    /// Reads the header and the first directory; `None` where the bytes contradict the format. Entries
    /// whose values lie outside the file are left out.
    pub(super) fn first(file: &'a [u8]) -> Option<Self> {
        let big_endian = match file.get(..2)? {
            b"II" => false,
            b"MM" => true,
            _ => return None,
        };
        let number =
            |at: usize, size: usize| Some(unsigned(file.get(at..at.checked_add(size)?)?, big_endian));
        let big = number(2, 2)? == 43;
        // Sizes of: an offset or a count, the number of entries, one entry.
        let (word, count_size, entry_size) = if big { (8, 8, 20) } else { (4, 2, 12) };
        let start = usize::try_from(number(if big { 8 } else { 4 }, word)?).ok()?;
        let count = usize::try_from(number(start, count_size)?).ok()?;
        let table = file.get(start + count_size..)?;
        let entries = table
            .chunks_exact(entry_size)
            .take(count)
            .filter_map(|entry| {
                let id = unsigned(&entry[..2], big_endian) as u16;
                let kind = unsigned(&entry[2..4], big_endian) as u16;
                let values = usize::try_from(unsigned(&entry[4..4 + word], big_endian)).ok()?;
                let length = values.checked_mul(size_of_kind(kind)?)?;
                let inline = &entry[4 + word..];
                let value = if length <= word {
                    &inline[..length]
                } else {
                    let at = usize::try_from(unsigned(inline, big_endian)).ok()?;
                    file.get(at..at.checked_add(length)?)?
                };
                Some((id, Entry { kind, value }))
            })
            .collect::<Vec<_>>();
        // The first of doubled entries counts.
        let entries: HashMap<u16, Entry<'a>> = entries.into_iter().rev().collect();
        (!entries.is_empty()).then_some(Self { file, big_endian, entries })
    }

    /// All whole numbers of an entry.
    pub(super) fn numbers(&self, id: u16) -> Option<Vec<u64>> {
        let entry = self.entries.get(&id)?;
        let size = match entry.kind {
            1 | 3 | 4 | 13 | 16 | 18 => size_of_kind(entry.kind)?,
            _ => return None,
        };
        Some(entry.value.chunks_exact(size).map(|bytes| unsigned(bytes, self.big_endian)).collect())
    }

    /// The first whole number of an entry.
    pub(super) fn number(&self, id: u16) -> Option<u64> {
        self.numbers(id)?.first().copied()
    }

    /// The bytes of an entry.
    pub(super) fn bytes(&self, id: u16) -> Option<&'a [u8]> {
        Some(self.entries.get(&id)?.value)
    }
}

/// An unsigned number of up to eight bytes.
pub(super) fn unsigned(bytes: &[u8], big_endian: bool) -> u64 {
    let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if big_endian { bytes.iter().fold(0, push) } else { bytes.iter().rev().fold(0, push) }
}

fn size_of_kind(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16 | 17 | 18 => Some(8),
        _ => None,
    }
}
