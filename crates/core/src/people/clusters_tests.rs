use super::clusters::{Node, Thresholds, clusters};
use super::neighbours::{List, Near, connect};
use super::testing::{Random, person, vectors_of};
use super::thresholds::DIM;
use crate::ids::PersonId;

/// Faces with what is known of them, and who they really are.
struct Crowd {
    nodes: Vec<Node>,
    vectors: Vec<f32>,
    truth: Vec<u64>,
}

impl Crowd {
    fn new(random: &mut Random, faces: u64, people: u64, spread: f32) -> Self {
        let truth: Vec<u64> = (0..faces).map(|_| random.below(people as usize) as u64).collect();
        let vectors = vectors_of(truth.iter().map(|who| person(random, *who, spread)));
        let node = |(picture, _)| Node { picture, is_good: true, ..Node::default() };
        Self { nodes: (0u32..).zip(&truth).map(node).collect(), vectors, truth }
    }

    fn lists(&self) -> Vec<Vec<Near>> {
        let good: Vec<bool> = self.nodes.iter().map(|node| node.is_good).collect();
        let mut lists: Vec<List> = vec![None; good.len()];
        assert!(connect(&self.vectors, &good, &vec![true; good.len()], &mut lists, &|| true));
        lists.into_iter().flatten().collect()
    }

    fn groups(&self) -> Vec<Option<u32>> {
        clusters(&self.nodes, &self.vectors, &self.lists(), &Thresholds::default())
    }

    /// The same faces in another order.
    fn permuted(&self, order: &[usize]) -> Self {
        Self {
            nodes: order.iter().map(|face| self.nodes[*face].clone()).collect(),
            vectors: vectors_of(order.iter().map(|face| self.vectors[face * DIM..][..DIM].to_vec())),
            truth: order.iter().map(|face| self.truth[*face]).collect(),
        }
    }
}

/// Precision and recall over pairs of faces.
fn pairwise(groups: &[Option<u32>], truth: &[u64]) -> (f64, f64) {
    let (mut both, mut grouped, mut real) = (0u64, 0u64, 0u64);
    for a in 0..groups.len() {
        for b in a + 1..groups.len() {
            let together = groups[a].is_some() && groups[a] == groups[b];
            let same = truth[a] == truth[b];
            both += u64::from(together && same);
            grouped += u64::from(together);
            real += u64::from(same);
        }
    }
    (both as f64 / grouped as f64, both as f64 / real as f64)
}

fn sets(groups: &[Option<u32>], name: impl Fn(usize) -> usize) -> Vec<Vec<usize>> {
    let count = groups.iter().flatten().max().map_or(0, |most| *most as usize + 1);
    let mut sets = vec![Vec::new(); count];
    for (face, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            sets[*group as usize].push(name(face));
        }
    }
    sets.iter_mut().for_each(|set| set.sort_unstable());
    sets.sort_unstable();
    sets
}

#[test]
fn people_are_found_without_their_number_being_given() {
    for (seed, faces, people, spread) in
        [(1, 400, 12, 0.6), (2, 600, 150, 0.7), (3, 500, 2, 0.9), (4, 200, 200, 0.8), (5, 300, 1, 0.8)]
    {
        let crowd = Crowd::new(&mut Random(seed), faces, people, spread);
        let (precision, recall) = pairwise(&crowd.groups(), &crowd.truth);
        assert!(precision > 0.999 && recall > 0.99, "{faces} faces of {people}: {precision} {recall}");
    }
}

#[test]
fn the_order_of_the_faces_makes_no_difference_to_who_is_together() {
    let mut random = Random(7);
    for round in 0..5 {
        let mut crowd = Crowd::new(&mut random, 250, 20, 1.0);
        for face in (0..250).step_by(3) {
            crowd.nodes[face].is_good = face % 2 == 0;
        }
        let expected = sets(&crowd.groups(), |face| face);
        let mut order: Vec<usize> = (0..250).collect();
        random.shuffle(&mut order);
        let other = crowd.permuted(&order);
        assert_eq!(sets(&other.groups(), |face| order[face]), expected, "{round}");
    }
}

#[test]
fn two_faces_of_one_picture_are_never_one_person() {
    let mut random = Random(11);
    let mut crowd = Crowd::new(&mut random, 300, 5, 0.5);
    for (face, node) in crowd.nodes.iter_mut().enumerate() {
        node.picture = face as u32 / 3;
        node.is_good = face % 11 != 0;
    }
    let groups = crowd.groups();
    for a in 0..300 {
        for b in a + 1..300 {
            let together = groups[a].is_some() && groups[a] == groups[b];
            assert!(!together || crowd.nodes[a].picture != crowd.nodes[b].picture, "{a} {b}");
        }
    }
    assert!(groups.iter().flatten().max().unwrap() < &60, "they are still put together where they can be");
}

#[test]
fn poor_faces_join_groups_and_bridge_none() {
    let mut random = Random(13);
    let (left, right) = (person(&mut random, 1, 0.0), person(&mut random, 2, 0.0));
    let between: Vec<f32> = left.iter().zip(&right).map(|(l, r)| (l + r) / 2f32.sqrt()).collect();
    let faces = [vec![left; 3], vec![between; 2], vec![right; 3]].concat();
    let node = |(picture, is_good)| Node { picture, is_good, ..Node::default() };
    let crowd = |is_good: bool| Crowd {
        nodes: (0..8).zip([true, true, true, is_good, is_good, true, true, true]).map(node).collect(),
        vectors: vectors_of(faces.iter().cloned()),
        truth: vec![0; 8],
    };
    let groups = crowd(false).groups();
    assert_eq!((groups[0], groups[5]), (groups[1], groups[6]));
    assert_ne!(groups[0], groups[5]);
    assert!(groups[3..5].iter().all(|group| *group == groups[0] || *group == groups[5]), "{groups:?}");
    let groups = crowd(true).groups();
    assert_ne!(groups[0], groups[5], "nor do good ones that are half like each");
}

#[test]
fn what_the_user_said_holds_against_every_likeness() {
    let mut random = Random(17);
    let mut crowd = Crowd::new(&mut random, 60, 1, 0.4);
    let (alice, bob) = (PersonId(1), PersonId(2));
    crowd.nodes[3].label = Some(alice);
    crowd.nodes[4].label = Some(bob);
    crowd.nodes[5].not = vec![alice, bob];
    let groups = crowd.groups();
    assert_ne!(groups[3], groups[4]);
    assert!(groups[5] != groups[3] && groups[5] != groups[4]);
}

#[test]
fn large_groups_whose_faces_are_nearest_to_their_own_become_one_all_the_same() {
    let mut random = Random(19);
    let centre = person(&mut random, 1, 0.0);
    let burst = |seed: u64| {
        let side = person(&mut Random(seed), 100 + seed, 0.0);
        let at: Vec<f32> = centre.iter().zip(side).map(|(c, s)| (c + 0.7 * s) / 1.49f32.sqrt()).collect();
        vec![at; 60]
    };
    let vectors = vectors_of([burst(1), burst(2)].concat().into_iter());
    let node = |picture| Node { picture, is_good: true, ..Node::default() };
    let crowd = Crowd { nodes: (0..120).map(node).collect(), vectors, truth: vec![0; 120] };
    assert!(crowd.lists()[0].iter().all(|near| near.face < 60), "each list is full of its own burst");
    assert_eq!(sets(&crowd.groups(), |face| face).len(), 1);
}

#[test]
fn nothing_and_little_are_groups_too() {
    let none = Crowd { nodes: Vec::new(), vectors: Vec::new(), truth: Vec::new() };
    assert_eq!(none.groups(), []);
    let one = Crowd::new(&mut Random(23), 1, 1, 0.1);
    assert_eq!(one.groups(), [Some(0)]);
    let mut poor = one;
    poor.nodes[0].is_good = false;
    assert_eq!(poor.groups(), [None]);
}
