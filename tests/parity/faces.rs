//! The face networks with their real weights, against OpenCV's answers and against what people counted.
//!
//! Weights and pictures are not part of the repository: they are looked for in `KINDRED_TESTDATA` or in `../shared/data` beside the
//! checkout.

use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;
use kindred_models::{
    Compute, DetectedFace, Embedding, FaceBox, FaceDetector, FaceEmbedder, InstallState, ModelError,
    ModelRef, ModelStore, align, verify,
};
use serde::Deserialize;
use tempfile::TempDir;

use crate::golden::cpu;

const YUNET: &str = "weights/yunet_s_640_640.onnx";
const MOBILEFACENET: &str = "weights/MobileFaceNet.onnx";

#[derive(Deserialize)]
struct Reference {
    images: Vec<ReferenceImage>,
}

#[derive(Deserialize)]
struct ReferenceImage {
    file: String,
    faces: Vec<ReferenceFace>,
}

#[derive(Deserialize)]
struct ReferenceFace {
    #[serde(rename = "box")]
    area: [f32; 4],
    #[serde(rename = "kps")]
    landmarks: [f32; 10],
    score: f32,
}

/// A file or folder of the shared data; a line that counts as skipped when it is not there.
fn shared(relative: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// Decodes as OpenCV does, with libjpeg-turbo.
fn picture(relative: &str) -> RgbImage {
    let bytes = fs::read(shared(&format!("faces/{relative}")).unwrap()).unwrap();
    let decoded = turbojpeg::decompress(&bytes, turbojpeg::PixelFormat::RGB).unwrap();
    RgbImage::from_raw(decoded.width as u32, decoded.height as u32, decoded.pixels).unwrap()
}

/// The detector on the CPU, with a folder for what the device remembers.
fn detector() -> Option<(TempDir, FaceDetector)> {
    let weights = shared(YUNET)?;
    let (state, compute) = cpu();
    Some((state, FaceDetector::open(&weights, &compute).unwrap()))
}

fn embedder() -> Option<(TempDir, FaceEmbedder)> {
    let weights = shared(MOBILEFACENET)?;
    let (state, compute) = cpu();
    Some((state, FaceEmbedder::open(&weights, &compute).unwrap()))
}

fn detect(detector: &FaceDetector, picture: &RgbImage) -> Vec<DetectedFace> {
    detector.detect(picture, picture.width(), picture.height()).unwrap()
}

/// The face that lies over `area` best, and how well.
fn nearest(faces: &[DetectedFace], area: FaceBox) -> Option<(f32, &DetectedFace)> {
    faces.iter().map(|face| (face.area.iou(&area), face)).max_by(|a, b| a.0.total_cmp(&b.0))
}

#[test]
fn every_face_of_opencv_is_found_where_it_finds_it() {
    let Some((_state, detector)) = detector() else { return };
    let Some(reference) = shared("faces/yunet-reference.json") else { return };
    let reference: Reference = serde_json::from_slice(&fs::read(reference).unwrap()).unwrap();
    let mut compared = 0;
    for image in reference.images {
        let found = detect(&detector, &picture(&image.file));
        let sure = image.faces.iter().filter(|face| face.score >= FaceDetector::MIN_SCORE);
        for expected in sure {
            let [x, y, width, height] = expected.area;
            let (overlap, face) = nearest(&found, FaceBox { x, y, width, height }).unwrap();
            let place = format!("{} at {x}, {y}", image.file);
            assert!(overlap >= 0.9, "{place}: {overlap}");
            assert!((face.score - expected.score).abs() <= 0.02, "{place}: {}", face.score);
            let (landmarks, _) = expected.landmarks.as_chunks::<2>();
            for (found, expected) in face.landmarks.iter().zip(landmarks) {
                let off = (found[0] - expected[0]).hypot(found[1] - expected[1]);
                assert!(off <= 0.02 * width.max(height), "{place}: {off} pixels");
            }
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn faces_are_counted_as_people_count_them() {
    let Some((_state, detector)) = detector() else { return };
    let Some(counts) = shared("faces/face-counts.tsv") else { return };
    let (mut right, mut all) = (0, 0);
    for line in fs::read_to_string(counts).unwrap().lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let Ok(counted) = fields[1].parse::<usize>() else { continue };
        let found = detect(&detector, &picture(fields[0])).len();
        if found != counted {
            println!("{}: {found} instead of {counted}", fields[0]);
        }
        right += usize::from(found == counted);
        all += 1;
    }
    assert!(all >= 20 && right * 100 >= all * 95, "{right} of {all}");
}

/// A group photo in the corner of a picture that is too large to be looked at in one go.
fn large_picture(of: &RgbImage, width: u32, height: u32, [x, y]: [u32; 2]) -> RgbImage {
    let mut large = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x / 16 % 200) as u8, (y / 16 % 200) as u8, ((x + y) / 32 % 200) as u8])
    });
    image::imageops::replace(&mut large, of, x.into(), y.into());
    large
}

#[test]
fn small_faces_in_a_large_picture_are_found_in_a_closer_look() {
    let Some((_state, detector)) = detector() else { return };
    let group = picture("ultralight-imgs/imgs/11.jpg");
    let alone = detect(&detector, &group);
    assert_eq!(alone.len(), 26);
    for (width, height, offset) in [(3000, 2000, [1900, 1100]), (2200, 3000, [700, 1400])] {
        let large = large_picture(&group, width, height, offset);
        let found = detect(&detector, &large);
        assert_eq!(found.len(), 26, "{width} × {height}");
        for face in &alone {
            let [dx, dy] = offset.map(|offset| offset as f32);
            let area = FaceBox { x: face.area.x + dx, y: face.area.y + dy, ..face.area };
            let (overlap, found) = nearest(&found, area).unwrap();
            assert!(overlap > 0.75 && found.score > 0.8, "{width} × {height}: {overlap}");
        }
    }
}

/// Faces that the reference is sure of, with something around them, and their boxes in that.
fn sure_faces(reference: &Reference) -> Vec<(RgbImage, FaceBox)> {
    let mut faces = vec![];
    for image in reference.images.iter().filter(|image| image.file.contains("ultralight")) {
        let picture = picture(&image.file);
        for face in &image.faces {
            let [x, y, width, height] = face.area;
            let room = 0.6 * width.max(height);
            let (left, top) = ((x - room).floor(), (y - room).floor());
            let (right, bottom) = ((x + width + room).ceil(), (y + height + room).ceil());
            let is_whole = left >= 0.0
                && top >= 0.0
                && right < picture.width() as f32
                && bottom < picture.height() as f32;
            if face.score > 0.85 && width.max(height) > 48.0 && is_whole {
                let (wide, high) = ((right - left) as u32, (bottom - top) as u32);
                let cut = image::imageops::crop_imm(&picture, left as u32, top as u32, wide, high);
                faces.push((cut.to_image(), FaceBox { x: x - left, y: y - top, width, height }));
            }
        }
    }
    faces
}

/// Photos of things, enlarged, with faces of 24 to 32 pixels far from each other.
#[test]
fn small_faces_are_found_alone_in_photos_of_any_width() {
    let Some((_state, detector)) = detector() else { return };
    let Some(reference) = shared("faces/yunet-reference.json") else { return };
    let reference: Reference = serde_json::from_slice(&fs::read(reference).unwrap()).unwrap();
    let faces = sure_faces(&reference);
    assert!(faces.len() > 50, "{}", faces.len());
    let mut next = faces.iter().cycle().step_by(7);
    let Some(photos) = shared("photos/coco") else { return };
    for (photo, width, height) in [
        ("000000000034.jpg", 2000, 1500),
        ("000000000073.jpg", 3000, 2250),
        ("000000000009.jpg", 4000, 3000),
        ("000000000025.jpg", 6000, 4000),
    ] {
        let decoded =
            turbojpeg::decompress(&fs::read(photos.join(photo)).unwrap(), turbojpeg::PixelFormat::RGB)
                .unwrap();
        let small = RgbImage::from_raw(decoded.width as u32, decoded.height as u32, decoded.pixels).unwrap();
        let plain = image::imageops::resize(&small, width, height, image::imageops::FilterType::CatmullRom);
        assert!(detect(&detector, &plain).is_empty(), "{photo} shows nobody");
        let mut with_faces = plain;
        let mut places = vec![];
        for (row, column) in (0..4).flat_map(|row| (0..6).map(move |column| (row, column))) {
            let (face, area) = next.next().unwrap();
            let side = 24.0 + 4.0 * (column % 3) as f32;
            let scale = side / area.width.max(area.height);
            let scaled = |length: u32| (length as f32 * scale).round() as u32;
            let face = image::imageops::resize(
                face,
                scaled(face.width()),
                scaled(face.height()),
                image::imageops::FilterType::Triangle,
            );
            let (x, y) = (width / 7 * (column + 1), height / 5 * (row + 1));
            image::imageops::replace(&mut with_faces, &face, x.into(), y.into());
            let [area_x, area_y, area_width, area_height] =
                [area.x, area.y, area.width, area.height].map(|length| length * scale);
            places.push(FaceBox {
                x: x as f32 + area_x,
                y: y as f32 + area_y,
                width: area_width,
                height: area_height,
            });
        }
        // What is no face even by itself, at this size, is no fault of the search.
        places.retain(|area| {
            let (x, y) = ((area.x as u32).saturating_sub(100), (area.y as u32).saturating_sub(100));
            let part = image::imageops::crop_imm(&with_faces, x, y, 224, 224).to_image();
            let there = FaceBox { x: area.x - x as f32, y: area.y - y as f32, ..*area };
            nearest(&detect(&detector, &part), there).is_some_and(|(overlap, _)| overlap > 0.5)
        });
        let found = detect(&detector, &with_faces);
        let is_found = |area: &&FaceBox| nearest(&found, **area).is_some_and(|(overlap, _)| overlap > 0.5);
        let count = places.iter().filter(is_found).count();
        println!("{width} pixels wide: {count} of {} that are found by themselves, of 24", places.len());
        assert!(places.len() >= 18, "{width}: {}", places.len());
        assert!(count * 100 >= places.len() * 85, "{width}: {count} of {}", places.len());
        assert!(found.len() <= 24, "{width}: {} faces", found.len());
    }
}

#[test]
fn a_large_face_in_a_large_picture_is_one_face() {
    let Some((_state, detector)) = detector() else { return };
    let small = picture("ultralight-imgs/imgs/5.jpg");
    let large = image::imageops::resize(&small, 4096, 3076, image::imageops::FilterType::Triangle);
    let (few, many) = (detect(&detector, &small), detect(&detector, &large));
    assert_eq!((few.len(), many.len()), (1, 1));
    let area = few[0].area;
    let [x, y, width, height] = [area.x, area.y, area.width, area.height].map(|length| 4.0 * length);
    assert!(many[0].area.iou(&FaceBox { x, y, width, height }) > 0.9);
}

#[test]
fn pictures_of_any_shape_are_looked_at_and_broken_ones_refused() {
    let Some((_state, detector)) = detector() else { return };
    for (width, height) in [(1, 1), (7, 3), (33, 2000), (5000, 4), (1281, 1281)] {
        let grey = RgbImage::from_pixel(width, height, image::Rgb([90; 3]));
        assert!(detect(&detector, &grey).is_empty(), "{width} × {height}");
    }
    for (bytes, width, height) in [(0, 0, 0), (11, 2, 2), (12, u32::MAX, u32::MAX)] {
        let error = detector.detect(&vec![0; bytes], width, height).unwrap_err();
        assert!(matches!(error, ModelError::Unsuitable { .. }), "{error}");
    }
}

/// One picture of each of some people of the shared sets against all others.
#[test]
fn the_same_person_is_nearer_than_any_other() {
    let Some((_state, detector)) = detector() else { return };
    let Some((_other_state, embedder)) = embedder() else { return };
    let Some(folder) = shared("faces/lfw-subset-100") else { return };
    let mut people: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    people.sort();
    let mut faces = vec![];
    for (person, folder) in people.iter().enumerate() {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().take(4) {
            let decoded =
                turbojpeg::decompress(&fs::read(file).unwrap(), turbojpeg::PixelFormat::RGB).unwrap();
            let (width, height) = (decoded.width as u32, decoded.height as u32);
            let found = detector.detect(&decoded.pixels, width, height).unwrap();
            // The person is in the middle; others may stand beside.
            let middle = |face: &DetectedFace| {
                let area = face.area;
                let [x, y] = [area.x + area.width / 2.0, area.y + area.height / 2.0];
                (x - decoded.width as f32 / 2.0).hypot(y - decoded.height as f32 / 2.0)
            };
            let face = found.iter().min_by(|a, b| middle(a).total_cmp(&middle(b))).unwrap();
            let aligned = align(&decoded.pixels, width, height, &face.landmarks).unwrap();
            assert!(aligned.residual < 12.0 && aligned.sharpness > 1.0, "{}", file.display());
            faces.push((person, aligned));
        }
    }
    assert!(people.len() >= 8 && faces.len() >= 30);
    let vectors = embedder.embed(&faces.iter().map(|(_, face)| face.clone()).collect::<Vec<_>>()).unwrap();
    let person = |at: usize| faces[at].0;
    let mut right = 0;
    for (at, vector) in vectors.iter().enumerate() {
        let others = (0..vectors.len()).filter(|other| *other != at);
        let cosine = |other: &usize| vector.cosine(&vectors[*other]);
        let nearest = others.max_by(|a, b| cosine(a).total_cmp(&cosine(b))).unwrap();
        right += usize::from(person(nearest) == person(at));
    }
    assert!(right * 100 >= vectors.len() * 98, "{right} of {}", vectors.len());
}

#[test]
fn three_hundred_faces_get_the_vectors_that_they_get_alone() {
    let Some((_state, embedder)) = embedder() else { return };
    let Some(folder) = shared("faces/mobilefacenet-reference") else { return };
    let mut crops: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    crops.retain(|path| path.extension().is_some_and(|extension| extension == "png"));
    crops.sort();
    // The landmarks of an aligned face are those that it was aligned to.
    let template =
        [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]];
    let faces: Vec<_> = crops
        .iter()
        .map(|path| {
            let crop = image::open(path).unwrap().to_rgb8();
            let face = align(&crop, 112, 112, &template).unwrap();
            assert_eq!(&face.pixels, crop.as_raw(), "a face that is aligned stays as it is");
            face
        })
        .collect();
    let many: Vec<_> = faces.iter().cycle().take(300).cloned().collect();
    let together = embedder.embed(&many).unwrap();
    assert_eq!(together.len(), 300);
    for at in [0, 15, 16, 99, 100, 299] {
        let alone = embedder.embed(&many[at..=at]).unwrap();
        assert_eq!(alone[0].dim(), 128);
        assert!(alone[0].cosine(&together[at]) > 0.999_999);
    }
    let mirror = |face: &kindred_models::AlignedFace| {
        let crop = RgbImage::from_raw(112, 112, face.pixels.clone()).unwrap();
        align(&image::imageops::flip_horizontal(&crop), 112, 112, &template).unwrap()
    };
    let mirrored: Vec<Embedding> = embedder.embed(&[mirror(&faces[0])]).unwrap();
    assert!(mirrored[0].cosine(&together[0]) > 0.999_999, "left and right make no difference");
    assert!(embedder.embed(&[]).unwrap().is_empty());
}

#[test]
fn the_store_takes_the_files_and_checks_the_networks() {
    let (Some(yunet), Some(mobilefacenet)) = (shared(YUNET), shared(MOBILEFACENET)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::new(folder.path());
    let (_state, compute) = cpu();
    for (id, file, check) in
        [(FaceDetector::ID, &yunet, "detector"), (FaceEmbedder::ID, &mobilefacenet, "face embedder")]
    {
        assert!(matches!(load(id, &store, &compute), Err(ModelError::NotInstalled { .. })));
        store.import(id, file, &mut |_| {}).unwrap();
        assert!(matches!(store.state(id).unwrap(), InstallState::Installed { .. }));
        load(id, &store, &compute).unwrap();
        let report = verify(&store, &ModelRef::Id(id.into()), &compute).unwrap();
        let names: Vec<&str> = report.checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["hash", check]);
    }
    let error = store.import(FaceDetector::ID, &mobilefacenet, &mut |_| {}).unwrap_err();
    assert!(matches!(error, ModelError::WrongSize { .. }), "{error}");
    assert!(store.entry(FaceEmbedder::ID).unwrap().notice.is_some(), "it is not chosen without being asked");
}

fn load(id: &str, store: &ModelStore, compute: &Compute) -> Result<(), ModelError> {
    if id == FaceDetector::ID {
        FaceDetector::load(store, compute).map(drop)
    } else {
        FaceEmbedder::load(store, compute).map(drop)
    }
}

#[test]
fn each_network_refuses_the_file_of_the_other() {
    let (Some(yunet), Some(mobilefacenet)) = (shared(YUNET), shared(MOBILEFACENET)) else { return };
    let (_state, compute) = cpu();
    let errors =
        [FaceDetector::open(&mobilefacenet, &compute).err(), FaceEmbedder::open(&yunet, &compute).err()];
    for (error, file) in errors.into_iter().zip([mobilefacenet, yunet]) {
        let error = error.unwrap().to_string();
        assert!(error.contains("another network"), "{error}");
        assert!(error.contains(file.file_name().unwrap().to_str().unwrap()), "{error}");
    }
}
