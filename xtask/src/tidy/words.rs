//! Words that do not belong into a finished file: unfinished marks, registry hosts, paths of one machine.

use super::files::ProjectFile;

/// A word, and why it is not wanted. Each is written in two parts, so that this list does not find itself.
const UNWANTED: [(&str, &str); 14] = [
    (concat!("TO", "DO"), "unfinished"),
    (concat!("FIX", "ME"), "unfinished"),
    (concat!("XX", "X"), "unfinished"),
    (concat!("to", "do!("), "unfinished"),
    (concat!("unimpl", "emented!("), "unfinished"),
    (concat!("not impl", "emented yet"), "unfinished"),
    (concat!("registry.npm", "js.org"), "a registry's address: it ties the clone to one network"),
    (concat!("files.python", "hosted.org"), "a registry's address: it ties the clone to one network"),
    (concat!("static.crat", "es.io"), "a registry's address: it ties the clone to one network"),
    (concat!("index.crat", "es.io"), "a registry's address: it ties the clone to one network"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/Us", "ers/"), "a path of one machine"),
    (concat!("C:\\Us", "ers"), "a path of one machine"),
];

/// Broken rules, one line each.
pub(super) fn faults(files: &[ProjectFile]) -> Vec<String> {
    let texts = files.iter().filter_map(|file| Some((&file.path, file.text.as_ref()?)));
    let lines =
        texts.flat_map(|(path, text)| text.lines().enumerate().map(move |(n, line)| (path, n + 1, line)));
    lines
        .filter_map(|(path, number, line)| {
            let (word, why) = UNWANTED.iter().find(|(word, _)| stands_alone(line, word))?;
            Some(format!("{path}:{number}: \"{word}\" is {why}"))
        })
        .collect()
}

/// The word is in the line and is not the middle of a longer word or path.
fn stands_alone(line: &str, word: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '}' | '~' | '$');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends_open = word.ends_with(|c: char| !c.is_alphanumeric());
        !before.is_some_and(in_word) && (ends_open || !after.is_some_and(|c| c.is_alphanumeric() || c == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_counts_only_as_a_word_of_its_own() {
        for (line, expected) in [
            (concat!("// TO", "DO: finish"), true),
            (concat!("let mas", "TODOn = 1;"), false),
            (concat!("path = \"/ho", "me/kim/photos\""), true),
            (concat!("see ~", "/ho", "me/kim"), false),
            (concat!("a \"XX", "XL\" shirt"), false),
            ("https://crates.io is where crates live", false),
        ] {
            let found = UNWANTED.iter().any(|(word, _)| stands_alone(line, word));
            assert_eq!(found, expected, "{line}");
        }
    }
}
