//! `cargo xtask`: the project's own tasks.

mod bench;
mod dist;
mod e2e;
mod generated;
mod parity;
mod pictures;
mod places;
mod process;
mod python;
mod screenshots;
mod setup;
mod start;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::places::Places;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and show Kindred at work: in its window, or without a display by five questions
    Start(start::Options),
    /// Install what is missing and run every test
    Test {
        /// Passed on to `cargo test`, such as `-p kindred-core` or a test's name
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Have the window used as a person uses it, on a display of its own
    E2e(e2e::Options),
    /// Install what building and testing need, and build the window's page, which cargo needs
    Setup,
    /// Write the TypeScript types of what the window's page is given
    Bindings,
    /// Write the list of what others wrote of the program
    Licences,
    /// Check what the compiler cannot: file lengths, names, marks, who depends on whom
    Tidy,
    /// Measure speed and memory against peers, and write docs/measurements.md
    Bench {
        /// Only this one
        name: Option<bench::Benchmark>,
        #[command(flatten)]
        starter: bench::StarterOptions,
    },
    /// Build the programs and pack an installer for the system that this is run on
    Dist,
    /// Compare the networks with PyTorch at full size, from the picture file to the vector
    Parity,
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let places = Places::find()?;
    match task {
        Task::Start(options) => start::start(&places, &options),
        Task::Test { arguments } => test::test(&places, &arguments, &[]),
        Task::E2e(options) => e2e::e2e(&places, &options),
        Task::Setup => setup::prepare(&places, setup::TESTING),
        Task::Bindings => generated::bindings(&places),
        Task::Licences => generated::licences(&places),
        Task::Tidy => tidy::tidy(&places),
        Task::Bench { name, starter } => bench::bench(&places, name, &starter),
        Task::Dist => dist::dist(&places),
        Task::Parity => parity::parity(&places),
    }
}
