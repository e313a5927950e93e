//! What was found as one page for a browser, with everything in it: no script, no other file, nothing from a network.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kindred_core::media::ThumbnailSize;
use kindred_core::{Library, PhotoId};

use super::photos::Paths;

const STYLE: &str = include_str!("page.css");

/// Small pictures of photos, and their names.
pub(super) struct Pictures<'a> {
    pub library: &'a Library,
    pub paths: &'a Paths,
}

impl Pictures<'_> {
    /// The name of a photo's file.
    pub(super) fn name(&self, photo: PhotoId) -> String {
        self.paths.path(photo).file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The small picture itself, as an address; `None` where there is none.
    pub(super) fn address(&self, photo: PhotoId) -> Option<String> {
        let path = self.library.thumbnail(photo, ThumbnailSize::Small).ok()?;
        Some(format!("data:image/jpeg;base64,{}", STANDARD.encode(std::fs::read(path).ok()?)))
    }

    /// An entry of a list: the picture, a word on it, its name, and more of it, which is HTML.
    pub(super) fn figure(&self, photo: PhotoId, is_marked: bool, word: &str, more: &str) -> String {
        let name = escaped(&self.name(photo));
        let picture = match self.address(photo) {
            Some(address) => format!("<img alt=\"photo {name}\" loading=\"lazy\" src=\"{address}\">"),
            None => "<div class=\"none\">no preview</div>".to_owned(),
        };
        let (class, mark) = if is_marked { (" class=\"strong\"", "mark") } else { ("", "word") };
        let word = match word {
            "" => String::new(),
            word => format!("<span class=\"{mark}\">{}</span>", escaped(word)),
        };
        let path = escaped(&self.paths.text(photo));
        format!(
            "<li{class}><figure>{picture}<figcaption>{word}{more}<span class=\"quiet\" title=\"{path}\">{name}</span></figcaption></figure></li>\n"
        )
    }
}

/// The whole page. `body` is HTML.
pub(super) fn page(title: &str, summary: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Kindred: {title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n{body}</main>\n</body>\n</html>\n",
        escaped(summary)
    )
}

/// Text that means nothing to a browser but itself.
pub(super) fn escaped(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_whole_and_names_are_only_text() {
        let html = page("Map", "1 < 2 & \"3\"", "<p>body</p>");
        assert!(html.contains("<p>1 &lt; 2 &amp; &quot;3&quot;</p>\n<p>body</p>"), "{html}");
        for foreign in ["http", "<script", "<link", "url("] {
            assert!(!html.contains(foreign), "{foreign} in {html}");
        }
    }
}
