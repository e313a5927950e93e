//! `kindred folders`: the folders of the library.

use kindred_core::FolderStatus;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::count;

#[derive(Serialize)]
struct Answer {
    folders: Vec<FolderStatus>,
}

pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let answer = Answer { folders: context.library()?.folders()? };
    context.output.answer(&answer, |page| words(page, &answer.folders))?;
    Ok(())
}

/// One line for each folder; `status` shows them too.
pub(crate) fn words(page: &mut Page<'_>, folders: &[FolderStatus]) -> std::io::Result<()> {
    for folder in folders {
        let offline = if folder.online { "" } else { "(offline) " };
        page.path(format_args!("{:>16}  {offline}", count(folder.photos, "photo")), &folder.path)?;
    }
    Ok(())
}
