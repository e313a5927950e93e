//! `kindred status`: the library at a glance.

use std::io;

use kindred_core::Status;

use super::folders;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{bytes, count, grouped};

pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let status = context.library()?.status()?;
    context.output.answer(&status, |page| words(page, &status))?;
    Ok(())
}

fn words(page: &mut Page<'_>, status: &Status) -> io::Result<()> {
    page.path("library  ", &status.library)?;
    page.line(format_args!("         {} on disk", bytes(status.bytes)))?;
    let photos = &status.photos;
    page.line(format_args!("photos   {} in all", grouped(photos.total)))?;
    for (number, what) in [
        (photos.ready, "ready"),
        (photos.pending, "waiting to be read"),
        (photos.failed, "could not be read"),
        (photos.offline, "out of reach now"),
    ] {
        if number > 0 {
            page.line(format_args!("         {} {what}", grouped(number)))?;
        }
    }
    page.line(format_args!("folders  {}", status.folders.len()))?;
    folders::words(page, &status.folders)?;
    page.line(format_args!("models   {}", if status.models.is_empty() { "none" } else { "" }))?;
    for model in &status.models {
        page.line(format_args!(
            "         {}: {} of {}",
            model.id,
            grouped(model.photos),
            count(photos.total, "photo")
        ))?;
    }
    Ok(())
}
