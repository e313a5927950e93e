//! One file for each command. Each reads its arguments, calls the library once, and words the answer.

pub(crate) mod add;
pub(crate) mod doctor;
pub(crate) mod embed;
pub(crate) mod explore;
pub(crate) mod faces;
mod folders;
pub(crate) mod index;
pub(crate) mod info;
pub(crate) mod list;
pub(crate) mod models;
pub(crate) mod people;
pub(crate) mod remove;
mod retry;
pub(crate) mod search;
pub(crate) mod similar;
mod status;

use kindred_core::IndexRequest;

use crate::args::Command;
use crate::context::Context;
use crate::failure::Failure;

/// Runs a command to its end.
pub(crate) fn run(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Add(arguments) => add::run(arguments, context),
        Command::Index(arguments) => {
            index::run(IndexRequest { models: arguments.model, ..IndexRequest::default() }, context)
        }
        Command::Retry(arguments) => retry::run(arguments, context),
        Command::Search(arguments) => search::run(arguments, context),
        Command::Similar(arguments) => similar::run(arguments, context),
        Command::Faces(arguments) => faces::run(&arguments, context),
        Command::People { command } => people::run(command, context),
        Command::Explore(command) => explore::run(command, context),
        Command::Embed(arguments) => embed::run(arguments, context),
        Command::Info(arguments) => info::run(&arguments, context),
        Command::List(arguments) => list::run(&arguments, context),
        Command::Folders => folders::run(context),
        Command::Remove(arguments) => remove::run(&arguments, context),
        Command::Status => status::run(context),
        Command::Doctor(arguments) => doctor::run(&arguments, context),
        Command::Models(command) => models::run(command, context),
    }
}
