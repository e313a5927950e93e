//! The answers as one page for a browser, with everything in it: no script, no other file, nothing from a network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::answers::{Answer, Asked, Found};
use super::{STARTER, file_name, model_name, wanted};

const STYLE: &str = include_str!("page.css");

/// What the page shows.
pub(super) struct Page<'a> {
    /// Where the pictures are.
    pub folder: &'a Path,
    /// They were drawn for this, and their names say what they show.
    pub are_drawn: bool,
    pub answers: &'a [Answer],
    pub likenesses: &'a [Answer],
    /// JPEG files, by the path of the photo.
    pub thumbnails: &'a HashMap<PathBuf, Vec<u8>>,
    /// Where `kindred` is.
    pub program: &'a Path,
}

impl Page<'_> {
    pub(super) fn html(&self) -> String {
        let sections: Vec<String> = self
            .answers
            .iter()
            .chain(self.likenesses)
            .enumerate()
            .map(|(at, answer)| self.section(at, answer))
            .collect();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Kindred: what it found</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>What Kindred found</h1>\n{}{}{}</main>\n</body>\n</html>\n",
            self.introduction(),
            self.who_answered(),
            sections.concat(),
        )
    }

    fn introduction(&self) -> String {
        let total = self.answers.iter().map(|answer| answer.total).max().unwrap_or(0);
        let origin = if self.are_drawn { "drawn for this page, " } else { "" };
        let mut text = format!(
            "<p>{total} pictures, {origin}indexed from <code>{}</code>. Nothing left this machine.</p>\n",
            escaped(&self.folder.display().to_string())
        );
        let judged: Vec<bool> = self.answers.iter().filter_map(Answer::is_right).collect();
        if !judged.is_empty() {
            let right = judged.iter().filter(|right| **right).count();
            text += &format!("<p>{right} of {} questions have the right picture first.</p>\n", judged.len());
        }
        text
    }

    fn who_answered(&self) -> String {
        let all: Vec<&Answer> = self.answers.iter().chain(self.likenesses).collect();
        let mut models: Vec<&str> =
            all.iter().filter_map(|answer| answer.model.as_deref()).map(model_name).collect();
        models.sort_unstable();
        models.dedup();
        let mut note = format!("<p>Answered by {}.</p>\n", escaped(&models.join(" and ")));
        let wanted = wanted(&all);
        if !wanted.is_empty() {
            let program = escaped(&self.program.display().to_string());
            let commands = wanted.iter().map(|model| {
                format!("<p><code>{program} models get {}</code> ({})</p>\n", model.id, model.what)
            });
            note += &format!("<p>{STARTER} They are fetched by</p>\n{}", commands.collect::<String>());
        }
        format!(
            "<section class=\"note\" aria-labelledby=\"who\">\n<h2 id=\"who\">Who answered</h2>\n{note}</section>\n"
        )
    }

    fn section(&self, at: usize, answer: &Answer) -> String {
        let (heading, asked) = match &answer.question {
            Asked::Words(words) => (format!("“{}”", escaped(words)), String::new()),
            Asked::Like { photo, by } => {
                let meant =
                    if *by == "look" { "What looks like this?" } else { "What means the same as this?" };
                let figure = format!("<figure class=\"asked\">{}</figure>\n", self.picture(photo));
                (meant.to_owned(), figure)
            }
        };
        let model = answer.model.as_deref().map_or("no model", model_name);
        let matches = if answer.strong == 1 { "match" } else { "matches" };
        let judged = match answer.is_right() {
            Some(true) => " The first one is right.",
            Some(false) => " The first one is wrong.",
            None => "",
        };
        let results: String = answer.results.iter().map(|found| self.result(found, answer.strong)).collect();
        format!(
            "<section aria-labelledby=\"q{at}\">\n<h2 id=\"q{at}\">{heading}</h2>\n\
             <p class=\"quiet\">{} strong {matches} of {}, by {} in {:.0} ms.{judged}</p>\n{asked}<ol>\n{results}</ol>\n</section>\n",
            answer.strong,
            answer.total,
            escaped(model),
            answer.took_ms,
        )
    }

    fn result(&self, found: &Found, strong: usize) -> String {
        let (class, mark) = if found.rank <= strong {
            (" class=\"strong\"", "<span class=\"mark\">strong match</span>")
        } else {
            ("", "<span class=\"quiet\">less alike</span>")
        };
        let score = found.score.map_or_else(String::new, |score| format!(", score {score:.3}"));
        format!(
            "<li{class}><figure>{}<figcaption>{mark}<span>rank {}{score}</span><span class=\"quiet\">{}</span></figcaption></figure></li>\n",
            self.picture(&found.path),
            found.rank,
            escaped(&file_name(&found.path)),
        )
    }

    fn picture(&self, photo: &Path) -> String {
        let name = file_name(photo);
        match self.thumbnails.get(photo) {
            Some(jpeg) => {
                let stem = photo.file_stem().unwrap_or_default().to_string_lossy();
                let shows = if self.are_drawn { format!("drawn: {stem}") } else { format!("photo {name}") };
                format!("<img alt=\"{}\" src=\"data:image/jpeg;base64,{}\">", escaped(&shows), base64(jpeg))
            }
            None => "<div class=\"none\">no preview</div>".to_owned(),
        }
    }
}

/// Text that means nothing to a browser but itself.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
    }

    fn page(model: &str, question: &str, are_drawn: bool) -> String {
        let found = |rank, path: &str| Found { rank, path: path.into(), score: Some(0.25) };
        let answers = [Answer {
            question: Asked::Words(question.to_owned()),
            right: None,
            model: Some(model.to_owned()),
            took_ms: 3.0,
            strong: 1,
            total: 7,
            results: vec![found(1, "/photos/a & b.jpg"), found(2, "/photos/gone.jpg")],
        }];
        let like = Asked::Like { photo: "/photos/a & b.jpg".into(), by: "look" };
        let likenesses =
            [Answer { question: like, results: Vec::new(), right: None, model: None, ..answers[0] }];
        let thumbnails = HashMap::from([(PathBuf::from("/photos/a & b.jpg"), b"foo".to_vec())]);
        let page = Page {
            folder: Path::new("/photos"),
            are_drawn,
            answers: &answers,
            likenesses: &likenesses,
            thumbnails: &thumbnails,
            program: Path::new("/bin/kindred"),
        };
        page.html()
    }

    #[test]
    fn the_page_is_whole_and_has_a_text_for_every_picture() {
        let html = page("starter", "a <b>dog</b>", false);
        assert!(html.contains("“a &lt;b&gt;dog&lt;/b&gt;”") && !html.contains("<b>"), "{html}");
        assert_eq!(html.matches("<img ").count(), 2, "the answer's and the one asked about: {html}");
        assert_eq!(
            html.matches("<img alt=\"photo a &amp; b.jpg\" src=\"data:image/jpeg;base64,Zm9v\">").count(),
            2
        );
        assert_eq!(html.matches("no preview").count(), 1);
        assert_eq!(html.matches("strong match</span>").count(), 1);
        assert_eq!(html.matches("less alike</span>").count(), 1);
        // What would be fetched or run.
        for foreign in ["http", "<script", "<link", "url("] {
            assert!(!html.contains(foreign), "{foreign} in {html}");
        }
        assert!(page("starter", "a dog", true).contains("alt=\"drawn: a &amp; b\""));
    }

    #[test]
    fn who_answered_is_told_with_the_limits_of_the_starter_model() {
        let starter = page("starter", "a dog", true);
        assert!(starter.contains("CLIP knows far more"), "{starter}");
        assert!(starter.contains("/bin/kindred models get clip-vit-b-32"));
        let clip = page("clip-vit-b-32", "a dog", true);
        assert!(!clip.contains("starter") && clip.contains("clip-vit-b-32"), "{clip}");
    }
}
