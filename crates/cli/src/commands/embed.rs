//! `kindred embed`: the unit vector of a sentence or a picture.

use std::path::PathBuf;

use clap::Args;
use kindred_core::EmbedInput;

use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `embed`.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Arguments {
    /// A sentence
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,
    /// A picture file
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Result<(), Failure> {
    let input = match (arguments.text, arguments.image) {
        (Some(text), _) => EmbedInput::Text(text),
        (None, Some(image)) => EmbedInput::Image(image),
        (None, None) => return Err(Failure::Usage("give --text or --image".to_owned())),
    };
    let answer = context.library()?.embed(&input, context.model()?.as_ref())?;
    context
        .output
        .answer(&answer, |page| answer.vector.iter().try_for_each(|component| page.line(component)))?;
    Ok(())
}
