//! `kindred people`: everybody.

use std::io;

use kindred_core::Person;
use serde::Serialize;

use super::switch::hint;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::count;

#[derive(Serialize)]
struct Answer {
    people: Vec<Person>,
}

pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let answer = Answer { people: library.people()? };
    context.output.answer(&answer, |page| answer.people.iter().try_for_each(|person| line(page, person)))?;
    hint(&library.people_status()?, context);
    Ok(())
}

/// `  #7  Alice  12 faces in 9 photos, 2 questions`.
pub(super) fn line(page: &mut Page<'_>, person: &Person) -> io::Result<()> {
    let number = format!("#{}", person.id.0);
    let name = person.name.as_deref().unwrap_or("(no name)");
    let seen = format!("{} in {}", count(person.faces, "face"), count(person.photos, "photo"));
    let asked = match person.suggestions {
        0 => String::new(),
        questions => format!(", {}", count(questions, "question")),
    };
    let hidden = if person.hidden { ", hidden" } else { "" };
    page.line(format_args!("{number:>6}  {name}  {seen}{asked}{hidden}"))
}
