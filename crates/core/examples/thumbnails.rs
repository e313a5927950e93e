//! Small copies of pictures in any format that Kindred reads: how `cargo xtask start` comes by what it shows.
//!
//!     cargo run --release --example thumbnails -- FOLDER < paths.json
//!
//! Reads a list of paths, and prints a list as long: the thumbnail of each, a JPEG of at most 256 pixels in FOLDER, or null
//! where the picture cannot be read.

use std::path::{Path, PathBuf};

use kindred_core::media::{self, Caps, Scale, ThumbnailSize, Thumbnails};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("the folder to write to is missing")?;
    let thumbnails = Thumbnails::new(PathBuf::from(folder));
    let paths: Vec<PathBuf> = serde_json::from_reader(std::io::stdin().lock())?;
    let made: Vec<Option<PathBuf>> = paths.par_iter().map(|path| thumbnail(&thumbnails, path)).collect();
    println!("{}", serde_json::to_string(&made)?);
    Ok(())
}

fn thumbnail(thumbnails: &Thumbnails, path: &Path) -> Option<PathBuf> {
    let caps = Caps::of_machine();
    let bytes = media::read(path, &caps).ok()?;
    let enough = Scale::AtLeast { longest: ThumbnailSize::Large.source_side(), shortest: 0 };
    let decoded = media::decode(&bytes, enough, &caps).ok()?;
    let hash = media::content_hash(&bytes);
    let longest = decoded.width.max(decoded.height);
    thumbnails.ensure(&hash, &decoded.image, longest, decoded.icc.as_deref()).ok()?;
    Some(thumbnails.path(&hash, ThumbnailSize::Small))
}
