//! Which person a group of faces is.
//!
//! A group with a face that stands for a person is that person; of one person there may be several groups, when they were merged.
//! Every other group keeps the person that most of its faces were before, as long as no decision speaks of that person; the rest
//! are new people.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::decided::Verdict;
use crate::ids::PersonId;

/// What is known of a face.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The number of its picture.
    pub picture: u32,
    /// Its group.
    pub group: Option<u32>,
    /// Who it was.
    pub before: Option<PersonId>,
    pub verdict: &'a Verdict,
}

/// Who a face is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Identity {
    /// A person that is known.
    Known(PersonId),
    /// A new one, by its number among them, from 0.
    New(u32),
}

/// Fewer faces are nobody yet: a stranger who went by.
const LEAST_FACES: usize = 2;

/// Who each face is; nothing for one that is nobody yet.
pub(crate) fn identities(faces: &[Known<'_>]) -> Vec<Option<Identity>> {
    let decided: HashSet<PersonId> = faces.iter().filter_map(|face| face.verdict.own()).collect();
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, face) in faces.iter().enumerate() {
        if let Some(group) = face.group {
            groups.entry(group).or_default().push(place);
        }
    }
    let mut people: HashMap<u32, Identity> = HashMap::new();
    let mut votes: Vec<(usize, u32, PersonId)> = Vec::new();
    for (group, members) in &groups {
        if let Some(label) = members.iter().find_map(|face| faces[*face].verdict.label()) {
            people.insert(*group, Identity::Known(label));
            continue;
        }
        let free: Vec<usize> =
            members.iter().copied().filter(|face| faces[*face].verdict.own().is_none()).collect();
        if free.len() < LEAST_FACES {
            continue;
        }
        let mut counts: BTreeMap<PersonId, usize> = BTreeMap::new();
        for before in free.iter().filter_map(|face| faces[*face].before) {
            *counts.entry(before).or_default() += 1;
        }
        votes.extend(counts.into_iter().filter(|(p, _)| !decided.contains(p)).map(|(p, n)| (n, *group, p)));
    }
    // Most faces first; of equals the first group.
    votes.sort_unstable_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut taken = HashSet::new();
    for (_, group, person) in votes {
        if !people.contains_key(&group) && taken.insert(person) {
            people.insert(group, Identity::Known(person));
        }
    }
    let mut new = 0..;
    for (group, members) in &groups {
        let free = members.iter().filter(|face| faces[**face].verdict.own().is_none()).count();
        if free >= LEAST_FACES && !people.contains_key(group) {
            people.extend(new.next().map(|number| (*group, Identity::New(number))));
        }
    }
    let of = |face: &Known<'_>| match face.verdict.own() {
        Some(person) => Some(Identity::Known(person)),
        None => {
            let person = people.get(&face.group?).copied()?;
            let is_not = |person| face.verdict.not.contains(&person);
            (!matches!(person, Identity::Known(person) if is_not(person))).then_some(person)
        }
    };
    let mut identities: Vec<Option<Identity>> = faces.iter().map(of).collect();
    keep_one_of_each_picture(faces, &mut identities);
    identities
}

/// Of two groups that are one person, each may have a face of the same picture. Those that the user spoke of stay.
fn keep_one_of_each_picture(faces: &[Known<'_>], identities: &mut [Option<Identity>]) {
    let mut taken: HashSet<(Identity, u32)> = HashSet::new();
    for spoken_of in [true, false] {
        for (face, identity) in faces.iter().zip(identities.iter_mut()) {
            if face.verdict.own().is_some() != spoken_of {
                continue;
            }
            if let Some(person) = *identity
                && !taken.insert((person, face.picture))
                && !spoken_of
            {
                *identity = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decided::Bond;
    use super::*;

    const A: PersonId = PersonId(1);
    const B: PersonId = PersonId(2);

    fn verdict(person: PersonId, bond: Bond) -> Verdict {
        Verdict { person: Some((person, bond)), ..Verdict::default() }
    }

    /// Each face as its group, who it was, and what is said of it; each of a picture of its own.
    fn check(faces: &[(u32, Option<PersonId>, Option<Verdict>)], expected: &[Option<Identity>]) {
        let verdicts: Vec<Verdict> =
            faces.iter().map(|(_, _, verdict)| verdict.clone().unwrap_or_default()).collect();
        let known: Vec<Known<'_>> = (0u32..)
            .zip(faces.iter().zip(&verdicts))
            .map(|(picture, ((group, before, _), verdict))| Known {
                picture,
                group: Some(*group),
                before: *before,
                verdict,
            })
            .collect();
        assert_eq!(identities(&known), expected, "{faces:?}");
    }

    #[test]
    fn a_group_keeps_the_person_that_most_of_it_was() {
        let known = |person| Some(Identity::Known(person));
        check(
            &[
                (0, Some(A), None),
                (0, Some(A), None),
                (0, Some(B), None),
                (1, Some(A), None),
                (1, None, None),
            ],
            &[known(A), known(A), known(A), Some(Identity::New(0)), Some(Identity::New(0))],
        );
        check(&[(0, None, None), (1, Some(A), None)], &[None, None]);
    }

    #[test]
    fn a_face_that_stands_for_a_person_names_its_group_and_one_that_is_held_only_itself() {
        let known = |person| Some(Identity::Known(person));
        check(
            &[(0, None, Some(verdict(A, Bond::Stands))), (0, Some(B), None), (1, Some(A), None)],
            &[known(A), known(A), None],
        );
        check(
            &[
                (0, None, Some(verdict(A, Bond::Held))),
                (0, Some(A), None),
                (0, Some(A), None),
                (1, None, Some(verdict(A, Bond::Said))),
                (1, Some(B), Some(verdict(B, Bond::Held))),
            ],
            &[known(A), Some(Identity::New(0)), Some(Identity::New(0)), known(A), known(B)],
        );
    }

    #[test]
    fn of_one_picture_a_merged_person_has_the_face_that_was_spoken_of() {
        let (stands, none) = (verdict(A, Bond::Stands), Verdict::default());
        let known = |picture, group, verdict| Known { picture, group: Some(group), before: None, verdict };
        let faces = [
            known(1, 0, &stands),
            known(2, 0, &none),
            known(3, 1, &stands),
            known(2, 1, &none),
            known(1, 1, &none),
        ];
        let a = Some(Identity::Known(A));
        assert_eq!(identities(&faces), [a, a, a, None, None]);
    }
}
