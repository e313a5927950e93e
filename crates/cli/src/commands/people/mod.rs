//! `kindred people …`: who is in the photos.

mod list;
mod say;
mod show;
mod suggest;
mod switch;
mod who;

use clap::Subcommand;
use kindred_core::FaceId;

use self::who::Who;
use crate::context::Context;
use crate::failure::Failure;

/// What to do with people. Without a word they are listed.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List everybody: those with a name first, then groups of faces without one
    List,
    /// Tell whether faces are looked for, and how far that is
    Status,
    /// Look for faces from the next `kindred index` on; what is found stays on this machine
    On,
    /// Look for faces no longer, and erase every face, name and decision
    #[command(alias = "erase")]
    Off,
    /// Show a person: its photos, and the numbers of its faces
    Show {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
    },
    /// Give a person a name; an empty one takes it away
    Name {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
        /// The name
        name: String,
    },
    /// Say that several people are one
    Merge {
        /// The one that stays
        into: Who,
        /// Those that go into it
        #[arg(required = true)]
        from: Vec<Who>,
    },
    /// Make faces of a person a person of their own
    Split {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
        /// Numbers of faces as `show` prints them
        #[arg(required = true, value_parser = face)]
        faces: Vec<FaceId>,
    },
    /// Say whose faces these are
    Is {
        /// A name, known or new, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
        /// Numbers of faces as `show` prints them
        #[arg(required = true, value_parser = face)]
        faces: Vec<FaceId>,
    },
    /// Say that faces are not a person's
    IsNot {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
        /// Numbers of faces as `show` prints them
        #[arg(required = true, value_parser = face)]
        faces: Vec<FaceId>,
    },
    /// Say that these are no faces
    NotAFace {
        /// Numbers of faces as `show` prints them
        #[arg(required = true, value_parser = face)]
        faces: Vec<FaceId>,
    },
    /// Leave a person out of lists
    Hide {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
        /// List it again
        #[arg(long)]
        undo: bool,
    },
    /// Show a person by one of its faces
    Cover {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON")]
        who: Who,
        /// The number of a face as `show` prints it
        #[arg(value_parser = face)]
        face: FaceId,
    },
    /// Ask who some faces are, the question that settles most first
    Suggest(suggest::Arguments),
    /// Take the last decision back
    Undo,
    /// Forget a person's name; with --all erase every face, name and decision, as `off` does
    Forget {
        /// A name, or a number as `list` prints it
        #[arg(value_name = "PERSON", required_unless_present = "all")]
        who: Option<Who>,
        /// Everybody
        #[arg(long, conflicts_with = "who")]
        all: bool,
    },
}

pub(crate) fn run(command: Option<Command>, context: &Context) -> Result<(), Failure> {
    match command.unwrap_or(Command::List) {
        Command::List => list::run(context),
        Command::Status => switch::status(context),
        Command::On => switch::on(context),
        Command::Off => switch::off(context),
        Command::Show { who } => show::run(&who, context),
        Command::Suggest(arguments) => suggest::run(&arguments, context),
        Command::Forget { all: true, .. } => switch::off(context),
        Command::Forget { who: None, .. } => Err(Failure::Usage("whom to forget?".to_owned())),
        Command::Forget { who: Some(who), .. } => say::name(&who, "", context),
        Command::Name { who, name } => say::name(&who, &name, context),
        Command::Merge { into, from } => say::merge(&into, &from, context),
        Command::Split { who, faces } => say::split(&who, &faces, context),
        Command::Is { who, faces } => say::this_is(&who, &faces, context),
        Command::IsNot { who, faces } => say::this_is_not(&who, &faces, context),
        Command::NotAFace { faces } => say::not_faces(&faces, context),
        Command::Hide { who, undo } => say::hide(&who, !undo, context),
        Command::Cover { who, face } => say::cover(&who, face, context),
        Command::Undo => say::undo(context),
    }
}

fn face(text: &str) -> Result<FaceId, String> {
    text.parse().map(FaceId).map_err(|_| format!("\"{text}\" is not the number of a face"))
}
