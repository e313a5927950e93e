//! Pairs of photos that may show the same.

use rayon::prelude::*;

use super::signature::{Signature, in_all_lies};

/// Of the nearest neighbours of a photo by vectors, so many are looked at.
pub const NEIGHBOURS: usize = 6;

/// Fingerprints that differ in more bits are of other pictures; up to here every pair is found.
const NEAR: u32 = 7;
/// Pairs of one photo by fingerprints at most: a thousand black pictures need not be compared a million times.
const MOST: usize = 24;
/// A fingerprint is looked up by four pieces of 16 bits: of seven wrong bits, one piece has at most one.
const PIECES: usize = 4;
const BUCKETS: usize = 1 << 16;

/// Pairs of places with like fingerprints, together with the pairs of `near`; each once, the lower place first, in order.
pub fn candidates(
    signatures: &[Option<Signature>],
    near: impl IntoIterator<Item = (u32, u32)>,
) -> Vec<(u32, u32)> {
    let hashes: Vec<Option<u64>> =
        signatures.iter().map(|signature| signature.map(|known| known.hash)).collect();
    let tables: Vec<Table> = (0..PIECES).map(|piece| Table::of(&hashes, piece)).collect();
    let pairs_of = |place: usize| -> Vec<(u32, u32)> {
        let Some(hash) = hashes[place] else { return Vec::new() };
        let mut found: Vec<(u32, u32)> = Vec::new();
        for hash in in_all_lies(hash) {
            for (piece, table) in tables.iter().enumerate() {
                let key = key(hash, piece);
                for key in std::iter::once(key).chain((0..16).map(|bit| key ^ 1 << bit)) {
                    // Only the next ones: a chain joins all.
                    for other in table.after(key, place as u32).take(MOST) {
                        let apart = (hashes[*other as usize].unwrap_or(!hash) ^ hash).count_ones();
                        if apart <= NEAR {
                            found.push((apart, *other));
                        }
                    }
                }
            }
        }
        found.sort_unstable();
        let mut others: Vec<u32> = Vec::new();
        for (_, other) in found {
            if others.len() < MOST && !others.contains(&other) {
                others.push(other);
            }
        }
        others.into_iter().map(|other| (place as u32, other)).collect()
    };
    let by_hash: Vec<Vec<(u32, u32)>> = (0..hashes.len()).into_par_iter().map(pairs_of).collect();
    let near = near.into_iter().filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b)));
    let mut pairs: Vec<(u32, u32)> = by_hash.into_iter().flatten().chain(near).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn key(hash: u64, piece: usize) -> usize {
    (hash >> (16 * piece)) as usize & (BUCKETS - 1)
}

/// Places by one piece of their fingerprints.
struct Table {
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Table {
    fn of(hashes: &[Option<u64>], piece: usize) -> Self {
        let mut sorted: Vec<(usize, u32)> =
            hashes.iter().zip(0..).filter_map(|(hash, place)| Some((key((*hash)?, piece), place))).collect();
        sorted.sort_unstable();
        let mut starts = vec![0u32; BUCKETS + 1];
        sorted.iter().for_each(|(key, _)| starts[key + 1] += 1);
        (0..BUCKETS).for_each(|key| starts[key + 1] += starts[key]);
        Self { starts, places: sorted.into_iter().map(|(_, place)| place).collect() }
    }

    /// Places behind `place` with that key.
    fn after(&self, key: usize, place: u32) -> impl Iterator<Item = &u32> {
        let bucket = &self.places[self.starts[key] as usize..self.starts[key + 1] as usize];
        bucket[bucket.partition_point(|other| *other <= place)..].iter()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    fn signature(hash: u64) -> Option<Signature> {
        Some(Signature { hash: hash & !1, sharpness: 0.0, is_grey: false })
    }

    #[test]
    fn fingerprints_with_up_to_seven_wrong_bits_are_found_in_every_lie() {
        let mut random = Random::new(1);
        for wrong in 0..=7 {
            for lie in 0..8 {
                let hash = random.next() & !1;
                let mut other = in_all_lies(hash)[lie];
                let mut bits: Vec<u32> = (1..64).collect();
                random.shuffle(&mut bits);
                bits.iter().take(wrong).for_each(|bit| other ^= 1 << bit);
                let found =
                    candidates(&[signature(random.next()), signature(hash), None, signature(other)], []);
                assert!(found.contains(&(1, 3)), "{wrong} wrong bits, lie {lie}");
            }
        }
    }

    #[test]
    fn far_fingerprints_are_no_candidates_and_neighbours_are() {
        let mut random = Random::new(2);
        let signatures: Vec<_> = (0..40).map(|_| signature(random.next())).collect();
        assert_eq!(candidates(&signatures, [(7, 3), (3, 7), (5, 5)]), [(3, 7)]);
        assert_eq!(candidates(&[], []), []);
    }

    #[test]
    fn a_thousand_equal_fingerprints_make_a_chain_and_no_million_pairs() {
        let found = candidates(&vec![signature(0xABCD_EF01_2345_6780); 1000], []);
        assert!((999..=1000 * MOST).contains(&found.len()), "{}", found.len());
        assert!((0..999).all(|place| found.contains(&(place, place + 1))));
    }
}
