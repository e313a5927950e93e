//! Products of small matrices, on one thread: whoever calls cuts the work into pieces.

use gemm::{Parallelism, gemm};

/// `out[i][j] = a[i] · b[j]` for rows of `dim` components.
///
/// # Panics
/// When the lengths do not go together.
pub(super) fn products(a: &[f32], b: &[f32], dim: usize, out: &mut [f32]) {
    let (m, n) = (a.len() / dim, b.len() / dim);
    assert!(a.len() == m * dim && b.len() == n * dim && out.len() == m * n, "matrices that do not fit");
    let stride = |step: usize| step as isize;
    // SAFETY: the lengths were compared with the strides above, and `out` overlaps nothing.
    unsafe {
        gemm(
            m,
            n,
            dim,
            out.as_mut_ptr(),
            1,
            stride(n),
            false,
            a.as_ptr(),
            1,
            stride(dim),
            b.as_ptr(),
            stride(dim),
            1,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// `out[i][j] += Σ rows[r][from + i] · rows[r][j]`: a strip of the sum of outer products of rows of `dim` components. `out` has
/// rows of `dim` components, one for each of the strip.
///
/// # Panics
/// When the lengths do not go together.
pub(super) fn add_outer(rows: &[f32], dim: usize, from: usize, out: &mut [f32]) {
    let (count, strip) = (rows.len() / dim, out.len() / dim);
    assert!(
        rows.len() == count * dim && out.len() == strip * dim && from + strip <= dim,
        "matrices that do not fit"
    );
    let stride = |step: usize| step as isize;
    if count == 0 || strip == 0 {
        return;
    }
    // SAFETY: the lengths were compared with the strides above, and `out` overlaps nothing.
    unsafe {
        gemm(
            strip,
            dim,
            count,
            out.as_mut_ptr(),
            1,
            stride(dim),
            true,
            rows.as_ptr().add(from),
            stride(dim),
            1,
            rows.as_ptr(),
            1,
            stride(dim),
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    fn matrix(rows: usize, columns: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..rows * columns).map(|_| random.signed()).collect()
    }

    #[test]
    fn products_are_those_of_the_schoolbook() {
        for (m, n, dim) in [(1, 1, 1), (3, 5, 7), (33, 65, 50), (64, 17, 512)] {
            let (a, b) = (matrix(m, dim, 1), matrix(n, dim, 2));
            let mut out = vec![f32::NAN; m * n];
            products(&a, &b, dim, &mut out);
            for (i, a) in a.chunks(dim).enumerate() {
                for (j, b) in b.chunks(dim).enumerate() {
                    let exact: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                    assert!((f64::from(out[i * n + j]) - exact).abs() < 1e-4, "{m} {n} {dim}");
                }
            }
        }
    }

    #[test]
    fn strips_of_outer_products_add_up() {
        let (count, dim) = (20, 13);
        let rows = matrix(count, dim, 3);
        let mut whole = vec![0.0; dim * dim];
        for half in [&rows[..8 * dim], &rows[8 * dim..]] {
            let (upper, lower) = whole.split_at_mut(5 * dim);
            add_outer(half, dim, 0, upper);
            add_outer(half, dim, 5, lower);
        }
        for i in 0..dim {
            for j in 0..dim {
                let exact: f32 = rows.chunks(dim).map(|row| row[i] * row[j]).sum();
                assert!((whole[i * dim + j] - exact).abs() < 1e-4, "{i} {j}");
            }
        }
    }
}
