//! A job that is killed at random moments, until it is through, against one that was left alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kindred_core::catalog::Catalog;
use kindred_core::vectors::{VectorChange, VectorSource};
use kindred_core::{ModelKey, PhotoId};

use crate::fixtures::unpacked;
use crate::pictures;
use crate::program::Home;

const PHOTOS: u32 = 130;
const BROKEN: u32 = 3;
/// The job is let go after so many kills, however far it is.
const MOST_KILLS: u32 = 12;
/// What f16 and another order of batches may change in a component of a unit vector.
const TOLERANCE: f32 = 2e-3;

/// What the library knows: for each photo its state, and its vectors by model.
type Contents = BTreeMap<PathBuf, (String, BTreeMap<String, Vec<f32>>)>;

#[test]
fn a_job_that_is_killed_again_and_again_ends_with_the_library_of_an_undisturbed_one() {
    let (_clip, clip) = unpacked("clip-f32");
    let (_resnet, resnet) = unpacked("resnet50-torchvision");
    let models = ["--model", clip.to_str().unwrap(), "--model", resnet.to_str().unwrap()];
    let undisturbed = Home::new();
    let photos = undisturbed.photos();
    write_distinct(&photos);
    for number in 0..BROKEN {
        pictures::write_broken(&photos, &format!("broken {number}.jpg"));
    }
    let add = [&["add", photos.to_str().unwrap(), "--device", "cpu"], &models[..]].concat();
    let started = Instant::now();
    assert_eq!(undisturbed.run(&add).code, Some(0));
    let whole = started.elapsed();

    let killed = Home::new();
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15);
    let mut kills = 0;
    loop {
        // The folder is remembered by the first run that gets so far; `add` on a known folder goes on like `index`.
        let running = killed.start(&add);
        if kills == MOST_KILLS {
            assert_eq!(running.end().code, Some(0));
            break;
        }
        std::thread::sleep(moments.next(whole.mul_f64(0.35)));
        running.signal("KILL");
        if running.end().code == Some(0) {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 2, "only {kills} kills came before the end of a run of {whole:?}");

    let last = killed.json(["index", "--device", "cpu"]);
    assert_eq!((last["indexed"].as_u64(), last["failed"].as_u64()), (Some(0), Some(BROKEN.into())), "{last}");
    let doctor = killed.json(["doctor", "--device", "cpu"]);
    assert_eq!(doctor["healthy"], true, "{doctor}");
    let expected = contents(&undisturbed);
    check_distinct(&expected);
    check_equal(&contents(&killed), &expected);
}

/// Pictures that take a while to decode, no two alike: a vector that went to another photo shows.
fn write_distinct(folder: &Path) {
    for number in 0..PHOTOS {
        let picture = pictures::drawn(1600, 1200, number);
        let pixels = turbojpeg::Image {
            pixels: picture.as_raw().as_slice(),
            width: 1600,
            pitch: 1600 * 3,
            height: 1200,
            format: turbojpeg::PixelFormat::RGB,
        };
        let bytes = turbojpeg::compress(pixels, 90, turbojpeg::Subsamp::Sub2x2).unwrap();
        std::fs::write(folder.join(format!("{number:04}.jpg")), bytes).unwrap();
    }
}

fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Any two photos differ by more than is taken for the same, to one network at least.
fn check_distinct(contents: &Contents) {
    let photos: Vec<_> = contents.iter().filter(|(_, (state, _))| state == "ready").collect();
    for (at, (path, (_, vectors))) in photos.iter().enumerate() {
        for (other_path, (_, other)) in &photos[..at] {
            let most =
                vectors.iter().map(|(model, vector)| difference(vector, &other[model])).fold(0.0, f32::max);
            assert!(most > TOLERANCE, "{} and {}: {most}", path.display(), other_path.display());
        }
    }
}

fn check_equal(found: &Contents, expected: &Contents) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (path, (state, vectors)) in expected {
        let (found_state, found_vectors) = &found[path];
        assert_eq!(found_state, state, "{}", path.display());
        assert_eq!(vectors.len(), if state == "ready" { 2 } else { 0 }, "{}", path.display());
        assert_eq!(found_vectors.len(), vectors.len(), "{}", path.display());
        for (model, vector) in vectors {
            let difference = difference(vector, &found_vectors[model]);
            assert!(difference <= TOLERANCE, "{}, {model}: {difference}", path.display());
        }
    }
}

fn contents(home: &Home) -> Contents {
    let listed = home.json(["list"]);
    let mut contents: Contents = BTreeMap::new();
    for photo in listed["photos"].as_array().unwrap() {
        let state = photo["state"].as_str().unwrap().to_owned();
        contents.insert(photo["path"].as_str().unwrap().into(), (state, BTreeMap::new()));
    }
    let catalog = Catalog::open_read_only(&home.library().join("catalog.db")).unwrap();
    for model in home.json(["status"])["models"].as_array().unwrap() {
        let key = ModelKey {
            model_id: model["id"].as_str().unwrap().to_owned(),
            pipeline_version: model["pipeline_version"].as_u64().unwrap() as u32,
            dim: model["dim"].as_u64().unwrap() as usize,
        };
        for (photo, vector) in vectors(&catalog, &key) {
            let path = catalog.rows(&[photo]).unwrap().remove(0).path;
            contents.get_mut(&path).unwrap().1.insert(key.model_id.clone(), vector);
        }
    }
    contents
}

/// Every live vector of the model.
fn vectors(catalog: &Catalog, key: &ModelKey) -> BTreeMap<PhotoId, Vec<f32>> {
    let mut vectors = BTreeMap::new();
    let mut visit = |change: VectorChange<'_>| {
        match change {
            VectorChange::Put { photo, vector } => {
                vectors.insert(photo, vector.iter().map(|component| component.to_f32()).collect())
            }
            VectorChange::Removed { photo } => vectors.remove(&photo),
        };
        Ok(())
    };
    catalog.vectors(key).changes_since(0, &mut visit).unwrap();
    vectors
}

/// Moments that look random and are the same in every run (xorshift64, Marsaglia 2003).
struct Moments(u64);

impl Moments {
    fn next(&mut self, most: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        most.mul_f64((self.0 >> 11) as f64 / (1u64 << 53) as f64)
    }
}
