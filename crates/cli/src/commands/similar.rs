//! `kindred similar FILE`: finds photos like one photo, of the library or not.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use kindred_core::{By, ModelRef, PictureSource, SimilarRequest};

use super::search::{self, PageArguments};
use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `similar`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A photo of the library, or any picture file
    file: PathBuf,
    /// What "like" means
    #[arg(long, default_value = "meaning")]
    by: Likeness,
    /// By face: which face of the photo, from the left, from 1, as `kindred faces` lists them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    face: Option<u32>,
    #[command(flatten)]
    page: PageArguments,
    /// The model to answer with, an id or a folder with its files, if not the library's own
    #[arg(long, value_name = "ID|DIR")]
    model: Option<ModelRef>,
}

/// [`By`], as the command line knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Likeness(pub(super) By);

impl ValueEnum for Likeness {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(By::Meaning), Self(By::Look), Self(By::Face)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self.0 {
            By::Meaning => "what the photo shows",
            By::Look => "shape, colour and texture",
            By::Face => "who is seen",
        };
        Some(PossibleValue::new(self.0.word()).help(help))
    }
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Result<(), Failure> {
    let request = SimilarRequest {
        picture: PictureSource::File(arguments.file),
        by: arguments.by.0,
        face: None,
        face_index: arguments.face.map(|number| number as usize - 1),
        offset: arguments.page.offset,
        limit: arguments.page.limit,
        model: arguments.model,
    };
    let answer = context.library()?.similar(&request)?;
    search::print(&answer, context)
}
