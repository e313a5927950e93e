//! Dot products over rows of f16, in f32 arithmetic: AVX-512 or F16C where the processor has them.

use half::f16;
use half::slice::HalfFloatSliceExt;

/// Dot product of a query with a row. Accumulates in f32.
///
/// Both must have the same length; what is longer is not looked at.
#[inline]
pub(super) fn dot(query: &[f32], row: &[f16]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    {
        if x86::has_avx512() {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { x86::dot_avx512(query, row) };
        }
        if x86::has_f16c() {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { x86::dot_f16c(query, row) };
        }
    }
    dot_portable(query, row)
}

/// Dot product of two rows. Accumulates in f32.
#[inline]
pub(crate) fn dot_rows(a: &[f16], b: &[f16]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    {
        if x86::has_avx512() {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { x86::dot_rows_avx512(a, b) };
        }
        if x86::has_f16c() {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { x86::dot_rows_f16c(a, b) };
        }
    }
    dot_rows_portable(a, b)
}

/// Components converted at a time by the portable kernels: small enough for the stack, and a multiple of every
/// vector width. `half` converts with the instructions of the processor where it has them (aarch64 too).
const BLOCK: usize = 64;

fn dot_portable(query: &[f32], row: &[f16]) -> f32 {
    let mut sums = [0.0; 16];
    let mut buffer = [0.0; BLOCK];
    for (query, row) in query.chunks(BLOCK).zip(row.chunks(BLOCK)) {
        let buffer = &mut buffer[..row.len()];
        row.convert_to_f32_slice(buffer);
        add_products(&mut sums, query, buffer);
    }
    sums.iter().sum()
}

fn dot_rows_portable(a: &[f16], b: &[f16]) -> f32 {
    let mut sums = [0.0; 16];
    let mut buffers = [[0.0; BLOCK]; 2];
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let [left, right] = &mut buffers;
        let (left, right) = (&mut left[..a.len()], &mut right[..b.len()]);
        a.convert_to_f32_slice(left);
        b.convert_to_f32_slice(right);
        add_products(&mut sums, left, right);
    }
    sums.iter().sum()
}

/// Sixteen running sums let the compiler use whatever vector unit there is.
fn add_products(sums: &mut [f32; 16], a: &[f32], b: &[f32]) {
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use half::f16;

    use super::{dot_portable, dot_rows_portable};

    #[inline]
    pub(super) fn has_avx512() -> bool {
        is_x86_feature_detected!("avx512f")
    }

    #[inline]
    pub(super) fn has_f16c() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("f16c")
            && is_x86_feature_detected!("fma")
    }

    /// The dimensions of the usual networks leave no rest, and then not even the call.
    #[inline]
    fn rest(query: &[f32], row: &[f16]) -> f32 {
        if row.is_empty() { 0.0 } else { dot_portable(query, row) }
    }

    #[inline]
    fn rest_of_rows(a: &[f16], b: &[f16]) -> f32 {
        if a.is_empty() { 0.0 } else { dot_rows_portable(a, b) }
    }

    /// Four independent sums of 16 lanes hide the latency of the multiply-add.
    #[target_feature(enable = "avx512f")]
    pub(super) fn dot_avx512(query: &[f32], row: &[f16]) -> f32 {
        let mut sums = [_mm512_setzero_ps(); 4];
        let (queries, query_rest) = query.as_chunks::<64>();
        let (rows, row_rest) = row.as_chunks::<64>();
        for (query, row) in queries.iter().zip(rows) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                // SAFETY: lane ≤ 3, and both blocks hold 64 components, so 16 from 16·lane on are inside.
                let (q, r) = unsafe {
                    (_mm512_loadu_ps(query.as_ptr().add(16 * lane)), load_16(row.as_ptr().add(16 * lane)))
                };
                *sum = _mm512_fmadd_ps(q, r, *sum);
            }
        }
        sum_avx512(sums) + rest(query_rest, row_rest)
    }

    #[target_feature(enable = "avx512f")]
    pub(super) fn dot_rows_avx512(a: &[f16], b: &[f16]) -> f32 {
        let mut sums = [_mm512_setzero_ps(); 4];
        let (lefts, left_rest) = a.as_chunks::<64>();
        let (rights, right_rest) = b.as_chunks::<64>();
        for (left, right) in lefts.iter().zip(rights) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                // SAFETY: lane ≤ 3, and both blocks hold 64 components, so 16 from 16·lane on are inside.
                let (l, r) = unsafe {
                    (load_16(left.as_ptr().add(16 * lane)), load_16(right.as_ptr().add(16 * lane)))
                };
                *sum = _mm512_fmadd_ps(l, r, *sum);
            }
        }
        sum_avx512(sums) + rest_of_rows(left_rest, right_rest)
    }

    /// # Safety
    /// 16 components must be readable at `from`.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn load_16(from: *const f16) -> __m512 {
        // SAFETY: the caller's promise; f16 has the size and bits of u16, and the load needs no alignment.
        _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn sum_avx512(sums: [__m512; 4]) -> f32 {
        let [a, b, c, d] = sums;
        _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)))
    }

    #[target_feature(enable = "avx2,f16c,fma")]
    pub(super) fn dot_f16c(query: &[f32], row: &[f16]) -> f32 {
        let mut sums = [_mm256_setzero_ps(); 4];
        let (queries, query_rest) = query.as_chunks::<32>();
        let (rows, row_rest) = row.as_chunks::<32>();
        for (query, row) in queries.iter().zip(rows) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                // SAFETY: lane ≤ 3, and both blocks hold 32 components, so 8 from 8·lane on are inside.
                let (q, r) = unsafe {
                    (_mm256_loadu_ps(query.as_ptr().add(8 * lane)), load_8(row.as_ptr().add(8 * lane)))
                };
                *sum = _mm256_fmadd_ps(q, r, *sum);
            }
        }
        sum_f16c(sums) + rest(query_rest, row_rest)
    }

    #[target_feature(enable = "avx2,f16c,fma")]
    pub(super) fn dot_rows_f16c(a: &[f16], b: &[f16]) -> f32 {
        let mut sums = [_mm256_setzero_ps(); 4];
        let (lefts, left_rest) = a.as_chunks::<32>();
        let (rights, right_rest) = b.as_chunks::<32>();
        for (left, right) in lefts.iter().zip(rights) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                // SAFETY: lane ≤ 3, and both blocks hold 32 components, so 8 from 8·lane on are inside.
                let (l, r) =
                    unsafe { (load_8(left.as_ptr().add(8 * lane)), load_8(right.as_ptr().add(8 * lane))) };
                *sum = _mm256_fmadd_ps(l, r, *sum);
            }
        }
        sum_f16c(sums) + rest_of_rows(left_rest, right_rest)
    }

    /// # Safety
    /// 8 components must be readable at `from`.
    #[inline]
    #[target_feature(enable = "avx2,f16c")]
    unsafe fn load_8(from: *const f16) -> __m256 {
        // SAFETY: the caller's promise; f16 has the size and bits of u16, and the load needs no alignment.
        _mm256_cvtph_ps(unsafe { _mm_loadu_si128(from.cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn sum_f16c(sums: [__m256; 4]) -> f32 {
        let [a, b, c, d] = sums;
        let sum = _mm256_add_ps(_mm256_add_ps(a, b), _mm256_add_ps(c, d));
        let mut lanes = [0.0f32; 8];
        // SAFETY: the array has room for eight, and the store needs no alignment.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), sum) };
        lanes.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(len: usize, seed: u64) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn every_kernel_agrees_with_double_precision_at_every_length() {
        for len in (0..70).chain([127, 128, 512, 513, 600, 2048]) {
            let query = vector(len, 1);
            let row: Vec<f16> = vector(len, 2).into_iter().map(f16::from_f32).collect();
            let other: Vec<f16> = query.iter().copied().map(f16::from_f32).collect();
            let exact: f64 = query.iter().zip(&row).map(|(q, r)| f64::from(*q) * r.to_f64()).sum();
            let exact_rows: f64 = other.iter().zip(&row).map(|(o, r)| o.to_f64() * r.to_f64()).sum();
            let mut got = vec![(dot(&query, &row), exact), (dot_portable(&query, &row), exact)];
            got.extend([(dot_rows(&other, &row), exact_rows), (dot_rows_portable(&other, &row), exact_rows)]);
            #[cfg(target_arch = "x86_64")]
            if x86::has_f16c() {
                // SAFETY: the processor has what the functions are compiled for.
                let (one, two) = unsafe { (x86::dot_f16c(&query, &row), x86::dot_rows_f16c(&other, &row)) };
                got.extend([(one, exact), (two, exact_rows)]);
            }
            for (kernel, (value, exact)) in got.into_iter().enumerate() {
                let bound = 1e-6 * (len as f64).max(1.0);
                assert!((f64::from(value) - exact).abs() <= bound, "kernel {kernel}, {len} components");
            }
        }
    }
}
