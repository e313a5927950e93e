//! `kindred embed`: the unit vector of a sentence or a picture.

use std::path::PathBuf;

use clap::Args;
use kindred_core::{EmbedInput, ModelRef};

use super::similar::Likeness;
use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `embed`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// What the vector is for; meaning, where the model makes vectors for both
    #[arg(long)]
    by: Option<Likeness>,
    /// The model, an id or a folder with its files, if not the library's own
    #[arg(long, value_name = "ID|DIR")]
    model: Option<ModelRef>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Input {
    /// A sentence
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,
    /// A picture file
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Result<(), Failure> {
    let input = match (arguments.input.text, arguments.input.image) {
        (Some(text), _) => EmbedInput::Text(text),
        (None, Some(image)) => EmbedInput::Image(image),
        (None, None) => return Err(Failure::Usage("give --text or --image".to_owned())),
    };
    let answer = context.library()?.embed(&input, arguments.by.map(|by| by.0), arguments.model.as_ref())?;
    context.tell_device(answer.device.as_ref());
    context
        .output
        .answer(&answer, |page| answer.vector.iter().try_for_each(|component| page.line(component)))?;
    Ok(())
}
