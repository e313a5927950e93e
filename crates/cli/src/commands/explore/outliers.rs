//! `kindred explore outliers`: photos unlike anything else.

use std::io;

use clap::Args;
use kindred_core::{Library, Outlier, OutlierFolder, Outliers};
use serde::Serialize;

use super::html::{Pictures, escaped, page};
use super::photos::{Paths, Photo};
use super::{Options, Told, table};
use crate::context::Context;
use crate::exploring::explore;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{count, grouped, model};

/// Arguments of `outliers`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    options: Options,
    /// Photos that do not belong into their folder, instead of photos unlike all others
    #[arg(long)]
    per_folder: bool,
}

#[derive(Serialize)]
pub(super) struct Answer {
    outliers: Vec<Photo<Stranger>>,
    photos: u64,
    model: Option<String>,
}

#[derive(Debug, Serialize)]
struct Stranger {
    id: kindred_core::PhotoId,
    score: f64,
    neighbours: Vec<Photo<kindred_core::OutlierNeighbour>>,
    folder: Option<OutlierFolder>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let (library, request) = (context.library()?, arguments.options.request()?);
    let found = explore(|control, told| library.outliers(&request, arguments.per_folder, control, told))?;
    let near = |outlier: &Outlier| outlier.neighbours.iter().map(|near| near.id).collect::<Vec<_>>();
    let ids = found.outliers.iter().flat_map(|outlier| near(outlier).into_iter().chain([outlier.id]));
    let paths = Paths::of(&library, ids)?;
    arguments.options.tell(&found, &library, &paths, context)
}

impl Told for Outliers {
    type Json = Answer;

    fn json(&self, paths: &Paths) -> Answer {
        let stranger = |outlier: &Outlier| {
            let near = outlier.neighbours.iter().map(|near| paths.with(near.id, near.clone())).collect();
            let (id, score) = (outlier.id, outlier.score);
            paths.with(id, Stranger { id, score, neighbours: near, folder: outlier.folder.clone() })
        };
        Answer {
            outliers: self.outliers.iter().map(stranger).collect(),
            photos: self.photos,
            model: self.model.clone(),
        }
    }

    fn words(&self, page: &mut Page<'_>, paths: &Paths) -> io::Result<()> {
        for outlier in &self.outliers {
            page.path(format_args!("{:>6.2}  ", outlier.score), paths.path(outlier.id))?;
            for near in &outlier.neighbours {
                page.path(format_args!("          {:.3}  ", near.similarity), paths.path(near.id))?;
            }
        }
        page.line(summary(self))
    }

    fn csv(&self, _library: &Library, paths: &Paths) -> Result<Vec<u8>, Failure> {
        let heading = ["path", "score", "folder", "nearest", "similarity"].map(str::to_owned).to_vec();
        let row = |outlier: &Outlier| {
            let near = outlier.neighbours.first();
            vec![
                paths.text(outlier.id),
                format!("{:.4}", outlier.score),
                outlier.folder.as_ref().map_or_else(String::new, |folder| folder.path.display().to_string()),
                near.map_or_else(String::new, |near| paths.text(near.id)),
                near.map_or_else(String::new, |near| format!("{:.4}", near.similarity)),
            ]
        };
        table(std::iter::once(heading).chain(self.outliers.iter().map(row)))
    }

    fn html(&self, pictures: &Pictures<'_>) -> String {
        let sections = self.outliers.iter().map(|outlier| {
            let folder = outlier.folder.as_ref().map_or_else(String::new, |folder| {
                format!("<span>not like the rest of {}</span>", escaped(&folder.path.display().to_string()))
            });
            let stranger =
                pictures.figure(outlier.id, true, &format!("factor {:.2}", outlier.score), &folder);
            let near: String = outlier
                .neighbours
                .iter()
                .map(|near| pictures.figure(near.id, false, &format!("nearest, {:.3}", near.similarity), ""))
                .collect();
            format!("<ol class=\"row\">\n{stranger}{near}</ol>\n")
        });
        page("Outliers", &summary(self), &sections.collect::<String>())
    }
}

fn summary(found: &Outliers) -> String {
    let by = found.model.as_deref().map_or(String::new(), |id| format!(", by {}", model(id)));
    format!("{} among {}{by}.", count(found.outliers.len() as u64, "outlier"), grouped(found.photos))
}
