//! What the indexing job reads from and writes to the table of photos.

use std::fmt::Write as _;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, params};

use super::{FileStamp, PhotoState, metadata_of, scope, stamp_of, without_photo};
use crate::catalog::fault::Fault;
use crate::catalog::models::{self, ModelNumber};
use crate::catalog::stored_path::{below, from_bytes};
use crate::catalog::{Catalog, FoundFaces, faces, failures, vectors};
use crate::error::Result;
use crate::ids::{FolderId, ModelKey, PhotoId};
use crate::media::{MeanColour, Metadata};

/// A photo that needs work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingPhoto {
    /// Its id.
    pub id: PhotoId,
    /// The folder of the library that it lies in.
    pub root: PathBuf,
    /// Its file.
    pub path: PathBuf,
    /// The file's size and time; handed back with the result, which is refused if the file has changed since.
    pub stamp: FileStamp,
    /// It was read before, and its file is unchanged: only vectors are lacking.
    pub ready: bool,
    /// For each of the models asked for: the photo lacks its vector.
    pub lacks: Vec<bool>,
    /// Faces are asked for, and its content was not looked at for them.
    pub lacks_faces: bool,
}

/// What the indexing job made of one photo.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexedPhoto {
    /// Its id.
    pub photo: PhotoId,
    /// As it was in [`PendingPhoto`].
    pub stamp: FileStamp,
    /// How it went.
    pub outcome: IndexOutcome,
    /// What was found, if its content was looked at for faces.
    pub faces: Option<FoundFaces>,
}

/// How indexing one photo went.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexOutcome {
    /// It was read.
    Ready {
        /// BLAKE3 of its content.
        hash: [u8; 32],
        /// What was read from it.
        metadata: Metadata,
        /// The mean colour of its thumbnail, if it has one.
        colour: Option<MeanColour>,
        /// For each model of the batch, in order: the new vector, or nothing where the stored one stays.
        vectors: Vec<Option<Vec<f32>>>,
    },
    /// It was read, and a network failed on it: listed as failed, and found by what the other networks saw.
    Partial {
        /// BLAKE3 of its content.
        hash: [u8; 32],
        /// What was read from it.
        metadata: Metadata,
        /// As in [`IndexOutcome::Ready`].
        colour: Option<MeanColour>,
        /// As in [`IndexOutcome::Ready`]; nothing from the network that failed.
        vectors: Vec<Option<Vec<f32>>>,
        /// A word for the kind of failure.
        code: String,
        /// Why, in words.
        reason: String,
    },
    /// It cannot be read.
    Failed {
        /// BLAKE3 of its content, when that much could be read.
        hash: Option<[u8; 32]>,
        /// A word for the kind of failure.
        code: String,
        /// Why, in words.
        reason: String,
    },
}

impl IndexOutcome {
    /// BLAKE3 of the photo's content, when that much is known.
    fn hash(&self) -> Option<[u8; 32]> {
        match self {
            Self::Ready { hash, .. } | Self::Partial { hash, .. } => Some(*hash),
            Self::Failed { hash, .. } => *hash,
        }
    }
}

/// What was written of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenBatch {
    /// Photos that are ready now.
    pub ready: u64,
    /// Photos that failed.
    pub failed: u64,
    /// Photos whose file has changed, or is forgotten, since they were handed out: nothing is written, and they
    /// stay pending.
    pub stale: u64,
    /// Contents that photos of the batch had before, and no photo has any more.
    pub orphaned: Vec<[u8; 32]>,
}

/// What is known of some content: a copy of it need not be decoded again.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownContent {
    /// What was read from it.
    pub metadata: Metadata,
    /// For each of the models asked for: its vector, if there is one.
    pub vectors: Vec<Option<Vec<f32>>>,
    /// The networks asked for have looked at it for faces.
    pub has_faces: bool,
}

impl Catalog {
    /// Photos that were never read, have changed, lack a vector of one of `keys`, or were not looked at for faces by the networks
    /// of `faces`: in order of id, after `after`, at most `limit`. Failed, missing and offline photos are left out. Only those of `folders`, if given.
    ///
    /// # Errors
    /// Those of the database.
    pub fn pending(
        &self,
        keys: &[ModelKey],
        faces: Option<&str>,
        folders: Option<&[FolderId]>,
        after: Option<PhotoId>,
        limit: usize,
    ) -> Result<Vec<PendingPhoto>> {
        self.read(|conn| {
            let mut lacks = String::new();
            for (bit, key) in keys.iter().enumerate() {
                // A model without a number has no vectors yet.
                let first = models::number(conn, key)?.map_or(-1, |number| number.vector_id(PhotoId(0)));
                let _ = write!(
                    lacks,
                    " | ((NOT EXISTS (SELECT 1 FROM vector_changes c
                                      WHERE c.vector_id = {first} + p.id AND c.present = 1)) << {bit})"
                );
            }
            if faces.is_some() {
                let bit = keys.len();
                let _ = write!(
                    lacks,
                    " | ((NOT EXISTS (SELECT 1 FROM face_scans s WHERE s.hash = p.hash AND s.pipeline = ?3)) << {bit})"
                );
            }
            let sql = format!(
                "SELECT p.id, f.path, p.rel_path, p.size, p.mtime_ns, p.state, (0 {lacks}) AS lacks
                 FROM photos p JOIN folders f ON f.id = p.folder_id
                 WHERE p.id > ?1 AND p.missing_since IS NULL AND p.offline = 0 AND p.state <> {}
                 AND (p.state = {} OR lacks <> 0) {} ORDER BY p.id LIMIT ?2",
                PhotoState::Failed as i64,
                PhotoState::Pending as i64,
                scope("p", folders),
            );
            let mut statement = conn.prepare(&sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let after = after.map_or(0, |photo| photo.0);
            let read = |row: &rusqlite::Row<'_>| {
                let root = from_bytes(row.get_ref(1)?.as_blob()?);
                let ready = PhotoState::read(row.get(5)?) == PhotoState::Ready;
                let bits: i64 = row.get(6)?;
                Ok(PendingPhoto {
                    id: PhotoId(row.get(0)?),
                    path: below(&root, row.get_ref(2)?.as_blob()?),
                    root,
                    stamp: stamp_of(row, 3)?,
                    ready,
                    lacks: (0..keys.len()).map(|bit| !ready || bits >> bit & 1 == 1).collect(),
                    lacks_faces: faces.is_some() && (!ready || bits >> keys.len() & 1 == 1),
                })
            };
            let rows: rusqlite::Result<_> = match faces {
                Some(faces) => statement.query_map(params![after, limit, faces], read)?.collect(),
                None => statement.query_map(params![after, limit], read)?.collect(),
            };
            Ok(rows?)
        })
    }

    /// Writes what was made of a batch of photos, in one transaction: all of it or nothing.
    ///
    /// Vectors of models that are not in the batch are kept if the photo's content is what they were made from, and
    /// removed if it is not.
    ///
    /// # Errors
    /// [`Error::Vector`](crate::Error::Vector) when one has the wrong length, and those of the database.
    pub fn write_indexed(&self, keys: &[ModelKey], batch: &[IndexedPhoto]) -> Result<WrittenBatch> {
        for photo in batch {
            if let IndexOutcome::Ready { vectors, .. } | IndexOutcome::Partial { vectors, .. } =
                &photo.outcome
            {
                for (key, vector) in keys.iter().zip(vectors) {
                    vector.iter().try_for_each(|vector| vectors::check_dimension(key, vector))?;
                }
            }
        }
        self.write(|conn| {
            let numbers =
                keys.iter().map(|key| models::number_or_new(conn, key)).collect::<Result<Vec<_>, Fault>>()?;
            let mut written = WrittenBatch::default();
            let mut replaced = Vec::new();
            for photo in batch {
                let Some(old_hash) = current_hash(conn, photo)? else {
                    written.stale += 1;
                    continue;
                };
                if photo.outcome.hash().is_some_and(|hash| old_hash != Some(hash)) {
                    vectors::remove_all(conn, photo.photo)?;
                    replaced.extend(old_hash);
                }
                match &photo.outcome {
                    IndexOutcome::Ready { hash, metadata, colour, vectors } => {
                        write_ready(conn, photo.photo, hash, metadata, *colour)?;
                        write_vectors(conn, photo.photo, &numbers, vectors)?;
                        failures::remove(conn, photo.photo)?;
                        written.ready += 1;
                    }
                    IndexOutcome::Partial { hash, metadata, colour, vectors, code, reason } => {
                        write_ready(conn, photo.photo, hash, metadata, *colour)?;
                        write_vectors(conn, photo.photo, &numbers, vectors)?;
                        write_failed(conn, photo.photo, Some(*hash))?;
                        failures::put(conn, photo.photo, code, reason)?;
                        written.failed += 1;
                    }
                    IndexOutcome::Failed { hash, code, reason } => {
                        write_failed(conn, photo.photo, *hash)?;
                        failures::put(conn, photo.photo, code, reason)?;
                        written.failed += 1;
                    }
                }
                if let (Some(hash), Some(found)) = (photo.outcome.hash(), &photo.faces) {
                    faces::put(conn, &hash, found)?;
                }
            }
            written.orphaned = without_photo(conn, replaced)?;
            Ok(written)
        })
    }

    /// What is known of content that a photo has, missing ones included: for each model any photo's vector, and whether the networks
    /// of `faces` have looked at it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn known_content(
        &self,
        hash: &[u8; 32],
        keys: &[ModelKey],
        faces: Option<&str>,
    ) -> Result<Option<KnownContent>> {
        self.read(|conn| {
            let sql = "SELECT id, width, height, taken_at, camera, lens, latitude, longitude FROM photos
                       WHERE hash = ?1 AND state = ?2 ORDER BY id LIMIT 64";
            let mut statement = conn.prepare_cached(sql)?;
            let twins = statement.query_map(params![hash, PhotoState::Ready as i64], |row| {
                Ok((PhotoId(row.get(0)?), metadata_of(row, 1)?))
            })?;
            let twins = twins.collect::<rusqlite::Result<Vec<_>>>()?;
            let Some((_, metadata)) = twins.first() else { return Ok(None) };
            let mut vectors = Vec::with_capacity(keys.len());
            for key in keys {
                let model = models::number(conn, key)?;
                let of_twin = |(twin, _): &(PhotoId, Metadata)| {
                    model.and_then(|model| vectors::vector(conn, model, key.dim, *twin).transpose())
                };
                vectors.push(twins.iter().find_map(of_twin).transpose()?);
            }
            let sql = "SELECT 1 FROM face_scans WHERE hash = ?1 AND pipeline = ?2";
            let has_faces = match faces {
                Some(pipeline) => conn.prepare_cached(sql)?.exists(params![hash, pipeline])?,
                None => false,
            };
            Ok(Some(KnownContent { metadata: metadata.clone(), vectors, has_faces }))
        })
    }
}

/// The hash of the photo's content as it was last decoded; `None` when the photo is not what was handed out.
fn current_hash(conn: &Connection, photo: &IndexedPhoto) -> Result<Option<Option<[u8; 32]>>, Fault> {
    let sql = "SELECT hash FROM photos WHERE id = ?1 AND size = ?2 AND mtime_ns = ?3";
    let values = params![photo.photo.0, photo.stamp.size as i64, photo.stamp.mtime_ns];
    Ok(conn.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?)
}

fn write_ready(
    conn: &Connection,
    photo: PhotoId,
    hash: &[u8; 32],
    of: &Metadata,
    colour: Option<MeanColour>,
) -> Result<(), Fault> {
    let sql = "UPDATE photos SET state = ?2, hash = ?3, width = ?4, height = ?5, taken_at = ?6, camera = ?7,
               lens = ?8, latitude = ?9, longitude = ?10, colour = ?11 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute(params![
        photo.0,
        PhotoState::Ready as i64,
        hash,
        of.width,
        of.height,
        of.taken_at,
        of.camera,
        of.lens,
        of.latitude,
        of.longitude,
        colour.map(|colour| colour.0),
    ])?;
    Ok(())
}

fn write_failed(conn: &Connection, photo: PhotoId, hash: Option<[u8; 32]>) -> Result<(), Fault> {
    let sql = "UPDATE photos SET state = ?2, hash = coalesce(?3, hash),
               colour = iif(coalesce(?3, hash) IS hash, colour, NULL) WHERE id = ?1";
    conn.prepare_cached(sql)?.execute(params![photo.0, PhotoState::Failed as i64, hash])?;
    Ok(())
}

fn write_vectors(
    conn: &Connection,
    photo: PhotoId,
    models: &[ModelNumber],
    vectors: &[Option<Vec<f32>>],
) -> Result<(), Fault> {
    for (model, vector) in models.iter().zip(vectors) {
        if let Some(vector) = vector {
            vectors::put(conn, *model, photo, vector)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ScanWrite;
    use crate::catalog::testing::{TestCatalog, model};
    use crate::error::Error;

    fn along(axis: usize) -> Vec<f32> {
        let mut vector = vec![0.0; 4];
        vector[axis] = 1.0;
        vector
    }

    fn ids(pending: &[PendingPhoto]) -> Vec<PhotoId> {
        pending.iter().map(|photo| photo.id).collect()
    }

    #[test]
    fn pending_are_the_new_the_changed_and_those_that_lack_a_vector() {
        let test = TestCatalog::new();
        let (clip, look) = (model("clip"), model("look"));
        let keys = [clip.clone(), look.clone()];
        let (folder, p) = test.with_photos("/p", &["a", "b", "c", "d", "e", "f"]);
        let (other, q) = test.with_photos("/q", &["g"]);
        test.indexed(p[0], 1, &[(&clip, along(0)), (&look, along(0))]);
        test.indexed(p[1], 2, &[(&clip, along(0))]);
        let failed = IndexOutcome::Failed { hash: None, code: "x".into(), reason: "y".into() };
        test.outcome(&keys, p[2], failed);
        test.apply_scan(&[ScanWrite::Offline { photo: p[3] }, ScanWrite::Missing { photo: p[4] }], 1)
            .unwrap();
        let pending = test.pending(&keys, None, None, None, 100).unwrap();
        assert_eq!(ids(&pending), [p[1], p[5], q[0]]);
        assert_eq!((pending[0].ready, &pending[0].lacks[..]), (true, &[false, true][..]));
        assert_eq!((pending[1].ready, &pending[1].lacks[..]), (false, &[true, true][..]));
        assert_eq!(pending[2].path, PathBuf::from("/q/g"));

        for (keys, folders, after, limit, expected) in [
            (&keys[..1], None, None, 100, vec![p[5], q[0]]),
            (&[], None, None, 100, vec![p[5], q[0]]),
            (&[model("new")], None, None, 100, vec![p[0], p[1], p[5], q[0]]),
            (&keys[..], Some(vec![folder]), None, 100, vec![p[1], p[5]]),
            (&keys[..], Some(vec![other]), None, 100, vec![q[0]]),
            (&keys[..], Some(vec![]), None, 100, vec![]),
            (&keys[..], None, Some(p[1]), 1, vec![p[5]]),
        ] {
            let found = test.pending(keys, None, folders.as_deref(), after, limit).unwrap();
            assert_eq!(ids(&found), expected, "{keys:?} {folders:?} {after:?}");
        }
    }

    #[test]
    fn new_content_takes_the_vectors_of_the_old_with_it() {
        let test = TestCatalog::new();
        let (clip, look) = (model("clip"), model("look"));
        let (_, p) = test.with_photos("/p", &["a"]);
        test.indexed(p[0], 1, &[(&clip, along(0)), (&look, along(1))]);
        test.indexed(p[0], 1, &[(&clip, along(2))]);
        assert_eq!(test.vector(&look, p[0]).unwrap(), Some(along(1)), "same content: kept");
        test.indexed(p[0], 2, &[(&clip, along(3))]);
        assert_eq!(test.vector(&clip, p[0]).unwrap(), Some(along(3)));
        assert_eq!(test.vector(&look, p[0]).unwrap(), None, "made from other content");

        let failed = |hash| IndexOutcome::Failed { hash, code: "x".into(), reason: "y".into() };
        test.outcome(&[], p[0], failed(None));
        test.outcome(&[], p[0], failed(Some([2; 32])));
        assert!(test.vector(&clip, p[0]).unwrap().is_some(), "the content is the same as far as is known");
        test.outcome(&[], p[0], failed(Some([3; 32])));
        assert_eq!(test.vector(&clip, p[0]).unwrap(), None);
    }

    #[test]
    fn content_that_no_photo_has_any_more_is_named_once_it_is_replaced() {
        let test = TestCatalog::new();
        let (_, p) = test.with_photos("/p", &["a", "b"]);
        let failed = |hash| IndexOutcome::Failed { hash: Some(hash), code: "x".into(), reason: "y".into() };
        let ready = |hash| IndexOutcome::Ready {
            hash,
            metadata: Metadata::default(),
            colour: None,
            vectors: Vec::new(),
        };
        for (photo, outcome, orphaned) in [
            (p[0], ready([1; 32]), vec![]),
            (p[1], ready([1; 32]), vec![]),
            (p[0], ready([2; 32]), vec![]),
            (p[1], failed([3; 32]), vec![[1; 32]]),
            (p[0], ready([2; 32]), vec![]),
            (p[0], ready([4; 32]), vec![[2; 32]]),
        ] {
            let stamp = test.rows(&[photo]).unwrap()[0].stamp;
            let case = format!("{outcome:?}");
            let written =
                test.write_indexed(&[], &[IndexedPhoto { photo, stamp, outcome, faces: None }]).unwrap();
            assert_eq!(written.orphaned, orphaned, "{case}");
        }
    }

    #[test]
    fn a_result_for_a_file_that_changed_meanwhile_is_refused() {
        let (test, clip) = (TestCatalog::new(), [model("clip")]);
        let (_, p) = test.with_photos("/p", &["a", "b"]);
        let handed_out = test.pending(&clip, None, None, None, 10).unwrap();
        let stamp = FileStamp { size: 9, mtime_ns: 9 };
        test.apply_scan(&[ScanWrite::Changed { photo: p[0], stamp, volume: 1 }], 1).unwrap();
        let batch: Vec<IndexedPhoto> = handed_out
            .iter()
            .map(|photo| IndexedPhoto {
                photo: photo.id,
                stamp: photo.stamp,
                outcome: IndexOutcome::Ready {
                    hash: [1; 32],
                    metadata: Metadata::default(),
                    colour: None,
                    vectors: vec![Some(along(0))],
                },
                faces: None,
            })
            .collect();
        let written = test.write_indexed(&clip, &batch).unwrap();
        assert_eq!(written, WrittenBatch { ready: 1, stale: 1, ..WrittenBatch::default() });
        assert_eq!(ids(&test.pending(&clip, None, None, None, 10).unwrap()), [p[0]]);
    }

    #[test]
    fn a_batch_with_a_vector_of_the_wrong_length_is_refused_whole() {
        let test = TestCatalog::new();
        let (_, p) = test.with_photos("/p", &["a", "b"]);
        let stamp = test.rows(&p).unwrap()[0].stamp;
        let ready = |vector| IndexOutcome::Ready {
            hash: [1; 32],
            metadata: Metadata::default(),
            colour: None,
            vectors: vec![Some(vector)],
        };
        let batch = [along(0), vec![1.0; 3]].map(|vector| IndexedPhoto {
            photo: p[0],
            stamp,
            outcome: ready(vector),
            faces: None,
        });
        let error = test.write_indexed(&[model("clip")], &batch).unwrap_err();
        assert!(matches!(error, Error::Vector { .. }), "{error}");
        assert_eq!(test.counts(None).unwrap().ready, 0);
    }

    #[test]
    fn a_copy_of_known_content_finds_its_metadata_and_vectors() {
        let (test, clip, look) = (TestCatalog::new(), model("clip"), model("look"));
        let (_, p) = test.with_photos("/p", &["a", "b", "c"]);
        let keys = [look.clone(), clip.clone()];
        assert_eq!(test.known_content(&[1; 32], &keys, None).unwrap(), None);
        let metadata = Metadata { camera: Some("Leica Q".into()), width: Some(60), ..Metadata::default() };
        let outcome = IndexOutcome::Ready {
            hash: [1; 32],
            metadata: metadata.clone(),
            colour: None,
            vectors: vec![None],
        };
        test.outcome(std::slice::from_ref(&clip), p[0], outcome);
        test.indexed(p[1], 1, &[(&clip, along(2))]);
        let known = test.known_content(&[1; 32], &keys, None).unwrap().unwrap();
        assert_eq!(known.metadata.camera, metadata.camera);
        assert_eq!(known.vectors, [None, Some(along(2))]);
    }

    #[test]
    fn a_photo_that_one_network_failed_on_keeps_what_the_other_saw() {
        let (test, clip, look) = (TestCatalog::new(), model("clip"), model("look"));
        let keys = [clip.clone(), look.clone()];
        let (_, p) = test.with_photos("/p", &["a"]);
        let outcome = IndexOutcome::Partial {
            hash: [1; 32],
            metadata: Metadata { width: Some(60), ..Metadata::default() },
            colour: Some(MeanColour(0xAA_BB_CC)),
            vectors: vec![Some(along(2)), None],
            code: "network".to_owned(),
            reason: "look gave NaN".to_owned(),
        };
        test.outcome(&keys, p[0], outcome);
        let row = test.rows(&p).unwrap().remove(0);
        assert_eq!((row.state, row.metadata.width), (PhotoState::Failed, Some(60)));
        assert_eq!(test.failures().unwrap()[0].reason, "look gave NaN");
        assert_eq!(test.model_counts().unwrap(), [(clip, 1)], "the vector is there, and searched");
        assert_eq!(test.pending(&keys, None, None, None, 10).unwrap(), [], "it waits until it is asked for");
    }
}
