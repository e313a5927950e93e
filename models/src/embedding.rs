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

    /// The direction in the middle of some; of one, itself.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] when there is none: of no vectors, or of such that cancel out.
    pub fn mean(vectors: &[Self]) -> Result<Self, ModelError> {
        if let [one] = vectors {
            return Ok(one.clone());
        }
        let mut sum = vec![0.0; vectors.first().map_or(0, Self::dim)];
        for vector in vectors {
            sum.iter_mut().zip(&vector.0).for_each(|(sum, value)| *sum += value);
        }
        Self::normalise(sum)
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
    fn the_mean_of_some_lies_in_the_middle_and_the_mean_of_one_is_itself() {
        let [x, y] = [[1.0, 0.0], [0.0, 1.0]].map(|values| Embedding::normalise(values.to_vec()).unwrap());
        let middle = Embedding::mean(&[x.clone(), y]).unwrap();
        assert!(middle.as_slice().iter().all(|value| (value - 0.5f32.sqrt()).abs() < 1e-6), "{middle:?}");
        let odd = Embedding::normalise(vec![0.3, 0.1, 0.7]).unwrap();
        assert_eq!(Embedding::mean(std::slice::from_ref(&odd)).unwrap(), odd);
        let back = Embedding::normalise(vec![-1.0, 0.0]).unwrap();
        assert!(Embedding::mean(&[x, back]).is_err());
        assert!(Embedding::mean(&[]).is_err());
    }

    #[test]
    fn zero_and_nan_are_refused() {
        for bad in [vec![0.0; 4], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
            assert!(Embedding::normalise(bad).is_err());
        }
    }
}
