//! The list of duplicates, for those who sort them out elsewhere.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;

use super::answer::Duplicates;
use crate::error::{Error, Result};
use crate::explore::duplicates::{Reason, Relation};
use crate::ids::PhotoId;
use crate::library::Library;
use crate::library::answer::readable;

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// RFC 4180, with a heading.
    Csv,
    /// A list of objects.
    Json,
}

/// A photo that need not be kept, because another shows the same.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    #[serde(serialize_with = "readable")]
    path: PathBuf,
    #[serde(serialize_with = "readable")]
    keeper: PathBuf,
    relation: Relation,
    reason: Reason,
    similarity: f32,
    width: u32,
    height: u32,
    bytes: u64,
    format: &'a str,
}

impl Library {
    /// All photos of `duplicates` but those to keep, each with the one that is kept instead and why. A photo that has gone
    /// meanwhile is left out.
    ///
    /// # Errors
    /// There is no library.
    pub fn list_of_duplicates(&self, duplicates: &Duplicates, format: ListFormat) -> Result<Vec<u8>> {
        let ids: Vec<PhotoId> =
            duplicates.groups.iter().flat_map(|group| group.photos.iter().map(|photo| photo.id)).collect();
        let mut paths: HashMap<PhotoId, PathBuf> =
            self.connect()?.rows(&ids)?.into_iter().map(|row| (row.id, row.path)).collect();
        let mut entries = Vec::new();
        for group in &duplicates.groups {
            let Some(keeper) = paths.get(&group.keeper).cloned() else { continue };
            for photo in group.photos.iter().filter(|photo| photo.id != group.keeper) {
                let Some(path) = paths.remove(&photo.id) else { continue };
                entries.push(Entry {
                    path,
                    keeper: keeper.clone(),
                    relation: photo.relation,
                    reason: group.reason,
                    similarity: photo.similarity,
                    width: photo.width,
                    height: photo.height,
                    bytes: photo.bytes,
                    format: &photo.format,
                });
            }
        }
        let failed = |error: std::io::Error| Error::io(self.dir(), error);
        match format {
            ListFormat::Json => serde_json::to_vec_pretty(&entries).map_err(|error| failed(error.into())),
            ListFormat::Csv => csv(&entries).map_err(|error| failed(std::io::Error::other(error))),
        }
    }
}

fn csv(entries: &[Entry<'_>]) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record([
        "path",
        "keeper",
        "relation",
        "reason",
        "similarity",
        "width",
        "height",
        "bytes",
        "format",
    ])?;
    entries.iter().try_for_each(|entry| writer.serialize(entry))?;
    writer.into_inner().map_err(|error| error.into_error().into())
}
