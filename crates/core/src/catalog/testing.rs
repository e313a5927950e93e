//! A catalog in a temporary folder, for the tests of this crate.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::{Catalog, FileStamp, FoundFaces, IndexOutcome, IndexedPhoto, ScanWrite};
use crate::ids::{FolderId, ModelKey, PhotoId};
use crate::media::Metadata;

pub(crate) struct TestCatalog {
    catalog: Catalog,
    dir: tempfile::TempDir,
}

impl Deref for TestCatalog {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        &self.catalog
    }
}

impl TestCatalog {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { catalog: Catalog::open(&dir.path().join("catalog.db")).unwrap(), dir }
    }

    /// A second connection to the same catalog.
    pub(crate) fn reopened(&self) -> Catalog {
        Catalog::open(self.catalog.path()).unwrap()
    }

    /// Closes the catalog and keeps its file until the test process ends.
    pub(crate) fn closed(self) -> PathBuf {
        let path = self.catalog.path().to_path_buf();
        drop(self.catalog);
        let _ = self.dir.keep();
        path
    }

    /// Adds a folder and pending photos in it.
    pub(crate) fn with_photos(&self, folder: &str, names: &[&str]) -> (FolderId, Vec<PhotoId>) {
        let folder = self.add_folder(Path::new(folder)).unwrap().id;
        let writes: Vec<ScanWrite> = names
            .iter()
            .zip(1..)
            .map(|(name, size)| ScanWrite::New {
                folder,
                rel: name.as_bytes().into(),
                stamp: FileStamp { size, mtime_ns: 1_700_000_000_000_000_000 },
                volume: 1,
            })
            .collect();
        self.apply_scan(&writes, 1000).unwrap();
        let path = self.folder(folder).unwrap().unwrap().path;
        let ids = names.iter().map(|name| self.photo_at(&path.join(name)).unwrap().unwrap().id).collect();
        (folder, ids)
    }

    /// Writes a photo's content and its vectors as the indexing job would.
    pub(crate) fn indexed(&self, photo: PhotoId, hash: u8, vectors: &[(&ModelKey, Vec<f32>)]) {
        let keys: Vec<ModelKey> = vectors.iter().map(|(key, _)| (*key).clone()).collect();
        let vectors = vectors.iter().map(|(_, vector)| Some(vector.clone())).collect();
        let (hash, metadata) = ([hash; 32], Metadata::default());
        let outcome = IndexOutcome::Ready { hash, metadata, colour: None, vectors };
        self.outcome(&keys, photo, outcome);
    }

    /// Writes one photo's outcome.
    pub(crate) fn outcome(&self, keys: &[ModelKey], photo: PhotoId, outcome: IndexOutcome) {
        let stamp = self.rows(&[photo]).unwrap()[0].stamp;
        let batch = [IndexedPhoto { photo, stamp, outcome, faces: None }];
        assert_eq!(self.write_indexed(keys, &batch).unwrap().stale, 0);
    }
}

/// Writes what was found in a content as the indexing job would.
pub(crate) fn put_faces(catalog: &Catalog, hash: &[u8; 32], found: &FoundFaces) {
    catalog.write(|conn| super::faces::put(conn, hash, found)).unwrap();
}

/// A model of four dimensions.
pub(crate) fn model(id: &str) -> ModelKey {
    ModelKey { model_id: id.to_owned(), pipeline_version: 1, dim: 4 }
}

/// Makes a catalog what the version before photos had colours would have left.
pub(crate) fn before_colours(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "DROP TABLE theme_examples; DROP TABLE theme_names; DROP TABLE signatures;
             DROP TRIGGER faces_photo_deleted; DROP TRIGGER faces_photo_changed; DROP TABLE decision_before;
             DROP TABLE decision_faces; DROP TABLE decisions; DROP TABLE face_vectors; DROP TABLE faces;
             DROP TABLE people; DROP TABLE face_scans; ALTER TABLE photos DROP COLUMN colour; PRAGMA user_version = 1",
        )
        .unwrap();
}

impl Catalog {
    /// The number of rows of every table that is about faces or people.
    pub(crate) fn rows_of_people(&self) -> crate::error::Result<Vec<(String, i64)>> {
        self.ask(|conn| {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'
                       AND (name LIKE '%face%' OR name LIKE '%people%' OR name LIKE '%decision%')";
            let mut statement = conn.prepare(sql)?;
            let tables =
                statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
            let mut counts = Vec::new();
            for table in tables {
                let rows = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
                counts.push((table, rows));
            }
            assert_eq!(counts.len(), 7);
            Ok(counts)
        })
    }
}
