//! Questions about photos: by words, by pictures, by likeness.

use std::path::Path;
use std::sync::PoisonError;
use std::time::Instant;

use kindred_models::{ModelRef, NetworkKind, ResolvedModel};

use super::answer::{EmbedAnswer, SearchAnswer, SearchResult};
use super::request::{By, EmbedInput, ImageTerm, SearchRequest, SimilarRequest};
use super::{Library, choice, key_of};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::ids::{ModelKey, PhotoId};
use crate::media::{self, Caps, Scale};
use crate::search::{Filter, Scores, Term, TermSource, combine, parse, relevance_cut};
use crate::vectors::{IdSet, Neighbour, VectorIndex};

/// Scores from which the cut between strong and weak matches is found. Enough for any library: the shape of a
/// distribution does not need every photo.
const SAMPLE: usize = 20_000;

/// The highest scores, in which a gap is looked for. No more than a graph settles by itself.
const HEAD: usize = 50;

/// A direction among the vectors of a model, and who may be in the answer.
struct Question {
    model: ResolvedModel,
    asked: Option<ModelRef>,
    direction: Vec<f32>,
    filter: Filter,
    /// The photo that was asked about is not an answer.
    without: Option<PhotoId>,
    offset: usize,
    limit: usize,
}

impl Library {
    /// Finds photos by words, by pictures, or both. A query of filters alone gives those photos, newest first.
    ///
    /// # Errors
    /// [`Error::Query`] with the place in the query; no library; no model, or one that no photo is indexed with; a
    /// picture that cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer> {
        let started = Instant::now();
        let query =
            parse(&request.query).map_err(|source| Error::Query { query: request.query.clone(), source })?;
        let mut terms = query.terms;
        terms.extend(request.images.iter().map(|ImageTerm { path, weight }| Term {
            weight: *weight,
            source: TermSource::Image(path.clone()),
        }));
        if terms.is_empty() {
            return self.browse(&query.filter, request, started);
        }
        let model = {
            let catalog = self.reader()?;
            choice::model_for(&self.engine, Some(&catalog), By::Meaning, request.model.as_ref())?
        };
        let vectors = terms.iter().map(|term| self.embed_term(&model, &term.source));
        let vectors: Vec<Vec<f32>> = vectors.collect::<Result<_>>()?;
        let weighted: Vec<(f32, &[f32])> =
            terms.iter().zip(&vectors).map(|(term, vector)| (term.weight, vector.as_slice())).collect();
        let question = Question {
            model,
            asked: request.model.clone(),
            direction: combine(&weighted)?,
            filter: query.filter,
            without: None,
            offset: request.offset,
            limit: request.limit,
        };
        self.answer(&question, started)
    }

    /// Finds photos like one photo. A photo of the library is not among its own answers.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn similar(&self, request: &SimilarRequest) -> Result<SearchAnswer> {
        let started = Instant::now();
        let (model, photo) = {
            let catalog = self.reader()?;
            let model = choice::model_for(&self.engine, Some(&catalog), request.by, request.model.as_ref())?;
            (model, catalog.photo_at(&request.file)?)
        };
        let key = key_of(&model.info);
        let stored = match &photo {
            Some(photo) => self.reader()?.vector(&key, photo.id)?,
            None => None,
        };
        let direction = match stored {
            Some(vector) => vector,
            None => self.embed_picture(&model, &request.file)?,
        };
        let question = Question {
            model,
            asked: request.model.clone(),
            direction,
            filter: Filter::default(),
            without: photo.map(|photo| photo.id),
            offset: request.offset,
            limit: request.limit,
        };
        self.answer(&question, started)
    }

    /// The unit vector of a sentence or a picture file. Needs no library.
    ///
    /// # Errors
    /// No model, or one that reads no text; a picture that cannot be read.
    pub fn embed(&self, input: &EmbedInput, model: Option<&ModelRef>) -> Result<EmbedAnswer> {
        let model = match model {
            Some(model) => self.engine.resolve(model)?,
            None => {
                let catalog = match self.reader() {
                    Ok(catalog) => Some(catalog),
                    Err(Error::NoLibrary { .. }) => None,
                    Err(error) => return Err(error),
                };
                choice::model_for(&self.engine, catalog.as_deref(), By::Meaning, None)?
            }
        };
        let vector = match input {
            EmbedInput::Text(text) => self.embed_text(&model, text)?,
            EmbedInput::Image(path) => self.embed_picture(&model, path)?,
        };
        Ok(EmbedAnswer { model: model.info.id, dim: vector.len(), vector })
    }

    fn embed_term(&self, model: &ResolvedModel, term: &TermSource) -> Result<Vec<f32>> {
        match term {
            TermSource::Text(text) => self.embed_text(model, text),
            TermSource::Image(path) => self.embed_picture(model, path),
        }
    }

    fn embed_text(&self, model: &ResolvedModel, text: &str) -> Result<Vec<f32>> {
        if model.info.network != NetworkKind::Clip {
            return Err(Error::WrongPurpose { model: model.info.id.clone(), by: "text" });
        }
        let vectors = self.engine.text(model)?.embed_texts(&[text])?;
        Ok(vectors.into_iter().next().map(|vector| vector.into_vec()).unwrap_or_default())
    }

    fn embed_picture(&self, model: &ResolvedModel, path: &Path) -> Result<Vec<f32>> {
        let caps = Caps::of_machine();
        let picture = media::read(path, &caps)
            .and_then(|bytes| media::decode(&bytes, Scale::Full, &caps))
            .map_err(|source| Error::Picture { path: path.to_path_buf(), source })?;
        let vectors = self.engine.image(model)?.embed_images(&[picture.image])?;
        Ok(vectors.into_iter().next().map(|vector| vector.into_vec()).unwrap_or_default())
    }

    fn browse(&self, filter: &Filter, request: &SearchRequest, started: Instant) -> Result<SearchAnswer> {
        let catalog = self.reader()?;
        let photos = catalog.photos_newest_first(filter)?;
        let page: Vec<PhotoId> = photos.iter().copied().skip(request.offset).take(request.limit).collect();
        let results = catalog.rows(&page)?.into_iter().enumerate().map(|(place, row)| SearchResult {
            rank: request.offset + place + 1,
            path: row.path,
            score: None,
            offline: row.offline,
        });
        Ok(SearchAnswer {
            model: None,
            took_ms: milliseconds(started),
            strong: photos.len(),
            total: photos.len(),
            results: results.collect(),
        })
    }

    fn answer(&self, question: &Question, started: Instant) -> Result<SearchAnswer> {
        let key = key_of(&question.model.info);
        let catalog = self.reader()?;
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        let index = opened(&mut indexes, &self.places.vectors(), &key, &catalog)?;
        if index.is_empty() && catalog.counts(None)?.total > 0 {
            let model = question.model.info.id.clone();
            let asked = question.asked.as_ref().map_or_else(|| model.clone(), ToString::to_string);
            return Err(Error::NotIndexed { model, asked });
        }
        let keep = match question.filter.is_empty() {
            true => None,
            false => Some(catalog.photos_matching(&question.filter)?.into_iter().collect::<IdSet>()),
        };
        let ranking = Ranking::of(index, question, keep.as_ref())?;
        let photos: Vec<PhotoId> = ranking.page.iter().map(|neighbour| neighbour.photo).collect();
        let rows = catalog.rows(&photos)?;
        let scores: std::collections::HashMap<PhotoId, f32> =
            ranking.page.iter().map(|neighbour| (neighbour.photo, neighbour.score)).collect();
        let results = rows.into_iter().enumerate().map(|(place, row)| SearchResult {
            rank: question.offset + place + 1,
            score: scores.get(&row.id).copied(),
            path: row.path,
            offline: row.offline,
        });
        let answer = SearchAnswer {
            model: Some(key.model_id.clone()),
            strong: ranking.strong,
            total: ranking.total,
            results: results.collect(),
            took_ms: milliseconds(started),
        };
        // For the questions after this one; a program that ends now ends it too.
        index.start_graph();
        Ok(answer)
    }

    /// Brings the caches of vectors up to date, so that the next question need not.
    pub(super) fn refresh_indexes(&self, catalog: &Catalog, keys: &[ModelKey]) -> Result<()> {
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            opened(&mut indexes, &self.places.vectors(), key, catalog)?;
        }
        Ok(())
    }
}

/// One page of all photos in order of likeness, and how many there are.
struct Ranking {
    page: Vec<Neighbour>,
    strong: usize,
    total: usize,
}

impl Ranking {
    fn of(index: &VectorIndex, question: &Question, keep: Option<&IdSet>) -> Result<Self> {
        let Question { direction, without, offset, limit, .. } = question;
        let sample = index.sample_scores(direction, SAMPLE)?;
        let head = index.search(direction, HEAD, None)?;
        let head = head.iter().filter(|neighbour| Some(neighbour.photo) != *without);
        let head: Vec<f32> = head.map(|neighbour| neighbour.score).collect();
        let cut = relevance_cut(&Scores { sample: &sample, head: &head, total: index.len() });
        let own = without.and_then(|photo| index.score_of(direction, photo));
        let all = match keep {
            Some(_) => index.count_from(direction, f32::MIN, keep)?,
            None => index.len(),
        };
        let total = all - usize::from(own.is_some());
        let strong = match cut {
            // The head holds all that are strong: no need to look at every photo again.
            Some(cut) if keep.is_none() && head.last().is_some_and(|last| *last < cut) => {
                head.iter().filter(|score| **score >= cut).count()
            }
            Some(cut) => {
                index.count_from(direction, cut, keep)? - usize::from(own.is_some_and(|own| own >= cut))
            }
            None => 0,
        };
        let page = match without {
            // The photo itself stands at or near the top, so the page is cut from one more.
            Some(own) => {
                let mut page =
                    index.page(direction, 0, offset.saturating_add(*limit).saturating_add(1), keep)?;
                page.retain(|neighbour| neighbour.photo != *own);
                page.into_iter().skip(*offset).take(*limit).collect()
            }
            None => index.page(direction, *offset, *limit, keep)?,
        };
        Ok(Self { page, strong, total })
    }
}

fn opened<'a>(
    indexes: &'a mut std::collections::HashMap<ModelKey, VectorIndex>,
    dir: &Path,
    key: &ModelKey,
    catalog: &Catalog,
) -> Result<&'a mut VectorIndex> {
    use std::collections::hash_map::Entry;
    match indexes.entry(key.clone()) {
        Entry::Occupied(entry) => {
            let index = entry.into_mut();
            index.refresh(&catalog.vectors(key))?;
            Ok(index)
        }
        Entry::Vacant(entry) => Ok(entry.insert(VectorIndex::open(dir, key.clone(), &catalog.vectors(key))?)),
    }
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}
