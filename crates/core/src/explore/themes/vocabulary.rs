//! The words that themes are named with.

use std::collections::HashSet;

/// What photos show, in two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// In English, as it stands after "a photo of": what the text tower reads.
    pub en: &'static str,
    /// In Korean.
    pub ko: &'static str,
}

const LIST: &str = include_str!("vocabulary.tsv");

/// The built-in list: everyday words for what people photograph. Each English word comes once.
pub fn vocabulary() -> Vec<Word> {
    let mut seen = HashSet::new();
    let words = LIST.lines().filter_map(|line| line.split_once('\t')).map(|(en, ko)| Word { en, ko });
    words.filter(|word| seen.insert(word.en)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_word_in_both_languages_and_none_comes_twice() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert_eq!(vocabulary().len(), lines.len());
        assert!(lines.len() >= 400, "{}", lines.len());
        for Word { en, ko } in vocabulary() {
            assert!(en.is_ascii() && en.trim() == en && en.len() > 1, "{en:?}");
            assert!(ko.chars().any(|letter| ('가'..='힣').contains(&letter)) || ko.is_ascii(), "{ko:?}");
            assert!(!ko.contains('\t') && ko.trim() == ko && !ko.is_empty(), "{ko:?}");
        }
    }
}
