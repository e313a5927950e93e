//! CLIP's text tower, a causal transformer. The starter model has one, too.

use burn::tensor::{Int, Tensor, TensorData};

use super::config::TextConfig;
use super::keys::{Layout, Norm, Part, Tower};
use super::transformer::Block;
use crate::cpu::epilogue::Activation;
use crate::error::ModelError;
use crate::layers::{Dense, LayerNorm};
use crate::load::Checkpoint;
use crate::place::Place;

/// Lengths that a GPU compiles and tunes kernels for; a sequence takes the next longer one.
const GPU_LENGTHS: [usize; 3] = [16, 32, 77];

/// Tokens → end-of-text token → common space.
///
/// Attention is causal: what stands behind the end-of-text token changes nothing before it and is not computed.
#[derive(Debug)]
pub(crate) struct TextTower {
    /// The embeddings stay on the CPU's side: a sentence needs a dozen of the thousands of rows.
    tokens: Vec<f32>,
    positions: Vec<f32>,
    blocks: Vec<Block>,
    after: LayerNorm,
    projection: Dense,
    width: usize,
    context: usize,
    place: Place,
}

impl TextTower {
    /// Reads the tower's tensors from a checkpoint that was checked for them. `dim` is that of the common space.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when a tensor is unreadable or not finite.
    pub(crate) fn read(
        checkpoint: &Checkpoint,
        layout: Layout,
        text: &TextConfig,
        dim: usize,
        place: &Place,
    ) -> Result<Self, ModelError> {
        let width = text.encoder.width;
        let projection = layout.read_projection(checkpoint, Tower::Text, width, dim)?;
        Ok(Self {
            tokens: checkpoint.values(layout.part(Part::TokenEmbedding))?,
            positions: checkpoint.values(layout.part(Part::TextPositions))?,
            blocks: (0..text.encoder.layers)
                .map(|layer| layout.read_block(checkpoint, Tower::Text, layer, &text.encoder, place))
                .collect::<Result<_, _>>()?,
            after: layout.read_norm(checkpoint, Norm::TextAfter, text.encoder.epsilon, place)?,
            projection: Dense::new(projection, [width, dim], None, place),
            width,
            context: text.context,
            place: place.clone(),
        })
    }

    /// `[sequences, dim]`, not normalised. Each sequence ends with its end-of-text token, where it is read off.
    ///
    /// Sequences are neither empty nor longer than the context, and their tokens are in the vocabulary.
    pub(crate) fn forward(&self, sequences: &[&[u32]]) -> Tensor<2> {
        let batch = sequences.len();
        let sequences: Vec<&[u32]> = sequences.iter().map(|sequence| up_to_end(sequence)).collect();
        let length = self.padded_length(sequences.iter().map(|s| s.len()).max().unwrap_or(1));
        let mut input = vec![0.0; batch * length * self.width];
        let mut ends = Vec::with_capacity(batch);
        for (i, (sequence, rows)) in
            sequences.into_iter().zip(input.chunks_exact_mut(length * self.width)).enumerate()
        {
            for ((token, row), position) in sequence
                .iter()
                .zip(rows.chunks_exact_mut(self.width))
                .zip(self.positions.chunks_exact(self.width))
            {
                let embedding = &self.tokens[*token as usize * self.width..][..self.width];
                for ((x, e), p) in row.iter_mut().zip(embedding).zip(position) {
                    *x = e + p;
                }
            }
            ends.push((i * length + sequence.len() - 1) as i32);
        }
        let ends = Tensor::<1, Int>::from_data(TensorData::new(ends, [batch]), self.place.device());
        let mut x =
            Tensor::<2>::from_data(TensorData::new(input, [batch * length, self.width]), self.place.device());
        if let Some((last, others)) = self.blocks.split_last() {
            for block in others {
                x = block.forward(x, batch, true);
            }
            x = last.forward_rows(x, batch, true, ends);
        }
        self.projection.forward_with(self.after.forward(x), None, Activation::Identity)
    }

    fn padded_length(&self, longest: usize) -> usize {
        if self.place.is_cpu() {
            return longest;
        }
        GPU_LENGTHS.into_iter().find(|n| *n >= longest).unwrap_or(longest).min(self.context).max(longest)
    }
}

/// The tokens up to the first end-of-text token, where the reference libraries read the sentence off: the one with the largest id. A user
/// may have typed the marker.
fn up_to_end(sequence: &[u32]) -> &[u32] {
    let largest = sequence.iter().max();
    let end = sequence.iter().position(|token| Some(token) == largest);
    end.map_or(sequence, |end| &sequence[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_ends_at_its_first_end_token() {
        assert_eq!(up_to_end(&[5, 1, 2, 9]), [5, 1, 2, 9]);
        assert_eq!(up_to_end(&[5, 1, 9, 2, 9]), [5, 1, 9]);
        assert_eq!(up_to_end(&[9]), [9]);
        assert!(up_to_end(&[]).is_empty());
    }
}
