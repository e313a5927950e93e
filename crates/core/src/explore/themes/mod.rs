//! Themes: groups of photos that belong together, found without being told how many there are.
//!
//! Photos are joined with their nearest neighbours, the more strongly the more neighbours they share (as in PhenoGraph: Levine and
//! others, 2015), and the graph is cut by Leiden's method (Traag, Waltman and van Eck, 2019), theme by theme again as long as a
//! part has parts. Photos that hang together with nothing are in no theme.

mod graph;
mod identity;
mod leiden;
mod names;
mod tree;
mod vocabulary;

use std::collections::HashMap;

pub use identity::{Known, identified};
pub use names::{Named, words};
pub use tree::Group;
pub use vocabulary::{Word, vocabulary};

use super::neighbours::Neighbours;
use super::space::Space;
use super::steps::{Stage, Steps};
use crate::error::Result;
use crate::ids::PhotoId;
use graph::Graph;

/// Photos shown for a theme.
const COVERS: usize = 4;
/// Covers that are more alike than this are the same picture.
const SAME: f32 = 0.97;

/// The themes of a space, each before the parts of it; the larger first. `earlier` says to which theme of the first level a photo
/// belonged: those it knows stay together where that is as good.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub fn themes(
    space: &Space,
    neighbours: &Neighbours,
    earlier: &HashMap<PhotoId, u64>,
    steps: &Steps<'_>,
) -> Result<Vec<Group>> {
    let counter = steps.begin(Stage::Grouping, 1);
    let graph = Graph::of_shared_neighbours(neighbours);
    counter.go_on()?;
    let groups = tree::groups(&graph, &start(space, earlier), steps)?;
    counter.add(1)?;
    Ok(groups
        .into_iter()
        .map(|group| Group { places: most_typical_first(space, &group.places), ..group })
        .collect())
}

/// Photos for the cover of a theme: the most typical ones that are not copies of each other. `places` has the most typical first.
pub fn covers(space: &Space, places: &[usize]) -> Vec<usize> {
    let mut covers: Vec<usize> = Vec::with_capacity(COVERS);
    for place in places {
        if covers.len() < COVERS && covers.iter().all(|cover| space.similarity(*cover, *place) < SAME) {
            covers.push(*place);
        }
    }
    let rest: Vec<usize> = places.iter().copied().filter(|place| !covers.contains(place)).collect();
    covers.extend(rest.into_iter().take(COVERS - covers.len()));
    covers
}

/// Labels to start from: of the earlier theme, or of nothing but oneself.
fn start(space: &Space, earlier: &HashMap<PhotoId, u64>) -> Vec<u32> {
    let mut labels: HashMap<u64, u32> = HashMap::new();
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    let label = |photo: &PhotoId| match earlier.get(photo) {
        Some(theme) => *labels.entry(*theme).or_insert_with(&mut fresh),
        None => fresh(),
    };
    space.ids().iter().map(label).collect()
}

fn most_typical_first(space: &Space, places: &[usize]) -> Vec<usize> {
    let mean = space.mean(places.iter().copied());
    let likeness =
        |place: &usize| -> f32 { space.row(*place).iter().zip(&mean).map(|(x, m)| x.to_f32() * m).sum() };
    let mut ranked: Vec<(f32, usize)> = places.iter().map(|place| (likeness(place), *place)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests;
