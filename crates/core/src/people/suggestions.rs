//! What is worth asking: "is this also …?"
//!
//! Asked is of a face that belongs to nobody, or of a group that nothing was said of, by its face that is most like the person. The
//! questions come in the order of expected gain: how likely the answer is yes, times the faces that a yes settles.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::decided::Verdict;
use super::neighbours::Near;
use super::thresholds::SAME_PERSON;
use crate::ids::PersonId;

/// What is known of a face.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The number of its picture.
    pub picture: u32,
    pub person: Option<PersonId>,
    pub verdict: &'a Verdict,
    /// Its neighbours, by place.
    pub list: &'a [Near],
}

/// A question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Suggested {
    /// The place of the face to show.
    pub face: usize,
    pub person: PersonId,
    /// Cosine similarity with the person's nearest faces.
    pub similarity: f32,
    pub gain: f32,
}

/// Likeness with a person is the mean over so many of its nearest faces.
const NEAREST: usize = 3;
/// Less alike than this is not worth a question.
const LEAST: f32 = 0.33;
/// How fast the answer turns from no to yes around [`SAME_PERSON`].
const STEEPNESS: f32 = 0.05;

/// A face that is nobody's, or a group: `Err` is the former.
type Unit = Result<PersonId, usize>;

/// The questions about those people that are `wanted`, the most gainful first.
pub(crate) fn suggestions(faces: &[Asked<'_>], wanted: &dyn Fn(PersonId) -> bool) -> Vec<Suggested> {
    let decided: HashSet<PersonId> = faces.iter().filter_map(|face| face.verdict.own()).collect();
    let mut pictures: HashMap<PersonId, HashSet<u32>> = HashMap::new();
    let mut units: BTreeMap<Unit, Vec<usize>> = BTreeMap::new();
    for (place, face) in faces.iter().enumerate() {
        if let Some(person) = face.person {
            pictures.entry(person).or_default().insert(face.picture);
        }
        match face.person {
            Some(person) if !decided.contains(&person) => units.entry(Ok(person)).or_default().push(place),
            Some(_) => {}
            None => units.entry(Err(place)).or_default().push(place),
        }
    }
    let mut questions = Vec::new();
    for (unit, members) in &units {
        let mut best: BTreeMap<PersonId, (f32, usize)> = BTreeMap::new();
        let mut not: BTreeSet<PersonId> = BTreeSet::new();
        for place in members {
            not.extend(&faces[*place].verdict.not);
            for (person, similarity) in likenesses(faces, *place) {
                if wanted(person) && *unit != Ok(person) {
                    let known = best.entry(person).or_insert((similarity, *place));
                    if similarity > known.0 {
                        *known = (similarity, *place);
                    }
                }
            }
        }
        let is_possible = |person: &PersonId| {
            let taken = pictures.get(person);
            !not.contains(person)
                && !members
                    .iter()
                    .any(|face| taken.is_some_and(|taken| taken.contains(&faces[*face].picture)))
        };
        let question = best
            .into_iter()
            .filter(|(person, (similarity, _))| *similarity >= LEAST && is_possible(person))
            .max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(b.0.cmp(&a.0)));
        questions.extend(question.map(|(person, (similarity, face))| {
            let chance = 1.0 / (1.0 + (-(similarity - SAME_PERSON) / STEEPNESS).exp());
            Suggested { face, person, similarity, gain: chance * members.len() as f32 }
        }));
    }
    questions.sort_by(|a, b| b.gain.total_cmp(&a.gain).then(a.face.cmp(&b.face)));
    questions
}

/// How much a face is like each person among its neighbours.
fn likenesses(faces: &[Asked<'_>], face: usize) -> BTreeMap<PersonId, f32> {
    let mut nearest: BTreeMap<PersonId, Vec<f32>> = BTreeMap::new();
    for near in faces[face].list {
        if let Some(person) = faces[near.face as usize].person {
            let cosines = nearest.entry(person).or_default();
            if cosines.len() < NEAREST {
                cosines.push(near.cosine);
            }
        }
    }
    nearest
        .into_iter()
        .map(|(person, cosines)| (person, cosines.iter().sum::<f32>() / cosines.len() as f32))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::decided::Bond;
    use super::*;

    const ALICE: PersonId = PersonId(1);
    const CROWD: PersonId = PersonId(2);

    #[test]
    fn what_settles_most_is_asked_first_and_what_was_denied_never() {
        let said = Verdict { person: Some((ALICE, Bond::Stands)), ..Verdict::default() };
        let denied = Verdict { not: vec![ALICE], ..Verdict::default() };
        let free = Verdict::default();
        let near = |cosine| vec![Near { face: 0, cosine }];
        let lists = [vec![], near(0.5), near(0.36), near(0.38), near(0.6), near(0.55), near(0.2), near(0.6)];
        let faces: Vec<Asked<'_>> = [
            (0, Some(ALICE), &said),
            (1, None, &free),
            (2, Some(CROWD), &free),
            (3, Some(CROWD), &free),
            (4, None, &denied),
            (5, None, &free),
            (6, None, &free),
            (0, None, &free),
        ]
        .into_iter()
        .zip(&lists)
        .map(|((picture, person, verdict), list)| Asked { picture, person, verdict, list })
        .collect();
        let asked = suggestions(&faces, &|person| person == ALICE);
        let found: Vec<usize> = asked.iter().map(|question| question.face).collect();
        assert_eq!(found, [5, 1, 3], "a face of Alice's own picture is not asked about");
        assert!(asked.iter().all(|question| question.person == ALICE));
        assert!(asked.is_sorted_by(|a, b| a.gain >= b.gain));
        let more: Vec<Asked<'_>> = faces
            .iter()
            .copied()
            .chain((20..40).map(|picture| Asked { picture, person: Some(CROWD), verdict: &free, list: &[] }))
            .collect();
        assert_eq!(suggestions(&more, &|person| person == ALICE)[0].face, 3, "twenty-two faces are at stake");
    }
}
