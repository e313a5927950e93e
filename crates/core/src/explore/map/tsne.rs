//! The descent of t-SNE: attraction between neighbours, repulsion between all.

use rayon::prelude::*;

use super::super::steps::Counter;
use super::Point;
use super::affinities::Affinities;
use super::quadtree::Quadtree;
use crate::error::Result;

/// Rounds in which attraction is exaggerated, so that groups find together, and rounds after them. As in scikit-learn, which has
/// 1,000 in all.
const GATHERING: usize = 250;
const SETTLING: usize = 750;
const EXAGGERATION: f32 = 12.0;
/// Rounds of a map that starts from an earlier one.
const TOUCHING_UP: usize = 150;
const MOMENTUM: [f32; 2] = [0.5, 0.8];

/// What is to be laid out.
pub(super) struct Layout<'a> {
    pub affinities: &'a Affinities,
    pub start: &'a [Point],
    /// The start is an earlier map.
    pub is_known: bool,
}

pub(super) fn rounds(is_known: bool) -> usize {
    if is_known { TOUCHING_UP } else { GATHERING + SETTLING }
}

impl Layout<'_> {
    /// The points after all rounds. Each point adds up its own forces in one order, so threads change nothing.
    pub(super) fn run(&self, counter: &Counter<'_>) -> Result<Vec<Point>> {
        let count = self.affinities.len();
        let rate = (count as f32 / EXAGGERATION).max(50.0);
        let rate = if self.is_known { rate / 4.0 } else { rate };
        let mut points = self.start.to_vec();
        let (mut moves, mut gains) = (vec![[0.0f32; 2]; count], vec![[1.0f32; 2]; count]);
        for round in 0..rounds(self.is_known) {
            let gathering = !self.is_known && round < GATHERING;
            let exaggeration = if gathering { EXAGGERATION } else { 1.0 };
            let momentum = if gathering { MOMENTUM[0] } else { MOMENTUM[1] };
            let gradient = self.gradient(&points, exaggeration);
            let steps = points.par_iter_mut().zip(&mut moves).zip(&mut gains).zip(&gradient);
            steps.for_each(|(((point, step), gain), slope)| {
                for at in 0..2 {
                    gain[at] =
                        if (slope[at] > 0.0) == (step[at] > 0.0) { gain[at] * 0.8 } else { gain[at] + 0.2 };
                    gain[at] = gain[at].max(0.01);
                    step[at] = momentum * step[at] - rate * gain[at] * slope[at];
                    point[at] += step[at];
                }
            });
            centre(&mut points);
            counter.add(1)?;
        }
        Ok(points)
    }

    fn gradient(&self, points: &[Point], exaggeration: f32) -> Vec<Point> {
        let tree = Quadtree::of(points);
        let pushes: Vec<([f32; 2], f64)> = points.par_iter().map(|point| tree.push(*point)).collect();
        let likeness: f64 = pushes.iter().map(|push| push.1).sum();
        let scale = (1.0 / likeness.max(f64::MIN_POSITIVE)) as f32;
        let slope = |(place, (push, _)): (usize, &([f32; 2], f64))| {
            let here = points[place];
            let mut pull = [0.0f32; 2];
            for (there, attraction) in self.affinities.row(place) {
                let there = points[there as usize];
                let apart = [here[0] - there[0], here[1] - there[1]];
                let strength = attraction / (1.0 + apart[0] * apart[0] + apart[1] * apart[1]);
                pull[0] += strength * apart[0];
                pull[1] += strength * apart[1];
            }
            [
                4.0 * (exaggeration * pull[0] - scale * push[0]),
                4.0 * (exaggeration * pull[1] - scale * push[1]),
            ]
        };
        pushes.par_iter().enumerate().map(slope).collect()
    }
}

fn centre(points: &mut [Point]) {
    for at in 0..2 {
        let mean =
            (points.iter().map(|point| f64::from(point[at])).sum::<f64>() / points.len() as f64) as f32;
        points.iter_mut().for_each(|point| point[at] -= mean);
    }
}
