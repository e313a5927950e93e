//! What the user says of people and faces. Each function is one step, which [`Library::undo_people`] takes back.
//!
//! Whatever is said of a person is also said of the faces that it has at that moment: they stay its faces whatever a later grouping
//! makes of them, and those in the middle of its groups stand for it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::Library;
use super::answer::Named;
use super::listing::known_person;
use crate::catalog::{Catalog, Look, NewDecision, Who};
use crate::error::{Error, Result};
use crate::ids::{FaceId, PersonId};
use crate::people::decided::{DecisionKind, STANDS};
use crate::search::comparable;

/// Faces of a group that stand for its person.
const STANDING: usize = 3;

impl Library {
    /// Gives a person a name, or takes it away. Tells of another person of that name: the two may be one.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; another program writes to the library.
    pub fn name_person(&self, person: PersonId, name: Option<&str>) -> Result<Named> {
        self.change_people(|catalog| {
            let person = known_person(catalog, person)?;
            let name = name.map(str::trim).filter(|name| !name.is_empty());
            let mut step = standing(catalog, person, &[])?;
            let naming = NewDecision::new(DecisionKind::Name, Who::Known(person), Vec::new());
            step.push(NewDecision { name: name.map(str::to_owned), ..naming });
            catalog.decide(&step)?;
            let same_name = match name {
                Some(name) => called(catalog, name)?.into_iter().find(|other| *other != person),
                None => None,
            };
            Ok(Named { person, same_name })
        })
    }

    /// Makes several people one: `from` go into `into`, which keeps its name if it has one.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; another program writes to the library.
    pub fn merge_people(&self, into: PersonId, from: &[PersonId]) -> Result<()> {
        self.change_people(|catalog| {
            let into = known_person(catalog, into)?;
            let mut step = standing(catalog, into, &[])?;
            let mut merged = HashSet::from([into]);
            for person in from {
                let person = known_person(catalog, *person)?;
                if merged.insert(person) {
                    step.extend(standing(catalog, person, &[])?);
                    let merging = NewDecision::new(DecisionKind::Merge, Who::Known(into), Vec::new());
                    step.push(NewDecision { other: Some(person), ..merging });
                }
            }
            if merged.len() > 1 { self.take(catalog, &step).map(drop) } else { Ok(()) }
        })
    }

    /// Makes faces of a person a person of their own, and gives its number.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; [`Error::UnknownFace`] for one that is not the person's; another program writes to the library.
    pub fn split_person(&self, person: PersonId, faces: &[FaceId]) -> Result<PersonId> {
        self.change_people(|catalog| {
            let person = known_person(catalog, person)?;
            let known = known_faces(catalog, faces)?;
            if let Some((face, _)) = known.iter().find(|(_, of)| *of != Some(person)) {
                return Err(Error::UnknownFace { face: *face });
            }
            let mut step = standing(catalog, person, faces)?;
            step.push(NewDecision::new(DecisionKind::Split, Who::New, faces.to_vec()));
            self.take_new(catalog, &step)
        })
    }

    /// Says who faces are: a person that is known, or the one of that name, or a new one. Gives its number.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; [`Error::UnknownFace`]; another program writes to the library.
    pub fn this_is(
        &self,
        faces: &[FaceId],
        person: Option<PersonId>,
        name: Option<&str>,
    ) -> Result<PersonId> {
        self.change_people(|catalog| {
            let known = known_faces(catalog, faces)?;
            let name = name.map(str::trim).filter(|name| !name.is_empty());
            let person = match (person, name) {
                (Some(person), _) => Some(known_person(catalog, person)?),
                (None, Some(name)) => called(catalog, name)?.into_iter().next(),
                (None, None) => None,
            };
            let mut step = left_behind(catalog, &known, person, faces)?;
            let Some(person) = person else {
                let naming = NewDecision::new(DecisionKind::Name, Who::New, Vec::new());
                step.extend(name.map(|name| NewDecision { name: Some(name.to_owned()), ..naming }));
                step.push(NewDecision::new(DecisionKind::ThisIs, Who::New, faces.to_vec()));
                return self.take_new(catalog, &step);
            };
            step.extend(standing(catalog, person, faces)?);
            step.push(NewDecision::new(DecisionKind::ThisIs, Who::Known(person), faces.to_vec()));
            self.take(catalog, &step)?;
            Ok(person)
        })
    }

    /// Says that faces are not a person's.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; [`Error::UnknownFace`]; another program writes to the library.
    pub fn this_is_not(&self, faces: &[FaceId], person: PersonId) -> Result<()> {
        self.change_people(|catalog| {
            let person = known_person(catalog, person)?;
            known_faces(catalog, faces)?;
            let mut step = standing(catalog, person, faces)?;
            step.push(NewDecision::new(DecisionKind::ThisIsNot, Who::Known(person), faces.to_vec()));
            self.take(catalog, &step).map(drop)
        })
    }

    /// Says that these are no faces. They do not come back by themselves.
    ///
    /// # Errors
    /// [`Error::UnknownFace`]; another program writes to the library.
    pub fn not_faces(&self, faces: &[FaceId]) -> Result<()> {
        self.change_people(|catalog| {
            known_faces(catalog, faces)?;
            let step = [NewDecision::new(DecisionKind::NotAFace, Who::Nobody, faces.to_vec())];
            self.take(catalog, &step).map(drop)
        })
    }

    /// Hides a person, or shows it again.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; another program writes to the library.
    pub fn hide_person(&self, person: PersonId, hidden: bool) -> Result<()> {
        self.change_people(|catalog| {
            let person = known_person(catalog, person)?;
            let mut step = standing(catalog, person, &[])?;
            let hiding = NewDecision::new(DecisionKind::Hide, Who::Known(person), Vec::new());
            step.push(NewDecision { hidden, ..hiding });
            catalog.decide(&step).map(drop)
        })
    }

    /// Shows a person by one of its faces.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; [`Error::UnknownFace`] for one that is not the person's; another program writes to the library.
    pub fn set_cover(&self, person: PersonId, face: FaceId) -> Result<()> {
        self.change_people(|catalog| {
            let person = known_person(catalog, person)?;
            if known_faces(catalog, &[face])?.iter().any(|(_, of)| *of != Some(person)) {
                return Err(Error::UnknownFace { face });
            }
            let mut step = standing(catalog, person, &[])?;
            step.push(NewDecision::new(DecisionKind::Cover, Who::Known(person), vec![face]));
            catalog.decide(&step).map(drop)
        })
    }

    /// Takes the last step back, and gives its kind; nothing if there is none.
    ///
    /// # Errors
    /// Another program writes to the library.
    pub fn undo_people(&self) -> Result<Option<DecisionKind>> {
        self.change_people(|catalog| {
            let undone = catalog.undo_step()?;
            if undone.is_some() {
                self.regroup_after(catalog, None)?;
            }
            Ok(undone)
        })
    }

    /// The people of that name, whichever way it is written.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn people_called(&self, name: &str) -> Result<Vec<PersonId>> {
        called(&*self.reader()?, name)
    }

    /// Writes a step and groups the faces anew.
    fn take(&self, catalog: &Catalog, step: &[NewDecision]) -> Result<Option<PersonId>> {
        let step = catalog.decide(step)?;
        self.regroup_after(catalog, Some(step.number))?;
        Ok(step.new)
    }

    /// [`Self::take`] for a step that has a new person.
    fn take_new(&self, catalog: &Catalog, step: &[NewDecision]) -> Result<PersonId> {
        self.take(catalog, step)?.map_or_else(|| unreachable!("the step names a new person"), Ok)
    }
}

/// What must be said of a person's faces when something is said of the person, but for those that are spoken of: all of them stay, and
/// those nearest to the middle of each of its groups stand for it. What was said before is not said again.
fn standing(catalog: &Catalog, person: PersonId, without: &[FaceId]) -> Result<Vec<NewDecision>> {
    let mut looks = catalog.looks_of_person(person)?;
    looks.retain(|look| !without.contains(&look.face));
    let mut groups: BTreeMap<Option<i64>, Vec<&Look>> = BTreeMap::new();
    for look in &looks {
        groups.entry(look.cluster).or_default().push(look);
    }
    let mut stand = HashSet::new();
    for group in groups.values().filter(|group| group.iter().all(|look| look.bond < STANDS)) {
        stand.extend(middle_of(group));
    }
    let held = looks.iter().filter(|look| look.bond == 0 && !stand.contains(&look.face));
    let held: Vec<FaceId> = held.map(|look| look.face).collect();
    let stand: Vec<FaceId> = looks.iter().map(|look| look.face).filter(|face| stand.contains(face)).collect();
    let said = [(DecisionKind::Stands, stand), (DecisionKind::Held, held)];
    let said = said.into_iter().filter(|(_, faces)| !faces.is_empty());
    Ok(said.map(|(kind, faces)| NewDecision::new(kind, Who::Known(person), faces)).collect())
}

/// What must be said of the people that faces leave, where something was said of these before: the faces that are left behind stay.
/// A group that nothing was said of follows.
fn left_behind(
    catalog: &Catalog,
    known: &[(FaceId, Option<PersonId>)],
    to: Option<PersonId>,
    faces: &[FaceId],
) -> Result<Vec<NewDecision>> {
    let decided = catalog.decided()?;
    let left: BTreeSet<PersonId> = known.iter().filter_map(|(_, person)| *person).collect();
    let mut said = Vec::new();
    for person in left.into_iter().filter(|person| Some(*person) != to) {
        let spoken_of = decided.name(person).is_some()
            || catalog.looks_of_person(person)?.iter().any(|look| look.bond > 0);
        if spoken_of {
            said.extend(standing(catalog, person, faces)?);
        }
    }
    Ok(said)
}

/// The faces that are most like all the others.
fn middle_of(group: &[&Look]) -> impl Iterator<Item = FaceId> {
    let mut sum: Vec<f32> = Vec::new();
    for look in group {
        sum.resize(look.vector.len(), 0.0);
        sum.iter_mut().zip(&look.vector).for_each(|(sum, component)| *sum += component);
    }
    let likeness = |look: &Look| look.vector.iter().zip(&sum).map(|(a, b)| a * b).sum::<f32>();
    let mut ranked: Vec<(f32, FaceId)> = group.iter().map(|look| (likeness(look), look.face)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().take(STANDING).map(|(_, face)| face)
}

/// # Errors
/// [`Error::UnknownFace`] for the first that there is none of.
fn known_faces(catalog: &Catalog, faces: &[FaceId]) -> Result<Vec<(FaceId, Option<PersonId>)>> {
    let known = catalog.people_of(faces)?;
    match faces.iter().find(|face| known.iter().all(|(known, _)| known != *face)) {
        Some(face) => Err(Error::UnknownFace { face: *face }),
        None => Ok(known),
    }
}

/// The people of that name, the lowest number first.
fn called(catalog: &Catalog, name: &str) -> Result<Vec<PersonId>> {
    let wanted = comparable(name.trim());
    let decided = catalog.decided()?;
    let named = decided.named().filter(|(_, name)| comparable(name) == wanted);
    let mut people: Vec<PersonId> = named.map(|(person, _)| person).collect();
    people.sort_unstable();
    Ok(people)
}
