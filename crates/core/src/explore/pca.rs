//! Principal components: the few directions in which vectors differ most.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::eigen::symmetric;
use super::products::{add_outer, products};
use super::random::{Random, mixed};
use super::space::Space;
use super::steps::Steps;
use crate::error::Result;

/// Photos that the directions are taken from: more hardly turn them.
const SAMPLE: usize = 20_000;
/// Directions that are followed beside those asked for, so that these settle sooner (Halko, Martinsson and Tropp, 2011).
const BESIDE: usize = 10;
const ROUNDS: usize = 40;
/// Rows that are loaded at a time, and rows of the covariance that one core works on.
const ROWS: usize = 512;
const STRIP: usize = 64;
/// Components with less than this part of the largest variance are noise of the arithmetic.
const LEAST_VARIANCE: f64 = 1e-9;

/// Photos in principal components.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// Components of each photo; 0 where all photos are the same.
    pub dim: usize,
    /// One row for each photo, in the order of the space; the first component varies most.
    pub rows: Vec<f32>,
}

/// The photos of a space in at most `dim` principal components. Of a direction and its opposite, that one is taken whose largest
/// part is positive.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub fn principal(space: &Space, dim: usize, steps: &Steps<'_>) -> Result<Principal> {
    let sample = sample_of(space);
    let mean = space.mean(sample.iter().copied());
    let covariance = covariance(space, &sample, &mean, steps)?;
    let axes = axes(&covariance, space.dim(), dim.min(space.dim()), steps)?;
    let kept = axes.len() / space.dim();
    let mut rows = vec![0.0; space.len() * kept];
    if kept > 0 {
        let places: Vec<usize> = (0..space.len()).collect();
        places.par_chunks(ROWS).zip(rows.par_chunks_mut(ROWS * kept)).for_each(|(places, out)| {
            products(&centred(space, places, &mean), &axes, space.dim(), out);
        });
    }
    steps.go_on()?;
    Ok(Principal { dim: kept, rows })
}

/// Places of at most [`SAMPLE`] photos, drawn by their ids.
fn sample_of(space: &Space) -> Vec<usize> {
    let mut places: Vec<usize> = (0..space.len()).collect();
    if places.len() > SAMPLE {
        places.sort_by_key(|place| mixed(space.ids()[*place].0 as u64));
        places.truncate(SAMPLE);
        places.sort_unstable();
    }
    places
}

fn centred(space: &Space, places: &[usize], mean: &[f32]) -> Vec<f32> {
    let mut rows = vec![0.0; places.len() * space.dim()];
    for (place, row) in places.iter().zip(rows.chunks_exact_mut(space.dim())) {
        space.load(*place, row);
        row.iter_mut().zip(mean).for_each(|(component, mean)| *component -= mean);
    }
    rows
}

/// Of the sample: `dim × dim`.
fn covariance(space: &Space, sample: &[usize], mean: &[f32], steps: &Steps<'_>) -> Result<Vec<f32>> {
    let dim = space.dim();
    let mut matrix = vec![0.0; dim * dim];
    for places in sample.chunks(ROWS) {
        steps.go_on()?;
        let rows = centred(space, places, mean);
        // Each strip adds up its own blocks in their order, whoever works on it.
        matrix.par_chunks_mut(STRIP * dim).enumerate().for_each(|(strip, out)| {
            add_outer(&rows, dim, strip * STRIP, out);
        });
    }
    let count = sample.len().max(1) as f32;
    matrix.iter_mut().for_each(|entry| *entry /= count);
    Ok(matrix)
}

/// The first `count` eigenvectors of a covariance, as rows, by following a few directions through it again and again.
fn axes(covariance: &[f32], dim: usize, count: usize, steps: &Steps<'_>) -> Result<Vec<f32>> {
    let followed = (count + BESIDE).min(dim);
    let mut random = Random::new(50);
    let mut axes: Vec<f32> = (0..followed * dim).map(|_| random.signed()).collect();
    for _ in 0..ROUNDS {
        steps.go_on()?;
        orthonormal(&mut axes, dim);
        axes = times(&axes, covariance, dim);
    }
    orthonormal(&mut axes, dim);
    let images = times(&axes, covariance, dim);
    let product =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let rows: Vec<&[f32]> = axes.chunks(dim).collect();
    let inner = rows.iter().flat_map(|a| images.chunks(dim).map(|b| product(a, b)).collect::<Vec<f64>>());
    let (values, turns) = symmetric(inner.collect(), followed);
    let least = values.first().map_or(0.0, |first| first * LEAST_VARIANCE).max(f64::from(f32::MIN_POSITIVE));
    let kept = values.iter().take(count).take_while(|value| **value > least).count();
    let turned = turns.chunks(followed.max(1)).take(kept).flat_map(|turn| {
        let mut axis = vec![0.0f64; dim];
        for (part, row) in turn.iter().zip(&rows) {
            axis.iter_mut().zip(*row).for_each(|(sum, component)| *sum += part * f64::from(*component));
        }
        let largest =
            axis.iter().fold(0.0f64, |most, part| if part.abs() > most.abs() { *part } else { most });
        axis.into_iter().map(move |part| (part * largest.signum()) as f32)
    });
    Ok(turned.collect())
}

/// `rows` times a symmetric matrix.
fn times(rows: &[f32], symmetric: &[f32], dim: usize) -> Vec<f32> {
    let mut out = vec![0.0; rows.len()];
    rows.par_chunks(8 * dim)
        .zip(out.par_chunks_mut(8 * dim))
        .for_each(|(rows, out)| products(rows, symmetric, dim, out));
    out
}

/// Makes the rows stand upright on each other, with length 1 (Gram and Schmidt, each twice); what is left of nothing is nothing.
fn orthonormal(rows: &mut [f32], dim: usize) {
    for at in 0..rows.len() / dim {
        let (before, rest) = rows.split_at_mut(at * dim);
        let row = &mut rest[..dim];
        let scale = length(row);
        for _ in 0..2 {
            for earlier in before.chunks(dim) {
                let part: f64 = earlier.iter().zip(&*row).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                row.iter_mut().zip(earlier).for_each(|(x, e)| *x -= (part * f64::from(*e)) as f32);
            }
        }
        let length = length(row);
        let factor = if length > scale * 1e-6 { 1.0 / length } else { 0.0 };
        row.iter_mut().for_each(|x| *x = (f64::from(*x) * factor) as f32);
    }
}

fn length(row: &[f32]) -> f64 {
    row.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::space::testing::*;
    use super::super::steps::testing::unwatched;
    use super::*;

    fn principal_of(vectors: &[Vec<f32>], dim: usize) -> Principal {
        unwatched(|steps| principal(&space(vectors), dim, steps).unwrap())
    }

    #[test]
    fn components_keep_distances_when_nothing_is_left_out() {
        let vectors = groups(3, 20, 8, 0.6);
        let space = space(&vectors);
        let found = principal_of(&vectors, 8);
        assert_eq!(found.dim, 8);
        for a in 0..space.len() {
            for b in 0..space.len() {
                let far: f32 = space
                    .row(a)
                    .iter()
                    .zip(space.row(b))
                    .map(|(a, b)| (a.to_f32() - b.to_f32()).powi(2))
                    .sum();
                let rows = |at: usize| &found.rows[at * 8..(at + 1) * 8];
                let near: f32 = rows(a).iter().zip(rows(b)).map(|(a, b)| (a - b).powi(2)).sum();
                assert!((far - near).abs() < 1e-4, "{a} {b}: {far} {near}");
            }
        }
    }

    #[test]
    fn the_first_components_vary_most_and_are_independent() {
        let found = principal_of(&groups(5, 80, 30, 0.7), 6);
        let column =
            |at: usize| found.rows.iter().skip(at).step_by(6).map(|x| f64::from(*x)).collect::<Vec<_>>();
        let product = |a: usize, b: usize| column(a).iter().zip(column(b)).map(|(a, b)| a * b).sum::<f64>();
        let variances: Vec<f64> = (0..6).map(|at| product(at, at)).collect();
        assert!(variances.windows(2).all(|pair| pair[0] >= pair[1]), "{variances:?}");
        for a in 0..6 {
            for b in 0..a {
                assert!(product(a, b).abs() < 1e-3 * variances[0], "{a} {b}");
            }
        }
    }

    #[test]
    fn what_does_not_vary_has_no_component() {
        assert_eq!(principal_of(&vec![vec![1.0, 2.0, 3.0]; 9], 3).dim, 0);
        assert_eq!(principal_of(&[], 3).dim, 0);
        // One dimension is constant, one is twice the other.
        let line: Vec<Vec<f32>> = (0..9).map(|x| vec![1.0, 0.01 * x as f32, 0.02 * x as f32]).collect();
        assert!((1..=2).contains(&principal_of(&line, 3).dim));
    }
}
