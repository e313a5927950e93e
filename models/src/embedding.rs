//! The one thing that leaves this crate: a unit-length vector.

use crate::error::ModelError;

/// A vector of unit length. The cosine of two of them is their dot product.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(Vec<f32>);

impl Embedding {
    /// Scales `values` to unit length.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] when a component is NaN or infinite, or when the length is zero.
    pub fn normalise(mut values: Vec<f32>) -> Result<Self, ModelError> {
        let length = values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>().sqrt();
        if !length.is_finite() || length == 0.0 {
            return Err(ModelError::NotFinite { what: format!("a vector of length {length}") });
        }
        for value in &mut values {
            *value = (f64::from(*value) / length) as f32;
        }
        Ok(Self(values))
    }

    /// The components.
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }

    /// Number of components.
    pub fn dim(&self) -> usize {
        self.0.len()
    }

    /// The components, owned.
    pub fn into_vec(self) -> Vec<f32> {
        self.0
    }

    /// Cosine similarity, −1 to 1. Vectors of different dimension have nothing in common: 0.
    pub fn cosine(&self, other: &Self) -> f32 {
        if self.dim() != other.dim() {
            return 0.0;
        }
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normalised_vector_has_length_one() {
        let e = Embedding::normalise(vec![3.0, 4.0]).unwrap();
        assert_eq!(e.as_slice(), [0.6, 0.8]);
        assert!((e.cosine(&e) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn zero_and_nan_are_refused() {
        for bad in [vec![0.0; 4], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
            assert!(Embedding::normalise(bad).is_err());
        }
    }
}
