//! Faces and people. Whatever is decided is told as the event `library`.

use std::sync::Arc;

use kindred_core::{DecisionKind, FaceId, Library, PersonId, PhotoId};

use super::Shell;
use crate::shell::aside;
use crate::values::{Named, PeopleStatus, Person, PersonDetails, PhotoFace, Result, Suggestion};

/// Whether faces are looked for, and how far that is.
#[tauri::command]
pub(crate) async fn people_status(shell: Shell<'_>) -> Result<PeopleStatus> {
    shell.ask(|library| library.people_status().map(Into::into)).await
}

/// Looks for faces, from now on; or no longer, and erases what is known of any.
#[tauri::command]
pub(crate) async fn set_people(shell: Shell<'_>, on: bool) -> Result<PeopleStatus> {
    if !on {
        return erase_people(shell).await;
    }
    let status = shell.decide(|library| {
        library.want_people()?;
        library.people_status()
    });
    let status = status.await?;
    shell.indexing.start(false);
    Ok(status.into())
}

/// Looks for faces no longer, and erases what is known of any.
#[tauri::command]
pub(crate) async fn erase_people(shell: Shell<'_>) -> Result<PeopleStatus> {
    let shell = Arc::clone(&shell);
    aside(move || {
        let erase = |library: &Library, control: &_, told: &mut dyn FnMut(&_)| {
            library.erase_people(control, told)?;
            library.people_status()
        };
        Ok(shell.indexing.between(erase)?.into())
    })
    .await
}

/// Everybody: those with a name first, hidden ones last.
#[tauri::command]
pub(crate) async fn people(shell: Shell<'_>) -> Result<Vec<Person>> {
    shell.ask(|library| Ok(library.people()?.into_iter().map(Into::into).collect())).await
}

/// A person and its faces.
#[tauri::command]
pub(crate) async fn person(shell: Shell<'_>, id: i64) -> Result<PersonDetails> {
    shell.ask(move |library| library.person(PersonId(id)).map(Into::into)).await
}

/// The faces of a photo, from left to right.
#[tauri::command]
pub(crate) async fn photo_faces(shell: Shell<'_>, photo: i64) -> Result<Vec<PhotoFace>> {
    let faces = shell.ask(move |library| library.photo_faces(PhotoId(photo))).await?;
    Ok(faces.into_iter().map(Into::into).collect())
}

/// Gives a person a name, or takes it away; tells of another one of that name.
#[tauri::command]
pub(crate) async fn name_person(shell: Shell<'_>, id: i64, name: Option<String>) -> Result<Named> {
    shell.decide(move |library| library.name_person(PersonId(id), name.as_deref()).map(Into::into)).await
}

/// Makes several people one.
#[tauri::command]
pub(crate) async fn merge_people(shell: Shell<'_>, into: i64, from: Vec<i64>) -> Result<()> {
    let from: Vec<PersonId> = from.into_iter().map(PersonId).collect();
    shell.decide(move |library| library.merge_people(PersonId(into), &from)).await
}

/// Makes faces of a person a person of their own.
#[tauri::command]
pub(crate) async fn split_person(shell: Shell<'_>, id: i64, faces: Vec<i64>) -> Result<i64> {
    let faces = ids(faces);
    shell.decide(move |library| Ok(library.split_person(PersonId(id), &faces)?.0)).await
}

/// Says who faces are: a person that is known, or one of that name, known or new.
#[tauri::command]
pub(crate) async fn this_is(
    shell: Shell<'_>,
    faces: Vec<i64>,
    person: Option<i64>,
    name: Option<String>,
) -> Result<i64> {
    let (faces, person) = (ids(faces), person.map(PersonId));
    shell.decide(move |library| Ok(library.this_is(&faces, person, name.as_deref())?.0)).await
}

/// Says that faces are not a person's.
#[tauri::command]
pub(crate) async fn this_is_not(shell: Shell<'_>, faces: Vec<i64>, person: i64) -> Result<()> {
    let faces = ids(faces);
    shell.decide(move |library| library.this_is_not(&faces, PersonId(person))).await
}

/// Says that these are no faces.
#[tauri::command]
pub(crate) async fn not_faces(shell: Shell<'_>, faces: Vec<i64>) -> Result<()> {
    let faces = ids(faces);
    shell.decide(move |library| library.not_faces(&faces)).await
}

/// Hides a person, or shows it again.
#[tauri::command]
pub(crate) async fn hide_person(shell: Shell<'_>, id: i64, hidden: bool) -> Result<()> {
    shell.decide(move |library| library.hide_person(PersonId(id), hidden)).await
}

/// Shows a person by one of its faces.
#[tauri::command]
pub(crate) async fn set_cover(shell: Shell<'_>, id: i64, face: i64) -> Result<()> {
    shell.decide(move |library| library.set_cover(PersonId(id), FaceId(face))).await
}

/// Questions of the form "is this also …?", the one that settles most first.
#[tauri::command]
pub(crate) async fn suggestions(
    shell: Shell<'_>,
    person: Option<i64>,
    limit: usize,
) -> Result<Vec<Suggestion>> {
    let asked = shell.ask(move |library| library.suggestions(person.map(PersonId), limit)).await?;
    Ok(asked.into_iter().map(Into::into).collect())
}

/// Takes the last decision back, and tells its kind.
#[tauri::command]
pub(crate) async fn undo_people(shell: Shell<'_>) -> Result<Option<&'static str>> {
    shell.decide(|library| Ok(library.undo_people()?.map(DecisionKind::word))).await
}

fn ids(faces: Vec<i64>) -> Vec<FaceId> {
    faces.into_iter().map(FaceId).collect()
}

impl crate::shell::Shell {
    /// Asks the library for something that changes it, and tells of the change. A job goes on meanwhile.
    async fn decide<T: Send + 'static>(
        self: &Arc<Self>,
        decision: impl FnOnce(&Library) -> kindred_core::Result<T> + Send + 'static,
    ) -> Result<T> {
        let shell = Arc::clone(self);
        aside(move || {
            let decided = decision(&*shell.library.wait()?);
            shell.library.changed(&shell.hub);
            Ok(decided?)
        })
        .await
    }
}
