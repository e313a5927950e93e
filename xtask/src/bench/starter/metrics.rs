//! How good a ranking is, and how good chance would be.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Unit vectors of equal length, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vectors {
    /// Components of each.
    pub dim: usize,
    /// `dim` for each vector.
    pub values: Vec<f32>,
}

/// What is counted among the first k of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Measure {
    /// Right ones among the first k, divided by k.
    Precision(usize),
    /// 1 when a right one is among the first k.
    Recall(usize),
}

/// A measure over a set.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    /// The mean over all cases, 0 to 1.
    pub value: f64,
    /// What a ranking by chance is expected to reach.
    pub by_chance: f64,
    /// Every case: what was asked, and what it reached.
    pub cases: Vec<(String, f64)>,
}

impl Vectors {
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.dim)
    }

    /// Indices by falling cosine with `direction`; of equals the first comes first.
    fn ranking(&self, direction: &[f32]) -> Vec<usize> {
        let scores: Vec<f32> = self.rows().map(|row| cosine(row, direction)).collect();
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        order
    }

    /// The mean direction of each of the groups, whose sizes are given, in order.
    pub(super) fn mean_directions(&self, sizes: &[usize]) -> Self {
        let mut rows = self.rows();
        let mut values = Vec::with_capacity(sizes.len() * self.dim);
        for size in sizes {
            let mut sum = vec![0.0; self.dim];
            for row in rows.by_ref().take(*size) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            let length = cosine(&sum, &sum).sqrt();
            values.extend(sum.iter().map(|value| value / length));
        }
        Self { dim: self.dim, values }
    }
}

impl Outcome {
    fn new(by_chance: f64, cases: Vec<(String, f64)>) -> Result<Self> {
        let value = mean(cases.iter().map(|(_, value)| *value)).context("the set asks nothing")?;
        Ok(Self { value, by_chance, cases })
    }

    /// What was asked and reached least, several cases of one name taken together.
    pub(super) fn worst(&self, count: usize) -> Vec<(&str, f64)> {
        let mut by_name: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (name, value) in &self.cases {
            by_name.entry(name).or_default().push(*value);
        }
        let mut all: Vec<(&str, f64)> = by_name
            .into_iter()
            .filter_map(|(name, values)| Some((name, mean(values.into_iter())?)))
            .collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        all.truncate(count);
        all
    }
}

impl Measure {
    /// For one ranking, given which of its places are right.
    fn of(self, is_right: impl Iterator<Item = bool>) -> f64 {
        match self {
            Self::Precision(k) => is_right.take(k).filter(|right| *right).count() as f64 / k as f64,
            Self::Recall(k) => f64::from(u8::from(is_right.take(k).any(|right| right))),
        }
    }

    /// Its expectation when `right` of `all` places are right and the order is chance.
    fn by_chance(self, right: usize, all: usize) -> f64 {
        match self {
            Self::Precision(k) => right as f64 / all as f64 * k.min(all) as f64 / k as f64,
            Self::Recall(k) => {
                let misses = (0..k.min(all)).map(|drawn| {
                    let wrong_left = (all - right).saturating_sub(drawn);
                    wrong_left as f64 / (all - drawn) as f64
                });
                1.0 - misses.product::<f64>()
            }
        }
    }
}

impl TryFrom<String> for Measure {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed =
            text.split_once('@').and_then(|(name, k)| Some((name, k.parse().ok().filter(|k| *k > 0)?)));
        match parsed {
            Some(("precision", k)) => Ok(Self::Precision(k)),
            Some(("recall", k)) => Ok(Self::Recall(k)),
            _ => Err(format!("\"{text}\" is no measure: precision@K or recall@K")),
        }
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Precision(k) => write!(f, "precision@{k}"),
            Self::Recall(k) => write!(f, "recall@{k}"),
        }
    }
}

/// Share of the pictures whose own class is among the `k` nearest classes.
pub(super) fn classify(
    pictures: &Vectors,
    labels: &[usize],
    classes: &Vectors,
    names: &[&str],
    k: usize,
) -> Result<Outcome> {
    let cases = pictures.rows().zip(labels).map(|(picture, label)| {
        let ranking = classes.ranking(picture);
        let value = Measure::Recall(k).of(ranking.iter().map(|class| class == label));
        (names[*label].to_owned(), value)
    });
    Outcome::new(Measure::Recall(k).by_chance(1, names.len()), cases.collect())
}

/// The mean of the measure over the queries; `relevant` has the right pictures of each.
pub(super) fn retrieve(
    pictures: &Vectors,
    queries: &Vectors,
    relevant: &[&[usize]],
    names: &[&str],
    measure: Measure,
) -> Result<Outcome> {
    let cases = queries.rows().zip(relevant).zip(names).map(|((query, relevant), name)| {
        let ranking = pictures.ranking(query);
        (String::from(*name), measure.of(ranking.iter().map(|picture| relevant.contains(picture))))
    });
    let all = pictures.rows().len();
    let by_chance = mean(relevant.iter().map(|relevant| measure.by_chance(relevant.len(), all)));
    Outcome::new(by_chance.unwrap_or_default(), cases.collect())
}

/// The mean of the measure over all pictures, each asking for the others of its own label.
pub(super) fn same_label<L: PartialEq + std::fmt::Display>(
    pictures: &Vectors,
    labels: &[L],
    measure: Measure,
) -> Result<Outcome> {
    let mut chances = Vec::new();
    let cases = pictures.rows().enumerate().map(|(own, picture)| {
        let label = &labels[own];
        let others = labels.iter().filter(|other| *other == label).count() - 1;
        chances.push(measure.by_chance(others, labels.len() - 1));
        let ranking = pictures.ranking(picture);
        let is_right = ranking.iter().filter(|other| **other != own).map(|other| labels[*other] == *label);
        (label.to_string(), measure.of(is_right))
    });
    let cases = cases.collect();
    Outcome::new(mean(chances.into_iter()).unwrap_or_default(), cases)
}

/// Share of the copies whose nearest other picture is the original, or another copy of it.
pub(super) fn copies(pictures: &Vectors, pairs: &[[usize; 2]], names: &[&str]) -> Result<Outcome> {
    let original_of = |picture: usize| {
        pairs.iter().find(|[copy, _]| *copy == picture).map_or(picture, |[_, original]| *original)
    };
    let all: Vec<&[f32]> = pictures.rows().collect();
    let group_size = |original| (0..all.len()).filter(|picture| original_of(*picture) == original).count();
    let chances = pairs.iter().map(|[_, original]| {
        Measure::Recall(1).by_chance(group_size(*original).saturating_sub(1), all.len() - 1)
    });
    let cases = pairs.iter().map(|[copy, original]| {
        let nearest = pictures.ranking(all[*copy]).into_iter().find(|other| other != copy);
        let is_right = nearest.is_some_and(|nearest| original_of(nearest) == *original);
        (names[*copy].to_owned(), f64::from(u8::from(is_right)))
    });
    Outcome::new(mean(chances).unwrap_or_default(), cases.collect())
}

/// Of unit vectors.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of the plane, by their angles in degrees.
    fn at(angles: &[f32]) -> Vectors {
        let values = angles.iter().flat_map(|angle| [angle.to_radians().cos(), angle.to_radians().sin()]);
        Vectors { dim: 2, values: values.collect() }
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn a_class_counts_when_it_is_among_the_nearest() {
        let classes = at(&[0.0, 90.0, 180.0]);
        let pictures = at(&[10.0, 50.0, 100.0, 170.0]);
        let labels = [0, 0, 1, 0];
        let names = ["east", "north", "west"];
        let top = |k| classify(&pictures, &labels, &classes, &names, k).unwrap();
        // The second picture is nearer to north, the fourth to west and then to north.
        close(top(1).value, 0.5);
        close(top(2).value, 0.75);
        close(top(1).by_chance, 1.0 / 3.0);
        close(top(2).by_chance, 2.0 / 3.0);
        let nearest = top(1);
        let (name, value) = nearest.worst(1)[0];
        assert_eq!(name, "east");
        close(value, 1.0 / 3.0);
    }

    #[test]
    fn precision_counts_right_pictures_and_recall_any() {
        let pictures = at(&[0.0, 20.0, 40.0, 60.0, 80.0]);
        let queries = at(&[0.0, 80.0]);
        // The first query meets 0 1 2 3 4 in this order, the second 4 3 2 1 0.
        let relevant: [&[usize]; 2] = [&[0, 2], &[1]];
        let of = |measure| retrieve(&pictures, &queries, &relevant, &["a", "b"], measure).unwrap();
        close(of(Measure::Precision(2)).value, (0.5 + 0.0) / 2.0);
        close(of(Measure::Precision(4)).value, (0.5 + 0.25) / 2.0);
        close(of(Measure::Recall(3)).value, 0.5);
        close(of(Measure::Recall(4)).value, 1.0);
        close(of(Measure::Precision(2)).by_chance, (0.4 + 0.2) / 2.0);
        // Two of five at two draws: 1 − 3/5 · 2/4; one of five: 2/5.
        close(of(Measure::Recall(2)).by_chance, (0.7 + 0.4) / 2.0);
        assert_eq!(of(Measure::Precision(2)).worst(9), [("b", 0.0), ("a", 0.5)]);
    }

    #[test]
    fn a_picture_is_not_its_own_neighbour() {
        let pictures = at(&[0.0, 10.0, 25.0, 100.0]);
        let found = same_label(&pictures, &["x", "y", "x", "y"], Measure::Precision(1)).unwrap();
        // The nearest others are 1, 0, 1 and 2.
        close(found.value, 0.0);
        close(found.by_chance, 1.0 / 3.0);
        let found = same_label(&pictures, &["x", "x", "y", "y"], Measure::Precision(2)).unwrap();
        // x: 1 2 and 0 2; y: 1 0 and 2 1.
        close(found.value, (0.5 + 0.5 + 0.0 + 0.5) / 4.0);
    }

    #[test]
    fn another_copy_of_the_same_original_counts_too() {
        let pictures = at(&[0.0, 50.0, 49.0, 120.0, 10.0]);
        let names = ["0", "1", "2", "3", "4"];
        // 1 and 2 are copies of 0, 4 is one of 3.
        let found = copies(&pictures, &[[1, 0], [2, 0], [4, 3]], &names).unwrap();
        assert_eq!(found.cases, [("1".to_owned(), 1.0), ("2".to_owned(), 1.0), ("4".to_owned(), 0.0)]);
        close(found.value, 2.0 / 3.0);
        close(found.by_chance, (0.5 + 0.5 + 0.25) / 3.0);
    }

    #[test]
    fn groups_have_mean_directions() {
        let found = at(&[0.0, 60.0, 90.0]).mean_directions(&[2, 1]);
        let expected = at(&[30.0, 90.0]);
        assert!(found.values.iter().zip(&expected.values).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn measures_are_read_by_their_names() {
        for (text, expected) in [
            ("precision@5", Some(Measure::Precision(5))),
            ("recall@10", Some(Measure::Recall(10))),
            ("recall@0", None),
            ("recall", None),
            ("f1@3", None),
        ] {
            assert_eq!(Measure::try_from(text.to_owned()).ok(), expected, "{text}");
            assert!(expected.is_none_or(|measure| measure.to_string() == text));
        }
    }

    #[test]
    fn a_set_that_asks_nothing_is_an_error() {
        assert!(copies(&at(&[0.0]), &[], &["0"]).is_err());
    }
}
