//! Themes with their names, and how they stay what they are.

use std::collections::HashMap;
use std::sync::Arc;

use kindred_models::Embedding;
use serde::{Deserialize, Serialize};

use super::answer::{ExploreRequest, Theme, ThemeWord, Themes};
use super::space::{Explored, named};
use crate::catalog::{Catalog, ThemeName};
use crate::error::{Error, Result};
use crate::explore::themes::{Group, Known, Word, covers, identified, themes, vocabulary, words};
use crate::explore::{Space, Stage, Step, Steps};
use crate::ids::PhotoId;
use crate::indexing::{JobControl, Progress};
use crate::library::{Library, choice, key_of, request::By};

/// Numbers of themes of one filter begin at a multiple of this, so that a number says of which run it is, and fits into 31 bits.
const NUMBERS: i64 = 1 << 20;
/// Filters that have numbers of their own; beyond, one may take the place of another.
const FILTERS: u32 = 2047;
/// Photos by which a theme with a name is known again.
const EXAMPLES: usize = 400;
/// Sentences that are read at a time.
const SENTENCES: usize = 32;

/// The themes of one run, with the photos in them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Run {
    photos: u64,
    unsorted: u64,
    pub themes: Vec<Found>,
    /// The next number that no theme had yet.
    next: i64,
}

/// A theme and its photos, the most typical first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Found {
    pub id: i64,
    pub parent: Option<i64>,
    words: Vec<ThemeWord>,
    pub members: Vec<i64>,
    covers: Vec<PhotoId>,
}

impl Library {
    /// Groups of photos that belong together, each named by what distinguishes it. Numbers and names stay when photos are added.
    ///
    /// # Errors
    /// [`Error::Query`] for a filter that is none; no library; photos without vectors; [`Error::Cancelled`].
    pub fn themes(
        &self,
        request: &ExploreRequest,
        control: &JobControl,
        told: &(dyn Fn(Step) + Sync),
    ) -> Result<Themes> {
        let explored = self.explored(request)?;
        let run = self.theme_run(&explored, request, &Steps::new(control, told))?;
        let known = self.reader()?.theme_names(request.by.word())?;
        let names = names_of(&run, &known);
        let theme = |found: &Found| Theme {
            id: found.id,
            parent: found.parent,
            name: names.get(&found.id).map(|named| named.name.clone()),
            words: found.words.clone(),
            photos: found.members.len() as u64,
            covers: found.covers.clone(),
        };
        Ok(Themes {
            themes: run.themes.iter().map(theme).collect(),
            unsorted: run.unsorted,
            photos: run.photos,
            model: Some(explored.model.id),
        })
    }

    /// The photos of a theme that [`Self::themes`] gave, the most typical first. Photos that are gone since are left out.
    ///
    /// # Errors
    /// [`Error::UnknownTheme`].
    pub fn theme_photos(&self, by: By, theme: i64) -> Result<Vec<PhotoId>> {
        let (run, at) = self.run_with(by, theme)?;
        let members: Vec<PhotoId> = run.themes[at].members.iter().map(|photo| PhotoId(*photo)).collect();
        let rows = self.connect()?.rows(&members)?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Names a theme, or takes its name away; blanks around it do not count, and nothing but blanks is none. While another program
    /// writes, `waiting` hears of it and `control` ends the waiting.
    ///
    /// # Errors
    /// [`Error::UnknownTheme`]; [`Error::Cancelled`].
    pub fn name_theme(
        &self,
        by: By,
        theme: i64,
        name: Option<&str>,
        control: &JobControl,
        waiting: &mut dyn FnMut(&Progress),
    ) -> Result<()> {
        let (run, at) = self.run_with(by, theme)?;
        let _lock = self.lock(control, waiting)?;
        let catalog = Catalog::open(&self.places.catalog())?;
        let known = catalog.theme_names(by.word())?;
        // The theme may have its name from another run, in which it had another number.
        let instead: Vec<i64> =
            names_of(&run, &known).get(&theme).map(|named| named.theme).into_iter().collect();
        let members = &run.themes[at].members;
        let step = members.len().div_ceil(EXAMPLES).max(1);
        let named = name.map(str::trim).filter(|name| !name.is_empty()).map(|name| ThemeName {
            theme,
            name: name.to_owned(),
            examples: members.iter().step_by(step).copied().collect(),
        });
        let gone: Vec<i64> = instead.into_iter().chain([theme]).collect();
        catalog.name_theme(by.word(), &gone, named.as_ref())
    }

    /// The themes of a request, made from those of before where there are any.
    pub(super) fn theme_run(
        &self,
        explored: &Explored,
        request: &ExploreRequest,
        steps: &Steps<'_>,
    ) -> Result<Arc<Run>> {
        let tag = tag_of(request);
        self.results.get::<Run>(&name_of(request.by, tag), explored.print, steps, |before| {
            let neighbours = self.neighbours(explored, steps)?;
            let space = &explored.space;
            let groups = themes(space, &neighbours, &earlier(before), steps)?;
            let words = self.words_of(&groups, explored, request, steps)?;
            Ok(run_of(space, groups, words, before, NUMBERS * i64::from(tag)))
        })
    }

    /// The themes of a request that were found last, whatever has changed since.
    pub(super) fn known_themes(&self, request: &ExploreRequest) -> Option<Arc<Run>> {
        Some(self.results.known::<Run>(&name_of(request.by, tag_of(request)))?.1)
    }

    fn run_with(&self, by: By, theme: i64) -> Result<(Arc<Run>, usize)> {
        let unknown = || Error::UnknownTheme { theme };
        let tag = u32::try_from(theme / NUMBERS).map_err(|_| unknown())?;
        let (_, run) = self.results.known::<Run>(&name_of(by, tag)).ok_or_else(unknown)?;
        let at = run.themes.iter().position(|found| found.id == theme).ok_or_else(unknown)?;
        Ok((run, at))
    }

    /// Words for each group, from the model that reads sentences, whatever the groups were made by. None where it has seen nothing.
    fn words_of(
        &self,
        groups: &[Group],
        explored: &Explored,
        request: &ExploreRequest,
        steps: &Steps<'_>,
    ) -> Result<Vec<Vec<ThemeWord>>> {
        let none = vec![Vec::new(); groups.len()];
        let meaning = match request.by {
            By::Meaning => None,
            By::Look | By::Face => {
                match self.explored(&ExploreRequest { by: By::Meaning, ..request.clone() }) {
                    Ok(meaning) => Some(meaning),
                    Err(Error::NotIndexed { .. } | Error::WrongPurpose { .. }) => return Ok(none),
                    Err(error) => return Err(error),
                }
            }
        };
        let meaning = meaning.as_ref().unwrap_or(explored);
        if groups.is_empty() {
            return Ok(none);
        }
        let vectors = match self.sentences(steps) {
            Ok(vectors) => vectors,
            Err(Error::Model(error)) => {
                tracing::warn!("themes stay without words: {error}");
                return Ok(none);
            }
            Err(error) => return Err(error),
        };
        let places = |group: &Group| -> Vec<usize> {
            group
                .places
                .iter()
                .filter_map(|place| meaning.space.place(explored.space.ids()[*place]))
                .collect()
        };
        let list = vocabulary();
        let of = |group: &Group| {
            let own = places(group);
            let around: Vec<usize> = match group.parent {
                Some(parent) => places(&groups[parent]),
                None => (0..meaning.space.len()).collect(),
            };
            let found = words(
                &meaning.space.mean(own.iter().copied()),
                &rest(&meaning.space, &own, &around),
                &vectors,
            );
            let word = |Word { en, ko }: Word| ThemeWord { en: en.to_owned(), ko: ko.to_owned() };
            found.into_iter().map(|at| word(list[at])).collect()
        };
        Ok(groups.iter().map(of).collect())
    }

    /// A unit vector for each word of the vocabulary.
    fn sentences(&self, steps: &Steps<'_>) -> Result<Arc<Vec<Vec<f32>>>> {
        let model = choice::model_for(&self.engine, Some(&*self.reader()?), By::Meaning, None)?;
        let list = vocabulary();
        let mut hasher = blake3::Hasher::new();
        if let Some(key) = key_of(&model.info, By::Meaning) {
            hasher.update(&key.pipeline_version.to_le_bytes());
            hasher.update(key.model_id.as_bytes());
        }
        for word in &list {
            hasher.update(word.en.as_bytes());
        }
        self.results.get("words", *hasher.finalize().as_bytes(), steps, |_| {
            let counter = steps.begin(Stage::Naming, list.len());
            let mut vectors = Vec::with_capacity(list.len());
            for words in list.chunks(SENTENCES) {
                let sentences: Vec<String> =
                    words.iter().map(|word| format!("a photo of {}", word.en)).collect();
                let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
                let found = self.engine.text(&model)?.embed_texts(&sentences)?;
                vectors.extend(found.into_iter().map(Embedding::into_vec));
                counter.add(words.len())?;
            }
            Ok(vectors)
        })
    }
}

fn tag_of(request: &ExploreRequest) -> u32 {
    match request.tag() {
        0 => 0,
        tag => 1 + tag % FILTERS,
    }
}

fn name_of(by: By, tag: u32) -> String {
    format!("themes-{}", named(by.word(), tag))
}

/// Themes of the first level, by photo.
fn earlier(before: Option<&Run>) -> HashMap<PhotoId, u64> {
    let top = before.iter().flat_map(|run| &run.themes).filter(|found| found.parent.is_none());
    top.flat_map(|found| found.members.iter().map(|photo| (PhotoId(*photo), found.id.cast_unsigned())))
        .collect()
}

fn run_of(
    space: &Space,
    groups: Vec<Group>,
    words: Vec<Vec<ThemeWord>>,
    before: Option<&Run>,
    first: i64,
) -> Run {
    let members: Vec<Vec<i64>> =
        groups.iter().map(|group| group.places.iter().map(|place| space.ids()[*place].0).collect()).collect();
    let known: Vec<Known> = before
        .iter()
        .flat_map(|run| &run.themes)
        .map(|found| Known { id: found.id, members: found.members.clone() })
        .collect();
    let ids = identified(&members, &known, &|photo| space.place(PhotoId(photo)).is_some());
    let mut next = before.map_or(first + 1, |run| run.next);
    let ids: Vec<i64> = ids
        .into_iter()
        .map(|id| {
            id.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    let sorted: usize =
        groups.iter().filter(|group| group.parent.is_none()).map(|group| group.places.len()).sum();
    let themes =
        groups.into_iter().zip(words).zip(members).enumerate().map(|(at, ((group, words), members))| Found {
            id: ids[at],
            parent: group.parent.map(|parent| ids[parent]),
            words,
            members,
            covers: covers(space, &group.places).into_iter().map(|place| space.ids()[place]).collect(),
        });
    Run {
        photos: space.len() as u64,
        unsorted: (space.len() - sorted) as u64,
        themes: themes.collect(),
        next,
    }
}

/// The mean of those of `around` that are not of `own`.
fn rest(space: &Space, own: &[usize], around: &[usize]) -> Vec<f32> {
    let mut is_own = vec![false; space.len()];
    own.iter().for_each(|place| is_own[*place] = true);
    space.mean(around.iter().copied().filter(|place| !is_own[*place]))
}

/// The name that each theme has: by its number, or by the photos that are known of a theme of that name.
fn names_of<'a>(run: &Run, names: &'a [ThemeName]) -> HashMap<i64, &'a ThemeName> {
    let is_here = |theme: i64| run.themes.iter().any(|found| found.id == theme);
    let mut of: HashMap<i64, &ThemeName> =
        names.iter().filter(|named| is_here(named.theme)).map(|named| (named.theme, named)).collect();
    let others: Vec<&ThemeName> = names.iter().filter(|named| !is_here(named.theme)).collect();
    let nameless: Vec<&Found> = run.themes.iter().filter(|found| !of.contains_key(&found.id)).collect();
    let known: Vec<Known> =
        others.iter().zip(0..).map(|(named, id)| Known { id, members: named.examples.clone() }).collect();
    let members: Vec<Vec<i64>> = nameless.iter().map(|found| found.members.clone()).collect();
    let all: std::collections::HashSet<i64> = members.iter().flatten().copied().collect();
    for (found, name) in nameless.iter().zip(identified(&members, &known, &|photo| all.contains(&photo))) {
        if let Some(named) = name.and_then(|at| others.get(at as usize)) {
            of.insert(found.id, named);
        }
    }
    of
}
