//! What is known of people and faces.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::super::Library;
use super::answer::{Person, PersonDetails, PersonFace, PhotoFace, Suggestion};
use super::grouping::Faces;
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::ids::{FaceId, PersonId, PhotoId};
use crate::people::suggestions::suggestions;

impl Library {
    /// Everybody: those with a name by the number of their photos, then the others by the number of their faces; hidden ones at the
    /// end.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn people(&self) -> Result<Vec<Person>> {
        let asked = self.suggested()?;
        let mut people = self.listed()?;
        let mut counts: HashMap<PersonId, u64> = HashMap::new();
        for suggestion in asked.iter() {
            *counts.entry(suggestion.person).or_default() += 1;
        }
        for person in &mut people {
            person.suggestions = counts.get(&person.id).copied().unwrap_or_default();
        }
        Ok(people)
    }

    /// A person and its faces.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`].
    pub fn person(&self, person: PersonId) -> Result<PersonDetails> {
        let (person, faces) = {
            let catalog = self.reader()?;
            let person = known_person(&catalog, person)?;
            (person, catalog.faces_of_person(person)?)
        };
        let found = self.people()?.into_iter().find(|listed| listed.id == person);
        let faces = faces.into_iter().map(|face| PersonFace {
            id: face.face,
            photo: face.photo,
            taken_at: face.taken_at,
            confirmed: face.confirmed,
        });
        let details = found.map(|person| PersonDetails { person, faces: faces.collect() });
        details.ok_or(Error::UnknownPerson { person })
    }

    /// The faces of a photo, from left to right.
    ///
    /// # Errors
    /// There is no such photo.
    pub fn photo_faces(&self, photo: PhotoId) -> Result<Vec<PhotoFace>> {
        self.row(photo)?;
        let catalog = self.reader()?;
        let decided = catalog.decided()?;
        let faces = catalog.faces_of(photo)?.into_iter().map(|face| {
            let person = face.person.map(|person| decided.person(person));
            PhotoFace {
                id: face.id,
                area: face.area,
                score: face.score,
                quality: face.quality,
                name: person.and_then(|person| decided.name(person)).map(str::to_owned),
                person,
                confirmed: face.confirmed,
            }
        });
        Ok(faces.collect())
    }

    /// Questions of the form "is this also …?", the one that settles most first: about one person, or about all that have a name and
    /// are not hidden.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`].
    pub fn suggestions(&self, person: Option<PersonId>, limit: usize) -> Result<Vec<Suggestion>> {
        let Some(person) = person else {
            return Ok(self.suggested()?.iter().take(limit).cloned().collect());
        };
        let catalog = self.connect()?;
        let person = known_person(&catalog, person)?;
        let mut asked = self.ask_about(&catalog, &|other| other == person)?;
        asked.truncate(limit);
        Ok(asked)
    }

    /// People without the questions about them.
    pub(super) fn listed(&self) -> Result<Vec<Person>> {
        let catalog = self.reader()?;
        let decided = catalog.decided()?;
        let best: HashMap<PersonId, FaceId> = catalog.best_faces()?.into_iter().collect();
        let mut people = Vec::new();
        for counts in catalog.people()? {
            let id = counts.person;
            let chosen = match decided.cover(id) {
                Some(decision) => catalog.cover_of(decision)?,
                None => None,
            };
            // It may have become somebody else's, or have left with its photo.
            let chosen = match chosen {
                Some(face) => catalog.face(face)?.filter(|(row, _)| row.person == Some(id)).map(|_| face),
                None => None,
            };
            people.push(Person {
                id,
                name: decided.name(id).map(str::to_owned),
                faces: counts.faces,
                photos: counts.photos,
                cover: chosen.or(best.get(&id).copied()),
                hidden: decided.is_hidden(id),
                first_taken: counts.first_taken,
                last_taken: counts.last_taken,
                suggestions: 0,
            });
        }
        people.sort_by_key(|person| {
            let most = if person.name.is_some() { person.photos } else { person.faces };
            (person.hidden, person.name.is_none(), std::cmp::Reverse(most), person.id)
        });
        Ok(people)
    }

    /// The questions about everybody with a name, asked anew when the library has changed.
    fn suggested(&self) -> Result<Arc<Vec<Suggestion>>> {
        let revision = self.revision()?;
        let mut known = self.suggested.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, suggestions)) = &*known
            && *of == revision
        {
            return Ok(Arc::clone(suggestions));
        }
        // A connection of its own: other questions do not wait for this one.
        let catalog = self.connect()?;
        let decided = catalog.decided()?;
        let wanted = |person| decided.name(person).is_some() && !decided.is_hidden(person);
        let suggestions = match decided.named().next() {
            Some(_) => Arc::new(self.ask_about(&catalog, &wanted)?),
            None => Arc::default(),
        };
        *known = Some((revision, Arc::clone(&suggestions)));
        Ok(suggestions)
    }

    fn ask_about(&self, catalog: &Catalog, wanted: &dyn Fn(PersonId) -> bool) -> Result<Vec<Suggestion>> {
        let read = catalog.faces_to_group(&self.face_models()?.pipeline)?;
        let faces = Faces::of(&read, false);
        let mut asked = Vec::new();
        for question in suggestions(&faces.asked(&read), wanted) {
            let face = read.faces[question.face].id;
            // A face whose photos are all gone is not asked about.
            let Some((_, photo)) = catalog.face(face)? else { continue };
            asked.push(Suggestion {
                face,
                photo,
                person: question.person,
                name: faces.decided.name(question.person).map(str::to_owned),
                similarity: question.similarity,
            });
        }
        Ok(asked)
    }
}

/// Whom a number means now.
///
/// # Errors
/// [`Error::UnknownPerson`].
pub(super) fn known_person(catalog: &Catalog, person: PersonId) -> Result<PersonId> {
    match catalog.has_person(person)? {
        true => Ok(catalog.decided()?.person(person)),
        false => Err(Error::UnknownPerson { person }),
    }
}
