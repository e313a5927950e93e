//! A picture of a space in two dimensions: photos that are alike lie together.
//!
//! Principal components first, then t-SNE (van der Maaten, 2014) over them. Large libraries are laid out by landmarks, and the
//! rest is placed by its nearest landmarks. A map that starts from an earlier one stays where that was.

mod affinities;
mod align;
mod place;
mod quadtree;
mod quality;
mod tsne;

use std::collections::HashMap;

pub use quality::trustworthiness;

use super::neighbours::{Near, Vectors, nearest};
use super::pca::{Principal, principal};
use super::random::mixed;
use super::space::Space;
use super::steps::{Stage, Steps};
use crate::error::Result;
use crate::ids::PhotoId;
use affinities::Affinities;
use tsne::Layout;

/// Photos that are laid out themselves; of more, so many are landmarks.
pub const LANDMARKS: usize = 10_000;
/// Principal components that t-SNE looks at.
const COMPONENTS: usize = 50;
/// Neighbours that a photo feels, in a way; three times as many are looked at.
const PERPLEXITY: f64 = 30.0;
/// Landmarks that place a photo.
const PLACING: usize = 10;
/// An earlier map counts when it knows this part of the photos.
const KNOWN_ENOUGH: f64 = 0.5;

/// A point of the map.
pub type Point = [f32; 2];

/// Where photos were on an earlier map, as [`laid_out`] gave it.
pub type Earlier = HashMap<PhotoId, Point>;

/// Principal components of all photos: what both kinds of map are made of.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub fn components(space: &Space, steps: &Steps<'_>) -> Result<Principal> {
    principal(space, COMPONENTS, steps)
}

/// The map of the two first components: there at once.
pub fn flat(components: &Principal, count: usize) -> Vec<Point> {
    let part = |place: usize, at: usize| match at < components.dim {
        true => components.rows[place * components.dim + at],
        false => 0.0,
    };
    (0..count).map(|place| [part(place, 0), part(place, 1)]).collect()
}

/// The map by t-SNE, in units of its own; see [`in_unit_square`]. Without photos that differ it is [`flat`].
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub fn laid_out(
    space: &Space,
    components: &Principal,
    earlier: &Earlier,
    steps: &Steps<'_>,
) -> Result<Vec<Point>> {
    if space.len() < 4 || components.dim == 0 {
        return Ok(flat(components, space.len()));
    }
    let landmarks = landmarks(space);
    let known = earlier_places(space, &landmarks, earlier);
    let counter = steps.begin(Stage::Laying, space.len() + tsne::rounds(known.is_some()));
    let norms = half_squares(components);
    let load = |place: u32, into: &mut [f32]| into.copy_from_slice(row(components, place));
    let vectors = Vectors { dim: components.dim, load: &load, bias: Some(&norms) };
    let perplexity = PERPLEXITY.min((landmarks.len() - 1) as f64 / 3.0);
    let k = ((3.0 * perplexity).ceil() as usize).clamp(1, landmarks.len() - 1);
    let near = nearest(&vectors, &landmarks, &landmarks, k, &counter)?;
    let squares = |place: u32, list: &[Near]| squared_distances(components, place, list);
    let number: HashMap<u32, u32> = landmarks.iter().copied().zip(0..).collect();
    let local: Vec<Vec<Near>> = landmarks
        .iter()
        .zip(&near)
        .map(|(place, list)| {
            let squares = squares(*place, list);
            list.iter().zip(squares).map(|((there, _), square)| (number[there], square)).collect()
        })
        .collect();
    let affinities = Affinities::of(&local, perplexity);
    let start = match &known {
        Some(known) => place::among_known(known, &local),
        None => start_of(components, &landmarks),
    };
    let layout = Layout { affinities: &affinities, start: &start, is_known: known.is_some() };
    let mut laid = layout.run(&counter)?;
    if let Some(known) = &known {
        align::onto(&mut laid, known);
    }
    if landmarks.len() == space.len() {
        return Ok(laid);
    }
    let others: Vec<u32> = (0..space.len() as u32).filter(|place| !number.contains_key(place)).collect();
    let near = nearest(&vectors, &others, &landmarks, PLACING, &counter)?;
    let mut points = vec![[0.0; 2]; space.len()];
    landmarks.iter().zip(&laid).for_each(|(place, point)| points[*place as usize] = *point);
    for (place, list) in others.iter().zip(&near) {
        let anchors = list
            .iter()
            .zip(squares(*place, list))
            .map(|((there, _), square)| (points[*there as usize], square));
        points[*place as usize] = place::between(&anchors.collect::<Vec<_>>());
    }
    Ok(points)
}

/// The same map with every coordinate from −1 to 1, the middle of its extent at 0.
pub fn in_unit_square(points: &[Point]) -> Vec<Point> {
    let bounds = |at: usize| {
        points.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), point| {
            (low.min(point[at]), high.max(point[at]))
        })
    };
    let (x, y) = (bounds(0), bounds(1));
    let half = ((x.1 - x.0).max(y.1 - y.0) / 2.0).max(f32::MIN_POSITIVE);
    let unit = |value: f32, (low, high): (f32, f32)| {
        let middle = low + (high - low) / 2.0;
        if half > f32::MIN_POSITIVE { ((value - middle) / half).clamp(-1.0, 1.0) } else { 0.0 }
    };
    points.iter().map(|point| [unit(point[0], x), unit(point[1], y)]).collect()
}

/// Places of the landmarks, in order: drawn by the ids, so that new photos take few places of others.
fn landmarks(space: &Space) -> Vec<u32> {
    let mut places: Vec<u32> = (0..space.len() as u32).collect();
    if places.len() > LANDMARKS {
        places.sort_by_key(|place| mixed(space.ids()[*place as usize].0 as u64));
        places.truncate(LANDMARKS);
        places.sort_unstable();
    }
    places
}

/// Where each landmark was; `None` when too few were anywhere.
fn earlier_places(space: &Space, landmarks: &[u32], earlier: &Earlier) -> Option<Vec<Option<Point>>> {
    let at = |place: &u32| {
        earlier.get(&space.ids()[*place as usize]).copied().filter(|[x, y]| (x + y).is_finite())
    };
    let known: Vec<Option<Point>> = landmarks.iter().map(at).collect();
    let count = known.iter().flatten().count();
    (count >= 3 && count as f64 >= KNOWN_ENOUGH * landmarks.len() as f64).then_some(known)
}

/// The first two components, as small as t-SNE wants its beginning.
fn start_of(components: &Principal, landmarks: &[u32]) -> Vec<Point> {
    let all = flat(components, components.rows.len() / components.dim);
    let start: Vec<Point> = landmarks.iter().map(|place| all[*place as usize]).collect();
    let mean = start.iter().map(|point| f64::from(point[0])).sum::<f64>() / start.len() as f64;
    let variance =
        start.iter().map(|point| (f64::from(point[0]) - mean).powi(2)).sum::<f64>() / start.len() as f64;
    let scale = (1e-4 / variance.sqrt().max(1e-12)) as f32;
    // Copies must not lie on one point for ever: what nothing separates is pulled apart by nothing.
    let apart =
        |number: usize, at: u64| (mixed(2 * number as u64 + at) >> 40) as f32 / (1 << 24) as f32 * 1e-6;
    start
        .iter()
        .enumerate()
        .map(|(number, [x, y])| [x * scale + apart(number, 0), y * scale + apart(number, 1)])
        .collect()
}

fn row(components: &Principal, place: u32) -> &[f32] {
    &components.rows[place as usize * components.dim..(place as usize + 1) * components.dim]
}

fn half_squares(components: &Principal) -> Vec<f32> {
    components.rows.chunks(components.dim).map(|row| row.iter().map(|x| x * x).sum::<f32>() / 2.0).collect()
}

fn squared_distances(components: &Principal, place: u32, list: &[Near]) -> Vec<f32> {
    let here = row(components, place);
    list.iter()
        .map(|(there, _)| here.iter().zip(row(components, *there)).map(|(a, b)| (a - b) * (a - b)).sum())
        .collect()
}

#[cfg(test)]
mod tests;
