//! Questions about photos: by words, by pictures, by likeness.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use kindred_models::{DeviceReport, Embedding, ModelRef, ResolvedModel};

use super::answer::{EmbedAnswer, SearchAnswer, SearchResult};
use super::ranking::{Probe, Ranking};
use super::request::{By, EmbedInput, PictureSource, SearchRequest, SimilarRequest};
use super::{Library, choice, key_of};
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::media::{self, Caps, Scale};
use crate::search::{Filter, Term, TermSource, combine, parse};
use crate::vectors::IdSet;

/// What to look for with which model, and who may be in the answer.
struct Question {
    model: ResolvedModel,
    by: By,
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
    /// [`Error::Query`] with the place in the query; no library; a model that no photo is indexed with; a picture that
    /// cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer> {
        self.search_unless(request, &AtomicBool::new(false))
    }

    /// [`Self::search`] that gives up between its steps once `superseded` is set: a shell that asks at every key press sets it
    /// when the next question comes.
    ///
    /// # Errors
    /// Those of [`Self::search`], and [`Error::Superseded`].
    pub fn search_unless(&self, request: &SearchRequest, superseded: &AtomicBool) -> Result<SearchAnswer> {
        let started = Instant::now();
        let query =
            parse(&request.query).map_err(|source| Error::Query { query: request.query.clone(), source })?;
        let mut terms = query.terms;
        terms.extend(request.images.iter().map(|image| Term {
            weight: image.weight,
            source: match &image.source {
                PictureSource::File(path) => TermSource::Image(path.clone()),
                PictureSource::Photo(photo) => TermSource::Photo(*photo),
            },
        }));
        go_on(superseded)?;
        if terms.is_empty() {
            return self.browse(&query.filter, request, started);
        }
        let model = {
            let catalog = self.reader()?;
            choice::model_for(&self.engine, Some(&catalog), By::Meaning, request.model.as_ref())?
        };
        let directions = self.directions(&model, &terms, superseded)?;
        let weighted: Vec<(f32, &[f32])> = terms
            .iter()
            .zip(&directions)
            .map(|(term, found)| (term.weight, found.vector.as_slice()))
            .collect();
        let ran = directions.iter().any(|found| found.ran);
        let question = Question {
            model,
            by: By::Meaning,
            device: self.engine.device_in_use().filter(|_| ran),
            asked: request.model.clone(),
            probe: Probe {
                direction: combine(&weighted)?,
                without: None,
                offset: request.offset,
                limit: request.limit,
            },
            filter: query.filter,
        };
        self.answer(&question, started, superseded)
    }

    /// Finds photos like one photo. A photo of the library is not among its own answers.
    ///
    /// # Errors
    /// As [`Self::search`]; [`Error::UnknownPhoto`]. By face also [`Error::PeopleOff`], [`Error::NoFace`], [`Error::SeveralFaces`] and
    /// [`Error::UnknownFace`].
    pub fn similar(&self, request: &SimilarRequest) -> Result<SearchAnswer> {
        self.similar_unless(request, &AtomicBool::new(false))
    }

    /// [`Self::similar`] that gives up between its steps once `superseded` is set.
    ///
    /// # Errors
    /// Those of [`Self::similar`], and [`Error::Superseded`].
    pub fn similar_unless(&self, request: &SimilarRequest, superseded: &AtomicBool) -> Result<SearchAnswer> {
        if request.by == By::Face {
            return self.similar_by_face(request, superseded);
        }
        let started = Instant::now();
        let (model, photo) = {
            let catalog = self.reader()?;
            let model = choice::model_for(&self.engine, Some(&catalog), request.by, request.model.as_ref())?;
            let photo = match &request.picture {
                PictureSource::File(path) => catalog.photo_at(path)?.map(|row| row.id),
                PictureSource::Photo(photo) => Some(*photo),
            };
            (model, photo)
        };
        go_on(superseded)?;
        let direction = match (&request.picture, photo) {
            (PictureSource::File(path), Some(photo)) => match self.stored(&model, request.by, photo)? {
                Some(vector) => Direction { vector, ran: false },
                None => self.direction_of_picture(&model, request.by, path)?,
            },
            (PictureSource::File(path), None) => self.direction_of_picture(&model, request.by, path)?,
            (PictureSource::Photo(photo), _) => self.direction_of_photo(&model, request.by, *photo)?,
        };
        let question = Question {
            model,
            by: request.by,
            device: self.engine.device_in_use().filter(|_| direction.ran),
            asked: request.model.clone(),
            probe: Probe {
                direction: direction.vector,
                without: photo,
                offset: request.offset,
                limit: request.limit,
            },
            filter: Filter::default(),
        };
        self.answer(&question, started, superseded)
    }

    /// The unit vector of a sentence or a picture file. Needs no library. Without `by` it is a vector for meaning, or what the model
    /// has.
    ///
    /// # Errors
    /// A model that makes no such vectors, or reads no text; a picture that cannot be read, or by face has not exactly one.
    pub fn embed(&self, input: &EmbedInput, by: Option<By>, model: Option<&ModelRef>) -> Result<EmbedAnswer> {
        if by == Some(By::Face) {
            return self.embed_face(input, model);
        }
        let by = match (by, model) {
            (Some(by), _) => by,
            (None, None) => By::Meaning,
            (None, Some(model)) => {
                let info = self.engine.resolve(model)?.info;
                let has = |by: &By| info.output(by.purpose()).is_some();
                By::ALL.into_iter().find(has).unwrap_or(By::Meaning)
            }
        };
        let model = {
            let catalog = match self.reader() {
                Ok(catalog) => Some(catalog),
                // A model that is named needs no library, whatever is wrong with it.
                Err(error) if model.is_none() && !matches!(error, Error::NoLibrary { .. }) => {
                    return Err(error);
                }
                Err(_) => None,
            };
            choice::model_for(&self.engine, catalog.as_deref(), by, model)?
        };
        let vector = match input {
            EmbedInput::Text(_) if by != By::Meaning => {
                return Err(Error::WrongPurpose { model: model.info.id, by: "text" });
            }
            EmbedInput::Text(text) => {
                self.embed_questions(&model, &[text.as_str()])?.into_iter().next().unwrap_or_default()
            }
            EmbedInput::Image(path) => self.embed_picture(&model, by, path)?,
        };
        let device = self.engine.device_in_use();
        Ok(EmbedAnswer { model: model.info.id, dim: vector.len(), vector, device })
    }

    /// The vector of each term, in order; all texts in one batch.
    fn directions(
        &self,
        model: &ResolvedModel,
        terms: &[Term],
        superseded: &AtomicBool,
    ) -> Result<Vec<Direction>> {
        let texts = terms.iter().filter_map(|term| match &term.source {
            TermSource::Text(text) => Some(text.as_str()),
            TermSource::Image(_) | TermSource::Photo(_) => None,
        });
        let texts: Vec<&str> = texts.collect();
        let mut texts = match texts.is_empty() {
            true => Vec::new(),
            false => self.embed_questions(model, &texts)?,
        }
        .into_iter();
        let directions = terms.iter().map(|term| {
            go_on(superseded)?;
            match &term.source {
                TermSource::Text(_) => Ok(Direction { vector: texts.next().unwrap_or_default(), ran: true }),
                TermSource::Image(path) => self.direction_of_picture(model, By::Meaning, path),
                TermSource::Photo(photo) => self.direction_of_photo(model, By::Meaning, *photo),
            }
        });
        directions.collect()
    }

    fn direction_of_picture(&self, model: &ResolvedModel, by: By, path: &Path) -> Result<Direction> {
        Ok(Direction { vector: self.embed_picture(model, by, path)?, ran: true })
    }

    /// A photo that waits to be indexed with the model is looked at now.
    fn direction_of_photo(&self, model: &ResolvedModel, by: By, photo: PhotoId) -> Result<Direction> {
        let row = self.row(photo)?;
        match self.stored(model, by, photo)? {
            Some(vector) => Ok(Direction { vector, ran: false }),
            None => self.direction_of_picture(model, by, &row.path),
        }
    }

    /// The photo's stored vector of the model.
    fn stored(&self, model: &ResolvedModel, by: By, photo: PhotoId) -> Result<Option<Vec<f32>>> {
        key_of(&model.info, by).map_or(Ok(None), |key| self.reader()?.vector(&key, photo))
    }

    /// One vector for each question.
    fn embed_questions(&self, model: &ResolvedModel, questions: &[&str]) -> Result<Vec<Vec<f32>>> {
        let vectors = self.engine.text(model)?.embed_questions(questions)?;
        Ok(vectors.into_iter().map(Embedding::into_vec).collect())
    }

    fn embed_picture(&self, model: &ResolvedModel, by: By, path: &Path) -> Result<Vec<f32>> {
        let caps = Caps::of_machine();
        let picture = media::read(path, &caps)
            .and_then(|bytes| media::decode(&bytes, Scale::Full, &caps))
            .map_err(|source| Error::Picture { path: path.to_path_buf(), source })?;
        let vectors = self.engine.image(model)?.embed_images(&[picture.image], by.purpose())?;
        Ok(vectors.into_iter().next().map(Embedding::into_vec).unwrap_or_default())
    }

    fn browse(&self, filter: &Filter, request: &SearchRequest, started: Instant) -> Result<SearchAnswer> {
        let catalog = self.reader()?;
        let photos = catalog.photos_newest_first(filter)?;
        let page: Vec<PhotoId> = photos.iter().copied().skip(request.offset).take(request.limit).collect();
        let results = catalog.rows(&page)?.into_iter().enumerate().map(|(place, row)| SearchResult {
            rank: request.offset + place + 1,
            id: row.id,
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

    fn answer(&self, question: &Question, started: Instant, superseded: &AtomicBool) -> Result<SearchAnswer> {
        go_on(superseded)?;
        let model = &question.model.info;
        let Some(key) = key_of(model, question.by) else {
            return Err(Error::WrongPurpose { model: model.id.clone(), by: question.by.word() });
        };
        let shared = self.index_of(&key)?;
        let keep = match question.filter.is_empty() {
            true => None,
            false => {
                let matching = self.reader()?.photos_matching(&question.filter)?;
                Some(matching.into_iter().collect::<IdSet>())
            }
        };
        go_on(superseded)?;
        let ranking = match shared.read().as_ref().filter(|index| !index.is_empty()) {
            Some(index) => Ranking::of(index, &question.probe, keep.as_ref())?,
            None if self.reader()?.counts(None)?.total > 0 => {
                let asked = question.asked.as_ref().map(ToString::to_string);
                return Err(Error::NotIndexed { model: model.id.clone(), asked });
            }
            None => Ranking::default(),
        };
        go_on(superseded)?;
        let photos: Vec<PhotoId> = ranking.page.iter().map(|neighbour| neighbour.photo).collect();
        let rows = self.reader()?.rows(&photos)?;
        let scores: std::collections::HashMap<PhotoId, f32> =
            ranking.page.iter().map(|neighbour| (neighbour.photo, neighbour.score)).collect();
        let results = rows.into_iter().enumerate().map(|(place, row)| SearchResult {
            rank: question.probe.offset + place + 1,
            id: row.id,
            score: scores.get(&row.id).copied(),
            path: row.path,
            offline: row.offline,
        });
        Ok(SearchAnswer {
            model: Some(model.id.clone()),
            strong: ranking.strong,
            total: ranking.total,
            device: question.device.clone(),
            results: results.collect(),
            took_ms: milliseconds(started),
        })
    }
}

/// The unit vector of a term.
struct Direction {
    vector: Vec<f32>,
    /// A network ran for it.
    ran: bool,
}

pub(super) fn go_on(superseded: &AtomicBool) -> Result<()> {
    if superseded.load(Ordering::Acquire) { Err(Error::Superseded) } else { Ok(()) }
}

pub(super) fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}
