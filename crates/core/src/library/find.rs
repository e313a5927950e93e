//! Questions about photos: by words, by pictures, by likeness.

use std::path::Path;
use std::time::Instant;

use kindred_models::{DeviceReport, ModelRef, NetworkKind, ResolvedModel};

use super::answer::{EmbedAnswer, SearchAnswer, SearchResult};
use super::ranking::{Probe, Ranking};
use super::request::{By, EmbedInput, ImageTerm, SearchRequest, SimilarRequest};
use super::{Library, choice, key_of};
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::media::{self, Caps, Scale};
use crate::search::{Filter, Term, TermSource, combine, parse};
use crate::vectors::IdSet;

/// What to look for with which model, and who may be in the answer.
struct Question {
    model: ResolvedModel,
    /// What the network ran on that gave the direction.
    device: Option<DeviceReport>,
    asked: Option<ModelRef>,
    probe: Probe,
    filter: Filter,
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
        let vectors = self.embed_terms(&model, &terms)?;
        let weighted: Vec<(f32, &[f32])> =
            terms.iter().zip(&vectors).map(|(term, vector)| (term.weight, vector.as_slice())).collect();
        let question = Question {
            model,
            device: self.engine.device_in_use(),
            asked: request.model.clone(),
            probe: Probe {
                direction: combine(&weighted)?,
                without: None,
                offset: request.offset,
                limit: request.limit,
            },
            filter: query.filter,
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
        let (direction, device) = match stored {
            Some(vector) => (vector, None),
            None => (self.embed_picture(&model, &request.file)?, self.engine.device_in_use()),
        };
        let question = Question {
            model,
            device,
            asked: request.model.clone(),
            probe: Probe {
                direction,
                without: photo.map(|photo| photo.id),
                offset: request.offset,
                limit: request.limit,
            },
            filter: Filter::default(),
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
            EmbedInput::Text(text) => {
                self.embed_texts(&model, &[text.as_str()])?.into_iter().next().unwrap_or_default()
            }
            EmbedInput::Image(path) => self.embed_picture(&model, path)?,
        };
        let device = self.engine.device_in_use();
        Ok(EmbedAnswer { model: model.info.id, dim: vector.len(), vector, device })
    }

    /// The vector of each term, in order; all texts in one batch.
    fn embed_terms(&self, model: &ResolvedModel, terms: &[Term]) -> Result<Vec<Vec<f32>>> {
        let texts = terms.iter().filter_map(|term| match &term.source {
            TermSource::Text(text) => Some(text.as_str()),
            TermSource::Image(_) => None,
        });
        let texts: Vec<&str> = texts.collect();
        let mut texts = match texts.is_empty() {
            true => Vec::new(),
            false => self.embed_texts(model, &texts)?,
        }
        .into_iter();
        let vectors = terms.iter().map(|term| match &term.source {
            TermSource::Text(_) => Ok(texts.next().unwrap_or_default()),
            TermSource::Image(path) => self.embed_picture(model, path),
        });
        vectors.collect()
    }

    /// One vector for each text.
    fn embed_texts(&self, model: &ResolvedModel, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        if model.info.network != NetworkKind::Clip {
            return Err(Error::WrongPurpose { model: model.info.id.clone(), by: "text" });
        }
        let vectors = self.engine.text(model)?.embed_texts(texts)?;
        Ok(vectors.into_iter().map(|vector| vector.into_vec()).collect())
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
            device: None,
            results: results.collect(),
        })
    }

    fn answer(&self, question: &Question, started: Instant) -> Result<SearchAnswer> {
        let key = key_of(&question.model.info);
        let shared = self.index_of(&key)?;
        let keep = match question.filter.is_empty() {
            true => None,
            false => {
                let matching = self.reader()?.photos_matching(&question.filter)?;
                Some(matching.into_iter().collect::<IdSet>())
            }
        };
        let ranking = match shared.read().as_ref().filter(|index| !index.is_empty()) {
            Some(index) => Ranking::of(index, &question.probe, keep.as_ref())?,
            None if self.reader()?.counts(None)?.total > 0 => {
                let model = question.model.info.id.clone();
                let asked = question.asked.as_ref().map_or_else(|| model.clone(), ToString::to_string);
                return Err(Error::NotIndexed { model, asked });
            }
            None => Ranking::default(),
        };
        let photos: Vec<PhotoId> = ranking.page.iter().map(|neighbour| neighbour.photo).collect();
        let rows = self.reader()?.rows(&photos)?;
        let scores: std::collections::HashMap<PhotoId, f32> =
            ranking.page.iter().map(|neighbour| (neighbour.photo, neighbour.score)).collect();
        let results = rows.into_iter().enumerate().map(|(place, row)| SearchResult {
            rank: question.probe.offset + place + 1,
            score: scores.get(&row.id).copied(),
            path: row.path,
            offline: row.offline,
        });
        Ok(SearchAnswer {
            model: Some(key.model_id),
            strong: ranking.strong,
            total: ranking.total,
            device: question.device.clone(),
            results: results.collect(),
            took_ms: milliseconds(started),
        })
    }
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}
