//! Colours of photos that were read before the catalog kept them.

use rusqlite::params;

use super::PhotoState;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::ids::PhotoId;
use crate::media::MeanColour;

impl Catalog {
    /// The contents of photos that were read and have no colour: in order of id, after `after`, at most `limit`, each with the
    /// photo that has it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn without_colour(&self, after: Option<PhotoId>, limit: usize) -> Result<Vec<(PhotoId, [u8; 32])>> {
        let sql = "SELECT id, hash FROM photos
                   WHERE id > ?1 AND colour IS NULL AND hash IS NOT NULL AND state = ?2 ORDER BY id LIMIT ?3";
        self.ask(|conn| {
            let (after, ready) = (after.map_or(0, |photo| photo.0), PhotoState::Ready as i64);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement
                .query_map(params![after, ready, limit], |row| Ok((PhotoId(row.get(0)?), row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Writes the colours of photos that still have the content, in one transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write_colours(&self, colours: &[(PhotoId, [u8; 32], MeanColour)]) -> Result<()> {
        self.write(|conn| {
            let sql = "UPDATE photos SET colour = ?3 WHERE id = ?1 AND hash = ?2";
            let mut statement = conn.prepare_cached(sql)?;
            for (photo, hash, colour) in colours {
                statement.execute(params![photo.0, hash, colour.0])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::IndexOutcome;
    use crate::catalog::testing::TestCatalog;
    use crate::media::Metadata;

    #[test]
    fn a_colour_belongs_to_the_content_that_it_was_read_from() {
        let test = TestCatalog::new();
        let (_, p) = test.with_photos("/p", &["a", "b", "c", "pending"]);
        let ready = |hash, colour: Option<u32>| IndexOutcome::Ready {
            hash: [hash; 32],
            metadata: Metadata::default(),
            colour: colour.map(MeanColour),
            vectors: vec![],
        };
        test.outcome(&[], p[0], ready(1, None));
        test.outcome(&[], p[1], ready(2, None));
        test.outcome(&[], p[2], ready(3, Some(0x33_33_33)));
        let without = |after, limit| test.without_colour(after, limit).unwrap();
        assert_eq!(without(None, 9), [(p[0], [1; 32]), (p[1], [2; 32])]);
        assert_eq!(without(Some(p[0]), 9), [(p[1], [2; 32])]);
        assert_eq!(without(None, 1), [(p[0], [1; 32])]);

        let colours = [(p[0], [1; 32], MeanColour(0)), (p[1], [9; 32], MeanColour(0xFF_FF_FF))];
        test.write_colours(&colours).unwrap();
        assert_eq!(without(None, 9), [(p[1], [2; 32])], "its content was another one");

        let colour = || test.timeline().unwrap().into_iter().find(|photo| photo.id == p[2]).unwrap().colour;
        let failed = |hash| IndexOutcome::Failed { hash, code: "x".into(), reason: "y".into() };
        test.outcome(&[], p[2], failed(None));
        test.outcome(&[], p[2], failed(Some([3; 32])));
        assert_eq!(colour(), Some(MeanColour(0x33_33_33)), "the content is the same as far as is known");
        test.outcome(&[], p[2], failed(Some([4; 32])));
        assert_eq!(colour(), None);
    }
}
