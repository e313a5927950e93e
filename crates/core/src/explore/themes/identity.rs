//! Which theme is which, when photos were added or gone.

use std::collections::HashMap;

/// A theme that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its number, for good.
    pub id: i64,
    /// Photos that were in it, or those most typical of it: numbers of any kind.
    pub members: Vec<i64>,
}

/// Of what two themes have together, so much must be common that one is taken for the other.
const LEAST_OVERLAP: f64 = 0.3;

/// For each of `groups`, the known theme that it is: the pairs with most in common first, each theme once. Photos that neither
/// `is_there` now nor was then do not count against a pair, so that deleting photos makes no new theme.
pub fn identified(groups: &[Vec<i64>], known: &[Known], is_there: &dyn Fn(i64) -> bool) -> Vec<Option<i64>> {
    let mut of: HashMap<i64, Vec<usize>> = HashMap::new();
    for (number, theme) in known.iter().enumerate() {
        for member in theme.members.iter().filter(|member| is_there(**member)) {
            of.entry(*member).or_default().push(number);
        }
    }
    let sizes: Vec<usize> =
        known.iter().map(|theme| theme.members.iter().filter(|member| is_there(**member)).count()).collect();
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (group, members) in groups.iter().enumerate() {
        let mut common: HashMap<usize, usize> = HashMap::new();
        members
            .iter()
            .filter_map(|member| of.get(member))
            .flatten()
            .for_each(|theme| *common.entry(*theme).or_default() += 1);
        for (theme, both) in common {
            // A theme known by a few examples is contained in the group that it has grown into.
            let smaller = sizes[theme].min(members.len()) as f64;
            let all = (sizes[theme] + members.len() - both) as f64;
            let overlap = (both as f64 / smaller + both as f64 / all) / 2.0;
            if overlap >= LEAST_OVERLAP {
                pairs.push((overlap, group, theme));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(known[a.2].id.cmp(&known[b.2].id)));
    let mut ids = vec![None; groups.len()];
    let mut taken = vec![false; known.len()];
    for (_, group, theme) in pairs {
        if ids[group].is_none() && !taken[theme] {
            ids[group] = Some(known[theme].id);
            taken[theme] = true;
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: i64, members: std::ops::Range<i64>) -> Known {
        Known { id, members: members.collect() }
    }

    #[test]
    fn a_theme_stays_itself_when_photos_come_and_go() {
        let before = [known(7, 0..50), known(9, 100..140), known(11, 200..210)];
        let groups: Vec<Vec<i64>> = vec![(100..150).collect(), (5..90).collect(), (300..320).collect()];
        assert_eq!(identified(&groups, &before, &|_| true), [Some(9), Some(7), None]);
        let few: Vec<Vec<i64>> = vec![(0..10).collect()];
        assert_eq!(identified(&few, &before, &|photo| photo < 10), [Some(7)], "the others were deleted");
    }

    #[test]
    fn of_two_parts_the_larger_keeps_the_number_and_of_two_that_are_one_now_one() {
        let parts: Vec<Vec<i64>> = vec![(0..15).collect(), (15..50).collect()];
        assert_eq!(identified(&parts, &[known(7, 0..50)], &|_| true), [None, Some(7)]);
        let one: Vec<Vec<i64>> = vec![(0..50).collect()];
        assert_eq!(
            identified(&one, &[known(7, 0..15), known(8, 15..50)], &|_| true).iter().flatten().count(),
            1
        );
        assert_eq!(identified(&[], &[known(7, 0..50)], &|_| true), []);
    }
}
