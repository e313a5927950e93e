//! Photos in which a face is seen that is like another one.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use kindred_models::{FaceEmbedder, ModelRef};

use super::super::Library;
use super::super::answer::{EmbedAnswer, SearchAnswer, SearchResult};
use super::super::find::{go_on, milliseconds};
use super::super::request::{By, EmbedInput, PictureSource, SimilarRequest};
use crate::error::{Error, Result};
use crate::ids::{FaceId, PhotoId};
use crate::people::thresholds::SAME_PERSON;

/// The face that was asked about.
struct Probe {
    vector: Vec<f32>,
    /// The photo that it is in, which is no answer.
    photo: Option<PhotoId>,
    /// A network ran for it.
    ran: bool,
}

impl Library {
    /// The photos with the most similar face each, the most similar first.
    pub(in super::super) fn similar_by_face(
        &self,
        request: &SimilarRequest,
        superseded: &AtomicBool,
    ) -> Result<SearchAnswer> {
        let started = Instant::now();
        if let Some(model) = &request.model {
            return Err(Error::WrongPurpose { model: model.to_string(), by: By::Face.word() });
        }
        let pipeline = self.face_models()?.pipeline;
        if !self.reader()?.people_are_wanted()? {
            return Err(Error::PeopleOff);
        }
        let probe = self.face_asked_about(request, &pipeline)?;
        go_on(superseded)?;
        let mut best: HashMap<PhotoId, f32> = HashMap::new();
        // A connection of its own: other questions do not wait for this one.
        self.connect()?.visit_faces(&pipeline, &mut |photo, _, vector| {
            if Some(photo) != probe.photo {
                let cosine: f32 = vector.iter().zip(&probe.vector).map(|(a, b)| a * b).sum();
                let known = best.entry(photo).or_insert(cosine);
                *known = known.max(cosine);
            }
        })?;
        go_on(superseded)?;
        let mut ranked: Vec<(PhotoId, f32)> = best.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let strong = ranked.partition_point(|(_, cosine)| *cosine >= SAME_PERSON);
        let total = ranked.len();
        let page: Vec<(PhotoId, f32)> = ranked.into_iter().skip(request.offset).take(request.limit).collect();
        let photos: Vec<PhotoId> = page.iter().map(|(photo, _)| *photo).collect();
        let scores: HashMap<PhotoId, f32> = page.into_iter().collect();
        let rows = self.reader()?.rows(&photos)?;
        let results = rows.into_iter().enumerate().map(|(place, row)| SearchResult {
            rank: request.offset + place + 1,
            id: row.id,
            score: scores.get(&row.id).copied(),
            path: row.path,
            offline: row.offline,
        });
        Ok(SearchAnswer {
            model: Some(FaceEmbedder::ID.to_owned()),
            strong,
            total,
            device: self.engine.device_in_use().filter(|_| probe.ran),
            results: results.collect(),
            took_ms: milliseconds(started),
        })
    }

    /// The vector of the one face in a picture file.
    pub(in super::super) fn embed_face(
        &self,
        input: &EmbedInput,
        model: Option<&ModelRef>,
    ) -> Result<EmbedAnswer> {
        let own = FaceEmbedder::ID.to_owned();
        let (path, None) = (input, model) else {
            let model = model.map_or(own, ToString::to_string);
            return Err(Error::WrongPurpose { model, by: By::Face.word() });
        };
        let EmbedInput::Image(path) = path else {
            return Err(Error::WrongPurpose { model: own, by: "text" });
        };
        let vector = self.face_in_file(path, None)?.vector;
        let device = self.engine.device_in_use();
        Ok(EmbedAnswer { model: own, dim: vector.len(), vector, device })
    }

    fn face_asked_about(&self, request: &SimilarRequest, pipeline: &str) -> Result<Probe> {
        if let Some(face) = request.face {
            return self.known_face(face, request);
        }
        let photo = match &request.picture {
            PictureSource::Photo(photo) => Some(self.row(*photo)?),
            PictureSource::File(path) => self.reader()?.photo_at(path)?,
        };
        // A photo of the library that was looked at need not be in reach.
        if let Some(row) = photo {
            let catalog = self.reader()?;
            let is_known = match row.hash {
                Some(hash) => catalog.faces_are_known(&hash, pipeline)?,
                None => false,
            };
            if is_known {
                let faces: Vec<FaceId> = catalog.faces_of(row.id)?.into_iter().map(|face| face.id).collect();
                drop(catalog);
                let ids = || faces.iter().map(|face| face.0).collect();
                let face = one_of(&faces, request.face_index, &row.path, ids)?;
                return Ok(Probe { photo: Some(row.id), ..self.known_face(*face, request)? });
            }
            drop(catalog);
            return Ok(Probe { photo: Some(row.id), ..self.face_in_file(&row.path, request.face_index)? });
        }
        match &request.picture {
            PictureSource::File(path) => self.face_in_file(path, request.face_index),
            PictureSource::Photo(photo) => Err(Error::UnknownPhoto { photo: *photo }),
        }
    }

    fn known_face(&self, face: FaceId, request: &SimilarRequest) -> Result<Probe> {
        let catalog = self.reader()?;
        let unknown = || Error::UnknownFace { face };
        let (_, first) = catalog.face(face)?.ok_or_else(unknown)?;
        let vector = catalog.face_vector(face)?.ok_or_else(unknown)?;
        let photo = match request.picture {
            PictureSource::Photo(photo) => photo,
            PictureSource::File(_) => first,
        };
        Ok(Probe { vector, photo: Some(photo), ran: false })
    }

    fn face_in_file(&self, path: &Path, index: Option<usize>) -> Result<Probe> {
        let (_, faces) = self.look_for_faces(path)?;
        let places = || (0..faces.len() as i64).collect();
        let face = one_of(&faces, index, path, places)?;
        let found = self.face_networks()?.embed(std::slice::from_ref(face))?.pop().flatten();
        let no_face = || Error::NoFace { what: path.display().to_string() };
        Ok(Probe { vector: found.ok_or_else(no_face)?.into_vec(), photo: None, ran: true })
    }
}

/// The face of that place, or the only one.
fn one_of<'a, T>(
    faces: &'a [T],
    index: Option<usize>,
    path: &Path,
    names: impl FnOnce() -> Vec<i64>,
) -> Result<&'a T> {
    let what = path.display().to_string();
    match (faces, index) {
        ([], _) => Err(Error::NoFace { what }),
        (faces, Some(index)) if index < faces.len() => Ok(&faces[index]),
        ([only], None) => Ok(only),
        _ => Err(Error::SeveralFaces { what, faces: names() }),
    }
}
