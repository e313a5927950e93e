//! All photos in the order of time, for a grid that shows any part of them.

use super::Library;
use crate::catalog::{PhotoState, TimelinePhoto};
use crate::error::Result;

/// All photos, newest first; of equal times the lower id first.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Grows whenever the catalog changes; see [`Library::revision`]. The photos are of this revision or a later one.
    pub revision: u64,
    /// The photos.
    pub photos: Vec<TimelinePhoto>,
}

/// Bytes before the first record, and of each.
const HEADER: usize = 8;
const RECORD: usize = 32;

/// What is shown of a photo that was not read yet: a usual shape, and a grey that is neither light nor dark.
const UNKNOWN_ASPECT: f32 = 1.5;
const UNKNOWN_COLOUR: u32 = 0x80_80_80;

impl Timeline {
    /// The flag of a photo that cannot be reached now.
    pub const OFFLINE: u32 = 1;
    /// The flag of a photo that could not be read.
    pub const FAILED: u32 = 2;
    /// The flag of a photo that was not read yet.
    pub const PENDING: u32 = 4;
    /// The flag of a photo whose time is that of its file.
    pub const FILE_TIME: u32 = 8;

    /// The timeline as bytes, all numbers little-endian: the revision as f64, then for each photo 32 bytes: f64 time (Unix
    /// milliseconds of the local time as if it were UTC), f64 id, f32 width over height (1.5 where unknown), u32 colour
    /// 0xRRGGBB (0x808080 where unknown), u32 id of the folder, u32 flags.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + RECORD * self.photos.len());
        bytes.extend((self.revision as f64).to_le_bytes());
        for photo in &self.photos {
            bytes.extend((photo.time as f64).to_le_bytes());
            bytes.extend((photo.id.0 as f64).to_le_bytes());
            bytes.extend(photo.aspect.unwrap_or(UNKNOWN_ASPECT).to_le_bytes());
            bytes.extend(photo.colour.map_or(UNKNOWN_COLOUR, |colour| colour.0).to_le_bytes());
            bytes.extend(u32::try_from(photo.folder.0).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend(flags(photo).to_le_bytes());
        }
        bytes
    }
}

fn flags(photo: &TimelinePhoto) -> u32 {
    let state = match photo.state {
        PhotoState::Ready => 0,
        PhotoState::Failed => Timeline::FAILED,
        PhotoState::Pending => Timeline::PENDING,
    };
    let flag = |is_set: bool, flag: u32| if is_set { flag } else { 0 };
    state | flag(photo.offline, Timeline::OFFLINE) | flag(photo.is_file_time, Timeline::FILE_TIME)
}

impl Library {
    /// All visible photos, newest first.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn timeline(&self) -> Result<Timeline> {
        let revision = self.revision()?;
        // A connection of its own: other questions do not wait until all rows are read.
        let photos = self.connect()?.timeline()?;
        Ok(Timeline { revision, photos })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{FolderId, PhotoId};
    use crate::media::MeanColour;

    #[test]
    fn a_record_has_its_numbers_at_their_places() {
        let known = TimelinePhoto {
            id: PhotoId(7),
            folder: FolderId(3),
            time: -1000,
            is_file_time: false,
            aspect: Some(0.75),
            colour: Some(MeanColour(0x12_34_56)),
            state: PhotoState::Ready,
            offline: true,
        };
        let unknown = TimelinePhoto {
            id: PhotoId(1 << 39),
            is_file_time: true,
            aspect: None,
            colour: None,
            state: PhotoState::Pending,
            offline: false,
            ..known
        };
        let failed = TimelinePhoto { state: PhotoState::Failed, ..known };
        let bytes = Timeline { revision: 5, photos: vec![known, unknown, failed] }.to_bytes();
        assert_eq!(bytes.len(), 8 + 3 * 32);
        let f64_at = |at: usize| f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let f32_at = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((f64_at(0), f64_at(8), f64_at(16)), (5.0, -1000.0, 7.0));
        assert_eq!(
            (f32_at(24), u32_at(28), u32_at(32), u32_at(36)),
            (0.75, 0x12_34_56, 3, Timeline::OFFLINE)
        );
        assert_eq!((f64_at(48), f32_at(56), u32_at(60)), ((1u64 << 39) as f64, 1.5, 0x80_80_80));
        assert_eq!(u32_at(68), Timeline::PENDING | Timeline::FILE_TIME);
        assert_eq!(u32_at(100), Timeline::FAILED | Timeline::OFFLINE);
    }
}
