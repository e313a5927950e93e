//! YuNet in burn's own convolutions over `[picture, channel, y, x]`: the GPU's way.

use burn::tensor::module::{interpolate, max_pool2d};
use burn::tensor::ops::{InterpolateMode, InterpolateOptions, MaxPoolOptions};
use burn::tensor::{Tensor, TensorData, activation};

use super::{ANSWERS, Canvas, POOLED_BEFORE, Unit, Weights};
use crate::face::planes::Convolution;
use crate::place::Place;

/// The network on a GPU.
#[derive(Debug)]
pub(in crate::face) struct Network {
    stem: Convolution,
    stages: Vec<Vec<Separable>>,
    laterals: [Separable; 3],
    heads: [Separable; 3],
    place: Place,
}

#[derive(Debug)]
struct Separable {
    pointwise: Convolution,
    depthwise: Convolution,
}

impl Network {
    pub(super) fn new(weights: Weights, place: &Place) -> Self {
        let separable = |unit: Unit| Separable {
            pointwise: Convolution::new(unit.pointwise, place),
            depthwise: Convolution::new(unit.depthwise, place),
        };
        Self {
            stem: Convolution::new(weights.stem, place),
            stages: weights
                .stages
                .into_iter()
                .map(|stage| stage.into_iter().map(separable).collect())
                .collect(),
            laterals: weights.laterals.map(separable),
            heads: weights.heads.map(separable),
            place: place.clone(),
        }
    }

    /// See [`super::YuNet::forward`].
    pub(super) fn forward(&self, canvas: Canvas<'_>) -> Tensor<2> {
        let mut x = activation::relu(self.stem.forward(self.input(canvas)));
        let mut stages = vec![];
        for (stage, pools) in self.stages.iter().zip(POOLED_BEFORE) {
            if pools {
                x = max_pool2d(x, MaxPoolOptions::new([2, 2]).with_stride([2, 2]));
            }
            for unit in stage {
                x = activation::relu(unit.forward(x));
            }
            stages.push(x.clone());
        }
        let mut levels = vec![];
        let mut above: Option<Tensor<4>> = None;
        for (lateral, stage) in self.laterals.iter().rev().zip(stages.into_iter().rev()) {
            let sum = match above {
                None => stage,
                Some(coarse) => {
                    let [_, _, height, width] = stage.dims();
                    let options = InterpolateOptions::new(InterpolateMode::Nearest)
                        .with_align_corners(false)
                        .with_output_size([height, width]);
                    stage + interpolate(coarse, options)
                }
            };
            let level = activation::relu(lateral.forward(sum));
            above = Some(level.clone());
            levels.push(level);
        }
        let heads = self.heads.iter().zip(levels.into_iter().rev()).map(|(head, level)| {
            let answers = head.forward(level);
            let [_, _, height, width] = answers.dims();
            answers.reshape([ANSWERS, height * width]).swap_dims(0, 1)
        });
        Tensor::cat(heads.collect(), 0)
    }

    /// `[1, 3, y, x]`: blue, green, red, 0 to 255.
    fn input(&self, canvas: Canvas<'_>) -> Tensor<4> {
        let [width, height] = canvas.padded;
        let mut planes = vec![0.0; 3 * width * height];
        for (plane, colour) in planes.chunks_exact_mut(width * height).zip([2, 1, 0]) {
            let rows = canvas.rgb.chunks_exact(canvas.width * 3);
            for (line, row) in plane.chunks_exact_mut(width).zip(rows) {
                for (number, pixel) in line.iter_mut().zip(row.chunks_exact(3)) {
                    *number = f32::from(pixel[colour]);
                }
            }
        }
        Tensor::from_data(TensorData::new(planes, [1, 3, height, width]), self.place.device())
    }
}

impl Separable {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.depthwise.forward(self.pointwise.forward(x))
    }
}
