//! A graph with weights, as rows of neighbours.

use std::collections::HashMap;

use rayon::prelude::*;

use super::super::neighbours::Neighbours;

/// An undirected graph: each edge stands in the rows of both its ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Graph {
    starts: Vec<usize>,
    places: Vec<u32>,
    weights: Vec<f64>,
    /// Weight within each node, once it stands for several.
    inner: Vec<f64>,
}

impl Graph {
    /// From rows of neighbours with weights; both ends name an edge.
    pub(super) fn new(rows: Vec<Vec<(u32, f64)>>, inner: Vec<f64>) -> Self {
        let mut graph = Self { starts: vec![0], inner, ..Self::default() };
        for row in rows {
            for (there, weight) in row {
                graph.places.push(there);
                graph.weights.push(weight);
            }
            graph.starts.push(graph.places.len());
        }
        graph
    }

    /// Joins each photo with its nearest neighbours, as strongly as they share neighbours: common ones over all (Jaccard).
    pub(super) fn of_shared_neighbours(neighbours: &Neighbours) -> Self {
        let count = neighbours.len();
        let k = neighbours.k().min(joined(count));
        let sets: Vec<Vec<u32>> = (0..count)
            .map(|place| {
                let mut set: Vec<u32> = neighbours.near(place).take(k).map(|near| near.0).collect();
                set.push(place as u32);
                set.sort_unstable();
                set
            })
            .collect();
        let row = |place: usize| -> Vec<(u32, f64)> {
            let near = neighbours.near(place).take(k);
            let weight = |(there, score): (u32, f32)| {
                let common = common(&sets[place], &sets[there as usize]) as f64;
                // Halves, because both ends may name the edge. What points apart does not belong together.
                let shared = common / (2.0 * (k + 1) as f64 - common) / 2.0;
                (score > 0.0).then_some((there, shared))
            };
            near.filter_map(weight).collect()
        };
        let directed: Vec<Vec<(u32, f64)>> = (0..count).into_par_iter().map(row).collect();
        let mut rows = directed.clone();
        for (place, row) in directed.iter().enumerate() {
            row.iter().for_each(|(there, weight)| rows[*there as usize].push((place as u32, *weight)));
        }
        let summed = rows.into_iter().map(summed).collect();
        Self::new(summed, vec![0.0; count])
    }

    /// Number of nodes.
    pub(super) fn len(&self) -> usize {
        self.inner.len()
    }

    /// Neighbours of a node, without itself.
    pub(super) fn row(&self, node: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let range = self.starts[node]..self.starts[node + 1];
        self.places[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    /// Weight within a node.
    pub(super) fn inner(&self, node: usize) -> f64 {
        self.inner[node]
    }

    /// Weight of all ends of edges at a node.
    pub(super) fn strength(&self, node: usize) -> f64 {
        self.row(node).map(|edge| edge.1).sum::<f64>() + 2.0 * self.inner[node]
    }

    /// The graph between some of the nodes, which are in rising order; they are numbered anew.
    pub(super) fn part(&self, nodes: &[usize]) -> Self {
        let number: HashMap<usize, u32> = nodes.iter().copied().zip(0..).collect();
        let row = |node: &usize| -> Vec<(u32, f64)> {
            self.row(*node)
                .filter_map(|(there, weight)| Some((*number.get(&(there as usize))?, weight)))
                .collect()
        };
        Self::new(nodes.iter().map(row).collect(), nodes.iter().map(|node| self.inner[*node]).collect())
    }

    /// Nodes of one label become one node; labels are 0, 1, 2 …
    pub(super) fn merged(&self, labels: &[u32], count: usize) -> Self {
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); count];
        let mut inner = vec![0.0; count];
        for node in 0..self.len() {
            let label = labels[node];
            inner[label as usize] += self.inner[node];
            for (there, weight) in self.row(node) {
                match labels[there as usize] {
                    other if other == label => inner[label as usize] += weight / 2.0,
                    other => rows[label as usize].push((other, weight)),
                }
            }
        }
        Self::new(rows.into_iter().map(summed).collect(), inner)
    }
}

/// Neighbours that a photo is joined with, in a library of so many photos.
fn joined(count: usize) -> usize {
    ((count as f64).sqrt() as usize).clamp(4, 15)
}

fn summed(mut row: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    row.sort_by_key(|edge| edge.0);
    let mut whole: Vec<(u32, f64)> = Vec::with_capacity(row.len());
    for (there, weight) in row {
        match whole.last_mut().filter(|last| last.0 == there) {
            Some(last) => last.1 += weight,
            None => whole.push((there, weight)),
        }
    }
    whole
}

/// Number of common elements of two sorted sets.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both
}
