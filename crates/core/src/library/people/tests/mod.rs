//! People from faces that are drawn by lot: what becomes of decisions whatever happens to the faces.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::grouping::{Compare, regroup};
use super::*;
use crate::catalog::testing::put_faces;
use crate::catalog::{FoundFaces, IndexOutcome, IndexedPhoto, NewFace};
use crate::error::Error;
use crate::ids::{FaceId, PersonId, PhotoId};
use crate::library::testing::{World, picture};
use crate::library::{SearchRequest, SimilarRequest};
use crate::media::{Metadata, content_hash};
use crate::people::area::FaceArea;
use crate::people::decided::DecisionKind;
use crate::people::testing::{Random, person};
use crate::scan::{FileAccess, ScanRequest, scan};

const ALICE: u64 = 1;
const BOB: u64 = 2;
const CAROL: u64 = 3;

/// Who is in which photo, from left to right.
const PHOTOS: [&[u64]; 14] = [
    &[ALICE],
    &[ALICE, BOB],
    &[ALICE],
    &[BOB],
    &[BOB, CAROL],
    &[CAROL],
    &[ALICE, BOB, CAROL],
    &[],
    &[ALICE],
    &[BOB],
    &[CAROL],
    &[CAROL, ALICE],
    &[BOB],
    &[99],
];

/// What has happened to the faces.
#[derive(Debug, Clone, Copy)]
struct Looked {
    pipeline: &'static str,
    /// How far the boxes have moved.
    shift: f32,
    /// Another draw of every face.
    seed: u64,
    spread: f32,
}

const FIRST: Looked = Looked { pipeline: "", shift: 0.0, seed: 5, spread: 0.7 };

/// A library with faces and no network.
struct Album {
    world: World,
    files: Vec<PathBuf>,
}

impl Album {
    fn new() -> Self {
        let album = Self::without_faces();
        album.look(FIRST);
        album.group();
        album
    }

    fn without_faces() -> Self {
        let world = World::new();
        let folder = world.folder("photos");
        let files = (0..PHOTOS.len()).map(|number| {
            let file = folder.join(format!("{number:02}.png"));
            std::fs::write(&file, picture(number as u8 * 10)).unwrap();
            file
        });
        let album = Self { files: files.collect(), world };
        album.world.add(&[folder]);
        album.index();
        album.library().want_people().unwrap();
        album
    }

    /// Scans the folder and takes what is new for read, without any network.
    fn index(&self) {
        let catalog = self.catalog();
        scan(&catalog, &ScanRequest::default(), &FileAccess::default(), &mut |_| true).unwrap();
        let read =
            catalog.pending(&[], None, None, None, 100).unwrap().into_iter().map(|photo| IndexedPhoto {
                photo: photo.id,
                stamp: photo.stamp,
                outcome: IndexOutcome::Ready {
                    hash: content_hash(&std::fs::read(photo.path).unwrap()),
                    metadata: Metadata::default(),
                    colour: None,
                    vectors: Vec::new(),
                },
                faces: None,
            });
        catalog.write_indexed(&[], &read.collect::<Vec<_>>()).unwrap();
    }

    fn library(&self) -> &Library {
        &self.world.library
    }

    fn catalog(&self) -> Catalog {
        Catalog::open(&self.library().places.catalog()).unwrap()
    }

    fn pipeline(&self) -> String {
        self.library().face_models().unwrap().pipeline
    }

    fn photo(&self, number: usize) -> PhotoId {
        self.library().photo_at(&self.files[number]).unwrap().unwrap()
    }

    fn hash(&self, number: usize) -> [u8; 32] {
        self.library().row(self.photo(number)).unwrap().hash.unwrap()
    }

    /// Has all photos looked at.
    fn look(&self, looked: Looked) {
        (0..PHOTOS.len()).for_each(|number| self.look_at(number, looked));
    }

    fn look_at(&self, number: usize, looked: Looked) {
        let pipeline = if looked.pipeline.is_empty() { self.pipeline() } else { looked.pipeline.to_owned() };
        let faces = PHOTOS[number].iter().enumerate().map(|(place, who)| NewFace {
            area: FaceArea { x: 0.1 + 0.3 * place as f32 + looked.shift, y: 0.3, width: 0.2, height: 0.3 },
            score: 0.93,
            quality: 0.9,
            landmarks: [[0.2; 2]; 5],
            vector: person(
                &mut Random(looked.seed * 1000 + number as u64 * 10 + place as u64),
                *who,
                looked.spread,
            ),
        });
        let found = FoundFaces { pipeline, faces: faces.collect() };
        put_faces(&self.catalog(), &self.hash(number), &found);
    }

    fn group(&self) {
        self.group_of(&self.pipeline());
    }

    fn group_of(&self, pipeline: &str) {
        regroup(&self.catalog(), pipeline, Compare::New(&JobControl::default()), None).unwrap();
    }

    /// The face at a place of a photo, from the left.
    fn face(&self, number: usize, place: usize) -> FaceId {
        self.library().photo_faces(self.photo(number)).unwrap()[place].id
    }

    /// Whose the faces of all photos are: photo and x in hundredths.
    fn everybody(&self) -> BTreeMap<(usize, u32), Option<PersonId>> {
        let mut everybody = BTreeMap::new();
        for number in 0..PHOTOS.len() {
            for face in self.library().photo_faces(self.photo(number)).unwrap() {
                everybody.insert((number, (face.area.x * 10.0).round() as u32), face.person);
            }
        }
        everybody
    }

    /// The person that the face at a place of a photo is.
    fn person_at(&self, number: usize, place: u32) -> Option<PersonId> {
        self.everybody().get(&(number, 1 + 3 * place)).copied().flatten()
    }

    fn alice(&self) -> PersonId {
        self.person_at(0, 0).unwrap()
    }

    fn bob(&self) -> PersonId {
        self.person_at(3, 0).unwrap()
    }

    fn listed(&self, person: PersonId) -> Person {
        self.library().person(person).unwrap().person
    }

    /// The faces of each person, whatever its number.
    fn groups(&self) -> BTreeSet<BTreeSet<(usize, u32)>> {
        let mut groups: BTreeMap<PersonId, BTreeSet<(usize, u32)>> = BTreeMap::new();
        for (face, person) in self.everybody() {
            if let Some(person) = person {
                groups.entry(person).or_default().insert(face);
            }
        }
        groups.into_values().collect()
    }
}

fn of(who: u64) -> BTreeSet<(usize, u32)> {
    let faces = PHOTOS.iter().enumerate().flat_map(|(number, people)| {
        let places = people.iter().enumerate().filter(move |(_, other)| **other == who);
        places.map(move |(place, _)| (number, 1 + 3 * place as u32))
    });
    faces.collect()
}

type Upheaval<'a> = Box<dyn Fn() + 'a>;

/// Everything that may happen to faces without the user saying a word.
fn upheavals(album: &Album) -> Vec<(&'static str, Upheaval<'_>)> {
    vec![
        ("grouped again", Box::new(|| album.group())),
        (
            "looked at again",
            Box::new(|| {
                album.look(FIRST);
                album.group();
            }),
        ),
        (
            "found a little elsewhere",
            Box::new(|| {
                album.look(Looked { shift: 0.03, ..FIRST });
                album.group();
            }),
        ),
        (
            "other vectors",
            Box::new(|| {
                album.look(Looked { seed: 77, spread: 0.8, ..FIRST });
                album.group();
            }),
        ),
        (
            "vectors that say nothing",
            Box::new(|| {
                album.look(Looked { seed: 78, spread: 60.0, ..FIRST });
                album.group();
            }),
        ),
        (
            "the folder scanned again",
            Box::new(|| {
                album.index();
                album.group();
            }),
        ),
        (
            "the folder taken out and in",
            Box::new(|| {
                let folder = album.world.folder("photos");
                album.world.remove(&folder);
                album.world.add(&[folder]);
                album.index();
                album.look(FIRST);
                album.group();
            }),
        ),
    ]
}

#[test]
fn people_are_found_and_each_is_one() {
    let album = Album::new();
    assert_eq!(album.groups(), BTreeSet::from([of(ALICE), of(BOB), of(CAROL)]));
    assert_eq!(album.person_at(13, 0), None, "who is seen once is nobody yet");
    let people = album.library().people().unwrap();
    assert_eq!(people.iter().map(|person| person.faces).collect::<Vec<_>>(), [6, 6, 5]);
    let status = album.library().people_status().unwrap();
    assert_eq!((status.state, status.faces, status.unnamed), (PeopleState::NeedsModels, 18, 3));
    assert_eq!((status.photos_seen, status.photos_to_see, status.can_undo), (14, 0, false));
    let faces = album.library().person(album.alice()).unwrap().faces;
    assert_eq!(faces.len(), 6);
    assert!(faces.iter().all(|face| !face.confirmed));
}

#[test]
fn the_order_in_which_photos_come_makes_no_difference() {
    let expected = Album::new().groups();
    for seed in 1..4 {
        let album = Album::without_faces();
        let mut order: Vec<usize> = (0..PHOTOS.len()).collect();
        Random(seed).shuffle(&mut order);
        for (at, number) in order.into_iter().enumerate() {
            album.look_at(number, FIRST);
            if at % (seed as usize + 1) == 0 {
                album.group();
            }
        }
        album.group();
        assert_eq!(album.groups(), expected, "{seed}");
    }
}

/// A decision, and what must be true once it is made.
struct Case {
    kind: DecisionKind,
    decide: fn(&Album),
    holds: fn(&Album) -> bool,
}

/// Whoever is called that.
fn called(album: &Album, name: &str) -> PersonId {
    album.library().people_called(name).unwrap()[0]
}

const CASES: [Case; 9] = [
    Case {
        kind: DecisionKind::Name,
        decide: |album| {
            album.library().name_person(album.alice(), Some(" Alice ")).unwrap();
        },
        holds: |album| {
            let alice = called(album, "alice");
            let all = of(ALICE).iter().all(|(number, x)| album.everybody()[&(*number, *x)] == Some(alice));
            all && album.listed(alice).name.as_deref() == Some("Alice")
        },
    },
    Case {
        kind: DecisionKind::Merge,
        decide: |album| album.library().merge_people(album.alice(), &[album.bob()]).unwrap(),
        holds: |album| {
            let both: BTreeSet<_> = of(ALICE).union(&of(BOB)).copied().collect();
            album.groups().iter().any(|group| group.is_superset(&both))
        },
    },
    Case {
        kind: DecisionKind::Split,
        decide: |album| {
            let faces = [album.face(0, 0), album.face(2, 0)];
            album.library().split_person(album.alice(), &faces).unwrap();
        },
        holds: |album| {
            let split = album.person_at(0, 0);
            split.is_some()
                && album.person_at(2, 0) == split
                && album.person_at(8, 0).is_some_and(|rest| Some(rest) != split)
        },
    },
    Case {
        kind: DecisionKind::ThisIs,
        decide: |album| {
            album.library().this_is(&[album.face(13, 0)], Some(album.bob()), None).unwrap();
        },
        holds: |album| album.person_at(13, 0).is_some_and(|bob| Some(bob) == album.person_at(3, 0)),
    },
    Case {
        kind: DecisionKind::ThisIs,
        decide: |album| {
            album.library().this_is(&[album.face(13, 0)], None, Some("Dora")).unwrap();
        },
        holds: |album| album.person_at(13, 0) == Some(called(album, "Dora")),
    },
    Case {
        kind: DecisionKind::ThisIsNot,
        decide: |album| album.library().this_is_not(&[album.face(0, 0)], album.alice()).unwrap(),
        holds: |album| {
            let alice = album.person_at(8, 0);
            alice.is_some() && album.person_at(0, 0) != alice && album.person_at(2, 0) == alice
        },
    },
    Case {
        kind: DecisionKind::NotAFace,
        decide: |album| album.library().not_faces(&[album.face(1, 0)]).unwrap(),
        holds: |album| album.library().photo_faces(album.photo(1)).unwrap().len() == 1,
    },
    Case {
        kind: DecisionKind::Hide,
        decide: |album| album.library().hide_person(album.alice(), true).unwrap(),
        holds: |album| album.listed(album.alice()).hidden,
    },
    Case {
        kind: DecisionKind::Cover,
        decide: |album| album.library().set_cover(album.alice(), album.face(2, 0)).unwrap(),
        holds: |album| album.listed(album.alice()).cover == Some(album.face(2, 0)),
    },
];

#[test]
fn every_decision_holds_whatever_happens_to_the_faces() {
    for Case { kind, decide, holds } in CASES {
        let album = Album::new();
        assert!(
            !(kind != DecisionKind::Name && kind != DecisionKind::ThisIs && holds(&album)),
            "{kind:?} says something"
        );
        decide(&album);
        assert!(holds(&album), "{kind:?}");
        for (what, happen) in upheavals(&album) {
            happen();
            assert!(holds(&album), "{kind:?}: {what}");
        }
        let reopened = album.catalog();
        assert_eq!(reopened.integrity().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn every_decision_can_be_taken_back() {
    for Case { kind, decide, .. } in CASES {
        let album = Album::new();
        let before = (album.everybody(), album.library().people().unwrap());
        decide(&album);
        assert_ne!((album.everybody(), album.library().people().unwrap()), before, "{kind:?}");
        assert!(album.library().people_status().unwrap().can_undo);
        assert_eq!(album.library().undo_people().unwrap(), Some(kind));
        assert_eq!((album.everybody(), album.library().people().unwrap()), before, "{kind:?}");
        assert_eq!(album.library().undo_people().unwrap(), None);
        album.group();
        assert_eq!(album.everybody(), before.0, "{kind:?}");
    }
}

#[test]
fn decisions_are_taken_back_one_by_one_in_their_order() {
    let album = Album::new();
    let library = album.library();
    let (alice, bob) = (album.alice(), album.bob());
    let mut states = vec![album.everybody()];
    library.name_person(alice, Some("Alice")).unwrap();
    states.push(album.everybody());
    library.this_is_not(&[album.face(8, 0)], alice).unwrap();
    states.push(album.everybody());
    library.merge_people(alice, &[bob]).unwrap();
    states.push(album.everybody());
    library.split_person(alice, &[album.face(3, 0), album.face(9, 0)]).unwrap();
    for expected in states.into_iter().rev() {
        assert!(library.undo_people().unwrap().is_some());
        assert_eq!(album.everybody(), expected);
    }
}

#[test]
fn two_people_of_one_name_are_told_and_can_be_made_one() {
    let album = Album::new();
    let library = album.library();
    let (alice, bob) = (album.alice(), album.bob());
    assert_eq!(library.name_person(alice, Some("Kim")).unwrap(), Named { person: alice, same_name: None });
    assert_eq!(library.name_person(bob, Some("kim ")).unwrap().same_name, Some(alice));
    library.merge_people(alice, &[bob]).unwrap();
    assert_eq!(library.people_called("KIM").unwrap(), [alice]);
    assert_eq!(album.listed(bob).id, alice, "the other number means the same person");
    assert_eq!(album.listed(alice).faces, 12);
}

#[test]
fn who_a_face_of_a_nameless_group_is_holds_for_the_group_and_of_a_named_one_for_the_face() {
    let album = Album::new();
    let library = album.library();
    let dora = library.this_is(&[album.face(0, 0)], None, Some("Dora")).unwrap();
    assert!(of(ALICE).iter().all(|(number, x)| album.everybody()[&(*number, *x)] == Some(dora)));
    let erik = library.this_is(&[album.face(8, 0)], None, Some("Erik")).unwrap();
    assert_eq!(album.person_at(8, 0), Some(erik));
    assert_eq!(album.person_at(2, 0), Some(dora));
    assert_eq!(library.this_is(&[album.face(13, 0)], None, Some("erik")).unwrap(), erik, "a known name");
}

#[test]
fn what_is_wrong_with_a_decision_is_told_and_nothing_is_written() {
    let album = Album::new();
    let library = album.library();
    let (nobody, no_face) = (PersonId(999), FaceId(999));
    assert!(matches!(library.name_person(nobody, Some("x")), Err(Error::UnknownPerson { .. })));
    assert!(matches!(library.merge_people(album.alice(), &[nobody]), Err(Error::UnknownPerson { .. })));
    assert!(matches!(library.this_is(&[no_face], None, Some("x")), Err(Error::UnknownFace { .. })));
    let bobs = album.face(3, 0);
    assert!(
        matches!(library.split_person(album.alice(), &[bobs]), Err(Error::UnknownFace { face }) if face == bobs)
    );
    assert!(matches!(library.set_cover(album.alice(), bobs), Err(Error::UnknownFace { .. })));
    assert!(matches!(library.person(nobody), Err(Error::UnknownPerson { .. })));
    assert!(matches!(library.photo_faces(PhotoId(999)), Err(Error::UnknownPhoto { .. })));
    assert!(!library.people_status().unwrap().can_undo);
}

#[test]
fn copies_share_their_faces_and_a_photo_that_changes_loses_them() {
    let album = Album::new();
    let copy = album.files[0].with_file_name("copy.png");
    std::fs::copy(&album.files[0], &copy).unwrap();
    album.index();
    let copy = album.library().photo_at(&copy).unwrap().unwrap();
    let faces = album.library().photo_faces(copy).unwrap();
    assert_eq!(faces, album.library().photo_faces(album.photo(0)).unwrap());
    let person = album.listed(album.alice());
    assert_eq!((person.faces, person.photos), (6, 7));

    for file in [&album.files[0], &album.files[0].with_file_name("copy.png")] {
        std::fs::write(file, picture(201)).unwrap();
    }
    album.index();
    assert_eq!(album.library().photo_faces(copy).unwrap(), []);
    assert_eq!(album.listed(album.person_at(2, 0).unwrap()).faces, 5);
}

#[test]
fn a_folder_out_of_reach_keeps_its_people() {
    let album = Album::new();
    album.library().name_person(album.alice(), Some("Alice")).unwrap();
    let (before, people) = (album.everybody(), album.library().people().unwrap());
    let folder = album.world.folder("photos");
    std::fs::rename(&folder, album.world.path("away")).unwrap();
    album.index();
    album.group();
    assert_eq!(album.library().people().unwrap(), people);
    assert_eq!(album.everybody(), before);
    std::fs::rename(album.world.path("away"), &folder).unwrap();
    album.index();
    assert_eq!(album.everybody(), before);
}

fn found(album: &Album, query: &str) -> Vec<usize> {
    let request = SearchRequest { query: query.to_owned(), limit: 100, ..SearchRequest::default() };
    let answer = album.library().search(&request).unwrap();
    let number = |path: &PathBuf| album.files.iter().position(|file| file == path).unwrap();
    let mut found: Vec<usize> = answer.results.iter().map(|result| number(&result.path)).collect();
    found.sort_unstable();
    found
}

#[test]
fn photos_are_found_by_who_is_in_them_and_how_many() {
    let album = Album::new();
    let bob = album.bob();
    album.library().name_person(album.alice(), Some("Alice B")).unwrap();
    album.library().name_person(bob, Some("Bob")).unwrap();
    for (query, expected) in [
        ("person:\"alice b\"", vec![0, 1, 2, 6, 8, 11]),
        ("person:alice", vec![0, 1, 2, 6, 8, 11]),
        ("person:bob person:alice", vec![1, 6]),
        ("person:alice -person:bob", vec![0, 2, 8, 11]),
        (&format!("person:#{}", bob.0), vec![1, 3, 4, 6, 9, 12]),
        ("person:nobody", vec![]),
        ("people:0", vec![7]),
        ("people:3+", vec![6]),
        ("people:2", vec![1, 4, 11]),
        ("people:1-2 -people:1 -person:bob", vec![11]),
    ] {
        assert_eq!(found(&album, query), expected, "{query}");
    }
    let offered = album.library().complete("person:", 7).unwrap();
    let names: Vec<_> = offered.iter().map(|offer| (offer.text.as_str(), offer.count)).collect();
    assert_eq!(names, [("\"Alice B\"", Some(6)), ("Bob", Some(6))]);
}

#[test]
fn photos_are_found_by_a_face_and_one_of_several_must_be_chosen() {
    let album = Album::new();
    let similar = |number: usize, face, face_index| {
        album.library().similar(&SimilarRequest {
            picture: crate::library::PictureSource::Photo(album.photo(number)),
            by: crate::library::By::Face,
            face,
            face_index,
            offset: 0,
            limit: 5,
            model: None,
        })
    };
    let answer = similar(0, None, None).unwrap();
    let found: BTreeSet<PathBuf> = answer.results.iter().map(|result| result.path.clone()).collect();
    let expected: BTreeSet<PathBuf> = [1, 2, 6, 8, 11].map(|number| album.files[number].clone()).into();
    assert_eq!((found, answer.strong, answer.total), (expected, 5, 12));
    assert_eq!(answer.model.as_deref(), Some("mobilefacenet"));

    let error = similar(1, None, None).unwrap_err();
    let ids = format!("{},{}", album.face(1, 0).0, album.face(1, 1).0);
    assert_eq!((error.code(), error.params()), ("several-faces", vec![("faces", ids)]));
    let bobs: Vec<PathBuf> = similar(1, Some(album.face(1, 1)), None)
        .unwrap()
        .results
        .into_iter()
        .map(|found| found.path)
        .collect();
    assert!(bobs.contains(&album.files[3]) && bobs.contains(&album.files[12]));
    assert_eq!(similar(1, None, Some(0)).unwrap().results[0].rank, 1);
    assert_eq!(similar(1, None, Some(2)).unwrap_err().code(), "several-faces");
    assert_eq!(similar(7, None, None).unwrap_err().code(), "no-face");
    assert_eq!(similar(1, Some(FaceId(999)), None).unwrap_err().code(), "unknown-face");
    album.library().erase_people(&JobControl::default(), &mut |_| {}).unwrap();
    assert_eq!(similar(0, None, None).unwrap_err().code(), "people-off");
}

#[test]
fn what_settles_most_is_asked_and_an_answer_is_not_asked_again() {
    let album = Album::without_faces();
    album.look(Looked { spread: 1.05, ..FIRST });
    album.group();
    let library = album.library();
    let largest = library.people().unwrap()[0].id;
    library.name_person(largest, Some("Somebody")).unwrap();
    let asked = library.suggestions(None, 100).unwrap();
    assert!(asked.iter().all(|question| question.person == largest && question.name.is_some()));
    assert_eq!(library.people().unwrap()[0].suggestions, asked.len() as u64);
    if let Some(first) = asked.first() {
        library.this_is_not(&[first.face], largest).unwrap();
        let again = library.suggestions(Some(largest), 100).unwrap();
        assert!(again.iter().all(|question| question.face != first.face));
    }
}

#[test]
fn turned_off_nothing_of_faces_is_left_in_the_files_of_the_library() {
    let album = Album::new();
    let library = album.library();
    library.name_person(album.alice(), Some("Alice Unforgettable")).unwrap();
    library.merge_people(album.alice(), &[album.bob()]).unwrap();
    library.not_faces(&[album.face(5, 0)]).unwrap();
    library.add_to_history("beach person:\"Alice Unforgettable\"").unwrap();
    library.add_to_history("beach").unwrap();
    let vector = album.catalog().face_vector(album.face(0, 0)).unwrap().unwrap();
    let stored: Vec<u8> =
        vector.iter().flat_map(|component| half::f16::from_f32(*component).to_le_bytes()).collect();
    let needles = [b"Alice Unforgettable".as_slice(), &stored[..64]];
    let holds = |needle: &[u8]| files_of(library).iter().any(|file| contains(file, needle));
    assert!(needles.iter().all(|needle| holds(needle)), "the test would find them");

    library.erase_people(&JobControl::default(), &mut |_| {}).unwrap();
    assert!(!needles.iter().any(|needle| holds(needle)));
    assert_eq!(library.people_status().unwrap().state, PeopleState::Off);
    assert_eq!((library.people().unwrap(), library.history()), (vec![], vec!["beach".to_owned()]));
    assert_eq!(library.photo_faces(album.photo(0)).unwrap(), []);
    for (table, rows) in album.catalog().rows_of_people().unwrap() {
        assert_eq!(rows, 0, "{table}");
    }
    assert_eq!(album.catalog().integrity().unwrap(), Vec::<String>::new());
    album.index();
    assert_eq!(album.library().people_status().unwrap().faces, 0);
}

fn files_of(library: &Library) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    let mut folders = vec![library.dir().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(std::fs::read(path).unwrap()),
            }
        }
    }
    files
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The shared pictures and weights; without them the test counts as skipped.
fn shared() -> Option<PathBuf> {
    let data = std::env::var_os("KINDRED_TESTDATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if data.join("weights/MobileFaceNet.onnx").is_file() {
        return Some(data);
    }
    println!("skipped: no networks for faces in {}", data.display());
    None
}

#[test]
fn with_another_version_of_the_networks_all_faces_are_found_anew_and_decisions_hold() {
    let Some(data) = shared() else { return };
    let versions = kindred_models::manifest().clone();
    let world = World::new();
    for (id, file) in [("yunet", "yunet_s_640_640.onnx"), ("mobilefacenet", "MobileFaceNet.onnx")] {
        world.library.models().import(id, &data.join("weights").join(file), &mut |_| {}).unwrap();
    }
    let folder = world.folder("photos");
    for (name, number) in [("amy", 1), ("amy", 2), ("amy", 3), ("raj", 1), ("raj", 2)] {
        let from = data.join(format!("faces/face-api.js/examples/images/{name}/{name}{number}.png"));
        std::fs::copy(from, folder.join(format!("{name}{number}.png"))).unwrap();
    }
    world.add(std::slice::from_ref(&folder));
    world.library.want_people().unwrap();
    world.index();
    let photo = |name: &str| world.library.photo_at(&folder.join(name)).unwrap().unwrap();
    let face = |library: &Library, name: &str| library.photo_faces(photo(name)).unwrap().remove(0);
    let amy = face(&world.library, "amy1.png").person.unwrap();
    world.library.name_person(amy, Some("Amy")).unwrap();
    let split = world.library.split_person(amy, &[face(&world.library, "amy3.png").id]).unwrap();
    world.library.not_faces(&[face(&world.library, "raj2.png").id]).unwrap();

    let mut newer = versions;
    for entry in newer.entries.iter_mut().filter(|entry| entry.id == "mobilefacenet") {
        entry.pipeline_version += 1;
    }
    let store = kindred_models::ModelStore::with_manifest(world.path("models"), newer);
    let library = Library::with_models(world.library.options.clone(), store);
    assert_eq!(library.people_status().unwrap().photos_to_see, 5);
    let request = crate::library::IndexRequest::default();
    let report = library.index(&request, &JobControl::default(), &mut |_| {}).unwrap();
    assert_eq!((report.indexed, report.failed), (5, 0));
    assert_eq!(library.people_status().unwrap().photos_to_see, 0);
    for (name, expected) in [("amy1.png", amy), ("amy2.png", amy), ("amy3.png", split)] {
        assert_eq!(face(&library, name).person, Some(expected), "{name}");
    }
    assert_eq!(face(&library, "amy2.png").name.as_deref(), Some("Amy"));
    assert_eq!(library.photo_faces(photo("raj2.png")).unwrap(), []);
    assert_eq!(library.undo_people().unwrap(), Some(DecisionKind::NotAFace));
    assert_eq!(library.photo_faces(photo("raj2.png")).unwrap().len(), 1);
}
