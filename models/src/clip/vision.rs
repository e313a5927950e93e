//! CLIP's image tower, a vision transformer.

use burn::tensor::{Int, Tensor, TensorData};

use super::config::ClipConfig;
use super::keys::{Layout, Norm, Part, Tower};
use super::transformer::Block;
use crate::cpu::epilogue::Activation;
use crate::error::ModelError;
use crate::layers::{Dense, LayerNorm};
use crate::load::Checkpoint;
use crate::place::Place;

/// Patches → class token → common space.
#[derive(Debug)]
pub(crate) struct ImageTower {
    /// The patch convolution; its windows do not overlap, so it is a product with one row per patch.
    patches: Dense,
    /// What is added to every token, `[1, patches + 1, width]`: its position, and for the first the class embedding.
    offsets: Tensor<3>,
    before: LayerNorm,
    blocks: Vec<Block>,
    after: LayerNorm,
    projection: Dense,
    side: usize,
    patch: usize,
    place: Place,
}

impl ImageTower {
    /// Reads the tower's tensors from a checkpoint that was checked by [`super::open`].
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when a tensor is unreadable or not finite.
    pub(crate) fn read(
        checkpoint: &Checkpoint,
        layout: Layout,
        config: &ClipConfig,
        place: &Place,
    ) -> Result<Self, ModelError> {
        let image = &config.image;
        let (width, tokens) = (image.encoder.width, image.patches() + 1);
        let mut offsets = checkpoint.values(layout.part(Part::ImagePositions))?;
        let class = checkpoint.values(layout.part(Part::ClassEmbedding))?;
        offsets.iter_mut().zip(class).for_each(|(o, c)| *o += c);
        let kernel = checkpoint.values(layout.part(Part::PatchEmbedding))?;
        let projection = layout.read_projection(checkpoint, Tower::Image, width, config.dim)?;
        let norm = |norm| layout.read_norm(checkpoint, norm, image.encoder.epsilon, place);
        Ok(Self {
            patches: Dense::from_pytorch(&kernel, [width, 3 * image.patch * image.patch], None, place),
            offsets: Tensor::from_data(TensorData::new(offsets, [1, tokens, width]), place.device()),
            before: norm(Norm::ImageBefore)?,
            blocks: (0..image.encoder.layers)
                .map(|layer| layout.read_block(checkpoint, Tower::Image, layer, &image.encoder, place))
                .collect::<Result<_, _>>()?,
            after: norm(Norm::ImageAfter)?,
            projection: Dense::new(projection, [width, config.dim], None, place),
            side: image.side,
            patch: image.patch,
            place: place.clone(),
        })
    }

    /// `[pictures, dim]`, not normalised. `pictures` are RGB, `side` × `side` × 3 bytes each; `colours` makes numbers of bytes.
    pub(crate) fn forward(&self, pictures: &[&[u8]], colours: &[[f32; 256]; 3]) -> Tensor<2> {
        let batch = pictures.len();
        let input: Vec<f32> = patch_rows(pictures, self.side, self.patch, colours);
        let (patches, columns) = ((self.side / self.patch).pow(2), 3 * self.patch * self.patch);
        let input =
            Tensor::<2>::from_data(TensorData::new(input, [batch * patches, columns]), self.place.device());
        let embedded = self.patches.forward(input);
        let [_, width] = embedded.dims();
        let class = Tensor::<3>::zeros([batch, 1, width], self.place.device());
        let tokens =
            Tensor::cat(vec![class, embedded.reshape([batch, patches, width])], 1) + self.offsets.clone();
        let mut x = self.before.forward(tokens.reshape([batch * (patches + 1), width]));
        let first_rows: Vec<i32> = (0..batch).map(|i| (i * (patches + 1)) as i32).collect();
        let first_rows =
            Tensor::<1, Int>::from_data(TensorData::new(first_rows, [batch]), self.place.device());
        if let Some((last, others)) = self.blocks.split_last() {
            for block in others {
                x = block.forward(x, batch, false);
            }
            x = last.forward_rows(x, batch, false, first_rows);
        }
        self.projection.forward_with(self.after.forward(x), None, Activation::Identity)
    }
}

/// One row per patch, columns in the order (channel, y, x) of the convolution's kernel.
fn patch_rows(pictures: &[&[u8]], side: usize, patch: usize, colours: &[[f32; 256]; 3]) -> Vec<f32> {
    let across = side / patch;
    let mut rows = Vec::with_capacity(pictures.len() * 3 * (across * patch).pow(2));
    for picture in pictures {
        for (py, px) in (0..across * across).map(|i| (i / across, i % across)) {
            for (channel, colours) in colours.iter().enumerate() {
                for y in py * patch..(py + 1) * patch {
                    let line = &picture[(y * side + px * patch) * 3..][..patch * 3];
                    rows.extend(line.chunks_exact(3).map(|pixel| colours[usize::from(pixel[channel])]));
                }
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_row_lists_the_channels_one_after_the_other() {
        // Four patches of 2×2 in a picture of 5×5: the odd pixel row and column belong to none.
        let picture: Vec<u8> = (0..5 * 5).flat_map(|i| [i, 100 + i, 200 + i]).collect();
        let identity: [f32; 256] = std::array::from_fn(|i| i as f32);
        let rows = patch_rows(&[&picture], 5, 2, &[identity; 3]);
        assert_eq!(rows.len(), 4 * 12);
        assert_eq!(rows[12..24], [2., 3., 7., 8., 102., 103., 107., 108., 202., 203., 207., 208.]);
    }
}
