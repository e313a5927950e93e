//! Kindred in a window: commands, pictures and events for the page in `ui/`, over `kindred-core` alone. Nothing here
//! decides anything about photos; what the window can do, the core does.

mod app;
mod arguments;
mod closing;
mod commands;
mod drag_out;
mod dropping;
mod explorations;
mod jobs;
mod offered;
mod opening;
mod platform;
mod query_pictures;
mod questions;
mod settings;
mod shell;
mod thumb;
mod values;
mod watch;
mod window;

pub use app::{builder, context, run};
pub use arguments::Options;
pub use shell::Shell;

/// The names of all commands, as the page calls them.
pub const COMMANDS: &[&str] = include!("commands/names.rs");
