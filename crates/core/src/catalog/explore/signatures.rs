//! Fingerprints of contents.

use rusqlite::{OptionalExtension, params};

use crate::catalog::Catalog;
use crate::catalog::photos::PhotoState;
use crate::error::Result;
use crate::explore::duplicates::{SIGNATURE_VERSION, Signature};
use crate::ids::PhotoId;

impl Catalog {
    /// The fingerprint of each content, in their order; `None` where it was not made yet, or in another way.
    ///
    /// # Errors
    /// Those of the database.
    pub fn signatures(&self, hashes: &[[u8; 32]]) -> Result<Vec<Option<Signature>>> {
        let sql = "SELECT bits, sharpness, is_grey FROM signatures WHERE hash = ?1 AND version = ?2";
        self.read(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let signature = |hash: &[u8; 32]| {
                let found = statement.query_row(params![hash, SIGNATURE_VERSION], |row| {
                    let hash = row.get::<_, i64>(0)?.cast_unsigned();
                    Ok(Signature { hash, sharpness: row.get(1)?, is_grey: row.get(2)? })
                });
                Ok(found.optional()?)
            };
            hashes.iter().map(signature).collect()
        })
    }

    /// Writes fingerprints, in place of those made in another way, in one transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write_signatures(&self, signatures: &[([u8; 32], Signature)]) -> Result<()> {
        let sql =
            "INSERT INTO signatures (hash, version, bits, sharpness, is_grey) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (hash) DO UPDATE SET version = excluded.version, bits = excluded.bits,
                       sharpness = excluded.sharpness, is_grey = excluded.is_grey";
        self.write(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            for (hash, Signature { hash: bits, sharpness, is_grey }) in signatures {
                statement.execute(params![
                    hash,
                    SIGNATURE_VERSION,
                    bits.cast_signed(),
                    sharpness,
                    is_grey
                ])?;
            }
            Ok(())
        })
    }

    /// The contents of photos that were read and have no fingerprint: in order of id, after `after`, at most `limit`, each with the
    /// photo that has it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn without_signature(
        &self,
        after: Option<PhotoId>,
        limit: usize,
    ) -> Result<Vec<(PhotoId, [u8; 32])>> {
        let sql =
            "SELECT id, hash FROM photos WHERE id > ?1 AND hash IS NOT NULL AND state = ?2 AND NOT EXISTS (
                       SELECT 1 FROM signatures s WHERE s.hash = photos.hash AND s.version = ?3)
                   ORDER BY id LIMIT ?4";
        self.ask(|conn| {
            let (after, ready) = (after.map_or(0, |photo| photo.0), PhotoState::Ready as i64);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map(params![after, ready, SIGNATURE_VERSION, limit], |row| {
                Ok((PhotoId(row.get(0)?), row.get(1)?))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Removes the fingerprints of contents that no photo has any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_orphaned_signatures(&self) -> Result<()> {
        let sql =
            "DELETE FROM signatures WHERE NOT EXISTS (SELECT 1 FROM photos p WHERE p.hash = signatures.hash)";
        self.write(|conn| {
            conn.execute(sql, [])?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;

    fn signature(hash: u64) -> Signature {
        Signature { hash, sharpness: 2.5, is_grey: hash == 1 }
    }

    #[test]
    fn a_fingerprint_belongs_to_a_content_as_long_as_a_photo_has_it() {
        let test = TestCatalog::new();
        let (_, p) = test.with_photos("/p", &["a", "b", "copy of b", "pending"]);
        for (photo, hash) in [(p[0], 1), (p[1], 2), (p[2], 2)] {
            test.indexed(photo, hash, &[]);
        }
        let without = || test.without_signature(None, 9).unwrap();
        assert_eq!(without(), [(p[0], [1; 32]), (p[1], [2; 32]), (p[2], [2; 32])]);
        assert_eq!(test.without_signature(Some(p[0]), 1).unwrap(), [(p[1], [2; 32])]);
        test.write_signatures(&[([1; 32], signature(1)), ([2; 32], signature(u64::MAX))]).unwrap();
        assert_eq!(without(), []);
        let found = test.reopened().signatures(&[[2; 32], [9; 32], [1; 32]]).unwrap();
        assert_eq!(found, [Some(signature(u64::MAX)), None, Some(signature(1))]);

        test.indexed(p[0], 5, &[]);
        test.remove_orphaned_signatures().unwrap();
        assert_eq!(test.signatures(&[[1; 32], [2; 32]]).unwrap(), [None, Some(signature(u64::MAX))]);
        assert_eq!(without(), [(p[0], [5; 32])]);

        test.conn.execute("UPDATE signatures SET version = version + 1", []).unwrap();
        assert_eq!(test.signatures(&[[2; 32]]).unwrap(), [None], "made in another way");
        assert_eq!(without().len(), 3);
    }
}
