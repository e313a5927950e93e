//! Two heaps of scores: is there a valley between them?

/// Cells of the density's grid.
const CELLS: usize = 512;
/// The valley must be this much lower than the lower of its two hills.
const DEPTH: f64 = 0.5;
/// Shares of the photos that must lie above and below. A smaller heap above is found by its standing out; a
/// smaller heap below is not what was asked about.
const LEAST_ABOVE: f64 = 0.1;
const LEAST_BELOW: f64 = 0.2;
/// Fewer photos than this are no heap.
const LEAST_HEAP: usize = 8;

/// The lowest point of the valley that sets the highest heap apart from the rest; `None` without such a heap.
///
/// `descending`: scores, highest first, not all equal.
pub(super) fn valley(descending: &[f64]) -> Option<f64> {
    let (highest, lowest) = (*descending.first()?, *descending.last()?);
    let cell = (highest - lowest) / (CELLS - 1) as f64;
    let bandwidth = bandwidth(descending);
    if !(cell > 0.0 && bandwidth > 0.0) {
        return None;
    }
    let density = density(descending, lowest, cell, bandwidth / cell);
    // From the right: climb the first hill, go down, and see whether the ground rises again.
    let (mut hill, mut bottom, mut at) = (0.0f64, f64::INFINITY, CELLS - 1);
    for (place, height) in density.iter().copied().enumerate().rev() {
        if height > hill && bottom > DEPTH * hill {
            (hill, bottom) = (height, f64::INFINITY);
        } else if height < bottom {
            (bottom, at) = (height, place);
        } else if bottom <= DEPTH * hill.min(height) {
            let cut = lowest + cell * at as f64;
            if is_split(descending, cut) {
                return Some(cut);
            }
            (hill, bottom) = (hill.max(height), f64::INFINITY);
        }
    }
    None
}

fn is_split(descending: &[f64], cut: f64) -> bool {
    let above = descending.partition_point(|score| *score >= cut);
    let below = descending.len() - above;
    let share = |count: usize| count as f64 / descending.len() as f64;
    above.min(below) >= LEAST_HEAP && share(above) >= LEAST_ABOVE && share(below) >= LEAST_BELOW
}

/// Silverman's rule of thumb (1986), which errs on the smooth side where there are two heaps.
fn bandwidth(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    0.9 * variance.sqrt() * count.powf(-0.2)
}

/// Gaussian kernel density on a grid from `lowest`, up to a factor; `width` is the kernel's in cells.
fn density(values: &[f64], lowest: f64, cell: f64, width: f64) -> Vec<f64> {
    let mut counts = [0.0f64; CELLS];
    for value in values {
        counts[(((value - lowest) / cell).round() as usize).min(CELLS - 1)] += 1.0;
    }
    let kernel = |distance: usize| (-0.5 * (distance as f64 / width).powi(2)).exp();
    let kernel: Vec<f64> = (0..CELLS).map(kernel).collect();
    let at = |place: usize| {
        counts.iter().enumerate().map(|(from, count)| count * kernel[place.abs_diff(from)]).sum()
    };
    (0..CELLS).map(at).collect()
}
