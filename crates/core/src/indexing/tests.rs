//! The whole pipeline, with real networks of random weights.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use kindred_models::{Compute, DeviceChoice, ModelRef, ModelStore, STARTER_ID, resolve};
use tempfile::TempDir;

use super::*;
use crate::catalog::{FileStamp, KnownContent};
use crate::error::Error;
use crate::fixtures::unpacked;
use crate::ids::PhotoId;
use crate::media::testing::encode;
use crate::media::{Metadata, ThumbnailSize, content_hash};

const CLIP: &str = "clip-f32";
const RESNET50: &str = "resnet50-torchvision";
/// No job of these tests takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder of photos, and what a pipeline works with.
struct Bench {
    dir: TempDir,
    networks: Vec<Network>,
    thumbnails: Thumbnails,
    memory: MemoryBudget,
    control: JobControl,
}

impl Bench {
    fn new(embedders: Vec<Arc<ImageEmbedder>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("photos")).unwrap();
        let thumbnails = Thumbnails::new(dir.path().join("thumbnails"));
        let (memory, control) = (MemoryBudget::of_machine(), JobControl::default());
        let mut places = 0..;
        let networks = embedders.into_iter().map(|embedder| {
            let outputs = embedder.info().outputs.len();
            let vectors = (0..outputs).zip(&mut places).map(|(output, place)| Wanted { output, place });
            Network { vectors: vectors.collect(), embedder }
        });
        Self { networks: networks.collect(), dir, thumbnails, memory, control }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("photos")
    }

    /// Work for a file of this name, which need not be there. It lacks the vectors of all networks.
    fn item(&self, id: i64, name: &str) -> PendingPhoto {
        PendingPhoto {
            id: PhotoId(id),
            root: self.root(),
            path: self.root().join(name),
            stamp: FileStamp { size: 1, mtime_ns: 1 },
            ready: false,
            lacks: vec![true; self.vectors()],
            lacks_faces: false,
        }
    }

    /// How many vectors a photo gets.
    fn vectors(&self) -> usize {
        self.networks.iter().map(|network| network.vectors.len()).sum()
    }

    fn write(&self, id: i64, name: &str, bytes: &[u8]) -> PendingPhoto {
        std::fs::write(self.root().join(name), bytes).unwrap();
        self.item(id, name)
    }

    /// Photos of which no two are alike.
    fn drawn(&self, count: i64) -> Vec<PendingPhoto> {
        (0..count)
            .map(|id| self.write(id, &format!("{id}.png"), &encode(&drawn(id), ImageFormat::Png)))
            .collect()
    }

    fn run(
        &self,
        work: Vec<PendingPhoto>,
        write: impl FnMut(Vec<EmbeddedPhoto>) -> Result<Tally>,
        told: impl FnMut(Tally),
    ) -> Result<Tally> {
        self.run_knowing(&|_| None, work, write, told)
    }

    fn run_knowing(
        &self,
        known: KnownBy<'_>,
        work: Vec<PendingPhoto>,
        write: impl FnMut(Vec<EmbeddedPhoto>) -> Result<Tally>,
        told: impl FnMut(Tally),
    ) -> Result<Tally> {
        let pipeline = Pipeline {
            networks: &self.networks,
            faces: None,
            thumbnails: &self.thumbnails,
            known,
            memory: &self.memory,
            control: &self.control,
        };
        pipeline.run(work, write, told)
    }

    /// Runs to the end and gives the photos in order of id.
    fn results(&self, known: KnownBy<'_>, work: Vec<PendingPhoto>) -> Vec<EmbeddedPhoto> {
        let mut results = Vec::new();
        self.run_knowing(known, work, |photos| written(photos, &mut results), |_| {}).unwrap();
        results.sort_by_key(|result| result.photo.item.id);
        results
    }
}

fn drawn(seed: i64) -> RgbImage {
    RgbImage::from_fn(64, 48, |x, y| Rgb([(x * 4) as u8, (y * 5) as u8, ((x * y) as i64 + seed * 37) as u8]))
}

/// A writer that never fails.
fn written(photos: Vec<EmbeddedPhoto>, results: &mut Vec<EmbeddedPhoto>) -> Result<Tally> {
    let tally = Tally { indexed: photos.len() as u64, ..Tally::default() };
    results.extend(photos);
    Ok(tally)
}

fn network(name: &str) -> Arc<ImageEmbedder> {
    let (_dir, folder) = unpacked(name);
    loaded(&folder)
}

fn loaded(folder: &Path) -> Arc<ImageEmbedder> {
    load(&ModelRef::Folder(folder.to_path_buf()))
}

fn starter() -> Arc<ImageEmbedder> {
    load(&ModelRef::Id(STARTER_ID.to_owned()))
}

fn load(model: &ModelRef) -> Arc<ImageEmbedder> {
    let state = tempfile::tempdir().unwrap();
    let store = ModelStore::new(state.path().join("models"));
    let model = resolve(&store, model).unwrap();
    let compute = Compute::open(DeviceChoice::Cpu, state.path()).unwrap();
    Arc::new(ImageEmbedder::load(&model, &compute).unwrap())
}

/// A network whose weights are finite and whose answers are not.
fn overflowing() -> Arc<ImageEmbedder> {
    let (_dir, folder) = unpacked(CLIP);
    let path = folder.join("model.safetensors");
    let mut file = std::fs::read(&path).unwrap();
    let header = 8 + u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
    let tensors: serde_json::Value = serde_json::from_slice(&file[8..header]).unwrap();
    let place = &tensors["visual_projection.weight"]["data_offsets"];
    let [from, to] = [0, 1].map(|end| header + place[end].as_u64().unwrap() as usize);
    for weight in file[from..to].chunks_exact_mut(4) {
        weight.copy_from_slice(&3e38f32.to_le_bytes());
    }
    std::fs::write(&path, file).unwrap();
    loaded(&folder)
}

#[test]
fn every_photo_gets_the_vector_of_every_network_that_it_lacks_and_its_thumbnails() {
    let bench = Bench::new(vec![starter(), network(CLIP), network(RESNET50)]);
    assert_eq!(bench.vectors(), 4, "two of the starter model");
    let mut work = bench.drawn(20);
    work[7].lacks = vec![false, true, true, true];
    for result in bench.results(&|_| None, work) {
        let DecodeOutcome::Ready(ready) = &result.photo.outcome else { panic!("{result:?}") };
        assert_eq!((ready.metadata.width, ready.metadata.height), (Some(64), Some(48)));
        assert!(bench.thumbnails.exists(&ready.hash));
        let id = result.photo.item.id;
        for Network { embedder, vectors } in &bench.networks {
            for Wanted { output, place } in vectors {
                let purpose = embedder.info().outputs[*output].purpose;
                let alone = embedder.embed_images(&[drawn(id.0)], purpose).unwrap().remove(0).into_vec();
                match &result.vectors[*place] {
                    None => assert_eq!((id, *place), (PhotoId(7), 0)),
                    Some(vector) => {
                        assert_eq!(vector.len(), alone.len());
                        let difference =
                            vector.iter().zip(&alone).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                        assert!(difference < 1e-4, "{id:?}, vector {place}: {difference}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_bad_photo_fails_by_itself_and_one_that_vanished_does_not_fail() {
    let bench = Bench::new(vec![network(CLIP)]);
    let mut elsewhere = bench.item(5, "gone.png");
    elsewhere.root = bench.dir.path().join("unplugged");
    elsewhere.path = elsewhere.root.join("photo.png");
    std::fs::create_dir(bench.root().join("folder.png")).unwrap();
    let work = vec![
        bench.write(0, "good.png", &encode(&drawn(0), ImageFormat::Png)),
        bench.write(1, "broken.jpg", b"\xFF\xD8\xFF\xE0 no picture"),
        bench.write(2, "text.jpg", b"hello"),
        bench.item(3, "moved.png"),
        bench.item(4, "good.png/now a file.png"),
        elsewhere,
        bench.item(6, "folder.png"),
    ];
    let outcomes = bench.results(&|_| None, work).into_iter().map(|result| match result.photo.outcome {
        DecodeOutcome::Ready(_) => ("ready", true),
        DecodeOutcome::Failed { hash, code, .. } => (code, hash.is_some()),
        DecodeOutcome::OutOfReach => ("out of reach", false),
    });
    let outcomes: Vec<(&str, bool)> = outcomes.collect();
    let expected = [
        ("ready", true),
        ("damaged", true),
        ("not-a-picture", true),
        ("out of reach", false),
        ("out of reach", false),
        ("out of reach", false),
        ("unreadable", false),
    ];
    assert_eq!(outcomes, expected, "and whether the content is known");
}

#[test]
fn a_copy_of_a_photo_that_is_done_needs_no_decoding_and_no_network() {
    let bench = Bench::new(vec![network(CLIP)]);
    // It has a thumbnail, and could not be decoded.
    let content = b"GIF89a and no more";
    bench.thumbnails.ensure(&content_hash(content), &drawn(1), 64, None).unwrap();
    let vector = vec![0.5; bench.networks[0].embedder.info().outputs[0].dim];
    let metadata = Metadata { camera: Some("Leica Q".to_owned()), ..Metadata::default() };
    let known = KnownContent { metadata, vectors: vec![Some(vector.clone())], has_faces: false };
    let copy = bench.write(1, "copy.gif", content);
    let results = bench.results(&|hash| (*hash == content_hash(content)).then(|| known.clone()), vec![copy]);
    let DecodeOutcome::Ready(ready) = &results[0].photo.outcome else { panic!("{results:?}") };
    assert_eq!(ready.metadata.camera, known.metadata.camera);
    assert_eq!(results[0].vectors, [Some(vector)]);
}

#[test]
fn a_photo_that_one_network_fails_on_keeps_the_vector_of_the_other() {
    let (broken, good) = (overflowing(), network(RESNET50));
    for (networks, expected) in [([&broken, &good], [false, true]), ([&good, &broken], [true, false])] {
        let bench = Bench::new(networks.map(Arc::clone).to_vec());
        for result in bench.results(&|_| None, bench.drawn(3)) {
            assert!(matches!(result.photo.outcome, DecodeOutcome::Ready(_)));
            assert!(result.failure.as_ref().is_some_and(|reason| reason.contains("NaN")), "{result:?}");
            assert_eq!(result.vectors.iter().map(Option::is_some).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn a_paused_job_stands_still_with_photos_in_flight_and_loses_none_of_them() {
    const PHOTOS: i64 = 100;
    let bench = Bench::new(vec![network(CLIP)]);
    let mut results = Vec::new();
    let (mut still, mut last) = (0, Tally::default());
    let write = |photos| {
        if results.is_empty() {
            bench.control.pause();
        }
        written(photos, &mut results)
    };
    let told = |tally: Tally| {
        still = if tally == last { still + 1 } else { 0 };
        last = tally;
        if still == 5 {
            assert!(bench.control.is_paused());
            bench.control.resume();
        }
    };
    // It ends only because it was resumed, and it is resumed only when it stands still.
    assert_eq!(bench.run(bench.drawn(PHOTOS), write, told).unwrap().done(), PHOTOS as u64);
    assert!(!bench.control.is_paused());
    let mut ids: Vec<i64> = results.iter().map(|result| result.photo.item.id.0).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..PHOTOS).collect::<Vec<_>>());
}

#[test]
fn a_cancelled_job_ends_early_with_what_was_written() {
    let bench = Bench::new(vec![network(CLIP)]);
    let mut results = Vec::new();
    let write = |photos| {
        bench.control.cancel();
        written(photos, &mut results)
    };
    let tally = bench.run(bench.drawn(200), write, |_| {}).unwrap();
    assert!(0 < tally.done() && tally.done() < 200, "{tally:?}");
    assert_eq!(tally.done(), results.len() as u64);
}

/// Runs the job on a thread of its own: one that does not end shall fail its test and not hold up the others.
fn error_of(
    bench: Bench,
    count: i64,
    write: impl FnMut(Vec<EmbeddedPhoto>) -> Result<Tally> + Send + 'static,
) -> Error {
    let (ends, ended) = channel();
    std::thread::spawn(move || {
        let work = bench.drawn(count);
        ends.send(bench.run(work, write, |_| {}).unwrap_err())
    });
    ended.recv_timeout(PATIENCE).unwrap()
}

#[test]
fn an_error_of_the_writer_ends_all_stages_even_those_that_are_held() {
    let bench = Bench::new(vec![network(CLIP)]);
    let control = bench.control.clone();
    let error = error_of(bench, 200, move |_| {
        control.pause();
        Err(Error::UnknownPhoto { photo: PhotoId(77) })
    });
    assert!(matches!(error, Error::UnknownPhoto { .. }), "{error}");
}

#[test]
fn thumbnails_that_cannot_be_written_end_the_job_and_are_no_photos_failure() {
    let bench = Bench::new(vec![network(CLIP)]);
    let thumbnails = bench.dir.path().join("thumbnails");
    std::fs::write(&thumbnails, b"").unwrap();
    let error = error_of(bench, 20, |photos| panic!("{} photos got through", photos.len()));
    assert!(matches!(&error, Error::Io { path, .. } if path.starts_with(&thumbnails)), "{error}");
}

#[test]
fn a_photo_is_decoded_as_large_as_the_larger_thumbnail_and_the_networks_need() {
    let bench = Bench::new(vec![network(CLIP), network(RESNET50)]);
    let decoder = Decoder {
        networks: &bench.networks,
        faces: None,
        thumbnails: &bench.thumbnails,
        known: &|_| None,
        memory: &bench.memory,
        caps: Caps::of_machine(),
    };
    let sides = bench.networks.iter().map(|network| network.embedder.preprocess().shortest_side());
    let shortest = sides.max().unwrap();
    let longest = ThumbnailSize::Large.source_side();
    assert_eq!(decoder.scale(false), crate::media::Scale::AtLeast { longest, shortest });
    let longest = FACES_LONGEST_SIDE;
    assert_eq!(
        decoder.scale(true),
        crate::media::Scale::AtLeast { longest, shortest },
        "small faces are seen"
    );
}
