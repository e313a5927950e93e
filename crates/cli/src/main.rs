//! `kindred`: find photos by what is in them, on your own machine.

mod args;
mod commands;
mod context;
mod exit_code;
mod exploring;
mod failure;
mod interrupt;
mod job;
mod output;
mod progress;
mod wording;

use std::ffi::OsString;

use tracing_subscriber::EnvFilter;

use crate::args::Cli;
use crate::context::Context;
use crate::exit_code::ExitCode;
use crate::failure::report_json;
use crate::output::Output;

/// The system's allocator gives pages back and asks for them again with every tensor. `cargo xtask bench image`
/// measures what that costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    run(std::env::args_os().collect()).into()
}

fn run(arguments: Vec<OsString>) -> ExitCode {
    let json = args::asks_for_json(&arguments);
    let Cli { globals, command } = match args::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => return refused(&error, json),
    };
    log(globals.verbose);
    interrupt::listen();
    let output = Output::new(globals.json);
    let done = Context::new(globals).and_then(|context| commands::run(command, &context));
    done.map_or_else(|failure| failure.report(output), |()| ExitCode::Done)
}

/// Help and version were asked for; everything else is a command line that makes no sense.
fn refused(error: &clap::Error, json: bool) -> ExitCode {
    // Nobody reading help is no reason to complain.
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::Done;
    }
    // The first paragraph says what is wrong; usage and tips follow.
    let words = error.to_string();
    let message: Vec<&str> = words.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    report_json(Output::new(json), "usage", message.join(" ").trim_start_matches("error: "));
    ExitCode::Usage
}

/// Warnings and, on request, more of what happens, on the standard error. `RUST_LOG` overrules `-v`.
fn log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "kindred_core=info,kindred_models=info,warn",
        _ => "kindred_core=debug,kindred_models=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
