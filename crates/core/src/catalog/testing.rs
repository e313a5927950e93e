//! A catalog in a temporary folder, for the tests of this crate.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::{Catalog, FileStamp, IndexOutcome, IndexedPhoto, ScanWrite};
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
        let batch = [IndexedPhoto { photo, stamp, outcome }];
        assert_eq!(self.write_indexed(keys, &batch).unwrap().stale, 0);
    }
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
             ALTER TABLE photos DROP COLUMN colour; PRAGMA user_version = 1",
        )
        .unwrap();
}
