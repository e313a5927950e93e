//! What queries mean, and where errors point.

use super::super::filter::{CountSpan, DateSpan, Filter};
use super::super::query::{Query, TermSource};
use super::super::query_error::QueryProblem;
use super::parse;

fn texts(query: &Query) -> Vec<(f32, &str)> {
    let texts = query.terms.iter().map(|term| match &term.source {
        TermSource::Text(text) => (term.weight, text.as_str()),
        TermSource::Image(_) | TermSource::Photo(_) => panic!("the language has no pictures"),
    });
    texts.collect()
}

/// The query has these texts and no filter.
fn check_texts(query: &str, expected: &[(f32, &str)]) {
    let parsed = parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    assert_eq!(texts(&parsed), expected, "{query}");
    assert!(parsed.filter.is_empty(), "{query}: {:?}", parsed.filter);
}

/// The query has this filter and no text.
fn check_filter(query: &str, expected: Filter) {
    let parsed = parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    assert_eq!(parsed.filter, expected, "{query}");
    assert!(parsed.terms.is_empty(), "{query}: {:?}", parsed.terms);
}

/// The query is wrong, and the error points at `place`, the characters between the brackets in `marked`.
fn check_error(marked: &str, expected: fn(&QueryProblem) -> bool) {
    let (before, rest) = marked.split_once('⟦').unwrap();
    let (place, after) = rest.split_once('⟧').unwrap();
    let query = format!("{before}{place}{after}");
    let error = parse(&query).expect_err(&query);
    assert!(expected(&error.problem), "{query}: {error}");
    assert_eq!(&query[error.bytes.clone()], place, "{query}: {error}");
    assert_eq!(error.chars.start, before.chars().count(), "{query}");
    assert_eq!(error.chars.len(), place.chars().count(), "{query}");
    assert!(!error.to_string().is_empty());
}

#[test]
fn plain_words_are_one_text_and_signs_and_weights_take_the_next_word_or_phrase() {
    for (query, expected) in [
        ("", &[][..]),
        ("  \t ", &[]),
        ("beach", &[(1.0, "beach")]),
        ("beach at  sunset ", &[(1.0, "beach at sunset")]),
        (
            "beach at sunset -people 2:\"red car\"",
            &[(1.0, "beach at sunset"), (-1.0, "people"), (2.0, "red car")],
        ),
        (
            "-people beach -\"red car\" at 0.5:dog sunset",
            &[(1.0, "beach at sunset"), (-1.0, "people"), (-1.0, "red car"), (0.5, "dog")],
        ),
        ("\"red car\"", &[(1.0, "red car")]),
        ("\"red car\" street", &[(1.0, "street"), (1.0, "red car")]),
        ("“red car” „ein Haus“", &[(1.0, "red car"), (1.0, "ein Haus")]),
        ("\"a “b” c\"", &[(1.0, "a “b” c")]),
        ("-2:dog", &[(-2.0, "dog")]),
        ("2:-dog", &[(-2.0, "dog")]),
        ("-2:\"a dog\"", &[(-2.0, "a dog")]),
        (".5:dog 100:cat", &[(0.5, "dog"), (100.0, "cat")]),
        ("2:\"2024\"", &[(2.0, "2024")]),
        ("-people", &[(-1.0, "people")]),
        ("\"a\"b", &[(1.0, "b"), (1.0, "a")]),
        ("-5", &[(-1.0, "5")]),
    ] {
        check_texts(query, expected);
    }
}

#[test]
fn what_only_looks_like_syntax_is_text() {
    for query in [
        "well-known x-ray",
        "sunset - beach",
        "sunset -",
        "--verbose",
        "-- -",
        "12:30",
        "16:9 screen",
        "chapter 2: the sea",
        "2:",
        "re:zero",
        "https://example.org/a?b=c:d",
        "C:\\Photos\\2024",
        "persons:anna",
        "isolated:offline folders:x",
        ":folder ::",
        "1.2.3:dog",
        "5\" nail",
        "rock'n'roll it's",
        "해변의 일몰 — 사람",
        "🏖️ 👨‍👩‍👧 강아지",
        "e\u{301}te\u{301}",
        "1,5:dog",
        "2：dog",
    ] {
        check_texts(query, &[(1.0, query)]);
    }
    check_texts("-해변 2:강아지 -🏖️", &[(-1.0, "해변"), (2.0, "강아지"), (-1.0, "🏖️")]);
    check_texts("바다\u{3000}노을", &[(1.0, "바다 노을")]);
    check_texts("-https://x", &[(-1.0, "https://x")]);
}

fn filter(change: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    change(&mut filter);
    filter
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

const DAY: i64 = 86_400_000;
/// 1 January 2024 and 2025.
const Y2024: i64 = 19_723 * DAY;
const Y2025: i64 = Y2024 + 366 * DAY;

#[test]
fn filters_are_taken_out_of_the_text() {
    check_filter("folder:rome", filter(|f| f.folders = strings(&["rome"])));
    check_filter(
        "Folder:\"Summer 2024\" FOLDER:파리",
        filter(|f| f.folders = strings(&["Summer 2024", "파리"])),
    );
    check_filter("folder:“Summer 2024”", filter(|f| f.folders = strings(&["Summer 2024"])));
    check_filter("folder:\"C:\\Photos\\\"", filter(|f| f.folders = strings(&["C:\\Photos\\"])));
    check_filter("folder:C:\\Photos", filter(|f| f.folders = strings(&["C:\\Photos"])));
    check_filter("-folder:rome", filter(|f| f.not_folders = strings(&["rome"])));
    check_filter(
        "camera:canon -camera:\"Pixel 7\"",
        filter(|f| {
            f.cameras = strings(&["canon"]);
            f.not_cameras = strings(&["Pixel 7"]);
        }),
    );
    check_filter(
        "person:Alice -person:\"Bob B\" person:#7",
        filter(|f| {
            f.people = strings(&["Alice", "#7"]);
            f.not_people = strings(&["Bob B"]);
        }),
    );
    let count = |least, most| CountSpan { least, most };
    check_filter(
        "people:0 people:3+ -people:1-3",
        filter(|f| {
            f.faces = vec![count(0, Some(0)), count(3, None)];
            f.not_faces = vec![count(1, Some(3))];
        }),
    );
    check_filter("is:offline", filter(|f| f.offline = Some(true)));
    check_filter("-is:Offline -is:offline", filter(|f| f.offline = Some(false)));
    let parsed = parse("beach folder:rome -people date:2024 at sunset").unwrap();
    assert_eq!(texts(&parsed), [(1.0, "beach at sunset"), (-1.0, "people")]);
    assert_eq!(parsed.filter.folders, ["rome"]);
    assert_eq!((parsed.filter.from, parsed.filter.until), (Some(Y2024), Some(Y2025)));
}

#[test]
fn date_filters_hold_together_and_know_their_contrary() {
    let span = |from, until| filter(|f| (f.from, f.until) = (from, until));
    for (query, expected) in [
        ("date:2024", span(Some(Y2024), Some(Y2025))),
        ("date:\"2024\"", span(Some(Y2024), Some(Y2025))),
        ("date:2024..", span(Some(Y2024), None)),
        ("date:..2024", span(None, Some(Y2025))),
        ("date:2020.. date:..2024", span(Some(Y2024 - 1461 * DAY), Some(Y2025))),
        ("since:2024", span(Some(Y2024), None)),
        ("until:2024", span(None, Some(Y2025))),
        ("-since:2025", span(None, Some(Y2025))),
        ("-until:2024", span(Some(Y2025), None)),
        ("since:2024-01-01 until:2024-12-31", span(Some(Y2024), Some(Y2025))),
        ("since:2023 since:2024 until:2025 until:2024", span(Some(Y2024), Some(Y2025))),
    ] {
        check_filter(query, expected);
    }
    let span = DateSpan { from: Some(Y2024), until: Some(Y2025) };
    check_filter(
        "-date:2024 -date:2026..",
        filter(|f| {
            f.not_dates = vec![span, DateSpan { from: Some(Y2025 + 365 * DAY), until: None }];
        }),
    );
    assert!(span.contains(Y2024) && span.contains(Y2025 - 1));
    assert!(!span.contains(Y2024 - 1) && !span.contains(Y2025));
}

#[test]
fn errors_point_at_the_characters_in_question() {
    for (marked, expected) in [
        ("해변 ⟦\"⟧red car", (|p| matches!(p, QueryProblem::UnclosedQuote)) as fn(&QueryProblem) -> bool),
        ("🏖️ ⟦“⟧red", |p| matches!(p, QueryProblem::UnclosedQuote)),
        ("folder:⟦\"⟧Summer", |p| matches!(p, QueryProblem::UnclosedQuote)),
        ("-2:⟦\"⟧", |p| matches!(p, QueryProblem::UnclosedQuote)),
        ("a ⟦\"\"⟧ b", |p| matches!(p, QueryProblem::EmptyPhrase)),
        ("a 2:⟦“ ”⟧ b", |p| matches!(p, QueryProblem::EmptyPhrase)),
        ("a ⟦folder:⟧ rome", |p| matches!(p, QueryProblem::MissingValue { name: "folder", .. })),
        ("⟦is:⟧", |p| matches!(p, QueryProblem::MissingValue { name: "is", .. })),
        ("⟦folder:\"\"⟧", |p| matches!(p, QueryProblem::MissingValue { .. })),
        ("⟦2:folder:rome⟧ x", |p| matches!(p, QueryProblem::WeightedFilter { .. })),
        ("⟦0⟧:dog", |p| matches!(p, QueryProblem::WeightOutOfRange { .. })),
        ("a -⟦1000⟧:dog", |p| matches!(p, QueryProblem::WeightOutOfRange { .. })),
        (
            "바다 is:⟦nonsense⟧ x",
            |p| matches!(p, QueryProblem::UnknownState { value } if value == "nonsense"),
        ),
        ("date:⟦어제⟧", |p| matches!(p, QueryProblem::NotADate { .. })),
        ("바다 date:2024..⟦20x5⟧", |p| matches!(p, QueryProblem::NotADate { text } if text == "20x5")),
        ("date:⟦2024-08..2024-05⟧", |p| matches!(p, QueryProblem::BackwardRange)),
        ("people:⟦many⟧", |p| matches!(p, QueryProblem::NotACount { value } if value == "many")),
        ("people:⟦3-1⟧", |p| matches!(p, QueryProblem::NotACount { .. })),
        ("people:⟦-1⟧", |p| matches!(p, QueryProblem::NotACount { .. })),
        ("people:⟦99999999999⟧", |p| matches!(p, QueryProblem::NotACount { .. })),
        ("date:⟦..⟧", |p| matches!(p, QueryProblem::OpenRange)),
        ("since:⟦2024..2025⟧", |p| matches!(p, QueryProblem::RangeNotAllowed { .. })),
        ("since:2025 -folder:x until:⟦2024⟧", |p| matches!(p, QueryProblem::NoTimeLeft)),
        ("is:offline -is:⟦offline⟧", |p| matches!(p, QueryProblem::Contradiction)),
    ] {
        check_error(marked, expected);
    }
}

#[test]
fn no_input_whatever_makes_the_parser_panic() {
    let pieces = [
        "-", "2:", "\"", "“", "”", "folder:", "is:", "person:", "people:", "3+", "date:", "2024", "..", " ",
        "é", "🏖️", "해", ":", "0.", "\u{3000}",
    ];
    let mut state = 1u64;
    for _ in 0..20_000 {
        let mut query = String::new();
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            query.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        if let Err(error) = parse(&query) {
            assert!(
                !error.bytes.is_empty() && query.get(error.bytes.clone()).is_some(),
                "{query}: {error:?}"
            );
            assert_eq!(query[error.bytes].chars().count(), error.chars.len(), "{query}");
        }
    }
}
