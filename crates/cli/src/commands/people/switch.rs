//! `kindred people status|on|off`: whether faces are looked for.

use kindred_core::{PeopleState, PeopleStatus};

use crate::context::Context;
use crate::failure::Failure;
use crate::job::run_job;
use crate::progress::tell;
use crate::wording::count;

pub(super) fn status(context: &Context) -> Result<(), Failure> {
    print(&context.library()?.people_status()?, context)
}

pub(super) fn on(context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    library.want_people()?;
    print(&library.people_status()?, context)
}

pub(super) fn off(context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    run_job(|control, told| library.erase_people(control, told))?;
    print(&library.people_status()?, context)
}

fn print(status: &PeopleStatus, context: &Context) -> Result<(), Failure> {
    context.output.answer(status, |page| {
        if status.state == PeopleState::Off {
            return page.line("Faces are not looked for, and none is known.");
        }
        let seen = count(status.photos_seen, "photo");
        page.line(format_args!("{} in {seen} that were looked at", count(status.faces, "face")))?;
        let people = status.named + status.unnamed + status.hidden;
        let (named, hidden) = (status.named, status.hidden);
        page.line(format_args!("{people} people: {named} with a name, {hidden} hidden"))
    })?;
    hint(status, context);
    Ok(())
}

/// Says how to go on.
pub(super) fn hint(status: &PeopleStatus, context: &Context) {
    match status.state {
        PeopleState::Off => {
            tell(&format!("`{}` looks for faces; they stay on this machine.", context.command("people on")));
        }
        PeopleState::NeedsModels => {
            for id in &status.missing_models {
                tell(&format!(
                    "`{}` fetches a model that this needs.",
                    context.command(&format!("models get {id}"))
                ));
            }
        }
        PeopleState::On if status.photos_to_see > 0 => {
            let photos = count(status.photos_to_see, "photo");
            tell(&format!("`{}` looks at {photos}.", context.command("index")));
        }
        PeopleState::On => {}
    }
}
