//! What the user's decisions say. They are taken in order; a later one counts more than an earlier one.

use std::collections::{HashMap, HashSet};

use super::area::FaceArea;
use crate::ids::PersonId;

/// What a decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecisionKind {
    /// The person has this name, or none.
    Name,
    /// Another person is this one.
    Merge,
    /// These faces are a person of their own.
    Split,
    /// These faces are this person.
    ThisIs,
    /// These faces are not this person.
    ThisIsNot,
    /// These are no faces.
    NotAFace,
    /// The person is hidden, or no longer.
    Hide,
    /// The person is shown by this face.
    Cover,
    /// These faces stood for the person when something was said of it: their groups are that person.
    Stands,
    /// These faces were the person's when something was said of it, and stay so by themselves.
    Held,
}

impl DecisionKind {
    const ALL: [Self; 10] = [
        Self::Name,
        Self::Merge,
        Self::Split,
        Self::ThisIs,
        Self::ThisIsNot,
        Self::NotAFace,
        Self::Hide,
        Self::Cover,
        Self::Stands,
        Self::Held,
    ];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Merge => "merge",
            Self::Split => "split",
            Self::ThisIs => "this-is",
            Self::ThisIsNot => "this-is-not",
            Self::NotAFace => "not-a-face",
            Self::Hide => "hide",
            Self::Cover => "cover",
            Self::Stands => "stands",
            Self::Held => "held",
        }
    }

    /// What the word means.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Something that the user said, without the faces that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub id: i64,
    pub kind: DecisionKind,
    pub person: Option<PersonId>,
    /// The person that went into `person`.
    pub other: Option<PersonId>,
    pub name: Option<String>,
    pub hidden: bool,
}

/// A face of a decision, by content and place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Anchor {
    pub hash: [u8; 32],
    pub area: FaceArea,
}

/// What all decisions together say of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Decided {
    names: HashMap<PersonId, String>,
    hidden: HashSet<PersonId>,
    /// The decision that chose each person's cover.
    covers: HashMap<PersonId, i64>,
    /// Who went into whom.
    merged: HashMap<PersonId, PersonId>,
}

impl Decided {
    /// In the order in which they were made.
    pub(crate) fn of(decisions: &[Decision]) -> Self {
        let mut decided = Self::default();
        for Decision { id, kind, person, other, name, hidden } in decisions {
            let Some(person) = person.map(|person| decided.person(person)) else { continue };
            match kind {
                DecisionKind::Name => match name {
                    Some(name) => drop(decided.names.insert(person, name.clone())),
                    None => drop(decided.names.remove(&person)),
                },
                DecisionKind::Hide if *hidden => drop(decided.hidden.insert(person)),
                DecisionKind::Hide => drop(decided.hidden.remove(&person)),
                DecisionKind::Cover => drop(decided.covers.insert(person, *id)),
                DecisionKind::Merge => {
                    if let Some(other) = other.map(|other| decided.person(other)).filter(|o| *o != person) {
                        decided.merge(person, other);
                    }
                }
                _ => {}
            }
        }
        decided
    }

    /// What the one has not, it gets from the other.
    fn merge(&mut self, into: PersonId, from: PersonId) {
        if let Some(name) = self.names.remove(&from) {
            self.names.entry(into).or_insert(name);
        }
        if let Some(cover) = self.covers.remove(&from) {
            self.covers.entry(into).or_insert(cover);
        }
        self.hidden.remove(&from);
        self.merged.insert(from, into);
    }

    /// Whom the number means now: a person that went into another one is that one.
    pub(crate) fn person(&self, person: PersonId) -> PersonId {
        let mut at = person;
        // A merge leads to a person that had not been merged by then, so this ends.
        while let Some(into) = self.merged.get(&at) {
            at = *into;
        }
        at
    }

    pub(crate) fn name(&self, person: PersonId) -> Option<&str> {
        self.names.get(&person).map(String::as_str)
    }

    pub(crate) fn named(&self) -> impl Iterator<Item = (PersonId, &str)> {
        self.names.iter().map(|(person, name)| (*person, name.as_str()))
    }

    pub(crate) fn is_hidden(&self, person: PersonId) -> bool {
        self.hidden.contains(&person)
    }

    /// The decision that chose the person's cover.
    pub(crate) fn cover(&self, person: PersonId) -> Option<i64> {
        self.covers.get(&person).copied()
    }
}

/// How firmly a face belongs to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bond {
    /// It stays with the person, and says nothing of the others of its group.
    Held,
    /// It stands for the person: its group is the person's.
    Stands,
    /// The user said that it is the person.
    Said,
}

/// The stored form of [`Bond::Stands`].
pub(crate) const STANDS: u8 = 2;

/// What the decisions about one face say of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub person: Option<(PersonId, Bond)>,
    /// People that it is not.
    pub not: Vec<PersonId>,
    /// It is no face.
    pub is_removed: bool,
}

impl Verdict {
    /// Takes in the next decision about the face.
    pub(crate) fn hear(&mut self, decision: &Decision, decided: &Decided) {
        let person = decision.person.map(|person| decided.person(person));
        let bond = match (decision.kind, person) {
            (DecisionKind::NotAFace, _) => return self.is_removed = true,
            (DecisionKind::ThisIsNot, Some(person)) => {
                if self.person.is_some_and(|(known, _)| known == person) {
                    self.person = None;
                }
                if !self.not.contains(&person) {
                    self.not.push(person);
                }
                return;
            }
            (DecisionKind::ThisIs | DecisionKind::Split, Some(_)) => Bond::Said,
            (DecisionKind::Stands, Some(_)) => Bond::Stands,
            (DecisionKind::Held, Some(_)) => Bond::Held,
            _ => return,
        };
        let Some(person) = person else { return };
        let before = self.person.filter(|(known, _)| *known == person).map(|(_, bond)| bond);
        self.person = Some((person, before.map_or(bond, |before| before.max(bond))));
        self.not.retain(|not| *not != person);
        if bond == Bond::Said {
            self.is_removed = false;
        }
    }

    /// The person that its group is, too.
    pub(crate) fn label(&self) -> Option<PersonId> {
        self.person.filter(|(_, bond)| *bond >= Bond::Stands && !self.is_removed).map(|(person, _)| person)
    }

    /// The person that it is itself, whatever its group is.
    pub(crate) fn own(&self) -> Option<PersonId> {
        self.person.filter(|_| !self.is_removed).map(|(person, _)| person)
    }

    /// How firmly it belongs to its person, as it is stored: 0 by its likeness alone, then as [`Bond`].
    pub(crate) fn bond(&self) -> u8 {
        match self.person {
            None => 0,
            Some((_, Bond::Held)) => 1,
            Some((_, Bond::Stands)) => STANDS,
            Some((_, Bond::Said)) => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecisionKind::*;

    const A: PersonId = PersonId(1);
    const B: PersonId = PersonId(2);
    const C: PersonId = PersonId(3);

    fn decision(kind: DecisionKind, person: PersonId) -> Decision {
        Decision { id: 0, kind, person: Some(person), other: None, name: None, hidden: false }
    }

    fn named(person: PersonId, name: &str) -> Decision {
        Decision { name: Some(name.to_owned()), ..decision(Name, person) }
    }

    fn merge(into: PersonId, from: PersonId) -> Decision {
        Decision { other: Some(from), ..decision(Merge, into) }
    }

    fn verdict(about: &[Decision], all: &[Decision]) -> Verdict {
        let decided = Decided::of(all);
        let mut verdict = Verdict::default();
        about.iter().for_each(|decision| verdict.hear(decision, &decided));
        verdict
    }

    #[test]
    fn the_last_word_counts() {
        let hide = |hidden| Decision { hidden, ..decision(Hide, A) };
        let decided = Decided::of(&[named(A, "Ann"), named(A, "Anna"), hide(true)]);
        assert_eq!((decided.name(A), decided.is_hidden(A)), (Some("Anna"), true));
        let decided = Decided::of(&[named(A, "Ann"), decision(Name, A), hide(true), hide(false)]);
        assert_eq!((decided.name(A), decided.is_hidden(A)), (None, false));
    }

    #[test]
    fn a_person_that_goes_into_another_brings_what_that_one_has_not() {
        let cover = Decision { id: 7, ..decision(Cover, B) };
        let decided = Decided::of(&[named(B, "Bob"), cover, merge(A, B), merge(C, A)]);
        for person in [A, B, C] {
            assert_eq!(decided.person(person), C);
        }
        assert_eq!((decided.name(C), decided.cover(C)), (Some("Bob"), Some(7)));
        let decided = Decided::of(&[named(A, "Ann"), named(B, "Bob"), merge(A, B), named(B, "Bo")]);
        assert_eq!((decided.name(A), decided.name(B)), (Some("Bo"), None), "what is said of B is said of A");
        let circle = Decided::of(&[merge(A, B), merge(B, A), merge(A, A)]);
        assert_eq!(circle.person(B), A);
    }

    #[test]
    fn of_a_face_the_last_decision_holds() {
        for (about, own, label, bond) in [
            (vec![decision(ThisIs, A)], Some(A), Some(A), 3),
            (vec![decision(ThisIs, A), decision(ThisIs, B)], Some(B), Some(B), 3),
            (vec![decision(ThisIs, A), decision(ThisIsNot, A)], None, None, 0),
            (vec![decision(ThisIsNot, A), decision(Held, B)], Some(B), None, 1),
            (vec![decision(ThisIs, A), decision(Held, A), decision(Stands, A)], Some(A), Some(A), 3),
            (vec![decision(Held, A), decision(Stands, A)], Some(A), Some(A), 2),
            (vec![decision(Stands, A), decision(Split, B)], Some(B), Some(B), 3),
        ] {
            let verdict = verdict(&about, &about);
            assert_eq!((verdict.own(), verdict.label(), verdict.bond()), (own, label, bond), "{about:?}");
        }
    }

    #[test]
    fn what_is_no_face_stays_none_until_it_is_said_whose_it_is() {
        let about = [decision(NotAFace, A), decision(Held, A), decision(Stands, A)];
        assert!(verdict(&about, &about).is_removed);
        let about = [decision(NotAFace, A), decision(ThisIs, B)];
        assert!(!verdict(&about, &about).is_removed);
    }

    #[test]
    fn a_face_follows_its_person_into_another() {
        let about = [decision(ThisIs, B), decision(ThisIsNot, C)];
        let all = [decision(ThisIs, B), decision(ThisIsNot, C), merge(A, B)];
        let verdict = verdict(&about, &all);
        assert_eq!((verdict.own(), verdict.not), (Some(A), vec![C]));
    }

    #[test]
    fn every_kind_has_a_word_that_is_read_back() {
        for kind in DecisionKind::ALL {
            assert_eq!(DecisionKind::of_word(kind.word()), Some(kind));
        }
        assert_eq!(DecisionKind::of_word("nonsense"), None);
    }
}
