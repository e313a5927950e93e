//! `kindred models mirror [URL|--none]`: the mirror of all downloads, kept in the models' folder.

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Fetch from here from now on; `HOST=URL` replaces one host only
    #[arg(value_name = "URL")]
    address: Option<String>,
    /// Fetch from the publishers again
    #[arg(long, conflicts_with = "address")]
    none: bool,
}

#[derive(Serialize)]
struct Answer {
    /// Without its password.
    mirror: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let models = library.models();
    if arguments.none || arguments.address.is_some() {
        models.set_mirror(arguments.address.as_deref())?;
    }
    let answer = Answer { mirror: models.mirror()? };
    context.output.answer(&answer, |page| match &answer.mirror {
        Some(mirror) => page.line(format_args!("{mirror}")),
        None => page.line(format_args!("no mirror is set")),
    })?;
    Ok(())
}
