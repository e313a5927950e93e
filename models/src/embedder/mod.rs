//! Networks with everything around them: pictures and sentences in, unit vectors out, on whatever device works.

mod canary;
mod image;
mod placed;
mod text;

pub(crate) use canary::{Canary, picture as known_picture};
pub use image::ImageEmbedder;
pub(crate) use image::colours as levels;
pub(crate) use placed::{Placed, Probe, Shape};
pub use text::TextEmbedder;

use crate::embedding::Embedding;
use crate::error::ModelError;

/// The mean direction of several vectors of one picture: the mean of the unit vectors, of unit length again.
fn mean_direction(rows: &[&[f32]]) -> Result<Embedding, ModelError> {
    let mut sum = vec![0.0; rows.first().map_or(0, |row| row.len())];
    for row in rows {
        let unit = Embedding::normalise(row.to_vec())?;
        if let [_] = rows {
            return Ok(unit);
        }
        for (s, v) in sum.iter_mut().zip(unit.as_slice()) {
            *s += v;
        }
    }
    Embedding::normalise(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crops_count_the_same_whatever_their_length() {
        let mean = mean_direction(&[&[10.0, 0.0], &[0.0, 0.1]]).unwrap();
        let half = std::f32::consts::FRAC_1_SQRT_2;
        assert!(mean.as_slice().iter().all(|v| (v - half).abs() < 1e-6));
        assert_eq!(mean_direction(&[&[3.0, 4.0]]).unwrap().as_slice(), [0.6, 0.8]);
        assert!(mean_direction(&[&[1.0, 0.0], &[-1.0, 0.0]]).is_err());
    }
}
