//! What the user says of people and faces.

use kindred_core::{DecisionKind, FaceId, PersonId};
use serde::Serialize;

use super::who::Who;
use crate::context::Context;
use crate::failure::Failure;
use crate::progress::tell;
use crate::wording::count;

/// Whom it was about.
#[derive(Serialize)]
struct About {
    person: PersonId,
}

#[derive(Serialize)]
struct Undone {
    undone: Option<&'static str>,
}

#[derive(Serialize)]
struct Removed {
    faces: usize,
}

pub(super) fn name(who: &Who, name: &str, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let named = library.name_person(who.person(&library)?, Some(name))?;
    let number = named.person.0;
    context.output.answer(&named, |page| match name.trim() {
        "" => page.line(format_args!("#{number} has no name")),
        name => page.line(format_args!("#{number} is called {name}")),
    })?;
    if let Some(other) = named.same_name {
        let merge = context.command(&format!("people merge {} {number}", other.0));
        tell(&format!("#{} has the same name. If they are one: `{merge}`.", other.0));
    }
    Ok(())
}

pub(super) fn merge(into: &Who, from: &[Who], context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = into.person(&library)?;
    let from = from.iter().map(|who| who.person(&library)).collect::<Result<Vec<_>, _>>()?;
    library.merge_people(person, &from)?;
    about(person, "they are one person", context)
}

pub(super) fn split(who: &Who, faces: &[FaceId], context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = library.split_person(who.person(&library)?, faces)?;
    about(person, "a person of their own", context)
}

pub(super) fn this_is(who: &Who, faces: &[FaceId], context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = who.known(&library)?;
    let person = library.this_is(faces, person, Some(who.text()))?;
    about(person, &format!("now with {}", count(faces.len() as u64, "more face")), context)
}

pub(super) fn this_is_not(who: &Who, faces: &[FaceId], context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = who.person(&library)?;
    library.this_is_not(faces, person)?;
    about(person, &format!("without {}", count(faces.len() as u64, "face")), context)
}

pub(super) fn not_faces(faces: &[FaceId], context: &Context) -> Result<(), Failure> {
    context.library()?.not_faces(faces)?;
    let answer = Removed { faces: faces.len() };
    context
        .output
        .answer(&answer, |page| page.line(format_args!("removed {}", count(faces.len() as u64, "face"))))?;
    Ok(())
}

pub(super) fn hide(who: &Who, hidden: bool, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = who.person(&library)?;
    library.hide_person(person, hidden)?;
    about(person, if hidden { "hidden" } else { "no longer hidden" }, context)
}

pub(super) fn cover(who: &Who, face: FaceId, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = who.person(&library)?;
    library.set_cover(person, face)?;
    about(person, &format!("shown by face {}", face.0), context)
}

pub(super) fn undo(context: &Context) -> Result<(), Failure> {
    let undone = context.library()?.undo_people()?.map(DecisionKind::word);
    context.output.answer(&Undone { undone }, |page| match undone {
        Some(kind) => page.line(format_args!("taken back: {kind}")),
        None => page.line("Nothing was decided."),
    })?;
    Ok(())
}

fn about(person: PersonId, words: &str, context: &Context) -> Result<(), Failure> {
    context.output.answer(&About { person }, |page| page.line(format_args!("#{}: {words}", person.0)))?;
    Ok(())
}
