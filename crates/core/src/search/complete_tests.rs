//! What is offered at each place of a query, and what becomes of the query.

use super::super::unfinished::unfinished;
use super::super::vocabulary::{Month, Vocabulary};
use super::super::{TermSource, parse};
use super::{Completion, CompletionKind};

fn library() -> Vocabulary {
    let folders = [
        ("/data/Photos", 70),
        ("/data/Photos/Italy", 30),
        ("/data/Photos/Italy/Rome", 20),
        ("/data/Photos/Italy/Rome 2024", 10),
        ("/data/Photos/여름 휴가", 5),
        ("/media/card/Rome", 4),
        ("/media/card/old \"Rome\"", 3),
        ("/media/card/“a” \"b\"", 2),
    ];
    let cameras = [("Canon EOS R5", 40), ("Apple iPhone 15", 50), ("Canonet", 1), ("Pixel", 2)];
    let owned = |names: &[(&str, u64)]| names.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
    let months = [(2024, 8, 6), (2024, 5, 4), (2023, 12, 3), (2019, 1, 2)];
    let months = months.map(|(year, month, photos)| Month { year, month, photos }).to_vec();
    let people = [("Alice", 4), ("Bob Ross", 9), ("alina", 1)];
    Vocabulary::new(owned(&folders), owned(&cameras), owned(&people), months)
}

/// The completions at the `|` of `marked`.
fn completions(marked: &str) -> (String, Vec<Completion>) {
    let (before, after) = marked.split_once('|').unwrap();
    let query = format!("{before}{after}");
    let cursor = before.encode_utf16().count();
    let found = unfinished(&query, cursor).map(|place| place.completions(&library())).unwrap_or_default();
    (query, found)
}

/// At the `|` these texts are offered, with the number of photos.
fn check(marked: &str, expected: &[(&str, Option<u64>)]) {
    let (_, found) = completions(marked);
    let found: Vec<_> = found.iter().map(|found| (found.text.as_str(), found.count)).collect();
    assert_eq!(found, expected, "{marked}");
}

/// The query that the first completion makes.
fn check_taken(marked: &str, expected: &str) {
    let (query, found) = completions(marked);
    let first = found.first().unwrap_or_else(|| panic!("{marked}: nothing"));
    let units: Vec<u16> = query.encode_utf16().collect();
    let part = |range: &[u16]| String::from_utf16(range).unwrap();
    let taken = format!("{}{}{}", part(&units[..first.from]), first.text, part(&units[first.to..]));
    assert_eq!(taken, expected, "{marked}");
}

#[test]
fn names_of_filters_are_offered_from_their_first_letter() {
    for (marked, expected) in [
        ("f|", &["folder:"][..]),
        ("beach FOL|", &["folder:"]),
        ("-cam|", &["camera:"]),
        ("i|", &["is:offline"]),
        ("is:o|", &["offline"]),
        ("-is:|", &["offline"]),
        ("s|", &["since:"]),
        ("p|", &["person:", "people:"]),
        ("people:|", &["0", "1", "2", "3+"]),
        ("d| beach", &["date:"]),
        ("fo|lder:rome", &[]),
        ("|", &[]),
        ("beach |", &[]),
        ("beach| f", &[]),
        ("2:fol|", &[]),
        ("\"fol|\"", &[]),
        ("\"fol|", &[]),
        ("xfol|", &[]),
        ("folders|", &[]),
        ("is:offline|", &[]),
        ("2:is:o|", &[]),
    ] {
        let expected: Vec<_> = expected.iter().map(|text| (*text, None)).collect();
        check(marked, &expected);
    }
}

#[test]
fn people_are_offered_by_name() {
    check("person:al|", &[("Alice", Some(4)), ("alina", Some(1))]);
    check("-person:ross|", &[("\"Bob Ross\"", Some(9))]);
    check_taken("person:b| beach", "person:\"Bob Ross\" beach");
    assert!(completions("person:|").1.iter().all(|offer| offer.kind == CompletionKind::Person));
}

#[test]
fn folders_are_offered_by_name_and_by_path() {
    let rome = ("Rome", Some(24));
    let rome_2024 = ("\"Rome 2024\"", Some(10));
    let old_rome = ("“old \"Rome\"”", Some(3));
    check("folder:ro|", &[rome, rome_2024, old_rome]);
    check("Folder:ROME|", &[rome, rome_2024, old_rome]);
    check("-folder:\"ro|", &[rome, rome_2024, old_rome]);
    check("folder:\"rome 2|\"", &[rome_2024]);
    check("folder:o|", &[old_rome, ("Photos", Some(70)), rome, rome_2024]);
    check("folder:휴|", &[("\"여름 휴가\"", Some(5))]);
    check("folder:italy/|", &[("Italy/Rome", Some(20)), ("\"Italy/Rome 2024\"", Some(10))]);
    check(
        "folder:photos/it|aly",
        &[
            ("Photos/Italy", Some(30)),
            ("Photos/Italy/Rome", Some(20)),
            ("\"Photos/Italy/Rome 2024\"", Some(10)),
        ],
    );
    check("folder:/media|", &[("/media/card/Rome", Some(4)), ("“/media/card/old \"Rome\"”", Some(3))]);
    check("folder:nowhere|", &[]);
    check("folder:Italy|", &[]);
    let (_, all) = completions("folder:|");
    assert_eq!(all[0].text, "Photos", "the folder of most photos");
    assert!(all.iter().all(|found| found.kind == CompletionKind::Folder));
}

#[test]
fn cameras_are_offered_by_the_beginnings_of_their_names_first() {
    check("camera:can|", &[("\"Canon EOS R5\"", Some(40)), ("Canonet", Some(1))]);
    check("camera:\"canon e|", &[("\"Canon EOS R5\"", Some(40))]);
    check("camera:p|", &[("Pixel", Some(2)), ("\"Apple iPhone 15\"", Some(50))]);
    check(
        "camera:|",
        &[
            ("\"Apple iPhone 15\"", Some(50)),
            ("\"Canon EOS R5\"", Some(40)),
            ("Pixel", Some(2)),
            ("Canonet", Some(1)),
        ],
    );
    check("camera:Pixel|", &[]);
}

#[test]
fn years_are_offered_and_then_their_months() {
    let years = [("2024", Some(10)), ("2023", Some(3)), ("2019", Some(2))];
    let months = [("2024-08", Some(6)), ("2024-05", Some(4))];
    check("date:|", &years);
    check("since:20|", &years);
    check("until:202|", &years[..2]);
    check("date:2024|", &months);
    check("-date:2024-0|", &months);
    check("date:2024-05|", &[]);
    check("date:2019..|", &years);
    check("date:2019..2024-|", &months);
    check("date:20|..2025", &years);
    check("date:\"2019..2023|\"", &[("2023-12", Some(3))]);
    check("date:1|", &[]);
}

#[test]
fn a_completion_takes_the_place_of_what_it_completes_and_leaves_the_rest() {
    for (marked, expected) in [
        ("beach fol| sunset", "beach folder: sunset"),
        ("fo|ks", "folder:ks"),
        ("🏖️ folder:ro| -사람", "🏖️ folder:Rome -사람"),
        ("folder:\"ro|me 2\" x", "folder:Rome x"),
        ("folder:\"rome 2| x", "folder:\"Rome 2024\" x"),
        ("folder:“rome 2|” x", "folder:\"Rome 2024\" x"),
        ("folder:|rome x", "folder:Photos x"),
        ("-camera:ca|n", "-camera:\"Canon EOS R5\""),
        ("date:20|19..2024-05 x", "date:2024..2024-05 x"),
        ("date:\"2019..20|\"", "date:\"2019..2024\""),
    ] {
        check_taken(marked, expected);
    }
}

#[test]
fn every_completed_filter_is_read_as_that_very_name() {
    for (marked, expected) in [
        ("folder:여|", "여름 휴가"),
        ("folder:old|", "old \"Rome\""),
        ("folder:\"italy/rome |", "Italy/Rome 2024"),
    ] {
        let (query, found) = completions(marked);
        let first = found.last().unwrap();
        let units: Vec<u16> = query.encode_utf16().collect();
        let head = String::from_utf16(&units[..first.from]).unwrap();
        let parsed = parse(&format!("{head}{} and words", first.text)).unwrap();
        assert_eq!(parsed.filter.folders, [expected], "{marked}");
        assert!(matches!(&parsed.terms[0].source, TermSource::Text(text) if text == "and words"));
    }
}

#[test]
fn no_place_of_no_query_makes_it_panic() {
    let pieces =
        ["-", "2:", "\"", "“", "folder:", "camera:", "date:", "is:", "2024", "..", " ", "é", "🏖️", "해", "r"];
    let vocabulary = library();
    let mut state = 1u64;
    for _ in 0..5_000 {
        let mut query = String::new();
        for _ in 0..6 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            query.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        for cursor in 0..=query.encode_utf16().count() + 1 {
            let found = unfinished(&query, cursor).map(|place| place.completions(&vocabulary));
            for Completion { from, to, .. } in found.into_iter().flatten() {
                assert!(from <= to && to <= query.encode_utf16().count(), "{query} at {cursor}");
            }
        }
    }
}
