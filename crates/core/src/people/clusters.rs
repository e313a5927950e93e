//! Groups of faces that look like one person, without a number of people given.
//!
//! The neighbour lists are a graph over the good faces. First its strong edges are followed, the strongest first, while the groups
//! that they join are alike on average: the cores. Then the two groups that are most alike, on average over all their pairs, become
//! one, again and again, until no two are alike enough (average linkage; Sokal and Michener 1958). Poor faces join a group at the end
//! and change none, so that they bridge nothing.
//!
//! Two faces of one picture are never put into one group; neither is a face put to a person that it is said not to be, nor are
//! two people's faces put together. The result depends on the faces and their places alone, not on how they came to be known.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap, HashSet};

use super::neighbours::Near;
use super::thresholds::{ATTACH, CORE, DIM, JOIN, NEIGHBOURS};
use crate::ids::PersonId;

/// A face as far as grouping is concerned.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The number of its picture.
    pub picture: u32,
    /// It makes groups; otherwise it joins them.
    pub is_good: bool,
    /// The person that the user said it is, and that its group therefore is.
    pub label: Option<PersonId>,
    /// People that it is not.
    pub not: Vec<PersonId>,
}

/// From which likeness on faces are put together.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Two good faces: the core of a group.
    pub core: f32,
    /// Two groups, on average over their pairs.
    pub join: f32,
    /// A poor face and a group, on average.
    pub attach: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { core: CORE, join: JOIN, attach: ATTACH }
    }
}

/// The number of each face's group, from 0 in the order of the groups' first faces. A good face is in a group, be it alone; a poor
/// one that fits nowhere is in none. `vectors` holds [`DIM`] components of each face; `lists` are its neighbours, by place.
pub fn clusters(
    nodes: &[Node],
    vectors: &[f32],
    lists: &[Vec<Near>],
    thresholds: &Thresholds,
) -> Vec<Option<u32>> {
    let mut groups = Groups::of(nodes, vectors);
    let edges = edges(nodes, lists, thresholds.join);
    groups.follow(edges.iter().take_while(|edge| edge.cosine >= thresholds.core), thresholds.join);
    groups.link(&edges, thresholds.join);
    let attached = groups.attach(nodes, vectors, lists, thresholds.attach);
    groups.numbered(nodes, &attached)
}

/// Two good faces that are alike; `a` is before `b`.
struct Edge {
    cosine: f32,
    a: u32,
    b: u32,
}

/// Strongest first.
fn edges(nodes: &[Node], lists: &[Vec<Near>], least: f32) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (face, list) in (0u32..).zip(lists).filter(|(face, _)| nodes[*face as usize].is_good) {
        for near in list.iter().filter(|near| near.cosine >= least && nodes[near.face as usize].is_good) {
            let (a, b) = (face.min(near.face), face.max(near.face));
            edges.push(Edge { cosine: near.cosine, a, b });
        }
    }
    let place = |edge: &Edge| (edge.a, edge.b);
    edges.sort_unstable_by(|x, y| y.cosine.total_cmp(&x.cosine).then(place(x).cmp(&place(y))));
    edges.dedup_by_key(|edge| place(edge));
    edges
}

/// Good faces that are together, and what must be known of them to put more to them.
#[derive(Clone, Default)]
struct Group {
    sum: Vec<f32>,
    count: u32,
    /// In order.
    pictures: Vec<u32>,
    label: Option<PersonId>,
    /// In order.
    not: Vec<PersonId>,
    /// Groups that a neighbour of one of its faces is in.
    near: BTreeSet<u32>,
    /// Changes with every face that comes in.
    version: u32,
}

impl Group {
    /// The mean of the cosines of all pairs.
    fn likeness(&self, other: &Self) -> f32 {
        dot(&self.sum, &other.sum) / (self.count as f32 * other.count as f32)
    }

    fn may_join(&self, other: &Self) -> bool {
        let (small, large) =
            if self.pictures.len() < other.pictures.len() { (self, other) } else { (other, self) };
        let fits = |label: Option<PersonId>, not: &[PersonId]| {
            label.is_none_or(|label| not.binary_search(&label).is_err())
        };
        (self.label.is_none() || other.label.is_none() || self.label == other.label)
            && fits(self.label, &other.not)
            && fits(other.label, &self.not)
            && !small.pictures.iter().any(|picture| large.pictures.binary_search(picture).is_ok())
    }

    fn take(&mut self, other: Self) {
        self.sum.iter_mut().zip(&other.sum).for_each(|(sum, more)| *sum += more);
        self.count += other.count;
        self.pictures = merged(&self.pictures, &other.pictures);
        self.not = merged(&self.not, &other.not);
        self.label = self.label.or(other.label);
        self.version += 1;
    }
}

fn merged<T: Ord + Copy>(a: &[T], b: &[T]) -> Vec<T> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.dedup();
    all
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (a.as_chunks::<16>().0, b.as_chunks::<16>().0);
    let mut sums = [0.0f32; 16];
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum()
}

/// Two groups that might become one.
struct Candidate {
    likeness: f32,
    a: u32,
    b: u32,
    versions: (u32, u32),
}

impl Candidate {
    /// The most alike is the greatest; of equals the one of the first faces.
    fn key(&self) -> (Reverse<u32>, Reverse<u32>) {
        (Reverse(self.a.min(self.b)), Reverse(self.a.max(self.b)))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.likeness.total_cmp(&other.likeness).then(self.key().cmp(&other.key()))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// A group has the number of its first face.
struct Groups {
    groups: Vec<Option<Group>>,
    /// The way from a face to its group.
    parents: Vec<u32>,
}

impl Groups {
    /// Each good face by itself.
    fn of(nodes: &[Node], vectors: &[f32]) -> Self {
        let alone = |(node, vector): (&Node, &[f32])| {
            node.is_good.then(|| Group {
                sum: vector.to_vec(),
                count: 1,
                pictures: vec![node.picture],
                label: node.label,
                not: merged(&node.not, &[]),
                ..Group::default()
            })
        };
        let groups = nodes.iter().zip(vectors.chunks_exact(DIM)).map(alone).collect();
        Self { groups, parents: (0..nodes.len() as u32).collect() }
    }

    fn find(&mut self, face: u32) -> u32 {
        let mut at = face;
        while self.parents[at as usize] != at {
            let above = self.parents[self.parents[at as usize] as usize];
            self.parents[at as usize] = above;
            at = above;
        }
        at
    }

    fn get(&self, group: u32) -> Option<&Group> {
        self.groups[group as usize].as_ref()
    }

    /// Puts two groups together and gives the number of the whole.
    fn join(&mut self, a: u32, b: u32) -> u32 {
        let (first, second) = (a.min(b), a.max(b));
        let taken = self.groups[second as usize].take();
        if let (Some(group), Some(taken)) = (&mut self.groups[first as usize], taken) {
            group.take(taken);
        }
        self.parents[second as usize] = first;
        first
    }

    /// The groups, if they may become one, and how alike they are.
    fn likeness(&self, a: u32, b: u32) -> Option<f32> {
        let (a, b) = (self.get(a)?, self.get(b)?);
        a.may_join(b).then(|| a.likeness(b))
    }

    fn follow<'a>(&mut self, edges: impl Iterator<Item = &'a Edge>, least: f32) {
        for edge in edges {
            let (a, b) = (self.find(edge.a), self.find(edge.b));
            if a != b && self.likeness(a, b).is_some_and(|likeness| likeness >= least) {
                self.join(a, b);
            }
        }
    }

    fn link(&mut self, edges: &[Edge], least: f32) {
        for edge in edges {
            let (a, b) = (self.find(edge.a), self.find(edge.b));
            if a != b {
                self.connect(a, b);
            }
        }
        let mut heap = BinaryHeap::new();
        let all: Vec<u32> =
            (0..self.groups.len() as u32).filter(|group| self.get(*group).is_some()).collect();
        for a in all {
            let near: Vec<u32> = self.near(a).filter(|b| *b > a).collect();
            near.into_iter().for_each(|b| self.propose(&mut heap, a, b, least));
        }
        let mut compared = HashSet::new();
        loop {
            self.agglomerate(&mut heap, least);
            self.compare_large(&mut heap, &mut compared, least);
            if heap.is_empty() {
                return;
            }
        }
    }

    fn connect(&mut self, a: u32, b: u32) {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(group) = &mut self.groups[from as usize] {
                group.near.insert(to);
            }
        }
    }

    fn near(&self, group: u32) -> impl Iterator<Item = u32> {
        self.get(group).into_iter().flat_map(|group| group.near.iter().copied())
    }

    fn propose(&self, heap: &mut BinaryHeap<Candidate>, a: u32, b: u32, least: f32) {
        if let Some(likeness) = self.likeness(a, b).filter(|likeness| *likeness >= least) {
            let version = |group: u32| self.get(group).map_or(0, |group| group.version);
            heap.push(Candidate { likeness, a, b, versions: (version(a), version(b)) });
        }
    }

    fn agglomerate(&mut self, heap: &mut BinaryHeap<Candidate>, least: f32) {
        while let Some(Candidate { a, b, versions, .. }) = heap.pop() {
            let is_now = |group: u32, version| self.get(group).is_some_and(|group| group.version == version);
            if !is_now(a, versions.0) || !is_now(b, versions.1) {
                continue;
            }
            let near: BTreeSet<u32> =
                self.near(a).chain(self.near(b)).filter(|c| *c != a && *c != b).collect();
            let (whole, gone) = (self.join(a, b), a.max(b));
            for other in &near {
                if let Some(group) = &mut self.groups[*other as usize] {
                    group.near.remove(&gone);
                    group.near.insert(whole);
                }
            }
            if let Some(group) = &mut self.groups[whole as usize] {
                group.near.clone_from(&near);
            }
            near.into_iter().for_each(|other| self.propose(heap, whole, other, least));
        }
    }

    /// A group with more faces than a list has places may have no neighbour outside itself, and so be like a group that it is not
    /// connected with. There are few of them: each is compared with each.
    fn compare_large(
        &mut self,
        heap: &mut BinaryHeap<Candidate>,
        compared: &mut HashSet<(u32, u32, u32, u32)>,
        least: f32,
    ) {
        let large: Vec<(u32, u32)> = (0u32..)
            .zip(&self.groups)
            .filter_map(|(number, group)| Some((number, group.as_ref()?)))
            .filter(|(_, group)| group.count as usize > NEIGHBOURS)
            .map(|(number, group)| (number, group.version))
            .collect();
        for (at, (a, version_a)) in large.iter().enumerate() {
            for (b, version_b) in &large[at + 1..] {
                let is_new = !self.near(*a).any(|near| near == *b)
                    && compared.insert((*a, *version_a, *b, *version_b));
                if is_new && self.likeness(*a, *b).is_some_and(|likeness| likeness >= least) {
                    self.connect(*a, *b);
                    self.propose(heap, *a, *b, least);
                }
            }
        }
    }

    /// The group of each poor face that fits in one, the best fits first.
    fn attach(
        &mut self,
        nodes: &[Node],
        vectors: &[f32],
        lists: &[Vec<Near>],
        least: f32,
    ) -> Vec<(u32, u32)> {
        let mut fits = Vec::new();
        for (face, list) in (0u32..).zip(lists).filter(|(face, _)| !nodes[*face as usize].is_good) {
            let vector = &vectors[face as usize * DIM..][..DIM];
            let near = list.iter().filter(|near| nodes[near.face as usize].is_good && near.cosine >= least);
            let groups: BTreeSet<u32> = near.map(|near| self.find(near.face)).collect();
            for group in groups {
                let Some(of) = self.get(group) else { continue };
                let likeness = dot(vector, &of.sum) / of.count as f32;
                if likeness >= least {
                    fits.push((likeness, face, group));
                }
            }
        }
        fits.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut attached: Vec<(u32, u32)> = Vec::new();
        let mut is_attached = HashSet::new();
        for (_, face, number) in fits {
            let node = &nodes[face as usize];
            let Some(group) = &mut self.groups[number as usize] else { continue };
            let contradicts = group
                .label
                .is_some_and(|label| node.not.contains(&label) || node.label.is_some_and(|own| own != label));
            let Err(place) = group.pictures.binary_search(&node.picture) else { continue };
            if !contradicts && is_attached.insert(face) {
                group.pictures.insert(place, node.picture);
                attached.push((face, number));
            }
        }
        attached
    }

    fn numbered(&mut self, nodes: &[Node], attached: &[(u32, u32)]) -> Vec<Option<u32>> {
        let mut of: Vec<Option<u32>> = (0..nodes.len() as u32)
            .map(|face| nodes[face as usize].is_good.then(|| self.find(face)))
            .collect();
        for (face, group) in attached {
            of[*face as usize] = Some(*group);
        }
        // A group has the number of its first good face; that is turned into its place among the groups.
        let mut numbers = std::collections::HashMap::new();
        for group in of.iter_mut().flatten() {
            let next = numbers.len() as u32;
            *group = *numbers.entry(*group).or_insert(next);
        }
        of
    }
}
