//! All photos at once, as little of each as a grid needs to lay them out.

use jiff::tz::TimeZone;

use super::PhotoState;
use super::matching::local_ms;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::ids::{FolderId, PhotoId};
use crate::media::MeanColour;

/// A photo in the order of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimelinePhoto {
    /// Its id.
    pub id: PhotoId,
    /// The folder of the library that it lies in.
    pub folder: FolderId,
    /// When it was taken, or else when its file was last modified: Unix milliseconds of the local time as if it were UTC.
    pub time: i64,
    /// `time` is that of the file.
    pub is_file_time: bool,
    /// Width over height of the upright picture, where they are known.
    pub aspect: Option<f32>,
    /// The mean colour of its thumbnail, where it is known.
    pub colour: Option<MeanColour>,
    /// How far it is.
    pub state: PhotoState,
    /// Its file cannot be reached now.
    pub offline: bool,
}

impl Catalog {
    /// The visible photos, newest first; of equal times the lower id first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn timeline(&self) -> Result<Vec<TimelinePhoto>> {
        let zone = TimeZone::system();
        let sql =
            "SELECT id, folder_id, taken_at, mtime_ns, width, height, colour, state, offline FROM photos
                   WHERE missing_since IS NULL";
        let mut photos = self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut photos = Vec::new();
            while let Some(row) = rows.next()? {
                let taken_at: Option<i64> = row.get(2)?;
                let sides: (Option<u32>, Option<u32>) = (row.get(4)?, row.get(5)?);
                photos.push(TimelinePhoto {
                    id: PhotoId(row.get(0)?),
                    folder: FolderId(row.get(1)?),
                    time: match taken_at {
                        Some(taken_at) => taken_at,
                        None => local_ms(row.get(3)?, &zone),
                    },
                    is_file_time: taken_at.is_none(),
                    aspect: match sides {
                        (Some(width @ 1..), Some(height @ 1..)) => {
                            Some((f64::from(width) / f64::from(height)) as f32)
                        }
                        _ => None,
                    },
                    colour: row.get::<_, Option<u32>>(6)?.map(MeanColour),
                    state: PhotoState::read(row.get(7)?),
                    offline: row.get(8)?,
                });
            }
            Ok(photos)
        })?;
        photos.sort_unstable_by(|a, b| b.time.cmp(&a.time).then(a.id.cmp(&b.id)));
        Ok(photos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;
    use crate::catalog::{IndexOutcome, ScanWrite};
    use crate::media::Metadata;

    #[test]
    fn photos_come_newest_first_with_what_a_grid_needs_to_know() {
        let test = TestCatalog::new();
        let (folder, p) = test.with_photos("/p", &["old", "twin", "undated", "broken", "gone", "too"]);
        let ready = |taken_at, width, colour| IndexOutcome::Ready {
            hash: [1; 32],
            metadata: Metadata { taken_at, width: Some(width), height: Some(400), ..Metadata::default() },
            colour,
            vectors: vec![],
        };
        test.outcome(&[], p[0], ready(Some(-5), 600, Some(MeanColour(0x12_34_56))));
        test.outcome(&[], p[1], ready(Some(7), 300, None));
        test.outcome(&[], p[5], ready(Some(7), 0, None));
        let failed = IndexOutcome::Failed { hash: None, code: "x".into(), reason: "y".into() };
        test.outcome(&[], p[3], failed);
        let writes = [ScanWrite::Missing { photo: p[4] }, ScanWrite::Offline { photo: p[1] }];
        test.apply_scan(&writes, 1).unwrap();

        let timeline = test.timeline().unwrap();
        let ids: Vec<_> = timeline.iter().map(|photo| photo.id).collect();
        assert_eq!(
            ids,
            [p[2], p[3], p[1], p[5], p[0]],
            "files are of 2023; of equal times the lower id first"
        );
        let photo = |id| *timeline.iter().find(|photo| photo.id == id).unwrap();
        assert_eq!(
            photo(p[0]),
            TimelinePhoto {
                id: p[0],
                folder,
                time: -5,
                is_file_time: false,
                aspect: Some(1.5),
                colour: Some(MeanColour(0x12_34_56)),
                state: PhotoState::Ready,
                offline: false,
            }
        );
        assert_eq!((photo(p[1]).aspect, photo(p[1]).offline, photo(p[1]).colour), (Some(0.75), true, None));
        assert_eq!(photo(p[5]).aspect, None, "no width");
        assert_eq!((photo(p[3]).state, photo(p[3]).is_file_time), (PhotoState::Failed, true));
        let pending = photo(p[2]);
        assert_eq!((pending.state, pending.aspect), (PhotoState::Pending, None));
        assert_eq!(pending.time, local_ms(1_700_000_000_000_000_000, &TimeZone::system()));
    }
}
