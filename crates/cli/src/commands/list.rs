//! `kindred list`: the photos of the library, or those that something is wrong with.

use std::io;

use kindred_core::{ListKind, PhotoEntry};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only photos that could not be read, with the reason
    #[arg(long, conflicts_with = "offline")]
    failed: bool,
    /// Only photos in folders that cannot be reached now
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
struct Answer {
    photos: Vec<PhotoEntry>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let kind = match (arguments.failed, arguments.offline) {
        (true, _) => ListKind::Failed,
        (_, true) => ListKind::Offline,
        _ => ListKind::All,
    };
    let answer = Answer { photos: context.library()?.list(kind)? };
    context.output.answer(&answer, |page| answer.photos.iter().try_for_each(|photo| words(page, photo)))?;
    Ok(())
}

fn words(page: &mut Page<'_>, photo: &PhotoEntry) -> io::Result<()> {
    let offline = if photo.offline { " offline" } else { "" };
    page.path(format_args!("{:<7}{offline}  ", photo.state), &photo.path)?;
    photo.reason.iter().try_for_each(|reason| page.line(format_args!("         {reason}")))
}
