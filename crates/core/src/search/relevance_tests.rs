//! The cut on distributions whose answer is known, and on the same ones shifted and scaled.

use super::{Scores, normal_tail, relevance_cut};

/// Normal deviates, always the same for the same seed.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + 1e-17
    }

    fn draw(&mut self, mean: f64, spread: f64) -> f32 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        (mean + spread * radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()) as f32
    }

    fn many(&mut self, count: usize, mean: f64, spread: f64) -> Vec<f32> {
        (0..count).map(|_| self.draw(mean, spread)).collect()
    }
}

/// Number of strong scores when all are known.
fn strong(scores: &[f32]) -> usize {
    let cut = relevance_cut(&Scores { sample: scores, head: &[], total: scores.len() });
    cut.map_or(0, |cut| scores.iter().filter(|score| **score >= cut).count())
}

/// The same scores shifted and scaled, as another query or another kind of comparison gives them.
fn check_invariant(scores: &[f32], what: &str) -> usize {
    let count = strong(scores);
    for (shift, scale) in [(0.25, 1.0), (-0.5, 1.0), (0.0, 3.0), (0.4, 0.5), (-1.0, 0.1)] {
        let moved: Vec<f32> = scores.iter().map(|score| shift + scale * score).collect();
        let moved = strong(&moved);
        assert!(
            moved.abs_diff(count) <= 1 + count / 500,
            "{what}: {count} became {moved} ({shift}, {scale})"
        );
    }
    count
}

#[test]
fn matches_stand_out_of_the_bell_of_the_others_at_every_size() {
    for (total, matches) in [(50, 3), (125, 5), (1000, 1), (1000, 12), (10_000, 40), (100_000, 300)] {
        for seed in 0..5 {
            let mut normal = Normal(seed);
            let mut scores = normal.many(total - matches, 0.18, 0.022);
            scores.extend(normal.many(matches, 0.31, 0.01));
            let found = check_invariant(&scores, &format!("{matches} of {total}"));
            let by_chance = 2 + matches / 4;
            assert!((matches..=matches + by_chance).contains(&found), "{matches} of {total}: {found}");
        }
    }
}

#[test]
fn a_query_that_nothing_answers_finds_next_to_nothing_strong() {
    for total in [30, 60, 200, 1000, 5000, 50_000] {
        let mut all = 0;
        for seed in 10..40 {
            let scores = Normal(seed).many(total, 0.2, 0.025);
            let found = check_invariant(&scores, &format!("nothing in {total}"));
            assert!(found <= 6, "{found} of {total}");
            all += usize::from(found > 0);
        }
        assert!(all <= 6, "{all} of 30 queries in {total}");
    }
}

#[test]
fn a_large_part_of_the_library_can_be_strong() {
    for share in [0.15, 0.3, 0.5, 0.7] {
        for total in [100, 1000, 20_000] {
            let matches = (total as f64 * share) as usize;
            let mut normal = Normal(7);
            let mut scores = normal.many(total - matches, 0.17, 0.02);
            scores.extend(normal.many(matches, 0.28, 0.015));
            let found = check_invariant(&scores, &format!("{share} of {total}"));
            let tolerance = 2 + matches / 25;
            assert!(found.abs_diff(matches) <= tolerance, "{matches} of {total}: {found}");
        }
    }
}

#[test]
fn likeness_between_photos_is_cut_as_well() {
    let mut normal = Normal(3);
    let mut scores = vec![1.0, 0.97, 0.965];
    scores.extend(normal.many(40, 0.88, 0.02));
    scores.extend(normal.many(4000, 0.58, 0.06));
    let found = check_invariant(&scores, "an event among thousands");
    assert!((42..=48).contains(&found), "{found}");

    let mut twins = vec![1.0, 0.99];
    twins.extend(normal.many(3000, 0.62, 0.07));
    let found = check_invariant(&twins, "one duplicate");
    assert!((2..=4).contains(&found), "{found}");
}

#[test]
fn one_photo_above_a_dense_crowd_is_strong_even_if_the_crowd_is_wide() {
    for total in [3000, 20_000] {
        let mut uniform = Normal(5);
        let mut scores: Vec<f32> = (0..total).map(|_| 0.1 + 0.2 * uniform.uniform() as f32).collect();
        assert_eq!(check_invariant(&scores, "a wide crowd"), 0);
        scores.push(0.36);
        assert_eq!(check_invariant(&scores, "a lone photo"), 1, "{total}");
    }
}

#[test]
fn a_handful_is_split_only_at_a_wide_gap() {
    for (scores, expected) in [
        (&[][..], 0),
        (&[0.2], 1),
        (&[0.31, 0.15], 1),
        (&[0.3, 0.3, 0.3], 3),
        (&[0.31, 0.3, 0.16, 0.15, 0.14], 2),
        (&[0.24, 0.22, 0.2, 0.18, 0.16, 0.14], 6),
        (&[0.3, 0.29, 0.28, 0.1], 3),
    ] {
        assert_eq!(check_invariant(scores, &format!("{scores:?}")), expected, "{scores:?}");
    }
}

/// Cosines of eight texts with eight photos, read off the figure of openai/CLIP's notebook
/// "Interacting with CLIP" (MIT), rows are texts, the right photo lies on the diagonal.
#[test]
fn the_right_photo_of_eight_is_the_strong_one_for_each_of_clips_own_examples() {
    let cosines = [
        [0.35, 0.15, 0.16, 0.2, 0.2, 0.2, 0.18, 0.16],
        [0.13, 0.28, 0.22, 0.17, 0.16, 0.15, 0.17, 0.15],
        [0.17, 0.19, 0.3, 0.18, 0.17, 0.14, 0.21, 0.16],
        [0.12, 0.12, 0.12, 0.31, 0.15, 0.17, 0.14, 0.12],
        [0.17, 0.11, 0.15, 0.15, 0.35, 0.15, 0.2, 0.17],
        [0.14, 0.15, 0.12, 0.18, 0.15, 0.29, 0.13, 0.12],
        [0.19, 0.19, 0.21, 0.21, 0.2, 0.14, 0.29, 0.16],
        [0.14, 0.15, 0.16, 0.15, 0.16, 0.13, 0.12, 0.32],
    ];
    for (right, row) in cosines.iter().enumerate() {
        let cut = relevance_cut(&Scores { sample: row, head: &[], total: 8 }).unwrap();
        assert_eq!(cut, row[right]);
    }
}

#[test]
fn a_sample_and_the_head_lead_to_nearly_the_cut_of_all_scores() {
    let mut normal = Normal(11);
    for matches in [0, 8, 60, 2000] {
        let mut scores = normal.many(100_000 - matches, 0.19, 0.024);
        scores.extend(normal.many(matches, 0.33, 0.012));
        let all = strong(&scores);
        let sample: Vec<f32> = scores.iter().step_by(8).copied().collect();
        let mut head = scores.clone();
        head.sort_unstable_by(|a, b| b.total_cmp(a));
        head.truncate(100);
        let cut = relevance_cut(&Scores { sample: &sample, head: &head, total: scores.len() });
        let found = cut.map_or(0, |cut| scores.iter().filter(|score| **score >= cut).count());
        assert!(found.abs_diff(all) <= 3 + all / 10, "{matches}: {all} became {found}");
    }
}

#[test]
fn equal_and_broken_scores_do_no_harm() {
    assert_eq!(strong(&[0.25; 500]), 500);
    let mut mostly_equal = vec![0.25; 500];
    mostly_equal.extend([0.4, 0.41]);
    assert_eq!(strong(&mostly_equal), 2);
    let mut broken = Normal(1).many(1000, 0.2, 0.02);
    broken.extend([f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.35]);
    let cut = relevance_cut(&Scores { sample: &broken, head: &[], total: 1004 }).unwrap();
    assert!(cut > 0.25 && cut <= 0.35, "{cut}");
    assert_eq!(relevance_cut(&Scores { sample: &[f32::NAN; 40], head: &[], total: 40 }), None);
}

#[test]
fn the_tail_of_the_normal_distribution_is_the_textbooks() {
    for (z, tail) in [(1.0, 0.158_655), (2.0, 0.022_750_1), (3.0, 1.349_898e-3), (5.0, 2.866_516e-7)] {
        assert!((normal_tail(z) / tail - 1.0).abs() < 1e-5, "{z}: {}", normal_tail(z));
    }
}
