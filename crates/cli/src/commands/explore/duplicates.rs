//! `kindred explore duplicates`: photos that show the same.

use std::io;

use kindred_core::explore::duplicates::{Reason, Relation};
use kindred_core::{DuplicatePhoto, Duplicates, Library, ListFormat, PhotoId};
use serde::Serialize;

use super::html::{Pictures, escaped, page};
use super::photos::{Paths, Photo};
use super::{Options, Told};
use crate::context::Context;
use crate::exploring::explore;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{bytes, count, grouped, model};

#[derive(Serialize)]
pub(super) struct Answer {
    groups: Vec<Group>,
    photos: u64,
    bytes: u64,
    model: Option<String>,
}

#[derive(Serialize)]
struct Group {
    keeper: PhotoId,
    reason: Reason,
    photos: Vec<Photo<DuplicatePhoto>>,
}

pub(super) fn run(options: &Options, context: &Context) -> Result<(), Failure> {
    let (library, request) = (context.library()?, options.request()?);
    let found = explore(|control, told| library.duplicates(&request, control, told))?;
    let ids = found.groups.iter().flat_map(|group| group.photos.iter().map(|photo| photo.id));
    let paths = Paths::of(&library, ids)?;
    options.tell(&found, &library, &paths, context)
}

/// What speaks for the photo to keep.
const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Resolution => "it has most pixels",
        Reason::Sharpness => "it is the sharpest",
        Reason::Date => "it knows when it was taken, or was taken first",
        Reason::Format => "its format keeps more",
        Reason::Size => "its file is the largest",
        Reason::First => "it came first",
    }
}

/// What a photo is to the one to keep.
const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Keeper => "keep",
        Relation::SameFile => "same file",
        Relation::Resized => "other size",
        Relation::Reencoded => "other file",
        Relation::Grey => "without colours",
        Relation::Mirrored => "mirrored",
        Relation::Rotated => "turned",
        Relation::Cropped => "cropped",
        Relation::Burst => "burst",
        Relation::Edited => "edited",
    }
}

impl Told for Duplicates {
    type Json = Answer;

    fn json(&self, paths: &Paths) -> Answer {
        let photos = |photos: &[DuplicatePhoto]| {
            photos.iter().map(|photo| paths.with(photo.id, photo.clone())).collect()
        };
        Answer {
            groups: self
                .groups
                .iter()
                .map(|group| Group {
                    keeper: group.keeper,
                    reason: group.reason,
                    photos: photos(&group.photos),
                })
                .collect(),
            photos: self.photos,
            bytes: self.bytes,
            model: self.model.clone(),
        }
    }

    fn words(&self, page: &mut Page<'_>, paths: &Paths) -> io::Result<()> {
        for group in &self.groups {
            page.line(format_args!(
                "{}, one to keep because {}",
                count(group.photos.len() as u64, "photo"),
                reason(group.reason)
            ))?;
            for photo in &group.photos {
                let size = format!("{} × {}", photo.width, photo.height);
                let line = format_args!(
                    "  {:<15} {size:>13} {:>9}  {:<4}  ",
                    relation(photo.relation),
                    bytes(photo.bytes),
                    photo.format
                );
                page.path(line, paths.path(photo.id))?;
            }
        }
        page.line(summary(self))
    }

    fn csv(&self, library: &Library, _paths: &Paths) -> Result<Vec<u8>, Failure> {
        Ok(library.list_of_duplicates(self, ListFormat::Csv)?)
    }

    fn html(&self, pictures: &Pictures<'_>) -> String {
        let groups = self.groups.iter().enumerate().map(|(at, group)| {
            let photos: String = group
                .photos
                .iter()
                .map(|photo| {
                    let is_kept = photo.id == group.keeper;
                    let facts = format!(
                        "<span>{} × {}, {}, {}</span>",
                        photo.width,
                        photo.height,
                        escaped(&photo.format),
                        bytes(photo.bytes)
                    );
                    pictures.figure(photo.id, is_kept, relation(photo.relation), &facts)
                })
                .collect();
            format!(
                "<section aria-labelledby=\"g{at}\">\n<h2 id=\"g{at}\">{}</h2>\n<p class=\"quiet\">One to keep because {}.</p>\n\
                 <ol>\n{photos}</ol>\n</section>\n",
                count(group.photos.len() as u64, "photo"),
                reason(group.reason)
            )
        });
        page("Near-duplicates", &summary(self), &groups.collect::<String>())
    }
}

fn summary(found: &Duplicates) -> String {
    let groups = count(found.groups.len() as u64, "group");
    let by = found.model.as_deref().map_or(String::new(), |id| format!(", with the help of {}", model(id)));
    format!(
        "{groups} among {} photos; {} in all but those to keep{by}. Nothing was deleted.",
        grouped(found.photos),
        bytes(found.bytes)
    )
}
