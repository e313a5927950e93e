//! `kindred status`: the library at a glance.

use std::io;

use kindred_core::{IndexedModel, STARTER_ID, Status, Switch};

use super::{folders, models};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{self, bytes, count, grouped};

pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let status = library.status()?;
    context.output.answer(&status, |page| words(page, &status))?;
    if status.meaning.as_deref() == Some(STARTER_ID) {
        models::tell_of_more(&library, context)?;
    }
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
        let purpose = model.purpose.map_or_else(String::new, |purpose| format!(" ({})", purpose.word()));
        page.line(format_args!("         {}{purpose}: {}", model.id, seen(model, status)))?;
    }
    let named = |id: &Option<String>| id.as_deref().map_or("none that is there", wording::model).to_owned();
    let (meaning, look) = (named(&status.meaning), named(&status.look));
    page.line(format_args!("answers  by meaning: {meaning}"))?;
    page.line(format_args!("         by look: {look}"))
}

/// How many photos the model has seen, and who answers until these are enough.
fn seen(model: &IndexedModel, status: &Status) -> String {
    let mut switching = status.switching.iter();
    match switching.find(|switch| switch.to == model.id && Some(switch.purpose) == model.purpose) {
        Some(Switch { from, photos, of, .. }) => {
            let of = count(*of, "photo");
            format!("{} of {of}; {} answers until it has all", grouped(*photos), wording::model(from))
        }
        None => format!("{} of {}", grouped(model.photos), count(status.photos.total, "photo")),
    }
}
