//! Themes as a whole.

use super::super::neighbours::GRAPH_NEIGHBOURS;
use super::super::space::testing::*;
use super::super::steps::testing::unwatched;
use super::*;

fn themes_of(space: &Space, earlier: &HashMap<PhotoId, u64>) -> Vec<Group> {
    unwatched(|steps| {
        let neighbours = Neighbours::of(space, GRAPH_NEIGHBOURS, steps).unwrap();
        themes(space, &neighbours, earlier, steps).unwrap()
    })
}

fn top(groups: &[Group]) -> Vec<&Group> {
    groups.iter().filter(|group| group.parent.is_none()).collect()
}

#[test]
fn groups_are_found_without_their_number_and_strangers_are_in_none() {
    let mut vectors = groups(7, 30, 48, 0.3);
    vectors.extend(
        groups(12, 1, 48, 0.0).into_iter().map(|vector| vector.into_iter().rev().collect::<Vec<f32>>()),
    );
    let space = space(&vectors);
    let found = themes_of(&space, &HashMap::new());
    let top = top(&found);
    assert_eq!(top.len(), 7, "{:?}", top.iter().map(|group| group.places.len()).collect::<Vec<_>>());
    for group in top {
        let own = group.places[0] % 7;
        let of_the_group =
            group.places.iter().filter(|place| **place < 210).filter(|place| **place % 7 == own);
        assert_eq!(of_the_group.count(), 30);
        assert!(group.places.len() <= 34, "{}", group.places.len());
    }
}

#[test]
fn a_theme_has_parts_that_lie_in_it() {
    // Three groups of four groups each.
    let large = groups(3, 1, 64, 0.0);
    let mut vectors = Vec::new();
    for (at, small) in groups(12, 30, 64, 0.25).into_iter().enumerate() {
        let centre = &large[at % 3];
        vectors.push(centre.iter().zip(small).map(|(c, s)| c + 0.6 * s).collect());
    }
    let found = themes_of(&space(&vectors), &HashMap::new());
    for (number, group) in found.iter().enumerate() {
        let Some(parent) = group.parent else { continue };
        assert!(parent < number);
        assert!(group.places.iter().all(|place| found[parent].places.contains(place)));
        assert!(group.places.len() < found[parent].places.len());
    }
    let leaves = (0..found.len()).filter(|number| found.iter().all(|group| group.parent != Some(*number)));
    let pure = leaves
        .filter(|leaf| found[*leaf].places.iter().all(|place| place % 12 == found[*leaf].places[0] % 12));
    assert!(pure.count() >= 10, "{found:?}");
}

#[test]
fn the_order_of_the_photos_changes_nothing_and_neither_do_threads() {
    let vectors = groups(5, 40, 32, 0.5);
    let pairs: Vec<_> = vectors.into_iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector)).collect();
    let (one, other) = (numbered(pairs.clone()), numbered(pairs.into_iter().rev()));
    let found = themes_of(&one, &HashMap::new());
    assert_eq!(themes_of(&other, &HashMap::new()), found);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(pool.install(|| themes_of(&one, &HashMap::new())), found);
}

#[test]
fn photos_that_are_added_leave_the_others_where_they_were() {
    let vectors = groups(6, 40, 32, 0.55);
    let pairs: Vec<_> = vectors.into_iter().zip(1..).map(|(vector, id)| (PhotoId(id), vector)).collect();
    let (before, after) = (numbered(pairs[..216].iter().cloned()), numbered(pairs));
    let old = themes_of(&before, &HashMap::new());
    let label = |groups: &[Group], space: &Space| -> HashMap<PhotoId, u64> {
        let labelled = top(groups).into_iter().zip(0u64..).flat_map(|(group, label)| {
            group.places.iter().map(move |place| (*place, label)).collect::<Vec<_>>()
        });
        labelled.map(|(place, label)| (space.ids()[place], label)).collect()
    };
    let earlier = label(&old, &before);
    let new = label(&themes_of(&after, &earlier), &after);
    // Two photos that were together are together, and two that were apart are apart.
    let ids: Vec<PhotoId> = earlier.keys().copied().filter(|id| new.contains_key(id)).collect();
    let (mut kept, mut all) = (0i32, 0i32);
    for a in &ids {
        for b in &ids {
            all += 1;
            kept += i32::from((earlier[a] == earlier[b]) == (new[a] == new[b]));
        }
    }
    assert!(f64::from(kept) >= 0.98 * f64::from(all), "{kept} of {all}");
}

#[test]
fn few_photos_have_no_themes_and_identical_photos_one_at_most() {
    for count in 0..4 {
        assert_eq!(themes_of(&space(&groups(1, count, 4, 0.1)), &HashMap::new()), []);
    }
    let copies = space(&vec![vec![0.2, 0.5, 1.0]; 60]);
    let found = themes_of(&copies, &HashMap::new());
    let sorted: usize = top(&found).iter().map(|group| group.places.len()).sum();
    assert!(sorted <= 60);
    assert_eq!(covers(&copies, &(0..60).collect::<Vec<_>>()), [0, 1, 2, 3]);
}
