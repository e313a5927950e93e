//! Sentences to vectors.

use std::sync::Arc;

use super::canary::Canary;
use super::placed::{Placed, Probe, Shape};
use crate::clip::{self, TextTower};
use crate::device::Compute;
use crate::embedding::Embedding;
use crate::error::ModelError;
use crate::info::ModelInfo;
use crate::resolve::{Recipe, ResolvedModel};
use crate::starter;
use crate::tokenizer::ClipTokenizer;

/// Sentences that are computed at once. On a GPU, fewer than this are one alone or filled up.
const BATCH: usize = 8;

/// A network that makes vectors of sentences, in the space of the [`ImageEmbedder`](super::ImageEmbedder) of the same model.
pub struct TextEmbedder {
    info: ModelInfo,
    tokenizer: Arc<ClipTokenizer>,
    context: usize,
    vocabulary: usize,
    dim: usize,
    /// In which a question of few words is asked; none: as it is.
    wordings: Vec<String>,
    network: Placed<TextTower>,
}

impl TextEmbedder {
    /// Loads the network onto the device of `compute`, which falls back to the CPU when the GPU fails or computes wrong numbers.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] for a model without a text tower; [`ModelError::NoGpu`] when the GPU fails and was demanded;
    /// [`ModelError::Checkpoint`] or [`ModelError::Tensor`] for a file that is not what it should be.
    pub fn load(model: &ResolvedModel, compute: &Compute) -> Result<Self, ModelError> {
        let info = model.info.clone();
        let unsuitable =
            || ModelError::Unsuitable { id: info.id.clone(), reason: "does not understand text".into() };
        let (tower, dim, tokenizer, wordings) = match &model.recipe {
            Recipe::Clip(config) => (config.text.clone(), config.dim, ClipTokenizer::shared(), Vec::new()),
            Recipe::Starter(config) => {
                let tokenizer = Arc::new(ClipTokenizer::cut(config.merges()));
                (config.text(), config.dimensions, tokenizer, config.wordings().to_vec())
            }
            Recipe::ResNet50(_) => return Err(unsuitable()),
        };
        let (context, vocabulary) = (tower.context, tower.vocabulary);
        let canary = Canary::new(compute, &info, "text", vec![dim]);
        let files = model.clone();
        let read = move |place: &_| match &files.recipe {
            Recipe::Clip(config) => {
                let (checkpoint, layout) = clip::open(&files.weights, config)?;
                TextTower::read(&checkpoint, layout, &config.text, config.dim, place)
            }
            Recipe::Starter(config) => {
                starter::read_text_tower(&starter::open(&files.weights, config)?, config, place)
            }
            Recipe::ResNet50(_) => unreachable!("it was refused above"),
        };
        let known_input: Vec<u32> = (0..context.min(8)).map(|i| (i * 37 % vocabulary) as u32).collect();
        let probe = Probe {
            batch: Shape { inputs: BATCH, length: known_input.len() },
            forward: Box::new(move |tower: &TextTower, copies| {
                tower.forward(&vec![known_input.as_slice(); copies])
            }),
        };
        let network = Placed::load(&info, compute, &canary, &probe, read)?;
        Ok(Self { info, tokenizer, context, vocabulary, dim, wordings, network })
    }

    /// What the model is.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// One vector per sentence. What does not fit into the network's context, 77 tokens of CLIP, is cut off.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] for a network with another vocabulary than CLIP's, [`ModelError::Inference`] and
    /// [`ModelError::NotFinite`] when the CPU cannot compute them either.
    pub fn embed_texts(&self, texts: &[&str]) -> Result<Vec<Embedding>, ModelError> {
        let tokens: Vec<Vec<u32>> =
            texts.iter().map(|text| self.tokenizer.encode(text, self.context)).collect();
        self.embed_tokens(&tokens)
    }

    /// One vector per question, as a person types it. CLIP is asked the question itself; the starter model is asked few words in several
    /// wordings, and the answer is the mean of their vectors.
    ///
    /// # Errors
    /// As [`embed_texts`](Self::embed_texts).
    pub fn embed_questions(&self, questions: &[&str]) -> Result<Vec<Embedding>, ModelError> {
        let worded: Vec<Vec<String>> =
            questions.iter().map(|question| starter::worded(question, &self.wordings)).collect();
        let sentences: Vec<&str> = worded.iter().flatten().map(String::as_str).collect();
        let mut vectors = self.embed_texts(&sentences)?.into_iter();
        let mut mean_of = |count| Embedding::mean(&vectors.by_ref().take(count).collect::<Vec<_>>());
        worded.iter().map(|sentences| mean_of(sentences.len())).collect()
    }

    /// One vector per sequence of tokens. Each ends with the end-of-text token, without padding.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] for an empty sequence, one that is longer than the network's context, or a token that is not in its
    /// vocabulary; otherwise as [`embed_texts`](Self::embed_texts).
    pub fn embed_tokens(&self, sequences: &[Vec<u32>]) -> Result<Vec<Embedding>, ModelError> {
        for sequence in sequences {
            self.check(sequence)
                .map_err(|reason| ModelError::Unsuitable { id: self.info.id.clone(), reason })?;
        }
        let sequences: Vec<&[u32]> = sequences.iter().map(Vec::as_slice).collect();
        let rows = self.network.run(sequences.chunks(BATCH).map(shape), |tower, on_gpu| {
            let batches = sequences.chunks(BATCH);
            batches
                .map(|batch| {
                    let mut filled = batch.to_vec();
                    if let (true, Some(last)) = (on_gpu, batch.last()) {
                        filled.resize(shape(batch).inputs, last);
                    }
                    tower.forward(&filled).narrow(0, 0, batch.len())
                })
                .collect()
        })?;
        rows.chunks_exact(self.dim).map(|row| Embedding::normalise(row.to_vec())).collect()
    }

    fn check(&self, sequence: &[u32]) -> Result<(), String> {
        if sequence.is_empty() || sequence.len() > self.context {
            return Err(format!("reads 1 to {} tokens, not {}", self.context, sequence.len()));
        }
        match sequence.iter().find(|token| **token as usize >= self.vocabulary) {
            Some(token) => Err(format!("knows {} tokens; {token} is none of them", self.vocabulary)),
            None => Ok(()),
        }
    }
}

/// How a GPU computes these sequences. The tower fills them up to one of a few lengths; the longest one's own stands for that.
fn shape(sequences: &[&[u32]]) -> Shape {
    let longest = sequences.iter().map(|sequence| sequence.len()).max().unwrap_or(0);
    Shape::on_gpu(sequences.len(), BATCH, longest)
}
