//! Several terms, one vector.

/// Why terms make no direction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CombineError {
    /// There was no term.
    #[error("there is nothing to search for")]
    NoTerms,
    /// What is added and what is taken away is the same.
    #[error("the terms cancel each other out: what is wanted and what is excluded mean the same")]
    Cancelled,
    /// Vectors of two models.
    #[error("the terms come from different models ({0} and {1} components)")]
    Dimensions(usize, usize),
    /// A weight or component that is no number.
    #[error("a term or its weight is not a number")]
    NotFinite,
}

impl CombineError {
    /// A stable word for programs; the text of the error is for people.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoTerms => "no-terms",
            Self::Cancelled => "terms-cancel-out",
            Self::Dimensions(..) => "different-models",
            Self::NotFinite => "not-a-number",
        }
    }
}

/// Below this share of what went in, a sum is what rounding left over.
const REMAINDER: f64 = 1e-3;

/// The weighted sum of unit vectors, scaled to unit length. Negative weights point away.
///
/// # Errors
/// [`CombineError`] when there is no term, when they cancel out, or when they do not go together.
pub fn combine(terms: &[(f32, &[f32])]) -> Result<Vec<f32>, CombineError> {
    let (_, first) = terms.first().ok_or(CombineError::NoTerms)?;
    let mut sum = vec![0.0f64; first.len()];
    for (weight, vector) in terms {
        if vector.len() != sum.len() {
            return Err(CombineError::Dimensions(sum.len(), vector.len()));
        }
        for (sum, component) in sum.iter_mut().zip(*vector) {
            *sum += f64::from(*weight) * f64::from(*component);
        }
    }
    let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
    let put_in: f64 = terms.iter().map(|(weight, _)| f64::from(weight.abs())).sum();
    if !length.is_finite() {
        return Err(CombineError::NotFinite);
    }
    if length <= REMAINDER * put_in {
        return Err(CombineError::Cancelled);
    }
    Ok(sum.into_iter().map(|x| (x / length) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_add_up_to_a_unit_vector() {
        let (x, y) = ([1.0, 0.0], [0.0, 1.0]);
        assert_eq!(combine(&[(2.0, &x)]), Ok(vec![1.0, 0.0]));
        assert_eq!(combine(&[(-0.5, &x)]), Ok(vec![-1.0, 0.0]));
        assert_eq!(combine(&[(3.0, &x), (-4.0, &y)]), Ok(vec![0.6, -0.8]));
        assert_eq!(combine(&[(1.0, &x), (1.0, &x), (-1.0, &x)]), Ok(vec![1.0, 0.0]));
        let tiny = combine(&[(0.01, &x), (0.01, &y)]).unwrap();
        assert!((tiny[0] - 0.5f32.sqrt()).abs() < 1e-6 && tiny[0] == tiny[1]);
    }

    #[test]
    fn terms_that_make_no_direction_are_errors_with_words() {
        let x = [0.6, 0.8];
        let almost = [0.600_01, 0.799_99];
        assert_eq!(combine(&[]), Err(CombineError::NoTerms));
        assert_eq!(combine(&[(1.0, &x), (-1.0, &x)]), Err(CombineError::Cancelled));
        assert_eq!(combine(&[(2.0, &x), (-2.0, &almost)]), Err(CombineError::Cancelled));
        assert_eq!(combine(&[(1.0, &[0.0; 2])]), Err(CombineError::Cancelled));
        assert_eq!(combine(&[(1.0, &[])]), Err(CombineError::Cancelled));
        assert_eq!(combine(&[(1.0, &x), (1.0, &[1.0; 3])]), Err(CombineError::Dimensions(2, 3)));
        for (weight, vector) in [(f32::NAN, x), (1.0, [f32::NAN, 0.0]), (f32::INFINITY, x)] {
            assert_eq!(combine(&[(weight, &vector)]), Err(CombineError::NotFinite));
        }
    }
}
