//! Programs that are measured against each other take turns.

use anyhow::Result;

/// The programs take turns so many times: what else the machine does meanwhile meets all of them.
pub(super) const ROUNDS: usize = 3;

/// One figure of one program, or several.
pub(super) type Measurement<'a, T = f64> = &'a dyn Fn() -> Result<T>;

/// What each program measures of itself, in every round.
pub(super) fn take_turns<T: Copy + Default, const N: usize>(
    programs: [Measurement<'_, T>; N],
) -> Result<Vec<[T; N]>> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let mut round = [T::default(); N];
        for (figure, program) in round.iter_mut().zip(programs) {
            *figure = program()?;
        }
        rounds.push(round);
    }
    Ok(rounds)
}

pub(super) fn medians<const N: usize>(rounds: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|program| median(rounds.iter().map(|round| round[program])))
}

/// The median over the rounds of one program's figure divided by another's of the same round.
pub(super) fn ratio<const N: usize>(rounds: &[[f64; N]], of: usize, by: usize) -> f64 {
    median(rounds.iter().map(|round| round[of] / round[by]))
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_medians() {
        let rounds = [[1.0, 2.0], [3.0, 3.0], [4.0, 1.0]];
        assert_eq!(medians(&rounds), [3.0, 2.0]);
        assert_eq!(ratio(&rounds, 0, 1), 1.0);
    }
}
