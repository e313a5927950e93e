//! Scans of real folders: what is found, and what becomes of it when files move, change and go.

mod after_any_mix;
mod found;
mod gone;
mod moved;
#[cfg(unix)]
mod odd_entries;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::*;
use crate::catalog::testing::{TestCatalog, model};
use crate::catalog::{IndexOutcome, IndexedPhoto, Listing};
use crate::media::Metadata;

/// A folder of files, a library, and a record of which files were opened.
struct World {
    test: TestCatalog,
    dir: tempfile::TempDir,
    opened: Mutex<Vec<PathBuf>>,
}

impl World {
    /// `a` is a folder of the library.
    fn new() -> Self {
        let world =
            Self { test: TestCatalog::new(), dir: tempfile::tempdir().unwrap(), opened: Mutex::default() };
        fs::create_dir(world.path("a")).unwrap();
        world.add("a");
        world
    }

    fn path(&self, rel: impl AsRef<Path>) -> PathBuf {
        folder_path(self.dir.path()).unwrap().join(rel)
    }

    fn add(&self, rel: &str) -> FolderId {
        self.test.add_folder(&self.path(rel)).unwrap().id
    }

    fn file(&self, rel: impl AsRef<Path>, content: &str) {
        let path = self.path(rel);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn files(&self, files: &[(&str, &str)]) {
        files.iter().for_each(|(rel, content)| self.file(rel, content));
    }

    fn rename(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn delete(&self, rel: &str) {
        fs::remove_file(self.path(rel)).unwrap();
    }

    /// Gives the file another time.
    fn touch(&self, rel: &str, seconds: u64) {
        let file = fs::File::options().write(true).open(self.path(rel)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    fn try_scan(&self, request: ScanRequest<'_>, proceed: &mut dyn FnMut() -> bool) -> Result<ScanReport> {
        let opened = &self.opened;
        let hash = |path: &Path| {
            opened.lock().unwrap().push(path.to_path_buf());
            media::hash_file(path)
        };
        let has_photo_content = |path: &Path| {
            opened.lock().unwrap().push(path.to_path_buf());
            Ok(fs::read(path)?.starts_with(b"PHOTO"))
        };
        let files =
            FileAccess { named_as: &media::named_as, has_photo_content: &has_photo_content, hash: &hash };
        scan(&self.test, &request, &files, &mut |_| proceed())
    }

    fn scan_at(&self, now: i64) -> ScanReport {
        self.try_scan(ScanRequest { now, ..ScanRequest::default() }, &mut || true).unwrap()
    }

    fn scan(&self) -> ScanReport {
        self.scan_at(1000)
    }

    /// The files opened since this was last asked.
    fn opened(&self) -> usize {
        std::mem::take(&mut *self.opened.lock().unwrap()).len()
    }

    /// Reads what is pending, as the indexing job would: the vector tells the content.
    fn index(&self) {
        let key = [model("clip")];
        for photo in self.test.pending(&key, None, None, None, 10_000).unwrap() {
            let content = fs::read(&photo.path).unwrap();
            let hash = *blake3::hash(&content).as_bytes();
            let outcome = IndexOutcome::Ready {
                hash,
                metadata: Metadata::default(),
                colour: None,
                vectors: vec![Some(vector_of(&content))],
            };
            let batch = [IndexedPhoto { photo: photo.id, stamp: photo.stamp, outcome, faces: None }];
            assert_eq!(self.test.write_indexed(&key, &batch).unwrap().ready, 1);
        }
        self.opened();
    }

    /// The visible photos: path below the world, id, and "offline" or the state.
    fn photos(&self) -> BTreeMap<String, (i64, &'static str)> {
        let mut photos = BTreeMap::new();
        let root = self.path("");
        self.test
            .list(Listing::All, &mut |row| {
                let rel = row.path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                let word = if row.offline { "offline" } else { row.state.word() };
                assert_eq!(photos.insert(rel, (row.id.0, word)), None, "listed twice");
                Ok(())
            })
            .unwrap();
        photos
    }

    fn paths(&self) -> Vec<String> {
        self.photos().into_keys().collect()
    }

    fn id(&self, rel: &str) -> PhotoId {
        self.test.photo_at(&self.path(rel)).unwrap().unwrap_or_else(|| panic!("{rel} is not known")).id
    }

    fn vector(&self, rel: &str) -> Option<Vec<f32>> {
        self.test.vector(&model("clip"), self.id(rel)).unwrap()
    }
}

fn vector_of(content: &[u8]) -> Vec<f32> {
    let first = blake3::hash(content).as_bytes()[0];
    vec![f32::from(first) / 256.0, 0.0, 0.0, 0.0]
}
