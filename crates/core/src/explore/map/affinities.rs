//! How much photos attract each other.

use super::super::neighbours::Near;

/// A symmetric sparse matrix of attractions that add up to 1.
pub(super) struct Affinities {
    starts: Vec<u32>,
    places: Vec<u32>,
    values: Vec<f32>,
}

/// Halvings of the interval in which the width of a neighbourhood is sought.
const HALVINGS: usize = 64;

impl Affinities {
    /// From the neighbours of each photo with their squared distances: Gaussian neighbourhoods of the perplexity asked for, made
    /// symmetric.
    pub(super) fn of(near: &[Vec<Near>], perplexity: f64) -> Self {
        let count = near.len();
        let mut entries: Vec<Vec<(u32, f32)>> = vec![Vec::new(); count];
        for (place, list) in near.iter().enumerate() {
            let squares: Vec<f64> = list.iter().map(|near| f64::from(near.1)).collect();
            for ((there, _), part) in list.iter().zip(neighbourhood(&squares, perplexity)) {
                let half = (part / (2.0 * count as f64)) as f32;
                entries[place].push((*there, half));
                entries[*there as usize].push((place as u32, half));
            }
        }
        let mut matrix = Self { starts: vec![0], places: Vec::new(), values: Vec::new() };
        for mut row in entries {
            row.sort_by_key(|entry| entry.0);
            for (there, value) in row {
                let row_start = matrix.starts.last().map_or(0, |start| *start as usize);
                match matrix.places[row_start..].last() == Some(&there) {
                    true => matrix.values.last_mut().into_iter().for_each(|last| *last += value),
                    false => {
                        matrix.places.push(there);
                        matrix.values.push(value);
                    }
                }
            }
            matrix.starts.push(matrix.places.len() as u32);
        }
        matrix
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn row(&self, place: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.starts[place] as usize..self.starts[place + 1] as usize;
        self.places[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }
}

/// Parts of the neighbours, which add up to 1 and whose entropy is the logarithm of the perplexity.
pub(super) fn neighbourhood(squares: &[f64], perplexity: f64) -> Vec<f64> {
    let Some(least) = squares.iter().copied().reduce(f64::min) else { return Vec::new() };
    let mean = squares.iter().map(|square| square - least).sum::<f64>() / squares.len() as f64;
    if mean <= 0.0 {
        return vec![1.0 / squares.len() as f64; squares.len()];
    }
    let target = perplexity.min(squares.len() as f64 * 0.99).max(1.0).ln();
    let (mut low, mut high, mut beta) = (0.0, f64::INFINITY, 1.0 / mean);
    for _ in 0..HALVINGS {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for square in squares {
            let weight = (-(square - least) * beta).exp();
            sum += weight;
            weighted += weight * (square - least);
        }
        let entropy = sum.ln() + beta * weighted / sum;
        if (entropy - target).abs() < 1e-6 {
            break;
        }
        match entropy > target {
            true => low = beta,
            false => high = beta,
        }
        beta = if high.is_finite() { (low + high) / 2.0 } else { beta * 2.0 };
    }
    let weights: Vec<f64> = squares.iter().map(|square| (-(square - least) * beta).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbourhoods_have_the_perplexity_asked_for() {
        let squares: Vec<f64> = (0..90).map(|at| 0.01 * f64::from(at) + 0.3).collect();
        for perplexity in [5.0, 30.0] {
            let parts = neighbourhood(&squares, perplexity);
            let entropy: f64 = parts.iter().filter(|part| **part > 0.0).map(|part| -part * part.ln()).sum();
            assert!((entropy.exp() - perplexity).abs() < 1e-3, "{}", entropy.exp());
            assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
        assert_eq!(neighbourhood(&[0.0; 4], 30.0), [0.25; 4]);
        assert_eq!(neighbourhood(&[], 30.0), [0.0; 0]);
    }

    #[test]
    fn attractions_are_mutual_and_add_up_to_one() {
        let near = vec![
            vec![(1, 0.1), (2, 0.4)],
            vec![(0, 0.1), (2, 0.2)],
            vec![(1, 0.2), (0, 0.4)],
            vec![(0, 1.0), (1, 2.0)],
        ];
        let matrix = Affinities::of(&near, 1.5);
        let value = |a: usize, b: u32| matrix.row(a).find(|entry| entry.0 == b).map_or(0.0, |entry| entry.1);
        let mut sum = 0.0;
        for a in 0..4 {
            for b in 0..4 {
                assert_eq!(value(a, b), value(b as usize, a as u32));
                sum += value(a, b);
            }
        }
        assert!((sum - 1.0).abs() < 1e-6);
    }
}
