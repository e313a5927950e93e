//! `kindred people show PERSON`: a person's photos.

use std::path::PathBuf;

use kindred_core::{FaceId, Person, PhotoId};
use serde::Serialize;

use super::list::line;
use super::who::Who;
use crate::context::Context;
use crate::failure::Failure;

#[derive(Serialize)]
struct Answer {
    person: Person,
    faces: Vec<Face>,
}

#[derive(Serialize)]
struct Face {
    id: FaceId,
    photo: PhotoId,
    path: String,
    /// Unix milliseconds of the camera's local time as if it were UTC.
    taken_at: Option<i64>,
    confirmed: bool,
}

pub(super) fn run(who: &Who, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let details = library.person(who.person(&library)?)?;
    let photos: Vec<PhotoId> = details.faces.iter().map(|face| face.photo).collect();
    let paths: Vec<PathBuf> = library.paths(&photos)?;
    let faces = details.faces.iter().zip(&paths).map(|(face, path)| Face {
        id: face.id,
        photo: face.photo,
        path: path.display().to_string(),
        taken_at: face.taken_at,
        confirmed: face.confirmed,
    });
    let answer = Answer { faces: faces.collect(), person: details.person };
    context.output.answer(&answer, |page| {
        line(page, &answer.person)?;
        for (face, path) in answer.faces.iter().zip(&paths) {
            let mark = if face.confirmed { "✓" } else { " " };
            page.path(format_args!("{:>8} {mark} ", face.id.0), path)?;
        }
        Ok(())
    })?;
    Ok(())
}
