//! The answers as a table for a terminal.

use super::answers::{Answer, Asked};
use super::file_name;

const HEADINGS: [&str; 5] = ["question", "first answer", "score", "strong matches", ""];
/// Longer names are cut.
const WIDEST: usize = 44;

/// One line for each answer, and how many were right where that is known.
pub(super) fn table(answers: &[Answer], likenesses: &[Answer]) -> String {
    let rows: Vec<[String; 5]> = std::iter::once(HEADINGS.map(str::to_owned))
        .chain(answers.iter().chain(likenesses).map(row))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    let judged: Vec<bool> = answers.iter().filter_map(Answer::is_right).collect();
    if !judged.is_empty() {
        let right = judged.iter().filter(|right| **right).count();
        text.push_str(&format!("\n{right} of {} questions have the right picture first.\n", judged.len()));
    }
    text
}

fn row(answer: &Answer) -> [String; 5] {
    let question = match &answer.question {
        Asked::Words(words) => words.clone(),
        Asked::Like { photo, by } => format!("{by} like {}", file_name(photo)),
    };
    let first = answer.results.first();
    [
        shown(&question),
        first.map_or_else(|| "nothing".to_owned(), |first| shown(&file_name(&first.path))),
        first.and_then(|first| first.score).map_or_else(String::new, |score| format!("{score:.3}")),
        format!("{} of {}", answer.strong, answer.total),
        answer.is_right().map_or("", |right| if right { "right" } else { "wrong" }).to_owned(),
    ]
}

/// Cut, and without characters that would steer a terminal.
fn shown(text: &str) -> String {
    let plain: Vec<char> =
        text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    match plain.len() {
        0..=WIDEST => plain.into_iter().collect(),
        _ => plain[..WIDEST - 1].iter().chain(&['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::answers::Found;
    use super::*;

    fn answer(question: Asked, first: &str, right: Option<&'static str>) -> Answer {
        let results = vec![Found { rank: 1, path: first.into(), score: Some(0.5) }];
        Answer { question, right, model: Some("starter".into()), took_ms: 1.0, strong: 1, total: 9, results }
    }

    #[test]
    fn columns_line_up_and_right_answers_are_counted() {
        let words = |text: &str| Asked::Words(text.to_owned());
        let table = table(
            &[
                answer(words("the sun"), "/p/sun.bmp", Some("sun")),
                answer(words("a very red car"), "/p/sun.bmp", Some("car")),
            ],
            &[answer(Asked::Like { photo: "/p/sun.bmp".into(), by: "look" }, "/p/sun 2\u{1b}.bmp", None)],
        );
        let expected = "\
question           first answer  score  strong matches
the sun            sun.bmp       0.500  1 of 9          right
a very red car     sun.bmp       0.500  1 of 9          wrong
look like sun.bmp  sun 2?.bmp    0.500  1 of 9

1 of 2 questions have the right picture first.
";
        assert_eq!(table, expected);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shown(&"é".repeat(45)), format!("{}…", "é".repeat(43)));
        assert_eq!(shown(&"é".repeat(44)), "é".repeat(44));
    }
}
