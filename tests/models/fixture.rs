//! A store in a temporary folder, and files to put into it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use kindred_models::{
    DownloadFailure, DownloadOptions, DownloadProgress, InstallState, Manifest, ModelError, ModelStore,
    ProxySetting,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The id of the model in most tests.
pub(crate) const ID: &str = "test-model";

/// The file of that model.
pub(crate) const FILE: &str = "weights.bin";

/// A mark as servers send it with their content.
pub(crate) const ETAG: &str = "\"one\"";

/// `length` bytes that look like weights: no repetition, the same in every run.
pub(crate) fn content(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ length as u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(length)
    .collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// One file slot of a manifest.
pub(crate) struct SlotText(String);

impl SlotText {
    pub(crate) fn new(role: &str) -> Self {
        Self(format!("[[model.file]]\nrole = \"{role}\"\n"))
    }

    pub(crate) fn optional(mut self) -> Self {
        self.0.push_str("required = false\n");
        self
    }

    pub(crate) fn variant(mut self, name: &str, content: &[u8], urls: &[String]) -> Self {
        let (bytes, hash) = (content.len(), sha256(content));
        self.0.push_str(&format!(
            "[[model.file.variant]]\nname = \"{name}\"\nurls = {urls:?}\nbytes = {bytes}\nsha256 = \"{hash}\"\n"
        ));
        self
    }

    pub(crate) fn unknown_variant(mut self, name: &str, urls: &[String]) -> Self {
        self.0.push_str(&format!("[[model.file.variant]]\nname = \"{name}\"\nurls = {urls:?}\n"));
        self
    }
}

/// A manifest with the one model [`ID`].
pub(crate) fn manifest(slots: &[SlotText]) -> Manifest {
    let mut text = format!(
        "format = 1\n[[model]]\nid = \"{ID}\"\ntitle = \"Test\"\npurpose = \"look\"\nnetwork = \"resnet50\"\ndim = 4\n\
         preprocessing = \"resnet50-v2\"\npipeline_version = 1\nlicence = \"MIT\"\n"
    );
    slots.iter().for_each(|slot| text.push_str(&slot.0));
    Manifest::parse(&text).unwrap()
}

/// A store whose one model has one file.
pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) store: ModelStore,
}

impl Fixture {
    pub(crate) fn new(content: &[u8], urls: &[String]) -> Self {
        Self::with_slots(&[SlotText::new("weights").variant(FILE, content, urls)])
    }

    pub(crate) fn with_slots(slots: &[SlotText]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = ModelStore::with_manifest(dir.path(), manifest(slots));
        Self { dir, store }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(ID).join(name)
    }

    /// Writes a file into the model's folder, as a person or an earlier run may have done.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn state(&self) -> InstallState {
        self.store.state(ID).unwrap()
    }

    pub(crate) fn download(&self) -> Result<PathBuf, ModelError> {
        self.download_with(&quick())
    }

    pub(crate) fn download_with(&self, options: &DownloadOptions) -> Result<PathBuf, ModelError> {
        self.store.download(ID, options, &AtomicBool::new(false), &mut |_| ())
    }

    /// Downloads, and returns what was reported on the way.
    pub(crate) fn watch(&self) -> (Result<PathBuf, ModelError>, Vec<DownloadProgress>) {
        let mut reports = Vec::new();
        let result = self.store.download(ID, &quick(), &AtomicBool::new(false), &mut |p| reports.push(p));
        (result, reports)
    }

    pub(crate) fn import(&self, source: &Path) -> Result<PathBuf, ModelError> {
        self.store.import(ID, source, &mut |_| ())
    }

    /// The names in the model's folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let Ok(items) = std::fs::read_dir(self.dir.path().join(ID)) else { return Vec::new() };
        let mut names: Vec<_> = items.map(|i| i.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Asserts that the model is installed with `content`, and that nothing is left of the way there.
    #[track_caller]
    pub(crate) fn assert_installed(&self, content: &[u8]) {
        assert_eq!(self.state(), InstallState::Installed { path: self.path(FILE) });
        assert!(std::fs::read(self.path(FILE)).unwrap() == content, "another content was installed");
        assert_eq!(self.names(), [".verified.json", FILE]);
    }
}

/// Options that make a test wait for milliseconds where a person would wait for seconds.
pub(crate) fn quick() -> DownloadOptions {
    DownloadOptions {
        proxy: ProxySetting::Direct,
        retries: 2,
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(20),
        patience: Duration::from_secs(2),
        connect_timeout: Duration::from_secs(5),
        stall_timeout: Duration::from_secs(5),
        reserve_bytes: 0,
        ..DownloadOptions::default()
    }
}

/// The reason of a failed download.
#[track_caller]
pub(crate) fn failure(result: Result<PathBuf, ModelError>) -> DownloadFailure {
    match result {
        Err(ModelError::Download { failure, .. }) => failure,
        other => panic!("not a failed download: {other:?}"),
    }
}
