//! The vectors of pictures and questions, as the program makes them: the program behind `cargo xtask bench starter`.
//!
//!     cargo run --release --example vectors_of -- OUT < request.json
//!
//! The request is `{"model": ID or folder, "by": "meaning" or "look", "pictures": [paths], "texts": [questions]}`. OUT gets
//! `pictures.f32` and `texts.f32`, unit vectors of 32-bit little-endian floats, one after the other; `{"model", "dim"}` is
//! printed. Models are looked for in the folder that `KINDRED_MODELS` names.

use std::fs;
use std::path::{Path, PathBuf};

use kindred_core::media::{self, Caps, Scale};
use kindred_models::{
    Compute, DeviceChoice, Embedding, ImageEmbedder, ModelRef, ModelStore, Purpose, TextEmbedder, resolve,
};
use rayon::prelude::*;
use serde::Deserialize;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Deserialize)]
struct Request {
    model: String,
    by: Purpose,
    pictures: Vec<PathBuf>,
    texts: Vec<String>,
}

/// Pictures that are decoded and held at once.
const AT_ONCE: usize = 256;

fn main() -> Fallible<()> {
    let out = PathBuf::from(std::env::args_os().nth(1).ok_or("the folder to write to is missing")?);
    let request: Request = serde_json::from_reader(std::io::stdin().lock())?;
    let state = tempfile::tempdir()?;
    let compute = Compute::open(DeviceChoice::Cpu, state.path())?;
    let store = ModelStore::new(std::env::var_os("KINDRED_MODELS").unwrap_or_default());
    let model = resolve(&store, &request.model.parse::<ModelRef>()?)?;

    let images = ImageEmbedder::load(&model, &compute)?;
    let mut pictures = Vec::with_capacity(request.pictures.len());
    for paths in request.pictures.chunks(AT_ONCE) {
        let decoded: Fallible<Vec<_>> = paths.par_iter().map(|path| decoded(path)).collect();
        pictures.extend(images.embed_images(&decoded?, request.by)?);
    }
    write(&out.join("pictures.f32"), &pictures)?;

    let texts = match request.texts.is_empty() {
        true => Vec::new(),
        false => {
            let texts: Vec<&str> = request.texts.iter().map(String::as_str).collect();
            TextEmbedder::load(&model, &compute)?.embed_questions(&texts)?
        }
    };
    write(&out.join("texts.f32"), &texts)?;
    println!(
        "{}",
        serde_json::json!({ "model": model.info.id, "dim": pictures.first().map_or(0, |first| first.as_slice().len()) })
    );
    Ok(())
}

fn decoded(path: &Path) -> Fallible<image::RgbImage> {
    let caps = Caps::of_machine();
    let decoded = media::read(path, &caps).and_then(|bytes| media::decode(&bytes, Scale::Full, &caps));
    Ok(decoded.map_err(|error| format!("{}: {error}", path.display()))?.image)
}

fn write(path: &Path, vectors: &[Embedding]) -> std::io::Result<()> {
    let floats = vectors.iter().flat_map(|vector| vector.as_slice());
    fs::write(path, floats.flat_map(|float| float.to_le_bytes()).collect::<Vec<u8>>())
}
