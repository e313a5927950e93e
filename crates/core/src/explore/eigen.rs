//! Eigenvalues of small symmetric matrices.

/// Sweeps after which nothing is left to turn at any size used here.
const SWEEPS: usize = 60;

/// Eigenvalues, largest first, and the eigenvectors as rows, of a symmetric `n × n` matrix, by Jacobi's rotations (Golub and Van
/// Loan, *Matrix Computations*, 8.5).
pub(super) fn symmetric(mut matrix: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; n * n];
    (0..n).for_each(|i| vectors[i * n + i] = 1.0);
    let total: f64 = matrix.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let mut rest = 0.0;
        for p in 0..n {
            for q in p + 1..n {
                rest += matrix[p * n + q] * matrix[p * n + q];
                rotate(&mut matrix, &mut vectors, n, p, q);
            }
        }
        if rest <= total * 1e-28 {
            break;
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| matrix[b * n + b].total_cmp(&matrix[a * n + a]).then(a.cmp(b)));
    let values = order.iter().map(|i| matrix[i * n + i]).collect();
    let rows = order.iter().flat_map(|i| vectors[i * n..(i + 1) * n].to_vec()).collect();
    (values, rows)
}

/// Makes the element at `p, q` nothing.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], n: usize, p: usize, q: usize) {
    let off = matrix[p * n + q];
    if off == 0.0 {
        return;
    }
    let tau = (matrix[q * n + q] - matrix[p * n + p]) / (2.0 * off);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let t = if tau == 0.0 { 1.0 } else { t };
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for k in 0..n {
        let (a, b) = (matrix[k * n + p], matrix[k * n + q]);
        (matrix[k * n + p], matrix[k * n + q]) = (c * a - s * b, s * a + c * b);
    }
    for k in 0..n {
        let (a, b) = (matrix[p * n + k], matrix[q * n + k]);
        (matrix[p * n + k], matrix[q * n + k]) = (c * a - s * b, s * a + c * b);
    }
    for k in 0..n {
        let (a, b) = (vectors[p * n + k], vectors[q * n + k]);
        (vectors[p * n + k], vectors[q * n + k]) = (c * a - s * b, s * a + c * b);
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    #[test]
    fn eigenvectors_are_turned_into_their_multiples_and_stand_upright_on_each_other() {
        let mut random = Random::new(5);
        for n in [1, 2, 3, 20, 60] {
            let half: Vec<f64> = (0..n * n).map(|_| f64::from(random.signed())).collect();
            let at = |i: usize, j: usize| half[i * n + j] + half[j * n + i];
            let matrix: Vec<f64> = (0..n * n).map(|k| at(k / n, k % n)).collect();
            let (values, vectors) = symmetric(matrix.clone(), n);
            assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
            for (value, vector) in values.iter().zip(vectors.chunks(n)) {
                for (row, component) in matrix.chunks(n).zip(vector) {
                    let product: f64 = row.iter().zip(vector).map(|(a, b)| a * b).sum();
                    assert!((product - value * component).abs() < 1e-9, "{n}");
                }
            }
            for (i, a) in vectors.chunks(n).enumerate() {
                for (j, b) in vectors.chunks(n).enumerate() {
                    let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                    assert!((product - f64::from(u8::from(i == j))).abs() < 1e-9, "{n}");
                }
            }
        }
    }

    #[test]
    fn a_matrix_of_nothing_has_eigenvalues_of_nothing() {
        assert_eq!(symmetric(vec![0.0; 9], 3).0, [0.0; 3]);
        assert_eq!(symmetric(Vec::new(), 0), (vec![], vec![]));
    }
}
