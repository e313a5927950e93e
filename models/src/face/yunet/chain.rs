//! Units one after the other, each reading the rows of the one before while they are still in the cache.
//!
//! As passes over the whole picture the units would write and read ten times what the picture is made of. Here a row is asked of the last
//! unit, which asks the one before it for the rows that it lacks, and so on; of each unit three or four rows are kept.

use rayon::prelude::*;

use super::Unit;
use crate::cpu::depthwise::Depthwise;
use crate::cpu::pointwise::Pointwise;

const ANY: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];

/// Rows of the result that one task computes, at least: the rows above and below them are computed twice, in every unit.
const FEWEST_ROWS: usize = 12;

/// A 1×1 and a depthwise 3×3 convolution, and a pooling over 2×2 pixels where one follows.
#[derive(Debug)]
pub(super) struct Separable {
    pub(super) pointwise: Pointwise,
    depthwise: Depthwise,
    pools: bool,
}

/// A picture, `[y, x, channel]`.
#[derive(Debug)]
pub(super) struct Features {
    pub(super) values: Vec<f32>,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

/// Units and the size of the picture that the first of them reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain<'a> {
    pub(super) units: &'a [Separable],
    pub(super) height: usize,
    pub(super) width: usize,
}

/// What one task keeps of a unit.
struct Kept {
    /// Rows of the depthwise convolution's input, row y in place `y % ring.len()`. The pixels at either end stay zero.
    ring: Vec<Vec<f32>>,
    zeros: Vec<f32>,
    /// Rows before this one were made.
    made: usize,
    height: usize,
    /// A row of the unit's input.
    input: Vec<f32>,
}

impl Separable {
    pub(super) fn new(unit: &Unit, bounds: [f32; 2], pools: bool) -> Self {
        let Unit { pointwise, depthwise } = unit;
        Self {
            pointwise: Pointwise::new(&pointwise.kernel, pointwise.bias.clone(), ANY),
            depthwise: Depthwise::new(&depthwise.kernel, depthwise.bias.clone(), 1, bounds),
            pools,
        }
    }

    /// Rows of the convolution for a row of the result, and pixels for a pixel.
    fn part(&self) -> usize {
        if self.pools { 2 } else { 1 }
    }
}

impl Features {
    pub(super) fn row(&self, y: usize) -> &[f32] {
        let length = self.width * self.channels;
        &self.values[y * length..][..length]
    }
}

impl Chain<'_> {
    /// What the last unit gives, in the memory of `values`. `make` writes row y of what the first unit's depthwise convolution reads; it has
    /// a place for numbers of its own, which is empty at first.
    pub(super) fn run(
        &self,
        mut values: Vec<f32>,
        make: impl Fn(usize, &mut Vec<f32>, &mut [f32]) + Sync,
    ) -> Features {
        let part: usize = self.units.iter().map(Separable::part).product();
        let (height, width) = (self.height / part, self.width / part);
        let channels = self.units.last().map_or(0, |unit| unit.depthwise.channels());
        values.resize(height * width * channels, 0.0);
        self.write(&mut values, make);
        Features { values, height, width, channels }
    }

    /// As [`run`](Self::run), into `out`.
    pub(super) fn write(&self, out: &mut [f32], make: impl Fn(usize, &mut Vec<f32>, &mut [f32]) + Sync) {
        let part: usize = self.units.iter().map(Separable::part).product();
        let rows = self.height / part;
        let threads = rayon::current_num_threads();
        let tasks = if threads > 1 { 2 * threads } else { 1 };
        let band = rows.div_ceil(tasks).max(FEWEST_ROWS);
        let row = out.len() / rows;
        out.par_chunks_mut(band * row).enumerate().for_each(|(task, out)| {
            let mut kept = self.kept(task * band);
            let mut space = vec![];
            for (y, out) in out.chunks_exact_mut(row).enumerate() {
                self.row(&mut kept, task * band + y, &mut space, out, &make);
            }
        });
    }

    /// For a task that begins with row `first` of the result.
    fn kept(&self, mut first: usize) -> Vec<Kept> {
        let mut kept = vec![];
        let (mut height, mut width) = (self.height, self.width);
        for unit in self.units {
            let channels = unit.depthwise.channels();
            let zeros = vec![0.0; (width + 2) * channels];
            let ring = vec![zeros.clone(); 2 + unit.part()];
            kept.push(Kept { ring, zeros, made: 0, height, input: vec![] });
            (height, width) = (height / unit.part(), width / unit.part());
        }
        for (kept, unit) in kept.iter_mut().zip(self.units).rev() {
            first = (first * unit.part()).saturating_sub(1);
            kept.made = first;
        }
        kept
    }

    /// Row y of what the last of the units gives.
    fn row(
        &self,
        kept: &mut [Kept],
        y: usize,
        space: &mut Vec<f32>,
        out: &mut [f32],
        make: &impl Fn(usize, &mut Vec<f32>, &mut [f32]),
    ) {
        let (Some((unit, units)), Some((kept, earlier))) = (self.units.split_last(), kept.split_last_mut())
        else {
            return;
        };
        let y = y * unit.part();
        let channels = unit.depthwise.channels();
        let Kept { ring, zeros, made, height, input } = kept;
        let places = ring.len();
        while *made < (*height).min(y + unit.part() + 1) {
            let padded = zeros.len();
            let target = &mut ring[*made % places][channels..padded - channels];
            match units.last() {
                None => make(*made, space, target),
                Some(before) => {
                    input.resize(target.len() / channels * before.depthwise.channels(), 0.0);
                    Chain { units, ..*self }.row(earlier, *made, space, input, make);
                    unit.pointwise.row(input, target);
                }
            }
            *made += 1;
        }
        let at = |y: usize| if y < *height { ring[y % places].as_slice() } else { zeros.as_slice() };
        let [above, centre, below] = [at(y.wrapping_sub(1)), at(y), at(y + 1)];
        if unit.pools {
            unit.depthwise.pooled_row([above, centre, below, at(y + 2)], out);
        } else {
            unit.depthwise.row([above, centre, below], out);
        }
    }
}
