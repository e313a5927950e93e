//! Groups of photos that show the same, and which of each to keep.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::relation::{Facts, Relation};

/// A photo that may be in a group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// Size, time and camera.
    pub facts: Facts,
    /// Bytes of the file.
    pub bytes: u64,
    /// How much its format keeps: more is better.
    pub format_rank: u8,
    /// As [`Signature`](super::Signature) has it; 0 where unknown.
    pub sharpness: f32,
    /// It has no colours.
    pub is_grey: bool,
}

/// Two photos that show the same: the lower place first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Places in the list of candidates.
    pub places: (u32, u32),
    /// What the second is to the first.
    pub relation: Relation,
    /// 0 to 1.
    pub similarity: f32,
}

/// What speaks for the photo that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// It has most pixels.
    Resolution,
    /// It is the sharpest.
    Sharpness,
    /// It knows when it was taken, or was taken first.
    Date,
    /// It has colours, or its format keeps more.
    Format,
    /// Its file is the largest.
    Size,
    /// Nothing but that it came first.
    First,
}

impl Reason {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resolution => "resolution",
            Self::Sharpness => "sharpness",
            Self::Date => "date",
            Self::Format => "format",
            Self::Size => "size",
            Self::First => "first",
        }
    }
}

/// Photos that show the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Place of the photo to keep.
    pub keeper: u32,
    /// What speaks for it.
    pub reason: Reason,
    /// The others, in order of place.
    pub others: Vec<Member>,
}

/// A photo of a group, seen from the one that is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Its place.
    pub place: u32,
    /// What it is to the one that is kept.
    pub relation: Relation,
    /// 0 to 1.
    pub similarity: f32,
}

/// Pixels and sharpness must differ by these factors to count.
const MORE_PIXELS: f64 = 1.05;
const SHARPER: f32 = 1.3;

/// The groups that `pairs` join, in order of their first photo. Where the kept photo and another are joined only through others,
/// `compare` is asked about the two; what it does not see is told by the pair that joined them.
pub fn grouped(
    photos: &[Candidate],
    pairs: &[Pair],
    compare: &mut dyn FnMut(u32, u32) -> Option<(Relation, f32)>,
) -> Vec<Group> {
    let mut roots: Vec<u32> = (0..photos.len() as u32).collect();
    let mut known: HashMap<(u32, u32), (Relation, f32)> = HashMap::new();
    let mut joined: HashMap<u32, (Relation, f32)> = HashMap::new();
    for pair in pairs {
        let (a, b) = pair.places;
        let seen = (pair.relation, pair.similarity);
        known.insert(pair.places, seen);
        for place in [a, b] {
            joined.entry(place).or_insert(seen);
        }
        let (root_a, root_b) = (root(&mut roots, a), root(&mut roots, b));
        roots[root_a.max(root_b) as usize] = root_a.min(root_b);
    }
    let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
    for place in 0..photos.len() as u32 {
        members.entry(root(&mut roots, place)).or_default().push(place);
    }
    let mut groups: Vec<Vec<u32>> = members.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    let mut of = |group: Vec<u32>| -> Option<Group> {
        let (keeper, reason) = kept(photos, &group)?;
        let others = group.iter().filter(|place| **place != keeper).map(|place| {
            let pair = (keeper.min(*place), keeper.max(*place));
            let seen =
                known.get(&pair).copied().or_else(|| compare(keeper, *place)).or(joined.get(place).copied());
            let (relation, similarity) = seen.unwrap_or((Relation::Reencoded, 0.0));
            Member { place: *place, relation, similarity }
        });
        Some(Group { keeper, reason, others: others.collect() })
    };
    groups.into_iter().filter_map(&mut of).collect()
}

fn root(roots: &mut [u32], place: u32) -> u32 {
    let mut top = place;
    while roots[top as usize] != top {
        top = roots[top as usize];
    }
    let mut at = place;
    while roots[at as usize] != top {
        at = std::mem::replace(&mut roots[at as usize], top);
    }
    top
}

/// The best of a group, and why it is better than the next best.
fn kept(photos: &[Candidate], group: &[u32]) -> Option<(u32, Reason)> {
    let best_of = |places: &mut dyn Iterator<Item = u32>| {
        places.reduce(|best, next| if better(photos, next, best).is_some() { next } else { best })
    };
    let best = best_of(&mut group.iter().copied())?;
    let next = best_of(&mut group.iter().copied().filter(|place| *place != best))?;
    Some((best, better(photos, best, next).unwrap_or(Reason::First)))
}

/// Why `a` is better than `b`; `None` where it is not.
fn better(photos: &[Candidate], a: u32, b: u32) -> Option<Reason> {
    let (first, second) = (&photos[a as usize], &photos[b as usize]);
    let pixels = |photo: &Candidate| f64::from(photo.facts.width) * f64::from(photo.facts.height);
    let decided = |is_more: bool, is_less: bool, reason: Reason| match (is_more, is_less) {
        (true, _) => Some(Some(reason)),
        (_, true) => Some(None),
        _ => None,
    };
    let by_date = match (first.facts.taken_at, second.facts.taken_at) {
        (Some(a), Some(b)) => (a < b, a > b),
        (a, b) => (a.is_some() && b.is_none(), a.is_none() && b.is_some()),
    };
    let (p, q) = (pixels(first), pixels(second));
    let (s, t) = (first.sharpness, second.sharpness);
    decided(p > q * MORE_PIXELS, q > p * MORE_PIXELS, Reason::Resolution)
        .or_else(|| {
            decided(!first.is_grey && second.is_grey, first.is_grey && !second.is_grey, Reason::Format)
        })
        .or_else(|| decided(s > t * SHARPER, t > s * SHARPER, Reason::Sharpness))
        .or_else(|| decided(by_date.0, by_date.1, Reason::Date))
        .or_else(|| {
            decided(
                first.format_rank > second.format_rank,
                first.format_rank < second.format_rank,
                Reason::Format,
            )
        })
        .or_else(|| decided(first.bytes > second.bytes, first.bytes < second.bytes, Reason::Size))
        .unwrap_or((a < b).then_some(Reason::First))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(width: u32, bytes: u64) -> Candidate {
        Candidate { facts: Facts { width, height: 100, ..Facts::default() }, bytes, ..Candidate::default() }
    }

    fn pair(a: u32, b: u32, relation: Relation) -> Pair {
        Pair { places: (a, b), relation, similarity: 0.9 }
    }

    #[test]
    fn what_is_joined_through_others_is_one_group_and_is_compared_with_the_kept_one() {
        let photos = [photo(100, 5), photo(50, 5), photo(200, 5), photo(70, 9), photo(70, 9)];
        let pairs = [pair(0, 1, Relation::Resized), pair(1, 2, Relation::Grey)];
        let mut asked = Vec::new();
        let groups = grouped(&photos, &pairs, &mut |a, b| {
            asked.push((a, b));
            Some((Relation::Mirrored, 0.5))
        });
        assert_eq!(asked, [(2, 0)]);
        assert_eq!(groups.len(), 1);
        assert_eq!((groups[0].keeper, groups[0].reason), (2, Reason::Resolution));
        let others: Vec<_> = groups[0].others.iter().map(|other| (other.place, other.relation)).collect();
        assert_eq!(others, [(0, Relation::Mirrored), (1, Relation::Grey)]);
    }

    #[test]
    fn the_best_is_kept_for_the_first_reason_that_tells() {
        let sharp = |sharpness: f32| Candidate { sharpness, ..photo(100, 5) };
        let dated = |taken_at: Option<i64>| Candidate {
            facts: Facts { taken_at, ..photo(100, 5).facts },
            ..photo(100, 5)
        };
        let format = |format_rank: u8| Candidate { format_rank, ..photo(100, 5) };
        let grey = |is_grey: bool| Candidate { is_grey, ..photo(100, 5) };
        for (a, b, keeper, reason) in [
            (photo(100, 5), photo(200, 1), 1, Reason::Resolution),
            (sharp(10.0), sharp(20.0), 1, Reason::Sharpness),
            (sharp(10.0), sharp(11.0), 0, Reason::First),
            (dated(None), dated(Some(5)), 1, Reason::Date),
            (dated(Some(4)), dated(Some(5)), 0, Reason::Date),
            (format(1), format(2), 1, Reason::Format),
            (grey(true), grey(false), 1, Reason::Format),
            (photo(100, 5), photo(100, 6), 1, Reason::Size),
            (photo(100, 5), photo(100, 5), 0, Reason::First),
        ] {
            let groups = grouped(&[a, b], &[pair(0, 1, Relation::Reencoded)], &mut |_, _| None);
            assert_eq!((groups[0].keeper, groups[0].reason), (keeper, reason));
        }
    }

    #[test]
    fn without_pairs_there_are_no_groups() {
        assert_eq!(grouped(&[photo(1, 1), photo(1, 1)], &[], &mut |_, _| None), []);
    }
}
