//! The window: how soon it is there, how soon it answers, and what it takes. The whole program runs on a display of its own, as in the
//! tests; `tests/e2e/stories/measuring.rs` is what looks at it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use kindred_scenes::{Colour, Figure, Layout, Pattern, Scene, Shape, Size, View};
use serde::Deserialize;

use super::report::Section;
use crate::places::Places;
use crate::{dist, process, setup};

const PHOTOS: usize = 100_000;
const IN_A_FOLDER: usize = 1000;

const fn figure(colour: Colour, shape: Shape, background: Colour) -> Scene {
    Scene::Figure(Figure { colour, shape, layout: Layout::One(Size::Usual), background })
}

/// What the photos show, in turn.
const SCENES: [Scene; 8] = [
    figure(Colour::Yellow, Shape::Star, Colour::Blue),
    figure(Colour::Red, Shape::Circle, Colour::White),
    Scene::View(View::SunsetOverTheSea),
    figure(Colour::Green, Shape::Triangle, Colour::White),
    Scene::View(View::SnowyMountain),
    Scene::Pattern(Pattern::Stripes(Colour::Black, Colour::White)),
    Scene::View(View::GreenMeadow),
    Scene::View(View::Rainbow),
];

/// What the story tells. Times from a start are in seconds, those in the page in milliseconds.
#[derive(Debug, Deserialize)]
struct Measured {
    empty: Start,
    large: Start,
    memory_empty: Vec<Memory>,
    memory_large: Vec<Memory>,
    page: InPage,
}

#[derive(Debug, Deserialize)]
struct Start {
    window: f64,
    thumbnails: f64,
}

#[derive(Debug, Deserialize)]
struct Memory {
    program: String,
    rss: f64,
    pss: f64,
}

#[derive(Debug, Deserialize)]
struct InPage {
    typed: f64,
    search: f64,
    timeline: f64,
    status: f64,
    complete: f64,
    complete_after_change: f64,
    scroll: Scroll,
}

#[derive(Debug, Deserialize)]
struct Scroll {
    rate: f64,
    longest: f64,
}

pub(super) fn run(places: &Places) -> Result<Section> {
    setup::install(setup::TESTING)?;
    let dir = places.cache.join("bench/window");
    prepare(places, &dir)?;
    let out = dir.join("measured.json");
    let mut test = process::cargo(places);
    test.args(["test", "--release", "--workspace", "--test", "e2e", "--", "--ignored", "measuring"]);
    process::run(test.env("KINDRED_MEASURE", dir.join("library")).env("KINDRED_MEASURE_OUT", &out))?;
    let text = fs::read_to_string(&out).with_context(|| out.display().to_string())?;
    let measured: Measured = serde_json::from_str(&text).with_context(|| out.display().to_string())?;
    let installer = if cfg!(target_os = "linux") { Some(dist::pack(places)?) } else { None };
    let sizes = [Some(places.window()), Some(places.kindred()), installer];
    let sizes = sizes.into_iter().flatten().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(format!("| `{name}` | {:.1} MB |\n", fs::metadata(&path)?.len() as f64 / 1e6))
    });
    let sizes = sizes.collect::<Result<String>>()?;
    Ok(Section { title: "The window", body: body(&measured, &sizes) })
}

fn body(Measured { empty, large, memory_empty, memory_large, page }: &Measured, sizes: &str) -> String {
    let InPage { typed, search, timeline, status, complete, complete_after_change, scroll } = page;
    let memory = |all: &[Memory]| {
        let sum = |part: fn(&Memory) -> f64| all.iter().map(part).sum::<f64>() / 1e6;
        let own = all.iter().filter(|memory| memory.program.starts_with("kindred"));
        let own = own.map(|memory| memory.pss).sum::<f64>() / 1e6;
        format!(
            "{:.0} MB, of them the program {own:.0} MB; resident sets {:.0} MB",
            sum(|m| m.pss),
            sum(|m| m.rss)
        )
    };
    format!(
        "The whole program in WebKitGTK on a virtual display without a GPU, where the processor paints. Starts and times in the page \
         are medians of five.\n\n\
         | | | goal |\n| --- | --- | --- |\n\
         | start → window, first start | {:.2} s | |\n\
         | start → thumbnails, first start with a folder of 90 pictures | {:.2} s | |\n\
         | start → window, {PHOTOS} photos | {:.2} s | |\n\
         | start → thumbnails, {PHOTOS} photos | {:.2} s | |\n\
         | last key press → results on the screen, {PHOTOS} photos, of which 180 ms wait for the next key | {typed:.0} ms | |\n\
         | the search itself, from the page and back | {search:.0} ms | |\n\
         | all photos for the grid (timeline), from the page and back | {timeline:.0} ms | 150 ms |\n\
         | the library at a glance (status), from the page and back | {status:.0} ms | |\n\
         | completing a folder's name | {complete:.0} ms | 30 ms |\n\
         | the same right after a change of the library | {complete_after_change:.0} ms | 30 ms |\n\
         | scrolling, frames a second; longest frame | {:.0}; {:.0} ms | |\n\
         | memory, idle, no photos (proportional sets) | {} | |\n\
         | memory, idle, {PHOTOS} photos (proportional sets) | {} | |\n\n\
         | size | |\n| --- | --- |\n{sizes}",
        empty.window,
        empty.thumbnails,
        large.window,
        large.thumbnails,
        scroll.rate,
        scroll.longest,
        memory(memory_empty),
        memory(memory_large),
    )
}

/// Draws the photos and has them indexed, unless that was done before.
fn prepare(places: &Places, dir: &Path) -> Result<()> {
    let (photos, library, complete) = (dir.join("photos"), dir.join("library"), dir.join("complete"));
    if complete.exists() {
        return Ok(());
    }
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| dir.display().to_string())?;
    }
    eprintln!("drawing {PHOTOS} small pictures");
    for at in 0..PHOTOS {
        let folder = photos.join(format!("{:03}", at / IN_A_FOLDER));
        if at % IN_A_FOLDER == 0 {
            fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        let (width, height) = [(24, 16), (16, 24), (20, 20), (30, 16)][at % 4];
        let picture = SCENES[at / 4 % SCENES.len()].draw(width, height, at as u64);
        fs::write(folder.join(format!("{at:06}.bmp")), picture.bitmap())?;
    }
    let mut kindred = Command::new(places.kindred());
    kindred.arg("--library").arg(&library).arg("--models").arg(places.cache.join("bench/no-models"));
    process::run(kindred.args(["--device", "cpu", "add"]).arg(&photos))?;
    Ok(fs::write(complete, "")?)
}
