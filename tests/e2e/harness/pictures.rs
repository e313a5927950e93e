//! Pictures drawn for the tests, of which it is known what they show.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use kindred_scenes::{Colour, Figure, Pattern, Scene, Shape, View};

/// When the newest picture was taken: 1 June 2024, 12:00.
const NEWEST: Duration = Duration::from_secs(1_717_243_200);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const fn figure(colour: Colour, shape: Shape, background: Colour) -> Scene {
    Scene::Figure(Figure::one(colour, shape, background))
}

/// A few of each kind. Those of one kind are to be found before all others; the first, newest kind is one that nobody
/// asks for, so that an answer is not taken for the whole library.
pub(crate) const KINDS: [(&str, [Scene; 3]); 8] = [
    ("yellow-star", [figure(Colour::Yellow, Shape::Star, Colour::Blue); 3]),
    ("red-circle", [figure(Colour::Red, Shape::Circle, Colour::White); 3]),
    ("blue-square", [figure(Colour::Blue, Shape::Square, Colour::White); 3]),
    ("green-triangle", [figure(Colour::Green, Shape::Triangle, Colour::White); 3]),
    ("sunset", [Scene::View(View::SunsetOverTheSea); 3]),
    ("snowy-mountain", [Scene::View(View::SnowyMountain); 3]),
    ("stripes", [Scene::Pattern(Pattern::Stripes(Colour::Black, Colour::White)); 3]),
    ("chessboard", [Scene::Pattern(Pattern::Chessboard); 3]),
];

/// How many pictures [`draw`] draws.
pub(crate) const COUNT: usize = KINDS.len() * 3;

/// Draws the pictures of all kinds, called `red-circle-1.bmp` and so on, each on a day of its own.
pub(crate) fn draw(folder: &Path) {
    let scenes = KINDS
        .iter()
        .flat_map(|(name, scenes)| (1..).zip(scenes).map(move |(number, scene)| (name, number, scene)));
    for (at, (name, number, scene)) in (0..).zip(scenes) {
        write(folder, &format!("{name}-{number}.bmp"), scene, at, (360, 270 + 30 * (at % 3)), at);
    }
}

/// Draws so many pictures that indexing them takes a while.
pub(crate) fn draw_many(folder: &Path, count: u32) {
    for at in 0..count {
        let (_, scenes) = KINDS[at as usize % KINDS.len()];
        write(folder, &format!("{at:04}.bmp"), &scenes[0], 100 + at, (240, 180), at);
    }
}

/// What an album shows, from the newest picture on, and in which of its folders.
const ALBUM: [(Scene, &str); 18] = [
    (Scene::View(View::SunsetOverTheSea), "Holidays/By the sea"),
    (Scene::View(View::SnowyMountain), "Holidays/In the mountains"),
    (Scene::View(View::SailingBoat), "Holidays/By the sea"),
    (Scene::View(View::GreenMeadow), "Holidays/In the mountains"),
    (Scene::View(View::StarryNight), "Holidays/In the mountains"),
    (Scene::View(View::Tree), "At home"),
    (Scene::View(View::Rainbow), "At home"),
    (figure(Colour::Yellow, Shape::Star, Colour::Blue), "Drawings"),
    (Scene::View(View::SailingBoat), "Holidays/By the sea"),
    (Scene::View(View::House), "At home"),
    (Scene::View(View::SnowyMountain), "Holidays/In the mountains"),
    (Scene::View(View::SunsetOverTheSea), "Holidays/By the sea"),
    (Scene::View(View::Car(Colour::Red)), "At home"),
    (Scene::View(View::GreenMeadow), "Holidays/In the mountains"),
    (Scene::View(View::StarryNight), "At home"),
    (figure(Colour::Red, Shape::Heart, Colour::White), "Drawings"),
    (Scene::View(View::Tree), "At home"),
    (Scene::View(View::Car(Colour::Blue)), "At home"),
];

/// How many pictures [`draw_album`] draws.
pub(crate) const ALBUM_COUNT: usize = 5 * ALBUM.len();

/// Draws what a person could have taken in a year: large pictures of several shapes in a few folders. They are called after what
/// they show.
pub(crate) fn draw_album(folder: &Path) {
    const SIZES: [(u32, u32); 5] = [(960, 640), (640, 800), (960, 720), (720, 720), (1120, 630)];
    for at in 0..ALBUM_COUNT {
        let (scene, part) = ALBUM[at % ALBUM.len()];
        let place = folder.join(part);
        fs::create_dir_all(&place).unwrap();
        let size = SIZES[(at * 7 + at / ALBUM.len()) % SIZES.len()];
        let name = format!("{} {}.bmp", scene.caption(), at + 1);
        write(&place, &name, &scene, 500 + at as u32, size, 2 + 2 * at as u32);
    }
}

/// Draws one picture that is in no folder of the library.
pub(crate) fn draw_one(path: &Path, scene: &Scene) {
    let folder = path.parent().unwrap();
    write(folder, path.file_name().unwrap().to_str().unwrap(), scene, 77, (320, 240), 0);
}

/// Writes so many small files, hour by hour into the past. Nobody has to look at them for them to be in the library.
pub(crate) fn write_small(folder: &Path, count: u32) {
    let shapes = [(12, 8), (8, 12), (8, 8), (16, 8)];
    let pictures = shapes.map(|(width, height)| KINDS[0].1[0].draw(width, height, 1).bitmap());
    for at in 0..count {
        let part = folder.join(format!("{:03}", at / 1000));
        if at % 1000 == 0 {
            fs::create_dir_all(&part).unwrap();
        }
        let path = part.join(format!("{at:06}.bmp"));
        fs::write(&path, &pictures[at as usize % pictures.len()]).unwrap();
        date(&path, NEWEST - Duration::from_secs(60 * 60) * at);
    }
}

fn write(folder: &Path, name: &str, scene: &Scene, seed: u32, (width, height): (u32, u32), days_ago: u32) {
    let path = folder.join(name);
    fs::write(&path, scene.draw(width, height, u64::from(seed)).bitmap()).unwrap();
    date(&path, NEWEST - DAY * days_ago);
}

fn date(path: &Path, since_epoch: Duration) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + since_epoch).unwrap();
}
