//! The command line: what can be said, and how it is read.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use kindred_core::DeviceChoice;

use crate::commands::{
    add, doctor, embed, explore, faces, index, info, list, models, people, remove, search, similar,
};

/// Find photos by what is in them, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "kindred", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes, before or after its name.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Globals {
    /// The library's folder [env: KINDRED_LIBRARY] [default: a place of its own among your application data]
    #[arg(long, global = true, value_name = "DIR")]
    pub library: Option<PathBuf>,
    /// The folder of downloaded models [env: KINDRED_MODELS] [default: beside the default library]
    #[arg(long, global = true, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// What the networks run on: auto, gpu or cpu
    #[arg(long, global = true, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Base address that replaces the host of every model download; an empty one is none [env: KINDRED_MIRROR]
    #[arg(long, global = true, value_name = "URL")]
    pub mirror: Option<String>,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
    /// Tell more of what happens; twice for much more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Remember folders of photos and index them
    Add(add::Arguments),
    /// Bring every folder up to date
    Index(index::ModelArguments),
    /// Try the photos again that could not be read
    Retry(index::ModelArguments),
    /// Find photos by words, pictures, or both
    Search(search::Arguments),
    /// Find photos like one photo
    Similar(similar::Arguments),
    /// List the faces in a picture
    Faces(faces::Arguments),
    /// See and say who is in the photos
    People {
        #[command(subcommand)]
        command: Option<people::Command>,
    },
    /// See what the library is made of: near-duplicates, outliers, clusters, a map
    #[command(subcommand)]
    Explore(explore::Command),
    /// Print the unit vector of a sentence or a picture
    Embed(embed::Arguments),
    /// Tell everything that is known of one photo
    Info(info::Arguments),
    /// List photos
    List(list::Arguments),
    /// List the folders of the library
    Folders,
    /// Forget a folder; its files are not touched
    Remove(remove::Arguments),
    /// Show the library at a glance
    Status,
    /// Look for what is wrong: device, models, database, disk
    Doctor(doctor::Arguments),
    /// See, get, check and remove models
    #[command(subcommand)]
    Models(models::Command),
}

/// Reads the command line.
///
/// # Errors
/// What clap says of it; asking for help counts as one.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(words_last(arguments.into_iter().collect()))
}

/// True when `--json` stands among the options: then a command line that makes no sense is answered in JSON too.
pub(crate) fn asks_for_json(arguments: &[OsString]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

/// Moves the words of a search behind `--`, so that `kindred search beach -people --limit 3` means what it says:
/// a query may start its words with `-`, which clap takes for options.
fn words_last(arguments: Vec<OsString>) -> Vec<OsString> {
    let root = Cli::command();
    let Some(at) = subcommand_place(&root, &arguments).filter(|at| arguments[*at] == "search") else {
        return arguments;
    };
    let Some(search) = root.find_subcommand("search") else { return arguments };
    let (mut options, mut words) = (arguments[..=at].to_vec(), Vec::new());
    let mut rest = arguments[at + 1..].iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            words.extend(rest.cloned());
            break;
        }
        if !is_option(argument) {
            words.push(argument.clone());
            continue;
        }
        options.push(argument.clone());
        if takes_next(&[search, &root], argument) {
            match rest.next().filter(|value| *value != "--") {
                Some(value) => options.push(value.clone()),
                // Nothing may follow it, or clap takes that for the value it misses.
                None => return options,
            }
        }
    }
    options.push("--".into());
    options.extend(words);
    options
}

/// Where the name of the subcommand stands.
fn subcommand_place(root: &clap::Command, arguments: &[OsString]) -> Option<usize> {
    let mut at = 1;
    while at < arguments.len() {
        if !arguments[at].as_encoded_bytes().starts_with(b"-") {
            return Some(at);
        }
        at += if takes_next(&[root], &arguments[at]) { 2 } else { 1 };
    }
    None
}

/// `--anything`, or a cluster of the short options there are. `-people` is neither: it is a word to search without.
fn is_option(argument: &OsStr) -> bool {
    match argument.as_encoded_bytes() {
        [b'-', b'-', ..] => true,
        [b'-', short @ ..] => !short.is_empty() && short.iter().all(|letter| b"vhV".contains(letter)),
        _ => false,
    }
}

/// The option `--name` takes its value from the next argument.
fn takes_next(commands: &[&clap::Command], argument: &OsStr) -> bool {
    let Some(name) = argument.to_str().and_then(|argument| argument.strip_prefix("--")) else { return false };
    let mut known = commands.iter().flat_map(|command| command.get_arguments());
    known.any(|option| option.get_long() == Some(name) && option.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use kindred_core::ModelRef;

    use super::*;

    fn parsed(line: &[&str]) -> Cli {
        let words = std::iter::once("kindred").chain(line.iter().copied()).map(OsString::from);
        parse(words).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    }

    /// The release profile, in which tests run, has none of clap's own assertions: an option that is defined twice, with
    /// different types, shows only when it is read.
    #[test]
    fn every_command_can_be_read() {
        for line in [
            &["add", "a", "b", "--model", "m"][..],
            &["index", "--model", "m"],
            &["retry", "--model", "m"],
            &["search", "a", "--model", "m", "--image", "b"],
            &["similar", "a", "--by", "look", "--model", "m"],
            &["explore", "duplicates", "--space", "look", "--folder", "a", "--folder", "b"],
            &["explore", "outliers", "--per-folder", "--csv"],
            &["explore", "clusters", "--html", "a.html"],
            &["explore", "map", "--csv", "a.csv"],
            &["embed", "--text", "a", "--model", "m"],
            &["embed", "--image", "a"],
            &["faces", "a"],
            &["people"],
            &["people", "list"],
            &["people", "status"],
            &["people", "on"],
            &["people", "off"],
            &["people", "erase"],
            &["people", "show", "a"],
            &["people", "name", "#1", "a"],
            &["people", "merge", "1", "2", "3"],
            &["people", "split", "1", "2", "3"],
            &["people", "is", "a", "2"],
            &["people", "is-not", "a", "2"],
            &["people", "not-a-face", "2"],
            &["people", "hide", "a", "--undo"],
            &["people", "cover", "a", "2"],
            &["people", "suggest", "a", "--limit", "3"],
            &["people", "undo"],
            &["people", "forget", "a"],
            &["people", "forget", "--all"],
            &["similar", "a", "--by", "face", "--face", "2"],
            &["list", "--failed"],
            &["folders"],
            &["remove", "a"],
            &["status"],
            &["doctor", "--set-aside"],
            &["models", "list"],
            &["models", "get", "m"],
            &["models", "import", "m", "a"],
            &["models", "verify", "m"],
            &["models", "remove", "m"],
        ] {
            let mut globals =
                vec!["--library", "l", "--models", "m", "--device", "cpu", "--mirror", "u", "-v"];
            // A table or a page is no JSON.
            if !line.iter().any(|word| ["--csv", "--html"].contains(word)) {
                globals.push("--json");
            }
            parsed(&[line, &globals].concat());
            parsed(&[&globals, line].concat());
        }
    }

    #[test]
    fn a_query_may_start_its_words_with_a_minus() {
        for (line, query, limit, json) in [
            (&["search", "-people", "beach"][..], "-people beach", 20, false),
            (&["search", "--", "-people", "beach"], "-people beach", 20, false),
            (&["search", "beach", "-people", "--limit", "3", "--json"], "beach -people", 3, true),
            (&["--json", "search", "--limit=3", "-2:red car"], "-2:red car", 3, true),
            (&["--library", "search", "search", "dog", "-v"], "dog", 20, false),
            (&["search", "-", "--limit", "3", "--", "--json"], "- --json", 3, false),
        ] {
            let cli = parsed(line);
            let Command::Search(search) = cli.command else { panic!("{line:?}") };
            assert_eq!((search.query.join(" ").as_str(), search.page.limit), (query, limit), "{line:?}");
            assert_eq!(cli.globals.json, json, "{line:?}");
        }
    }

    #[test]
    fn a_picture_of_a_query_may_have_a_sign() {
        let Command::Search(search) = parsed(&["search", "--image", "-a.jpg", "--image", "2:b.jpg"]).command
        else {
            panic!("not a search");
        };
        let weights: Vec<f32> = search.images.iter().map(|image| image.weight).collect();
        assert_eq!(weights, [-1.0, 2.0]);
    }

    #[test]
    fn options_that_do_not_exist_are_still_refused() {
        for line in
            [&["search", "--bogus", "dog"][..], &["folders", "-people"], &["search", "--limit", "x", "dog"]]
        {
            let words = std::iter::once("kindred").chain(line.iter().copied()).map(OsString::from);
            assert!(parse(words).is_err(), "{line:?}");
        }
    }

    #[test]
    fn an_option_of_a_search_without_its_value_is_refused_by_its_name() {
        for line in [
            &["search", "dog", "--image"][..],
            &["search", "--image", "--", "dog"],
            &["search", "-dog", "--image"],
        ] {
            let words = std::iter::once("kindred").chain(line.iter().copied()).map(OsString::from);
            let error = parse(words).unwrap_err().to_string();
            assert!(error.contains("a value is required for '--image <FILE>'"), "{line:?}: {error}");
        }
    }

    #[test]
    fn globals_stand_before_or_after_the_command() {
        for line in [
            &["--library", "a", "--device", "cpu", "index"][..],
            &["index", "--library", "a", "--device=cpu"],
        ] {
            let globals = parsed(line).globals;
            assert_eq!(globals.library, Some("a".into()), "{line:?}");
            assert_eq!(globals.device, DeviceChoice::Cpu, "{line:?}");
        }
    }

    #[test]
    fn every_model_that_is_named_is_taken() {
        let Command::Index(arguments) = parsed(&["index", "--model", "a", "--model", "b/c"]).command else {
            panic!("not an index");
        };
        assert_eq!(arguments.model, [ModelRef::Id("a".into()), ModelRef::Folder("b/c".into())]);
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_of_a_model_may_have_any_name() {
        use std::os::unix::ffi::OsStringExt;
        let folder = OsString::from_vec(b"models/\xff".to_vec());
        let words = ["kindred".into(), "models".into(), "verify".into(), folder.clone()];
        let Command::Models(models::Command::Verify { model }) = parse(words).unwrap().command else {
            panic!("not models verify");
        };
        assert_eq!(model, ModelRef::Folder(folder.into()));
    }
}
