//! Where relevance ends, for this query in this library.
//!
//! Cosines mean nothing by themselves: text against photos of the right thing gives 0.3 and of anything else
//! 0.2, photo against photo 0.9 and 0.6, and both shift with the query. So a result is judged against the
//! scores that the same query gets from the rest of the library. Only differences and their ratios are used:
//! adding a constant to all scores, or scaling them, moves the cut along.
//!
//! In order: a handful of photos is split at its one wide gap; a library in two heaps is split between them;
//! otherwise what stands out of the bell of the others is strong (robust z-scores, Benjamini and Hochberg's
//! bound on the share of chance among them); and where nothing does, a gap near the top that is out of all
//! proportion to the gaps below it (Rényi's spacings) still tells a few photos from all others.

use super::modes::valley;

/// Below this, a distribution cannot be told from its accidents.
const HANDFUL: usize = 20;
/// A gap of this share of the whole range divides a handful.
const HANDFUL_GAP: f64 = 0.35;
/// The share of the strong results that may be there by chance.
const CHANCE: f64 = 0.1;
/// How far from the top a gap is looked for, the gaps below that it is compared with, and how often one may be
/// found by chance.
const GAP_RANKS: usize = 10;
const GAPS_BELOW: usize = 40;
const GAP_CHANCE: f64 = 0.01;

/// The scores of one query over the whole library, filtered or not.
#[derive(Debug, Clone, Copy)]
pub struct Scores<'a> {
    /// Scores of photos spread evenly over the library, in any order; of all of them where that is cheap. A
    /// few thousand are enough.
    pub sample: &'a [f32],
    /// The highest scores of the library, highest first. May be empty when `sample` has all.
    pub head: &'a [f32],
    /// Number of photos in the library.
    pub total: usize,
}

/// The lowest score that is still strong; `None` when nothing stands out.
///
/// A library of which all photos score alike is strong as a whole.
pub fn relevance_cut(scores: &Scores<'_>) -> Option<f32> {
    let sample = descending(scores.sample);
    let head = descending(scores.head);
    let (highest, lowest) = (*sample.first()?, *sample.last()?);
    if highest <= lowest && head.first().is_none_or(|top| *top <= highest) {
        return Some(lowest as f32);
    }
    if scores.total < HANDFUL {
        return Some(handful_cut(&sample) as f32);
    }
    if let Some(between) = valley(&sample) {
        return Some(between as f32);
    }
    let bell = Bell::of(&sample)?;
    let ranked = Ranked { sample: &sample, head: &head, total: scores.total.max(sample.len()) };
    strong_by_chance(&ranked, &bell).or_else(|| strong_by_gap(&ranked)).map(|cut| cut as f32)
}

fn descending(scores: &[f32]) -> Vec<f64> {
    let finite = scores.iter().copied().filter(|score| score.is_finite());
    let mut sorted: Vec<f64> = finite.map(f64::from).collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    sorted
}

/// Everything, unless one gap stands out.
fn handful_cut(sorted: &[f64]) -> f64 {
    let (highest, lowest) = (sorted[0], sorted[sorted.len() - 1]);
    let gaps = sorted.windows(2).map(|pair| (pair[0] - pair[1], pair[0]));
    match gaps.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((gap, above)) if gap >= HANDFUL_GAP * (highest - lowest) => above,
        _ => lowest,
    }
}

/// Scores with their rank in the whole library: exact for the head, estimated from the sample behind it.
struct Ranked<'a> {
    sample: &'a [f64],
    head: &'a [f64],
    total: usize,
}

impl Ranked<'_> {
    /// Scores from the highest down, each with the number of photos that score as much or more.
    fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        let step = self.total as f64 / self.sample.len() as f64;
        let end_of_head = self.head.last().copied().unwrap_or(f64::INFINITY);
        let head = self.head.iter().zip(1..).map(|(score, rank)| (*score, f64::from(rank)));
        let sample = self.sample.iter().zip(1..).map(move |(score, rank)| (*score, f64::from(rank) * step));
        head.chain(sample.filter(move |(score, _)| *score < end_of_head))
    }
}

/// The bulk of the scores. Strong results pull only at its upper side, so that side counts for less.
struct Bell {
    median: f64,
    spread: f64,
}

impl Bell {
    fn of(sorted: &[f64]) -> Option<Self> {
        let median = quantile(sorted, 0.5);
        let below = (median - quantile(sorted, 0.25)) / QUARTILE_OF_NORMAL;
        let above = (quantile(sorted, 0.75) - median) / QUARTILE_OF_NORMAL;
        let spread = if below > 0.0 { above.clamp(below, 1.5 * below) } else { above };
        let mean_distance =
            || sorted.iter().map(|score| (score - median).abs()).sum::<f64>() / sorted.len() as f64;
        let spread = if spread > 0.0 { spread } else { mean_distance() };
        // Quartiles of few scores are uncertain.
        let spread = spread * (1.0 + 1.5 / (sorted.len() as f64).sqrt());
        (spread > 0.0).then_some(Self { median, spread })
    }

    fn z(&self, score: f64) -> f64 {
        (score - self.median) / self.spread
    }
}

/// Distance from the median to a quartile of the normal distribution, in standard deviations.
const QUARTILE_OF_NORMAL: f64 = 0.674_489_750_196;

/// `share` of the values are lower.
fn quantile(descending: &[f64], share: f64) -> f64 {
    let at = (1.0 - share) * (descending.len() - 1) as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    descending[low] + (descending[high] - descending[low]) * at.fract()
}

/// The lowest score at which chance explains less than [`CHANCE`] of those that score as much or more.
fn strong_by_chance(ranked: &Ranked<'_>, bell: &Bell) -> Option<f64> {
    let is_strong = |(score, rank): &(f64, f64)| {
        let expected = ranked.total as f64 * normal_tail(bell.z(*score));
        expected <= CHANCE * rank
    };
    // Far below the median nothing can be strong, and most photos lie there.
    let upper = ranked.iter().take_while(|(score, _)| bell.z(*score) > 1.0);
    upper.filter(is_strong).last().map(|(score, _)| score)
}

/// The score above a gap near the top that is out of proportion to the gaps below it.
///
/// In the tail of most distributions, rank × gap behaves like draws from one exponential distribution (Rényi
/// 1953). So the chance that one is r times the mean of the m below it is (1 + r/m)^−m.
fn strong_by_gap(ranked: &Ranked<'_>) -> Option<f64> {
    let within = (ranked.total / 4).min(GAP_RANKS + GAPS_BELOW);
    let top: Vec<(f64, f64)> = ranked.iter().take(within + 1).collect();
    let spacings: Vec<f64> = top.windows(2).map(|pair| (pair[0].0 - pair[1].0) * pair[0].1).collect();
    let looked_at = GAP_RANKS.min(spacings.len() / 2);
    let by_chance = |place: usize| {
        let below = &spacings[place + 1..spacings.len().min(place + 1 + GAPS_BELOW)];
        let count = below.len() as f64;
        let mean = below.iter().sum::<f64>() / count;
        if mean > 0.0 { (1.0 + spacings[place] / mean / count).powf(-count) } else { 1.0 }
    };
    let chances = (0..looked_at).map(|place| (by_chance(place), top[place].0));
    let least = chances.min_by(|a, b| a.0.total_cmp(&b.0));
    least.filter(|(chance, _)| chance * looked_at as f64 <= GAP_CHANCE).map(|(_, above)| above)
}

/// Probability that a standard normal value exceeds `z`; 1 for `z` below 1, where nobody needs it.
fn normal_tail(z: f64) -> f64 {
    if z < 1.0 {
        return 1.0;
    }
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    density / hazard(z)
}

/// Density over tail of the standard normal distribution, by Laplace's continued fraction
/// z + 1/(z + 2/(z + 3/(z + …))), for `z` ≥ 1.
fn hazard(z: f64) -> f64 {
    (1..=60).rev().fold(z, |fraction, n| z + f64::from(n) / fraction)
}

#[cfg(test)]
#[path = "relevance_tests.rs"]
mod tests;
