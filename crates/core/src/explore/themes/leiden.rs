//! Communities of a graph by Leiden's method (Traag, Waltman and van Eck, *From Louvain to Leiden*, 2019), for modularity.
//!
//! Nodes move to the community that gains most, communities are refined into well-connected parts, the parts become nodes, and so
//! on. Where the paper draws at random among parts that gain, the one that gains most is taken: the answer is the same every time.

use std::collections::{HashMap, VecDeque};

use super::super::random::Random;
use super::super::steps::Steps;
use super::graph::Graph;
use crate::error::Result;

/// Times the whole is done again from its own result.
const PASSES: usize = 8;
/// A move must gain this much: what arithmetic makes of nothing is no gain.
const LEAST_GAIN: f64 = 1e-10;

/// Labels 0, 1, 2 … of the communities of the nodes, in the order in which they are first met, starting from `labels`.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub(super) fn communities(graph: &Graph, labels: &[u32], steps: &Steps<'_>) -> Result<Vec<u32>> {
    let mut labels = numbered(labels).0;
    for pass in 0..PASSES {
        let next = once(graph, &labels, pass as u64, steps)?;
        if next == labels {
            break;
        }
        labels = next;
    }
    Ok(labels)
}

/// The modularity of a division (Newman, 2004): how much more weight lies within than would by chance.
pub(super) fn modularity(graph: &Graph, labels: &[u32]) -> f64 {
    let (labels, count) = numbered(labels);
    let whole = graph.merged(&labels, count);
    let total: f64 = (0..count).map(|node| whole.strength(node)).sum();
    if total <= 0.0 {
        return 0.0;
    }
    (0..count).map(|node| 2.0 * whole.inner(node) / total - (whole.strength(node) / total).powi(2)).sum()
}

fn once(graph: &Graph, labels: &[u32], seed: u64, steps: &Steps<'_>) -> Result<Vec<u32>> {
    // Of each node of the graph at hand: the nodes of the first graph that it stands for are found through `of`.
    let mut of: Vec<u32> = (0..graph.len() as u32).collect();
    let mut graph = graph.clone();
    let mut labels = labels.to_vec();
    let mut seed = seed * 1000;
    loop {
        steps.go_on()?;
        seed += 1;
        let division = Division::new(&graph, labels);
        labels = numbered(&division.moved(seed)).0;
        let count = numbered(&labels).1;
        if count == graph.len() {
            break;
        }
        let (parts, part_count) = numbered(&refined(&graph, &labels, seed));
        if part_count == graph.len() {
            break;
        }
        let mut next = vec![0; part_count];
        parts.iter().zip(&labels).for_each(|(part, label)| next[*part as usize] = *label);
        of.iter_mut().for_each(|node| *node = parts[*node as usize]);
        graph = graph.merged(&parts, part_count);
        labels = next;
    }
    Ok(numbered(&of.iter().map(|node| labels[*node as usize]).collect::<Vec<_>>()).0)
}

/// A division of the nodes into communities that is being bettered.
struct Division<'a> {
    graph: &'a Graph,
    labels: Vec<u32>,
    strengths: Vec<f64>,
    /// Strength of each community.
    sums: Vec<f64>,
    total: f64,
}

impl<'a> Division<'a> {
    fn new(graph: &'a Graph, labels: Vec<u32>) -> Self {
        let strengths: Vec<f64> = (0..graph.len()).map(|node| graph.strength(node)).collect();
        let mut sums = vec![0.0; graph.len().max(labels.iter().max().map_or(0, |most| *most as usize + 1))];
        labels.iter().zip(&strengths).for_each(|(label, strength)| sums[*label as usize] += strength);
        let total = strengths.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        Self { graph, labels, strengths, sums, total }
    }

    /// Moves nodes one by one, those beside a move again, until none gains.
    fn moved(mut self, seed: u64) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.graph.len()).collect();
        Random::new(seed).shuffle(&mut order);
        let mut queue: VecDeque<usize> = order.into();
        let mut waits = vec![true; self.graph.len()];
        while let Some(node) = queue.pop_front() {
            waits[node] = false;
            let (before, after) = (self.labels[node], self.best(node));
            if before == after {
                continue;
            }
            self.sums[before as usize] -= self.strengths[node];
            self.sums[after as usize] += self.strengths[node];
            self.labels[node] = after;
            for (there, _) in self.graph.row(node) {
                if self.labels[there as usize] != after
                    && !std::mem::replace(&mut waits[there as usize], true)
                {
                    queue.push_back(there as usize);
                }
            }
        }
        self.labels
    }

    /// The community in which a node adds most; its own where none is better.
    fn best(&self, node: usize) -> u32 {
        let own = self.labels[node];
        let weights = weights_to(self.graph, node, &self.labels);
        let gain = |label: u32, weight: f64| {
            let others = self.sums[label as usize] - if label == own { self.strengths[node] } else { 0.0 };
            weight - self.strengths[node] * others / self.total
        };
        let stays = weights.iter().find(|entry| entry.0 == own).map_or(0.0, |entry| entry.1);
        let (mut best, mut most) = (own, gain(own, stays) + LEAST_GAIN);
        for (label, weight) in weights {
            let gain = gain(label, weight);
            if gain > most {
                (best, most) = (label, gain + LEAST_GAIN);
            }
        }
        best
    }
}

/// Weights from a node to each label around it, in order of label.
fn weights_to(graph: &Graph, node: usize, labels: &[u32]) -> Vec<(u32, f64)> {
    let mut weights: Vec<(u32, f64)> =
        graph.row(node).map(|(there, weight)| (labels[there as usize], weight)).collect();
    weights.sort_by_key(|entry| entry.0);
    weights.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    weights
}

/// Parts of the communities that hang together well: labels below the number of nodes.
fn refined(graph: &Graph, labels: &[u32], seed: u64) -> Vec<u32> {
    let division = Division::new(graph, labels.to_vec());
    let Division { strengths, sums, total, .. } = &division;
    let mut parts: Vec<u32> = (0..graph.len() as u32).collect();
    let mut part_sums = strengths.clone();
    // Weight from each part to the rest of its community.
    let outwards = |node: usize| -> f64 {
        graph.row(node).filter(|(there, _)| labels[*there as usize] == labels[node]).map(|edge| edge.1).sum()
    };
    let mut cuts: Vec<f64> = (0..graph.len()).map(outwards).collect();
    let mut sizes = vec![1u32; graph.len()];
    let is_well_connected = |cut: f64, sum: f64, whole: f64| cut >= sum * (whole - sum) / total - LEAST_GAIN;
    let mut order: Vec<usize> = (0..graph.len()).collect();
    Random::new(seed ^ 0x5EED).shuffle(&mut order);
    for node in order {
        let whole = sums[labels[node] as usize];
        if sizes[parts[node] as usize] != 1 || !is_well_connected(cuts[node], strengths[node], whole) {
            continue;
        }
        let near: Vec<(u32, f64)> = weights_to(graph, node, &parts)
            .into_iter()
            .filter(|(part, _)| labels[*part as usize] == labels[node] && *part != parts[node])
            .collect();
        let (mut best, mut most) = (None, LEAST_GAIN);
        for (part, weight) in near {
            let at = part as usize;
            let gain = weight - strengths[node] * part_sums[at] / total;
            if gain > most && is_well_connected(cuts[at], part_sums[at], whole) {
                (best, most) = (Some((part, weight)), gain);
            }
        }
        if let Some((part, weight)) = best {
            let (from, to) = (parts[node] as usize, part as usize);
            part_sums[to] += strengths[node];
            cuts[to] += cuts[from] - 2.0 * weight;
            (part_sums[from], cuts[from]) = (0.0, 0.0);
            (sizes[from], sizes[to]) = (0, sizes[to] + 1);
            parts[node] = part;
        }
    }
    parts
}

/// The same division with the labels 0, 1, 2 … in the order in which they are met, and their number.
pub(super) fn numbered(labels: &[u32]) -> (Vec<u32>, usize) {
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    let number = |label: &u32| {
        let next = numbers.len() as u32;
        *numbers.entry(*label).or_insert(next)
    };
    let labels = labels.iter().map(number).collect();
    (labels, numbers.len())
}

#[cfg(test)]
mod tests {
    use super::super::super::steps::testing::unwatched;
    use super::*;

    fn graph(count: usize, edges: &[(u32, u32)]) -> Graph {
        let mut rows = vec![Vec::new(); count];
        for (a, b) in edges {
            rows[*a as usize].push((*b, 1.0));
            rows[*b as usize].push((*a, 1.0));
        }
        Graph::new(rows, vec![0.0; count])
    }

    fn communities_of(graph: &Graph) -> Vec<u32> {
        let alone: Vec<u32> = (0..graph.len() as u32).collect();
        unwatched(|steps| communities(graph, &alone, steps).unwrap())
    }

    /// Zachary's karate club: 34 people, whose best division into four has a modularity of 0.4198.
    const KARATE: [(u32, u32); 78] = [
        (1, 2),
        (1, 3),
        (2, 3),
        (1, 4),
        (2, 4),
        (3, 4),
        (1, 5),
        (1, 6),
        (1, 7),
        (5, 7),
        (6, 7),
        (1, 8),
        (2, 8),
        (3, 8),
        (4, 8),
        (1, 9),
        (3, 9),
        (3, 10),
        (1, 11),
        (5, 11),
        (6, 11),
        (1, 12),
        (1, 13),
        (4, 13),
        (1, 14),
        (2, 14),
        (3, 14),
        (4, 14),
        (6, 17),
        (7, 17),
        (1, 18),
        (2, 18),
        (1, 20),
        (2, 20),
        (1, 22),
        (2, 22),
        (24, 26),
        (25, 26),
        (3, 28),
        (24, 28),
        (25, 28),
        (3, 29),
        (24, 30),
        (27, 30),
        (2, 31),
        (9, 31),
        (1, 32),
        (25, 32),
        (26, 32),
        (29, 32),
        (3, 33),
        (9, 33),
        (15, 33),
        (16, 33),
        (19, 33),
        (21, 33),
        (23, 33),
        (24, 33),
        (30, 33),
        (31, 33),
        (32, 33),
        (9, 34),
        (10, 34),
        (14, 34),
        (15, 34),
        (16, 34),
        (19, 34),
        (20, 34),
        (21, 34),
        (23, 34),
        (24, 34),
        (27, 34),
        (28, 34),
        (29, 34),
        (30, 34),
        (31, 34),
        (32, 34),
        (33, 34),
    ];

    #[test]
    fn the_karate_club_is_divided_as_well_as_is_known_to_be_possible() {
        let club = graph(34, &KARATE.map(|(a, b)| (a - 1, b - 1)));
        let labels = communities_of(&club);
        let modularity = modularity(&club, &labels);
        assert!(modularity > 0.4155, "{modularity} {labels:?}");
        assert!((3..=5).contains(&numbered(&labels).1), "{labels:?}");
    }

    #[test]
    fn cliques_on_a_ring_are_found_each_for_itself() {
        let mut edges = Vec::new();
        for clique in 0..6u32 {
            for a in 0..5 {
                (0..a).for_each(|b| edges.push((clique * 5 + a, clique * 5 + b)));
            }
            edges.push((clique * 5, (clique * 5 + 6) % 30));
        }
        let labels = communities_of(&graph(30, &edges));
        assert_eq!(labels, (0..30).map(|node| node / 5).collect::<Vec<u32>>());
    }

    #[test]
    fn nodes_without_edges_stay_alone_and_no_nodes_are_fine() {
        assert_eq!(communities_of(&graph(3, &[])), [0, 1, 2]);
        assert_eq!(communities_of(&graph(0, &[])), [0; 0]);
        assert_eq!(communities_of(&graph(3, &[(0, 2)])), [0, 1, 0]);
        assert_eq!(modularity(&graph(2, &[]), &[0, 1]), 0.0);
    }

    #[test]
    fn a_division_that_is_best_already_stays_whatever_its_labels_are() {
        let two = graph(6, &[(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)]);
        let labels = unwatched(|steps| communities(&two, &[7, 7, 7, 4, 4, 4], steps).unwrap());
        assert_eq!(labels, [0, 0, 0, 1, 1, 1]);
    }
}
