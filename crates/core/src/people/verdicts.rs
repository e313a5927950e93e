//! Which decisions are about which face.

use std::collections::HashMap;

use super::area::{FaceArea, matches};
use super::decided::{Anchor, Decided, Decision, Verdict};

/// What the decisions say of each of `faces`, which come by content, those of one content together. `decisions` come in the order in
/// which they were made; each of `anchors` has the id of its decision.
pub(crate) fn verdicts(
    faces: &[Anchor],
    decisions: &[Decision],
    anchors: &[(i64, Anchor)],
    decided: &Decided,
) -> Vec<Verdict> {
    let mut by_content: HashMap<[u8; 32], HashMap<i64, Vec<FaceArea>>> = HashMap::new();
    for (decision, anchor) in anchors {
        by_content.entry(anchor.hash).or_default().entry(*decision).or_default().push(anchor.area);
    }
    let mut verdicts = Vec::with_capacity(faces.len());
    for content in faces.chunk_by(|a, b| a.hash == b.hash) {
        let start = verdicts.len();
        verdicts.resize_with(start + content.len(), Verdict::default);
        let Some(about) = by_content.get(&content[0].hash) else { continue };
        let areas: Vec<FaceArea> = content.iter().map(|face| face.area).collect();
        let mut spoken: Vec<&Decision> = about.keys().filter_map(|id| find(decisions, *id)).collect();
        spoken.sort_unstable_by_key(|decision| decision.id);
        for decision in spoken {
            for (_, face) in matches(&about[&decision.id], &areas) {
                verdicts[start + face].hear(decision, decided);
            }
        }
    }
    verdicts
}

fn find(decisions: &[Decision], id: i64) -> Option<&Decision> {
    decisions.binary_search_by_key(&id, |decision| decision.id).ok().map(|place| &decisions[place])
}

#[cfg(test)]
mod tests {
    use super::super::decided::DecisionKind;
    use super::*;
    use crate::ids::PersonId;

    #[test]
    fn a_decision_is_about_the_face_that_is_where_it_was() {
        let anchor = |hash: u8, x: f32| Anchor {
            hash: [hash; 32],
            area: FaceArea { x, y: 0.1, width: 0.2, height: 0.2 },
        };
        let decision = |id, kind, person| Decision {
            id,
            kind,
            person: Some(PersonId(person)),
            other: None,
            name: None,
            hidden: false,
        };
        let decisions = [decision(3, DecisionKind::ThisIs, 1), decision(5, DecisionKind::ThisIs, 2)];
        let anchors = [(5, anchor(1, 0.12)), (3, anchor(1, 0.1)), (3, anchor(2, 0.1)), (4, anchor(1, 0.5))];
        let faces = [anchor(1, 0.11), anchor(1, 0.5), anchor(2, 0.13), anchor(3, 0.1)];
        let found = verdicts(&faces, &decisions, &anchors, &Decided::of(&decisions));
        let own: Vec<_> = found.iter().map(Verdict::own).collect();
        assert_eq!(own, [Some(PersonId(2)), None, Some(PersonId(1)), None]);
    }
}
