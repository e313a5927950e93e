//! How a question is put to the starter model.

/// A longer question says enough by itself.
const WORDS: usize = 3;

/// What stands in a wording for the question.
pub(super) const PLACE: &str = "{}";

const ARTICLES: [&str; 3] = ["a", "an", "the"];
const PICTURES: [&str; 10] =
    ["photo", "photos", "picture", "pictures", "image", "images", "pic", "pics", "photograph", "photographs"];

/// The sentences whose vectors' mean answers a question of one to three words, each in one of the wordings in which the network
/// learned names: one alone is off by what that wording adds. A longer question is asked as it is.
///
/// That pictures are meant ("photos of the sea") says nothing among photos, and is left out with the article.
pub(crate) fn worded(question: &str, wordings: &[String]) -> Vec<String> {
    let words: Vec<&str> = question.split_whitespace().collect();
    let subject = subject(&words);
    if wordings.is_empty() || !(1..=WORDS).contains(&subject.len()) {
        return vec![question.to_owned()];
    }
    let subject = subject.join(" ");
    wordings.iter().map(|wording| wording.replacen(PLACE, &subject, 1)).collect()
}

/// Without an article, "photos of", and the article behind that.
fn subject<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let is_one = |word: &str, list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(word));
    let without_article = |words: &'a [&'a str]| match words {
        [first, rest @ ..] if !rest.is_empty() && is_one(first, &ARTICLES) => rest,
        _ => words,
    };
    let words = without_article(words);
    match words {
        [first, of, rest @ ..]
            if !rest.is_empty() && of.eq_ignore_ascii_case("of") && is_one(first, &PICTURES) =>
        {
            without_article(rest)
        }
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(question: &str, expected: &[&str]) {
        let wordings = ["{}".to_owned(), "a photo of a {}".to_owned()];
        assert_eq!(worded(question, &wordings), expected);
    }

    #[test]
    fn a_few_words_are_asked_in_every_wording() {
        check("puppy", &["puppy", "a photo of a puppy"]);
        check("  red   fire engine ", &["red fire engine", "a photo of a red fire engine"]);
        check("the sea", &["sea", "a photo of a sea"]);
        check("{}", &["{}", "a photo of a {}"]);
    }

    #[test]
    fn that_pictures_are_meant_is_left_out() {
        check("Photos of the sea", &["sea", "a photo of a sea"]);
        check("a picture of A fire engine", &["fire engine", "a photo of a fire engine"]);
        check("the photo of", &["photo of", "a photo of a photo of"]);
        check("photo", &["photo", "a photo of a photo"]);
        check("a", &["a", "a photo of a a"]);
    }

    #[test]
    fn what_says_enough_is_asked_as_it_is() {
        let sentence = "A dog runs along the beach";
        check(sentence, &[sentence]);
        check("photos of a dog on the beach", &["photos of a dog on the beach"]);
        check("", &[""]);
        assert_eq!(worded("puppy", &[]), ["puppy"]);
    }
}
