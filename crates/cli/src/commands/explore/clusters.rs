//! `kindred explore clusters`: photos that belong together.

use std::collections::HashMap;
use std::io;

use kindred_core::{Library, PhotoId, Theme, Themes};
use serde::Serialize;

use super::html::{Pictures, escaped, page};
use super::photos::{Id, Paths, Photo};
use super::{Options, Told, table};
use crate::context::Context;
use crate::exploring::explore;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{count, grouped, model};

/// Themes with the photos in them.
struct Found {
    themes: Themes,
    members: HashMap<i64, Vec<PhotoId>>,
}

#[derive(Serialize)]
pub(super) struct Answer {
    themes: Vec<Cluster>,
    unsorted: u64,
    photos: u64,
    model: Option<String>,
}

#[derive(Serialize)]
struct Cluster {
    #[serde(flatten)]
    theme: Theme,
    /// The most typical first.
    members: Vec<Photo<Id>>,
}

pub(super) fn run(options: &Options, context: &Context) -> Result<(), Failure> {
    let (library, request) = (context.library()?, options.request()?);
    let themes = explore(|control, told| library.themes(&request, control, told))?;
    let members = |theme: &Theme| Ok((theme.id, library.theme_photos(request.by, theme.id)?));
    let members: Result<HashMap<i64, Vec<PhotoId>>, Failure> = themes.themes.iter().map(members).collect();
    let found = Found { themes, members: members? };
    let paths = Paths::of(&library, found.members.values().flatten().copied())?;
    options.tell(&found, &library, &paths, context)
}

impl Found {
    fn of(&self, theme: &Theme) -> &[PhotoId] {
        self.members.get(&theme.id).map_or(&[], Vec::as_slice)
    }

    fn depth(&self, theme: &Theme) -> usize {
        let parent =
            theme.parent.and_then(|parent| self.themes.themes.iter().find(|known| known.id == parent));
        parent.map_or(0, |parent| 1 + self.depth(parent))
    }

    fn summary(&self) -> String {
        let Themes { themes, unsorted, photos, model: by } = &self.themes;
        let top = themes.iter().filter(|theme| theme.parent.is_none()).count() as u64;
        let by = by.as_deref().map_or(String::new(), |id| format!(", by {}", model(id)));
        format!(
            "{} among {} photos, {} in none{by}.",
            count(top, "theme"),
            grouped(*photos),
            grouped(*unsorted)
        )
    }
}

/// Its name, or else the words that distinguish it.
fn name(theme: &Theme) -> String {
    let words = || theme.words.iter().map(|word| word.en.as_str()).collect::<Vec<_>>().join(", ");
    let name = theme.name.clone().unwrap_or_else(words);
    if name.is_empty() { format!("theme {}", theme.id) } else { name }
}

impl Told for Found {
    type Json = Answer;

    fn json(&self, paths: &Paths) -> Answer {
        let cluster = |theme: &Theme| Cluster {
            theme: theme.clone(),
            members: self.of(theme).iter().map(|photo| paths.photo(*photo)).collect(),
        };
        Answer {
            themes: self.themes.themes.iter().map(cluster).collect(),
            unsorted: self.themes.unsorted,
            photos: self.themes.photos,
            model: self.themes.model.clone(),
        }
    }

    fn words(&self, page: &mut Page<'_>, paths: &Paths) -> io::Result<()> {
        for theme in &self.themes.themes {
            let indent = "  ".repeat(self.depth(theme));
            page.line(format_args!("{indent}{:>6}  {}", grouped(theme.photos), name(theme)))?;
            for cover in theme.covers.iter().take(2) {
                page.path(format_args!("{indent}          "), paths.path(*cover))?;
            }
        }
        page.line(self.summary())
    }

    fn csv(&self, _library: &Library, paths: &Paths) -> Result<Vec<u8>, Failure> {
        let heading = ["theme", "parent", "name", "words", "words_ko", "path"].map(str::to_owned).to_vec();
        let rows = self.themes.themes.iter().flat_map(|theme| {
            let join = |words: Vec<&str>| words.join(" ");
            let start = [
                theme.id.to_string(),
                theme.parent.map_or_else(String::new, |parent| parent.to_string()),
                theme.name.clone().unwrap_or_default(),
                join(theme.words.iter().map(|word| word.en.as_str()).collect()),
                join(theme.words.iter().map(|word| word.ko.as_str()).collect()),
            ];
            self.of(theme)
                .iter()
                .map(move |photo| start.iter().cloned().chain([paths.text(*photo)]).collect())
        });
        table(std::iter::once(heading).chain(rows))
    }

    fn html(&self, pictures: &Pictures<'_>) -> String {
        const SHOWN: usize = 8;
        let sections = self.themes.themes.iter().map(|theme| {
            let level = 2 + self.depth(theme).min(3);
            let korean = theme.words.iter().map(|word| word.ko.as_str()).collect::<Vec<_>>().join(", ");
            let photos: String =
                self.of(theme).iter().take(SHOWN).map(|photo| pictures.figure(*photo, false, "", "")).collect();
            format!(
                "<section class=\"level{level}\" aria-labelledby=\"t{id}\">\n<h{level} id=\"t{id}\">{}</h{level}>\n\
                 <p class=\"quiet\">{}{}<span lang=\"ko\">{}</span></p>\n<ol>\n{photos}</ol>\n</section>\n",
                escaped(&name(theme)),
                count(theme.photos, "photo"),
                if korean.is_empty() { "" } else { " · " },
                escaped(&korean),
                id = theme.id,
            )
        });
        page("Themes", &self.summary(), &sections.collect::<String>())
    }
}
