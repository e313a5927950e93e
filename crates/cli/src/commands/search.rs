//! `kindred search QUERY`: finds photos by words, pictures, or both.

use std::io;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use kindred_core::{ImageTerm, ModelRef, SearchAnswer, SearchRequest};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::progress::tell;
use crate::wording;

/// Arguments of `search`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Words such as: beach at sunset -people 2:"red car" folder:Italy date:2024-05..2024-08
    #[arg(value_name = "QUERY", required_unless_present = "images")]
    pub query: Vec<String>,
    /// A picture to resemble; -FILE for one not to resemble, 2:FILE for twice the weight
    #[arg(long = "image", value_name = "FILE", allow_hyphen_values = true, value_parser = picture())]
    pub images: Vec<ImageTerm>,
    #[command(flatten)]
    pub page: PageArguments,
    /// The model to answer with, an id or a folder with its files, if not the library's own
    #[arg(long, value_name = "ID|DIR")]
    pub model: Option<ModelRef>,
}

/// Which part of a long answer to print.
#[derive(Debug, Args)]
pub(crate) struct PageArguments {
    /// How many photos to print
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// How many to leave out before them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
}

/// Reads a picture term from any file name, Unicode or not.
fn picture() -> impl TypedValueParser<Value = ImageTerm> {
    OsStringValueParser::new().try_map(|argument| ImageTerm::from_argument(&argument))
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Result<(), Failure> {
    let request = SearchRequest {
        query: arguments.query.join(" "),
        images: arguments.images,
        offset: arguments.page.offset,
        limit: arguments.page.limit,
        model: arguments.model,
    };
    let answer = context.library()?.search(&request)?;
    print(&answer, context)
}

/// Prints a ranking; `similar` answers with one as well.
pub(crate) fn print(answer: &SearchAnswer, context: &Context) -> Result<(), Failure> {
    context.tell_device(answer.device.as_ref());
    context.output.answer(answer, |page| words(page, answer))?;
    if !context.output.is_json() && answer.results.is_empty() {
        tell("Nothing found.");
    }
    Ok(())
}

fn words(page: &mut Page<'_>, answer: &SearchAnswer) -> io::Result<()> {
    for result in &answer.results {
        let score = result.score.map_or_else(|| "     ".to_owned(), |score| format!("{score:>5.3}"));
        // Behind this line everything is as like as any photo is to any question.
        if answer.strong > 0 && result.rank == answer.strong + 1 {
            page.line("      less alike:")?;
        }
        let offline = if result.offline { "(offline) " } else { "" };
        page.path(format_args!("{:>4}  {score}  {offline}", result.rank), &result.path)?;
    }
    match &answer.model {
        Some(model) if !answer.results.is_empty() => {
            page.line(format_args!("      answered by {}", wording::model(model)))
        }
        _ => Ok(()),
    }
}
