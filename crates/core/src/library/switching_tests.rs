//! From the starter model to one that was installed, and back: with a ResNet50 that is small enough for the repository.

use std::ops::Deref;

use image::{Rgb, RgbImage};
use kindred_models::{Manifest, NetworkKind, Purpose, STARTER_ID};
use sha2::{Digest, Sha256};

use super::*;
use crate::fixtures::unpacked;

const INSTALLED: &str = "small-resnet50";

/// A library of two folders, and a model for look that can be installed.
struct World {
    base: testing::World,
    weights: PathBuf,
    _model: tempfile::TempDir,
}

impl Deref for World {
    type Target = testing::World;

    fn deref(&self) -> &testing::World {
        &self.base
    }
}

impl World {
    fn new() -> Self {
        let (holder, folder) = unpacked("resnet50-torchvision");
        let weights = folder.join("resnet50.pth");
        let bytes = std::fs::read(&weights).unwrap();
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let manifest = format!(
            "format = 1\n[[model]]\nid = \"{INSTALLED}\"\ntitle = \"Test\"\npurpose = \"look\"\nnetwork = \"resnet50\"\n\
             default = true\ndim = 64\npreprocessing = \"resnet50-v2\"\npipeline_version = 1\nlicence = \"MIT\"\n\
             [[model.file]]\nrole = \"weights\"\n[[model.file.variant]]\nname = \"resnet50.pth\"\n\
             urls = [\"https://example.org/resnet50.pth\"]\nbytes = {}\nsha256 = \"{sha256}\"\n",
            bytes.len()
        );
        let manifest = Manifest::parse(&manifest).unwrap();
        let base = testing::World::with_store(|dir| ModelStore::with_manifest(dir, manifest));
        let world = Self { base, weights, _model: holder };
        for (folder, photo) in [("a", 0), ("a", 1), ("b", 2), ("b", 3)] {
            world.draw(folder, photo);
        }
        world.add(&[world.folder("a"), world.folder("b")]);
        world
    }

    fn draw(&self, folder: &str, photo: u8) -> PathBuf {
        let path = self.folder(folder).join(format!("{photo}.png"));
        let level = |at: u32, by: u8| (at as u8).wrapping_mul(3).wrapping_add(photo.wrapping_mul(by));
        let picture = RgbImage::from_fn(80, 60, |x, y| Rgb([level(x, 40), level(y, 90), level(x + y, 13)]));
        picture.save(&path).unwrap();
        path
    }

    fn index(&self, folders: &[&str]) -> IndexReport {
        self.try_index(Some(folders.iter().map(|name| self.folder(name)).collect())).unwrap()
    }

    fn install(&self) {
        self.library.models().import(INSTALLED, &self.weights, &mut |_| {}).unwrap();
    }

    /// Who answers what looks like a photo, and how many photos it knows.
    fn answer(&self) -> (String, usize) {
        let picture = PictureSource::File(self.path("a/0.png"));
        let request = SimilarRequest {
            picture,
            by: By::Look,
            face: None,
            face_index: None,
            offset: 0,
            limit: 10,
            model: None,
        };
        let answer = self.library.similar(&request).unwrap();
        (answer.model.unwrap(), answer.total + 1)
    }

    /// Photos that have a vector for look: of the starter model, and of the installed one.
    fn seen(&self) -> (u64, u64) {
        let models = self.library.status().unwrap().models;
        let seen = |id: &str| {
            let mut of_look = models.iter().filter(|model| model.purpose == Some(Purpose::Look));
            of_look.find(|model| model.id == id).map_or(0, |model| model.photos)
        };
        // The purpose of a model that is only in this test's manifest is not known.
        let installed = models.iter().find(|model| model.id == INSTALLED).map_or(0, |model| model.photos);
        (seen(STARTER_ID), installed)
    }

    /// What each model is in use for.
    fn used(&self) -> [(&'static str, Vec<Purpose>); 2] {
        [STARTER_ID, INSTALLED].map(|id| (id, self.library.models().status(id).unwrap().in_use_for))
    }

    fn switching(&self) -> Vec<(String, String, u64, u64)> {
        let switching = self.library.status().unwrap().switching;
        switching.into_iter().map(|switch| (switch.from, switch.to, switch.photos, switch.of)).collect()
    }
}

#[test]
fn an_installed_model_answers_when_it_has_seen_everything_and_the_starter_model_when_it_is_gone() {
    let world = World::new();
    let starter = |photos| (STARTER_ID.to_owned(), photos);
    let installed = |photos| (INSTALLED.to_owned(), photos);
    let coming = |photos, of| vec![(STARTER_ID.to_owned(), INSTALLED.to_owned(), photos, of)];
    assert_eq!(world.index(&["a", "b"]).models, [STARTER_ID]);
    assert_eq!((world.answer(), world.seen()), (starter(4), (4, 0)));
    assert_eq!(world.switching(), []);

    assert_eq!(world.used(), [(STARTER_ID, vec![Purpose::Meaning, Purpose::Look]), (INSTALLED, vec![])]);

    world.install();
    assert_eq!((world.answer(), world.switching()), (starter(4), coming(0, 4)));
    assert_eq!(world.used()[1], (INSTALLED, vec![]), "it is installed and has seen nothing");
    // One folder of two, with a new photo: both models see it.
    world.draw("a", 4);
    let report = world.index(&["a"]);
    assert_eq!((report.models, report.indexed), (vec![STARTER_ID.to_owned(), INSTALLED.to_owned()], 3));
    assert_eq!((world.answer(), world.seen()), (starter(5), (5, 3)));
    assert_eq!(world.switching(), coming(3, 5));

    assert_eq!(world.index(&["a", "b"]).indexed, 2);
    assert_eq!((world.answer(), world.seen()), (installed(5), (5, 5)));
    assert_eq!(world.switching(), []);
    assert_eq!(world.used(), [(STARTER_ID, vec![Purpose::Meaning]), (INSTALLED, vec![Purpose::Look])]);
    // The starter model still is there for meaning, and looks at no photo for look any more.
    world.draw("b", 5);
    assert_eq!(world.index(&["a", "b"]).indexed, 1);
    assert_eq!((world.answer(), world.seen()), (installed(6), (5, 6)));

    world.library.models().remove(INSTALLED).unwrap();
    assert_eq!(world.answer(), starter(5), "what it has seen it still knows");
    let report = world.index(&["a", "b"]);
    assert_eq!((report.indexed, report.models), (1, vec![STARTER_ID.to_owned()]));
    assert_eq!((world.answer(), world.seen()), (starter(6), (6, 6)));

    world.install();
    assert_eq!(world.answer(), installed(6), "its vectors were kept");
}

#[test]
fn a_photo_that_cannot_be_read_any_more_does_not_hold_up_the_switch() {
    let world = World::new();
    world.index(&["a", "b"]);
    world.install();
    // The same size and time as before: the scan takes it for unchanged, and decoding fails.
    let broken = world.path("b/3.png");
    let (length, time) = {
        let metadata = std::fs::metadata(&broken).unwrap();
        (metadata.len(), metadata.modified().unwrap())
    };
    std::fs::write(&broken, vec![7; length as usize]).unwrap();
    let file = std::fs::File::options().write(true).open(&broken).unwrap();
    file.set_times(std::fs::FileTimes::new().set_modified(time)).unwrap();
    std::fs::rename(world.path("b/2.png"), world.path("aside.png")).unwrap();
    let report = world.index(&["a", "b"]);
    assert_eq!((report.failed, report.missing), (1, 1), "{report:?}");
    assert_eq!((world.answer(), world.switching()), ((INSTALLED.to_owned(), 2), vec![]));
}

#[test]
fn a_library_that_the_starter_model_never_saw_is_the_installed_models_own() {
    let world = World::new();
    world.install();
    let model = world.library.engine.resolve(&kindred_models::ModelRef::Id(INSTALLED.to_owned())).unwrap();
    assert_eq!(model.info.network, NetworkKind::ResNet50);
    world.index(&["a", "b"]);
    assert_eq!((world.answer(), world.seen()), ((INSTALLED.to_owned(), 4), (0, 4)));
}
