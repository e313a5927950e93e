//! What the user said of people and faces.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::fault::Fault;
use super::{Catalog, clock, faces};
use crate::error::Result;
use crate::ids::{FaceId, PersonId};
use crate::people::area::{FaceArea, matches};
use crate::people::decided::{Anchor, Decided, Decision, DecisionKind};
use crate::people::verdicts::verdicts;

/// Whom a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    Known(PersonId),
    /// The one new person of the step.
    New,
}

/// A decision to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewDecision {
    pub kind: DecisionKind,
    pub who: Who,
    /// The person that goes into another.
    pub other: Option<PersonId>,
    pub name: Option<String>,
    pub hidden: bool,
    /// The faces that it is about.
    pub faces: Vec<FaceId>,
}

impl NewDecision {
    pub(crate) fn new(kind: DecisionKind, who: Who, faces: Vec<FaceId>) -> Self {
        Self { kind, who, other: None, name: None, hidden: false, faces }
    }
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub number: i64,
    /// The new person, if the step has one.
    pub new: Option<PersonId>,
}

impl Catalog {
    /// Writes a step: decisions that one undo takes back. The faces that they name follow at once; what else follows from them is
    /// for the grouping.
    pub(crate) fn decide(&self, decisions: &[NewDecision]) -> Result<Step> {
        self.write(|conn| {
            let sql = "SELECT coalesce(max(step), 0) + 1 FROM decisions";
            let number: i64 = conn.query_row(sql, [], |row| row.get(0))?;
            let new = match decisions.iter().any(|decision| decision.who == Who::New) {
                true => Some(new_person(conn)?),
                false => None,
            };
            let mut contents = BTreeSet::new();
            for decision in decisions {
                let person = match decision.who {
                    Who::Nobody => None,
                    Who::Known(person) => Some(person),
                    Who::New => new,
                };
                write(conn, number, decision, person, &mut contents)?;
            }
            contents.iter().try_for_each(|hash| apply_to_content(conn, hash))?;
            Ok(Step { number, new })
        })
    }

    /// Takes the last step back, and gives its kind; nothing if there is none. The faces are whose they were before it.
    pub(crate) fn undo_step(&self) -> Result<Option<DecisionKind>> {
        self.write(|conn| {
            let sql = "SELECT step, kind FROM decisions ORDER BY id DESC LIMIT 1";
            let last = conn.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
            let Some((step, kind)) = last.optional()? else { return Ok(None) };
            let sql = "SELECT DISTINCT hash FROM decision_faces
                       WHERE decision IN (SELECT id FROM decisions WHERE step = ?1)";
            let mut statement = conn.prepare(sql)?;
            let contents = statement.query_map([step], |row| row.get(0))?;
            let contents = contents.collect::<rusqlite::Result<Vec<[u8; 32]>>>()?;
            conn.execute(
                "UPDATE faces SET person = (SELECT p.id FROM decision_before b JOIN people p ON p.id = b.person
                                            WHERE b.step = ?1 AND b.face = faces.id)
                 WHERE id IN (SELECT face FROM decision_before WHERE step = ?1)",
                [step],
            )?;
            conn.execute("DELETE FROM decision_before WHERE step = ?1", [step])?;
            conn.execute("DELETE FROM decisions WHERE step = ?1", [step])?;
            contents.iter().try_for_each(|hash| apply_to_content(conn, hash))?;
            Ok(DecisionKind::of_word(&kind))
        })
    }

    /// There is a step that could be taken back.
    pub(crate) fn has_decisions(&self) -> Result<bool> {
        self.ask(|conn| Ok(conn.prepare_cached("SELECT 1 FROM decisions")?.exists([])?))
    }

    /// What all decisions say of people.
    pub(crate) fn decided(&self) -> Result<Decided> {
        self.ask(|conn| Ok(Decided::of(&all(conn)?)))
    }

    /// The face that a decision is about: of several one of them.
    pub(crate) fn cover_of(&self, decision: i64) -> Result<Option<FaceId>> {
        self.ask(|conn| {
            let sql = "SELECT hash, x, y, width, height FROM decision_faces WHERE decision = ?1";
            let mut statement = conn.prepare_cached(sql)?;
            let anchor = statement
                .query_row([decision], |row| Ok(Anchor { hash: row.get(0)?, area: faces::area_of(row, 1)? }))
                .optional()?;
            let Some(anchor) = anchor else { return Ok(None) };
            let known = faces::of_content(conn, &anchor.hash)?;
            let areas: Vec<FaceArea> = known.iter().map(|face| face.area).collect();
            Ok(matches(&[anchor.area], &areas).first().map(|(_, face)| known[*face].id))
        })
    }
}

/// All decisions, in the order in which they were made.
pub(super) fn all(conn: &Connection) -> Result<Vec<Decision>, Fault> {
    let sql = "SELECT id, kind, person, other, name, hidden FROM decisions ORDER BY id";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        // A kind that a later program has added says nothing to this one.
        let Some(kind) = DecisionKind::of_word(row.get_ref(1)?.as_str()?) else { return Ok(None) };
        Ok(Some(Decision {
            id: row.get(0)?,
            kind,
            person: row.get::<_, Option<i64>>(2)?.map(PersonId),
            other: row.get::<_, Option<i64>>(3)?.map(PersonId),
            name: row.get(4)?,
            hidden: row.get::<_, Option<bool>>(5)?.unwrap_or_default(),
        }))
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// The faces of all decisions, each with the id of its decision; of one content if it is given.
pub(super) fn anchors(conn: &Connection, hash: Option<&[u8; 32]>) -> Result<Vec<(i64, Anchor)>, Fault> {
    let columns = "SELECT decision, hash, x, y, width, height FROM decision_faces";
    let read = |row: &rusqlite::Row<'_>| {
        Ok((row.get(0)?, Anchor { hash: row.get(1)?, area: faces::area_of(row, 2)? }))
    };
    let rows = match hash {
        Some(hash) => conn
            .prepare_cached(&format!("{columns} WHERE hash = ?1 ORDER BY decision"))?
            .query_map([hash], read)?
            .collect::<rusqlite::Result<_>>()?,
        None => conn
            .prepare_cached(&format!("{columns} ORDER BY decision"))?
            .query_map([], read)?
            .collect::<rusqlite::Result<_>>()?,
    };
    Ok(rows)
}

/// Writes into the rows of a content's faces what the decisions say of them.
pub(super) fn apply_to_content(conn: &Connection, hash: &[u8; 32]) -> Result<(), Fault> {
    let anchors = anchors(conn, Some(hash))?;
    let decisions = all(conn)?;
    if decisions.is_empty() && anchors.is_empty() {
        let sql = "UPDATE faces SET removed = 0, bond = 0 WHERE hash = ?1 AND (removed OR bond)";
        conn.prepare_cached(sql)?.execute([hash])?;
        return Ok(());
    }
    let decided = Decided::of(&decisions);
    let known = faces::of_content(conn, hash)?;
    let places: Vec<Anchor> = known.iter().map(|face| Anchor { hash: *hash, area: face.area }).collect();
    let sql = "UPDATE faces SET person = ?2, bond = ?3, removed = ?4 WHERE id = ?1";
    for (face, verdict) in known.iter().zip(verdicts(&places, &decisions, &anchors, &decided)) {
        let before = face.person.map(|person| decided.person(person));
        let person = verdict.own().or(before.filter(|person| !verdict.not.contains(person)));
        let person = person.filter(|_| !verdict.is_removed).map(|person| person.0);
        let values = params![face.id.0, person, verdict.bond(), verdict.is_removed];
        conn.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

pub(super) fn new_person(conn: &Connection) -> Result<PersonId, Fault> {
    conn.prepare_cached("INSERT INTO people DEFAULT VALUES")?.execute([])?;
    Ok(PersonId(conn.last_insert_rowid()))
}

/// Adds the contents of the faces that are concerned to `contents`.
fn write(
    conn: &Connection,
    step: i64,
    decision: &NewDecision,
    person: Option<PersonId>,
    contents: &mut BTreeSet<[u8; 32]>,
) -> Result<(), Fault> {
    let sql = "INSERT INTO decisions (step, kind, person, other, name, hidden, decided_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let NewDecision { kind, other, name, hidden, faces, .. } = decision;
    let (person, other) = (person.map(|person| person.0), other.map(|other| other.0));
    conn.prepare_cached(sql)?.execute(params![
        step,
        kind.word(),
        person,
        other,
        name,
        hidden,
        clock::unix_ms()
    ])?;
    let id = conn.last_insert_rowid();
    for face in faces {
        let sql = "INSERT OR IGNORE INTO decision_before (step, face, person) SELECT ?1, id, person FROM faces WHERE id = ?2";
        conn.prepare_cached(sql)?.execute([step, face.0])?;
        let sql = "INSERT OR IGNORE INTO decision_faces (decision, hash, x, y, width, height)
                   SELECT ?1, hash, x, y, width, height FROM faces WHERE id = ?2 RETURNING hash";
        let mut statement = conn.prepare_cached(sql)?;
        let hash: Option<[u8; 32]> = statement.query_row([id, face.0], |row| row.get(0)).optional()?;
        contents.extend(hash);
    }
    if let Some(other) = other {
        let sql = "INSERT OR IGNORE INTO decision_before (step, face, person) SELECT ?1, id, person FROM faces WHERE person = ?2";
        conn.prepare_cached(sql)?.execute([step, other])?;
        conn.prepare_cached("UPDATE faces SET person = ?1 WHERE person = ?2")?
            .execute(params![person, other])?;
    }
    Ok(())
}
