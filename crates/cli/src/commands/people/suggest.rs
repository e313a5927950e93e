//! `kindred people suggest`: what is worth asking.

use clap::Args;
use kindred_core::Suggestion;
use serde::Serialize;

use super::who::Who;
use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `suggest`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only about this person; about everybody with a name otherwise
    #[arg(value_name = "PERSON")]
    who: Option<Who>,
    /// Number of questions
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

#[derive(Serialize)]
struct Answer {
    suggestions: Vec<Suggestion>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let person = arguments.who.as_ref().map(|who| who.person(&library)).transpose()?;
    let answer = Answer { suggestions: library.suggestions(person, arguments.limit)? };
    let photos: Vec<_> = answer.suggestions.iter().map(|suggestion| suggestion.photo).collect();
    let paths = library.paths(&photos)?;
    context.output.answer(&answer, |page| {
        for (Suggestion { face, person, name, similarity, .. }, path) in answer.suggestions.iter().zip(&paths)
        {
            let who = name.clone().unwrap_or_else(|| format!("#{}", person.0));
            page.path(format_args!("{:>8}  {who}? ({similarity:.2})  ", face.0), path)?;
        }
        Ok(())
    })?;
    Ok(())
}
