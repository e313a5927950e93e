//! The starter model that is compiled into the program, against the reference libraries with the same weights.
//!
//! `starter.py` writes down their answers for the weights that are there, and has to be run again when these change.

use std::fs;

use kindred_models::{
    Compute, Embedding, ImageEmbedder, ModelRef, ModelStore, Purpose, TextEmbedder, resolve, verify,
};
use serde::Deserialize;

use crate::fixtures::fixture;
use crate::golden::{check, cpu, picture};

const LOWEST_COSINE: f32 = 0.9999;

#[derive(Deserialize)]
struct Golden {
    /// Of the weights.
    sha256: String,
    networks: Vec<Network>,
}

#[derive(Deserialize)]
struct Network {
    purpose: Purpose,
    dim: usize,
    noise_cosine: f32,
    images: Vec<Image>,
    texts: Vec<Text>,
}

#[derive(Deserialize)]
struct Image {
    file: String,
    vector: Vec<f32>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    vector: Vec<f32>,
}

fn golden() -> Golden {
    let answers = fs::read(fixture("starter.json")).expect("tests/parity/starter.py writes it");
    serde_json::from_slice(&answers).unwrap()
}

fn starter() -> ModelRef {
    ModelRef::Id("starter".into())
}

/// Nothing is ever installed there.
fn no_models() -> ModelStore {
    ModelStore::new("/nowhere")
}

fn images(compute: &Compute) -> ImageEmbedder {
    ImageEmbedder::load(&resolve(&no_models(), &starter()).unwrap(), compute).unwrap()
}

#[test]
fn the_starter_model_answers_as_the_reference_libraries_do() {
    let (_state, compute) = cpu();
    let golden = golden();
    let report = verify(&no_models(), &starter(), &compute).unwrap();
    assert!(
        report.checks.iter().any(|check| check.detail.contains(&golden.sha256)),
        "the weights are not those of tests/parity/fixtures/starter.json: run tests/parity/starter.py"
    );
    let embedder = images(&compute);
    let texts = TextEmbedder::load(&resolve(&no_models(), &starter()).unwrap(), &compute).unwrap();
    assert_eq!(golden.networks.len(), 2);
    for network in golden.networks {
        let pictures: Vec<_> = network.images.iter().map(|answer| picture(&answer.file)).collect();
        let found = embedder.embed_images(&pictures, network.purpose).unwrap();
        for (found, answer) in found.iter().zip(&network.images) {
            let name = format!("{:?} {}", network.purpose, answer.file);
            assert_eq!(found.dim(), network.dim, "{name}");
            // Resizing rounds to 8 bits: what noise of one level may do, a rounding may do.
            check(&name, found, &answer.vector, network.noise_cosine.min(LOWEST_COSINE), f32::INFINITY);
        }
        for answer in &network.texts {
            let found = texts.embed_texts(&[&answer.text]).unwrap();
            check(&answer.text, &found[0], &answer.vector, LOWEST_COSINE, 1e-3);
        }
    }
}

#[test]
fn a_question_of_few_words_is_the_mean_of_its_wordings() {
    let (_state, compute) = cpu();
    let texts = TextEmbedder::load(&resolve(&no_models(), &starter()).unwrap(), &compute).unwrap();
    let sentence = "a dog runs along the beach";
    let found = texts.embed_questions(&["photos of the puppy", sentence, "puppy"]).unwrap();
    let alone = |text: &str| texts.embed_texts(&[text]).unwrap().swap_remove(0);
    let wordings = ["puppy", "a photo of a puppy", "a picture of a puppy"].map(alone);
    let mean = Embedding::mean(&wordings).unwrap();
    assert!(mean.cosine(&wordings[0]) < 0.999, "the wordings say the same");
    for (found, expected) in found.iter().zip([&mean, &alone(sentence), &mean]) {
        check("a question", found, expected.as_slice(), 0.999_999, 1e-5);
    }
}

#[test]
fn one_look_at_a_picture_gives_both_vectors() {
    let (_state, compute) = cpu();
    let embedder = images(&compute);
    let pictures = ["wide.png", "tall.png"].map(|name| picture(&format!("pictures/{name}")));
    // A panorama beside them: its crops must not get into the vectors of others.
    let panorama = image::imageops::resize(&pictures[0], 300, 60, image::imageops::FilterType::Triangle);
    let pictures = [pictures[0].clone(), panorama, pictures[1].clone()];
    let both = embedder.embed_prepared(&embedder.preprocess().prepare_all(&pictures)).unwrap();
    let purposes: Vec<Purpose> = embedder.info().outputs.iter().map(|output| output.purpose).collect();
    assert_eq!(purposes, [Purpose::Meaning, Purpose::Look]);
    for (column, purpose) in purposes.into_iter().enumerate() {
        for (picture, vectors) in pictures.iter().zip(&both) {
            let alone = embedder.embed_images(std::slice::from_ref(picture), purpose).unwrap();
            check(&format!("{purpose:?}"), &vectors[column], alone[0].as_slice(), 0.999_999, 1e-5);
        }
    }
}
