//! From communities to themes, and to the parts of themes.

use super::super::steps::Steps;
use super::graph::Graph;
use super::leiden::{communities, modularity, numbered};
use crate::error::Result;

/// Photos that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group that this one is a part of, as its place in the list.
    pub parent: Option<usize>,
    /// Places of the photos in the space.
    pub places: Vec<usize>,
}

/// Themes within themes.
const DEPTH: usize = 3;
/// A photo whose neighbours mostly lie elsewhere belongs to no theme.
const LEAST_SHARE: f64 = 0.4;
/// Parts must be this far from chance to be told apart.
const LEAST_MODULARITY: f64 = 0.3;

/// The groups of a graph, each before its parts, the larger first.
pub(super) fn groups(graph: &Graph, start: &[u32], steps: &Steps<'_>) -> Result<Vec<Group>> {
    let least = (graph.len() / 400).clamp(4, 25);
    let labels = communities(graph, start, steps)?;
    let mut groups = Vec::new();
    for places in sorted_out(graph, &labels, least) {
        add(graph, places, None, DEPTH, least, &mut groups, steps)?;
    }
    Ok(groups)
}

/// Adds a group, and the parts that it falls into.
fn add(
    graph: &Graph,
    places: Vec<usize>,
    parent: Option<usize>,
    depth: usize,
    least: usize,
    groups: &mut Vec<Group>,
    steps: &Steps<'_>,
) -> Result<()> {
    let number = groups.len();
    groups.push(Group { parent, places: places.clone() });
    if depth <= 1 || places.len() < 4 * least {
        return Ok(());
    }
    let within = graph.part(&places);
    let alone: Vec<u32> = (0..places.len() as u32).collect();
    let labels = communities(&within, &alone, steps)?;
    let parts = sorted_out(&within, &labels, least);
    if parts.len() < 2 || modularity(&within, &labels) < LEAST_MODULARITY {
        return Ok(());
    }
    for part in parts {
        let part = part.into_iter().map(|place| places[place]).collect();
        add(graph, part, Some(number), depth - 1, least, groups, steps)?;
    }
    Ok(())
}

/// The communities of at least `least` nodes, without those nodes that hardly hang on; the larger first.
fn sorted_out(graph: &Graph, labels: &[u32], least: usize) -> Vec<Vec<usize>> {
    let (labels, count) = numbered(labels);
    let mut communities: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (node, label) in labels.iter().enumerate() {
        let own: f64 =
            graph.row(node).filter(|(there, _)| labels[*there as usize] == *label).map(|edge| edge.1).sum();
        let all: f64 = graph.row(node).map(|edge| edge.1).sum();
        if all > 0.0 && own >= LEAST_SHARE * all {
            communities[*label as usize].push(node);
        }
    }
    communities.retain(|nodes| nodes.len() >= least);
    communities.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    communities
}
