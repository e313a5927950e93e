//! What a window asks for, answered by a library with the starter model.

use std::sync::atomic::AtomicBool;

use image::{ImageFormat, Rgb, RgbImage};
use kindred_models::{Purpose, STARTER_ID};

use super::testing::{World, picture};
use super::*;
use crate::catalog::testing::before_colours;
use crate::ids::PhotoId;
use crate::media::testing::{assert_quadrants, encode, encode_jpeg, exif, quadrants, with_exif};
use crate::media::{Caps, Format, MeanColour, Scale, ThumbnailSize, content_hash, decode};

/// Three plain photos, red to black, in `p` and `p/in`, indexed.
fn plain() -> (World, [PhotoId; 3]) {
    let world = World::new();
    let folder = world.folder("p");
    world.folder("p/in");
    for (name, colour) in [("bright.png", 220), ("middle.png", 120), ("in/dark.png", 20)] {
        std::fs::write(folder.join(name), picture(colour)).unwrap();
    }
    world.add(&[folder]);
    assert_eq!(world.index().indexed, 3);
    let photo = |name: &str| world.library.photo_at(&world.path(name)).unwrap().unwrap();
    let photos = [photo("p/bright.png"), photo("p/middle.png"), photo("p/in/dark.png")];
    (world, photos)
}

fn like(photo: PhotoId) -> SimilarRequest {
    let picture = PictureSource::Photo(photo);
    SimilarRequest { picture, by: By::Look, face: None, face_index: None, offset: 0, limit: 10, model: None }
}

fn ids(answer: &SearchAnswer) -> Vec<PhotoId> {
    answer.results.iter().map(|result| result.id).collect()
}

#[test]
fn a_photo_is_asked_about_by_its_id_even_when_its_file_is_gone() {
    let (world, [bright, middle, dark]) = plain();
    let by_file = SimilarRequest { picture: PictureSource::File(world.path("p/bright.png")), ..like(bright) };
    let by_file = world.library.similar(&by_file).unwrap();
    std::fs::remove_file(world.path("p/bright.png")).unwrap();
    let by_id = world.library.similar(&like(bright)).unwrap();
    assert_eq!(ids(&by_id), ids(&by_file));
    assert_eq!((by_id.device.clone(), by_id.total), (None, 2), "no network ran");

    let images = vec![ImageTerm { source: PictureSource::Photo(middle), weight: 1.0 }];
    let request = SearchRequest { images, limit: 10, ..SearchRequest::default() };
    let answer = world.library.search(&request).unwrap();
    assert_eq!((ids(&answer)[0], &answer.device), (middle, &None));
    assert!(answer.results[0].score.unwrap() > 0.99, "{answer:?}");

    let images = vec![ImageTerm { source: PictureSource::Photo(dark), weight: 1.0 }];
    let request = SearchRequest { query: "a black picture".into(), images, limit: 1, ..request };
    assert!(world.library.search(&request).unwrap().device.is_some(), "a network read the words");

    let unknown = world.library.similar(&like(PhotoId(99))).unwrap_err();
    assert!(matches!(unknown, Error::UnknownPhoto { photo: PhotoId(99) }), "{unknown}");
}

#[test]
fn a_photo_that_waits_to_be_indexed_is_looked_at_when_it_is_asked_about() {
    let (world, photos) = plain();
    std::fs::write(world.path("p/late.png"), picture(210)).unwrap();
    let control = JobControl::default();
    let mut cancel = |progress: &Progress| {
        if progress.phase == Phase::LoadingModels {
            control.cancel();
        }
    };
    assert_eq!(world.library.index(&IndexRequest::default(), &control, &mut cancel).unwrap().remaining, 1);
    let late = world.library.photo_at(&world.path("p/late.png")).unwrap().unwrap();
    let answer = world.library.similar(&like(late)).unwrap();
    assert!(answer.device.is_some());
    assert_eq!((ids(&answer)[0], answer.total), (photos[0], 3), "the brightest one");
}

#[test]
fn a_question_that_is_superseded_gives_up() {
    let (world, [bright, ..]) = plain();
    let (go_on, superseded) = (AtomicBool::new(false), AtomicBool::new(true));
    for query in ["a red picture", "folder:p"] {
        let request = SearchRequest { query: query.into(), limit: 3, ..SearchRequest::default() };
        assert_eq!(world.library.search_unless(&request, &go_on).unwrap().results.len(), 3, "{query}");
        let error = world.library.search_unless(&request, &superseded).unwrap_err();
        assert_eq!((error.code(), error.params()), ("superseded", vec![]), "{query}");
    }
    assert_eq!(world.library.similar_unless(&like(bright), &superseded).unwrap_err().code(), "superseded");
}

#[test]
fn errors_name_what_they_are_about_for_those_who_have_their_own_words() {
    let (world, _) = plain();
    let error = |query: &str| {
        let request = SearchRequest { query: query.into(), limit: 3, ..SearchRequest::default() };
        world.library.search(&request).unwrap_err()
    };
    let params = |error: &Error| -> Vec<(&'static str, String)> { error.params() };
    let owned = |pairs: &[(&'static str, &str)]| -> Vec<_> {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    for (query, expected) in [
        (
            "해변 date:soon",
            &[("problem", "not-a-date"), ("at", "8"), ("length", "4"), ("written", "soon")][..],
        ),
        ("a \"b", &[("problem", "unclosed-quote"), ("at", "2"), ("length", "1")]),
        (
            "is: x",
            &[
                ("problem", "missing-value"),
                ("at", "0"),
                ("length", "3"),
                ("name", "is"),
                ("example", "is:offline"),
            ],
        ),
        ("dog -dog", &[("problem", "terms-cancel-out")]),
    ] {
        let error = error(query);
        assert_eq!((error.code(), params(&error)), ("query", owned(expected)), "{query}");
    }
    let unknown = world.library.details(PhotoId(5000)).unwrap_err();
    assert_eq!(params(&unknown), owned(&[("photo", "5000")]));
}

#[test]
fn the_timeline_and_the_revision_follow_every_change() {
    let world = World::new();
    let folder = world.folder("p");
    assert!(matches!(world.library.timeline(), Err(Error::NoLibrary { .. })));
    std::fs::write(folder.join("a.png"), picture(200)).unwrap();
    world.add(std::slice::from_ref(&folder));
    let empty = world.library.timeline().unwrap();
    assert_eq!((empty.photos.len(), world.library.revision().unwrap()), (0, empty.revision));

    world.index();
    let one = world.library.timeline().unwrap();
    assert!(one.revision > empty.revision);
    assert_eq!(one.photos.len(), 1);
    assert_eq!((one.photos[0].aspect, one.photos[0].colour), (Some(137.5), Some(MeanColour(0xC8_00_00))));
    assert_eq!(world.library.timeline().unwrap(), one, "nothing has changed");
    world.library.add_to_history("a query").unwrap();
    assert_eq!(world.library.revision().unwrap(), one.revision, "that is no change of the photos");

    world.remove(&folder);
    let none = world.library.timeline().unwrap();
    assert!(none.revision > one.revision && none.photos.is_empty());
}

#[test]
fn a_library_of_the_version_before_gets_its_colours_from_its_thumbnails() {
    let (world, [bright, middle, dark]) = plain();
    let row = |photo| world.library.row(photo).unwrap();
    before_colours(&world.library.places.catalog());
    world.library.reader.lock().unwrap().close();
    world.library.thumbnails.remove(&row(middle).hash.unwrap()).unwrap();
    // How red each is; JPEG may take or add one.
    let colours = || {
        let photos = world.library.timeline().unwrap().photos;
        let colour = |id| photos.iter().find(|photo| photo.id == id).unwrap().colour;
        [bright, middle, dark].map(|id| colour(id).map(|MeanColour(colour)| (colour >> 16).div_ceil(10)))
    };
    assert_eq!(colours(), [None; 3]);
    let report = world.index();
    assert_eq!((report.indexed, report.unchanged), (0, 3), "no photo is decoded for it");
    assert_eq!(colours(), [Some(22), None, Some(2)]);

    world.library.thumbnail(middle, ThumbnailSize::Small).unwrap();
    world.index();
    assert_eq!(colours()[1], Some(12), "its thumbnail was gone");
}

#[test]
fn everything_that_is_known_of_a_photo_is_told() {
    let (world, [bright, ..]) = plain();
    std::fs::write(world.path("p/broken.jpg"), b"\xFF\xD8\xFF no picture").unwrap();
    world.index();
    let details = world.library.details(bright).unwrap();
    assert_eq!((details.name.as_str(), details.state, details.offline), ("bright.png", "ready", false));
    assert_eq!((details.width, details.height, details.format), (Some(1100), Some(8), Some(Format::Png)));
    assert_eq!(details.bytes, picture(220).len() as u64);
    assert_eq!(world.library.paths(&[bright]).unwrap(), std::slice::from_ref(&details.path));
    let seen: Vec<_> = details.seen_by.iter().map(|seen| (seen.model.as_str(), seen.purpose)).collect();
    assert_eq!(seen, [(STARTER_ID, Some(Purpose::Look)), (STARTER_ID, Some(Purpose::Meaning))]);
    let json = serde_json::to_value(&details).unwrap();
    assert_eq!((&json["takenAt"], &json["format"]), (&serde_json::Value::Null, &"png".into()));
    assert_eq!(json["seenBy"][0]["purpose"], "look");

    let broken = world.library.photo_at(&world.path("p/broken.jpg")).unwrap().unwrap();
    let details = world.library.details(broken).unwrap();
    assert_eq!((details.state, details.seen_by), ("failed", vec![]));
    assert!(details.reason.is_some_and(|reason| !reason.is_empty()));
    assert!(matches!(world.library.paths(&[bright, PhotoId(99)]), Err(Error::UnknownPhoto { .. })));
    assert_eq!(world.library.photo_at(&world.path("p")).unwrap(), None);
}

#[test]
fn an_original_is_shown_as_it_is_or_converted_upright() {
    let world = World::new();
    let folder = world.folder("p");
    let drawn = quadrants(96, 64);
    let turned = exif(6, &[]);
    let files = [
        ("a.jpg", with_exif(&encode_jpeg(&drawn), &turned), Format::Jpeg, true),
        ("b.png", encode(&drawn, ImageFormat::Png), Format::Png, true),
        ("c.png", with_exif(&encode(&drawn, ImageFormat::Png), &turned), Format::Png, false),
        ("d.tif", encode(&drawn, ImageFormat::Tiff), Format::Tiff, false),
    ];
    for (name, bytes, ..) in &files {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    world.add(std::slice::from_ref(&folder));
    world.index();
    for (name, bytes, format, is_web_picture) in files {
        let path = folder.join(name);
        let photo = world.library.photo_at(&path).unwrap().unwrap();
        let hash = content_hash(&bytes);
        let original = world.library.original(photo).unwrap();
        assert_eq!((original.format, original.is_web_picture, original.hash), (format, is_web_picture, hash));
        let jpeg = world.library.original_as_jpeg(photo).unwrap();
        let decoded = decode(&jpeg, Scale::Full, &Caps::of_machine()).unwrap();
        let is_turned = name.starts_with(['a', 'c']);
        assert_eq!((decoded.width, decoded.height), if is_turned { (64, 96) } else { (96, 64) }, "{name}");
        assert_quadrants(&decoded.image, if is_turned { 6 } else { 1 }, 16);
        assert_eq!(world.library.pixels(photo).unwrap().dimensions(), (decoded.width, decoded.height));
    }
    // Its content is another one now, which no scan has seen.
    std::fs::write(folder.join("b.png"), encode(&quadrants(40, 30), ImageFormat::Bmp)).unwrap();
    let photo = world.library.photo_at(&folder.join("b.png")).unwrap().unwrap();
    let original = world.library.original(photo).unwrap();
    let hash = content_hash(&std::fs::read(folder.join("b.png")).unwrap());
    assert_eq!((original.format, original.hash), (Format::Bmp, hash));
    for (content, code) in [(Some(&b"no picture"[..]), "not-a-picture"), (None, "unreadable")] {
        match content {
            Some(content) => std::fs::write(folder.join("b.png"), content).unwrap(),
            None => std::fs::remove_file(folder.join("b.png")).unwrap(),
        }
        assert_eq!(world.library.original(photo).unwrap_err().code(), code);
        assert_eq!(world.library.original_as_jpeg(photo).unwrap_err().code(), code);
    }
}

#[test]
fn a_picture_of_a_query_gets_a_thumbnail_without_a_library() {
    let world = World::new();
    let path = world.path("query.jpg");
    std::fs::write(&path, with_exif(&encode_jpeg(&quadrants(1600, 800)), &exif(6, &[]))).unwrap();
    for (size, expected) in [(ThumbnailSize::Small, (128, 256)), (ThumbnailSize::Large, (512, 1024))] {
        let bytes = world.library.picture_thumbnail(&path, size).unwrap();
        let decoded = decode(&bytes, Scale::Full, &Caps::of_machine()).unwrap();
        assert_eq!((decoded.width, decoded.height), expected);
        assert_quadrants(&decoded.image, 6, 16);
    }
    std::fs::write(&path, b"no picture").unwrap();
    let error = world.library.picture_thumbnail(&path, ThumbnailSize::Small).unwrap_err();
    assert_eq!(error.code(), "not-a-picture");
    assert!(!world.library.dir().exists(), "nothing was written");
}

#[test]
fn the_overview_tells_the_folders_and_who_answers() {
    let (world, _) = plain();
    let overview = world.library.overview().unwrap();
    assert_eq!((overview.photos.total, overview.photos.ready), (3, 3));
    let folder = &overview.folders[0];
    assert_eq!((folder.name.as_str(), folder.photos, folder.online), ("p", 3, true));
    let subfolders: Vec<_> =
        folder.subfolders.iter().map(|sub| (sub.relative.as_str(), sub.photos)).collect();
    assert_eq!(subfolders, [("in", 1)]);
    assert_eq!(overview.models.meaning.as_deref(), Some(STARTER_ID));
    assert_eq!(overview.models.look.as_deref(), Some(STARTER_ID));
    assert_eq!(overview.revision, world.library.revision().unwrap());
    let bytes = world.library.bytes_on_disk().unwrap();
    assert_eq!(bytes, world.library.status().unwrap().bytes);
    std::fs::remove_dir_all(world.path("p")).unwrap();
    assert!(!world.library.overview().unwrap().folders[0].online);
}

#[test]
fn a_query_is_completed_with_the_names_in_this_library() {
    let (world, _) = plain();
    let texts = |query: &str| -> Vec<String> {
        let found = world.library.complete(query, query.encode_utf16().count()).unwrap();
        found.into_iter().map(|found| found.text).collect()
    };
    assert_eq!(texts("folder:i"), ["in"]);
    assert_eq!(texts("folder:p/"), ["p/in"]);
    assert_eq!(texts("fol"), ["folder:"]);
    let year = texts("date:");
    assert_eq!(year.len(), 1, "{year:?}");
    let of_year = SearchRequest { query: format!("date:{}", year[0]), limit: 9, ..SearchRequest::default() };
    assert_eq!(world.library.search(&of_year).unwrap().total, 3);

    let more = world.folder("q");
    RgbImage::from_pixel(40, 30, Rgb([1, 2, 3])).save(more.join("new.png")).unwrap();
    world.add(&[more]);
    world.index();
    assert_eq!(texts("folder:"), ["p", "in", "q"], "what is new is known at once");

    let empty = World::new();
    assert_eq!(empty.library.complete("fol", 3).unwrap().len(), 1, "words of the language need no library");
    assert!(matches!(empty.library.complete("folder:", 7), Err(Error::NoLibrary { .. })));
}

#[test]
fn queries_are_remembered_once_each_the_last_one_first() {
    let world = World::new();
    assert_eq!(world.library.history(), Vec::<String>::new());
    assert!(matches!(world.library.add_to_history("a"), Err(Error::NoLibrary { .. })));
    world.add(&[]);
    // Another program may write meanwhile.
    let _held = WriterLock::acquire(world.library.dir(), "another program", &mut |_| false).unwrap();
    for query in ["beach", " 사진 folder:\"a b\" ", "", "  ", "beach"] {
        world.library.add_to_history(query).unwrap();
    }
    assert_eq!(world.library.history(), ["beach", "사진 folder:\"a b\""]);
    for number in 0..150 {
        world.library.add_to_history(&number.to_string()).unwrap();
    }
    let history = world.library.history();
    assert_eq!((history.len(), history[0].as_str(), history[99].as_str()), (100, "149", "50"));
    std::fs::write(world.library.places.history(), b"{ broken").unwrap();
    assert_eq!(world.library.history(), Vec::<String>::new());
    world.library.add_to_history("again").unwrap();
    assert_eq!(world.library.history(), ["again"]);
    world.library.clear_history().unwrap();
    assert_eq!(world.library.history(), Vec::<String>::new());
}
