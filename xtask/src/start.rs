//! `cargo xtask start`: from a fresh clone to Kindred at work, with one command. On a desktop that is the window, elsewhere a
//! few questions and a page with the answers.

mod answers;
mod page;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::answers::{Answer, Kindred};
use self::page::Page;
use crate::pictures::{self, KNOWN};
use crate::places::Places;
use crate::{process, setup};

/// What photos of every collection may show.
const EVERYDAY: [&str; 5] = ["a beach", "a dog", "food on a plate", "people", "a red car"];
/// The page that is left where the command is run.
const PAGE: &str = "kindred-demo.html";

/// How JSON calls the model that is part of Kindred.
const STARTER_ID: &str = "starter";
/// What is said of it.
const STARTER: &str = "The starter model answered, the small network that is part of Kindred. It knows everyday things; CLIP knows far \
                       more, and ResNet50 compares looks better.";
const WANTED: [Wanted; 2] = [
    Wanted { id: "clip-vit-b-32", what: "605 MB, for words and meaning", is_for_look: false },
    Wanted { id: "resnet50", what: "103 MB, for look", is_for_look: true },
];

/// A model that is better than the one that comes with Kindred.
struct Wanted {
    id: &'static str,
    what: &'static str,
    is_for_look: bool,
}

/// What to show Kindred on, and what to ask it.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A folder of photos; without it, a few pictures are drawn
    folder: Option<PathBuf>,
    /// A question to ask instead of the usual five; may be given several times
    #[arg(long = "ask", value_name = "QUESTION", allow_hyphen_values = true)]
    questions: Vec<String>,
    /// Ask questions as on a machine without a display, instead of opening the window
    #[arg(long)]
    no_window: bool,
}

/// A question to ask.
struct Question {
    text: String,
    /// What the first answer should be called, where that is known.
    right: Option<&'static str>,
}

/// Builds Kindred and opens its window; without a display has `kindred` index a folder, asks it a few questions, and writes a
/// page that shows the answers.
pub(crate) fn start(places: &Places, options: &Options) -> Result<()> {
    if let Some(folder) = options.folder.as_ref().filter(|folder| !folder.is_dir()) {
        bail!("{} is not a folder", folder.display());
    }
    setup::prepare(places, &[])?;
    process::run(process::cargo(places).args([
        "build",
        "--release",
        "--workspace",
        "--bins",
        "--example",
        "thumbnails",
    ]))?;

    // A folder of the user's goes into the user's library; drawn pictures get a library of their own.
    let trial = places.cache.join("start");
    let (kindred, folder) = match &options.folder {
        Some(folder) => (Kindred { places, library: None }, folder.clone()),
        None => {
            let (drawn, library) = (trial.join("pictures"), trial.join("library"));
            pictures::draw(&drawn)?;
            if library.exists() {
                fs::remove_dir_all(&library).with_context(|| library.display().to_string())?;
            }
            (Kindred { places, library: Some(library) }, drawn)
        }
    };
    if has_display() && !options.no_window && options.questions.is_empty() {
        return window(&kindred, &folder);
    }
    kindred.run(&["add".as_ref(), folder.as_os_str()])?;

    let mut answers = Vec::new();
    for Question { text, right } in questions(options) {
        answers.push(kindred.search(&text, right)?);
    }
    let compared = match options.folder {
        Some(_) => answers.iter().find_map(|answer| answer.results.first()).map(|result| result.path.clone()),
        None => Some(folder.join(format!("{}.bmp", pictures::COMPARED.caption()))),
    };
    let mut likenesses = Vec::new();
    if let Some(photo) = &compared {
        for by in ["look", "meaning"] {
            likenesses.push(kindred.similar(photo, by)?);
        }
    }
    println!("\n{}", table::table(&answers, &likenesses));

    let shown: Vec<&Answer> = answers.iter().chain(&likenesses).collect();
    let thumbnails = kindred.thumbnails(&trial.join("thumbnails"), &shown)?;
    let program = places.kindred();
    let page = Page {
        folder: &folder,
        are_drawn: options.folder.is_none(),
        answers: &answers,
        likenesses: &likenesses,
        thumbnails: &thumbnails,
        program: &program,
    };
    let path = std::path::absolute(PAGE)?;
    fs::write(&path, page.html()).with_context(|| format!("{} could not be written", path.display()))?;

    let wanted = wanted(&shown);
    if !wanted.is_empty() {
        println!("{STARTER}\nThey are fetched by");
        wanted
            .iter()
            .for_each(|model| println!("  {} models get {}   ({})", program.display(), model.id, model.what));
        println!();
    }
    println!("The answers with their pictures: {}", path.display());
    println!("Kindred is built: {}", program.display());
    println!("Its window, for a desktop: {}", places.window().display());
    println!("`kindred --help` and docs/guide.md tell what it can do.");
    Ok(())
}

/// Opens the window on a folder and waits until it is closed. The window adds the folder: it shows the photos at once and how
/// far indexing is.
fn window(kindred: &Kindred<'_>, folder: &Path) -> Result<()> {
    let mut command = Command::new(kindred.places.window());
    if let Some(library) = &kindred.library {
        command.arg("--library").arg(library);
    }
    println!("Kindred is built: {}", kindred.places.window().display());
    process::run(command.arg("--add").arg(std::path::absolute(folder)?))
}

/// There is a desktop to open a window on.
fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn questions(options: &Options) -> Vec<Question> {
    if !options.questions.is_empty() {
        let texts = options.questions.iter().cloned();
        return texts.map(|text| Question { text, right: None }).collect();
    }
    match options.folder {
        Some(_) => EVERYDAY.map(|text| Question { text: text.to_owned(), right: None }).into(),
        None => {
            KNOWN.map(|known| Question { text: known.question.to_owned(), right: Some(known.answer) }).into()
        }
    }
}

/// The models to get instead of the one that comes with Kindred, for what it answered.
fn wanted(answers: &[&Answer]) -> Vec<&'static Wanted> {
    let is_starter = |answer: &Answer| answer.model.as_deref() == Some(STARTER_ID);
    let is_wanted = |model: &&Wanted| {
        answers.iter().any(|answer| answer.question.is_by_look() == model.is_for_look && is_starter(answer))
    };
    WANTED.iter().filter(is_wanted).collect()
}

/// What people are told of a model.
fn model_name(id: &str) -> &str {
    if id == STARTER_ID { "the starter model" } else { id }
}

/// What a photo is called: its file, without the folders.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
