//! People: what the grouping reads and writes, and what is shown of them.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::decisions::{self, new_person};
use super::fault::Fault;
use super::photos::local_ms;
use super::{Catalog, faces};
use crate::error::Result;
use crate::ids::{FaceId, PersonId, PhotoId};
use crate::people::decided::{Anchor, Decided, Decision};
use crate::people::identities::Identity;
use crate::search::{CountSpan, Filter, comparable};

/// The setting that says that the user wants faces to be looked for.
const CONSENT: &str = "people.consent";

/// What the faces and the decisions were when they were read: a grouping is written only if the decisions are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(i64, i64);

/// A neighbour of a face, by the number of its vector.
pub(crate) type StoredNear = (i64, f32);

/// A face for the grouping.
#[derive(Debug, Clone)]
pub(crate) struct FaceToGroup {
    pub id: FaceId,
    /// The number of its vector.
    pub seq: i64,
    pub anchor: Anchor,
    pub quality: f32,
    pub person: Option<PersonId>,
    pub cluster: Option<i64>,
    /// The user said that it is no face.
    pub removed: bool,
    /// Absent until they were looked for.
    pub neighbours: Option<Vec<StoredNear>>,
}

/// All that the grouping works on.
#[derive(Debug)]
pub(crate) struct FacesToGroup {
    pub stamp: Stamp,
    /// In the order of contents and places.
    pub faces: Vec<FaceToGroup>,
    /// Their vectors, one after the other.
    pub vectors: Vec<f32>,
    pub decisions: Vec<Decision>,
    pub anchors: Vec<(i64, Anchor)>,
}

/// What the grouping came to.
#[derive(Debug)]
pub(crate) struct Grouping {
    pub stamp: Stamp,
    /// The faces that are somebody else now, or of another cluster.
    pub changed: Vec<(FaceId, Option<Identity>, Option<i64>)>,
}

/// A person as it is listed: what its visible faces come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonCounts {
    pub person: PersonId,
    pub faces: u64,
    pub photos: u64,
    /// When the first and the last of its photos were taken, of those that say so.
    pub first_taken: Option<i64>,
    pub last_taken: Option<i64>,
}

/// A face of a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FaceOfPerson {
    pub face: FaceId,
    /// A visible photo that it is in.
    pub photo: PhotoId,
    pub taken_at: Option<i64>,
    pub confirmed: bool,
    pub quality: f32,
}

/// A face of a person as the user's decisions need it.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub face: FaceId,
    pub cluster: Option<i64>,
    /// How firmly the decisions so far bind it to the person: [`Verdict::bond`](crate::people::decided::Verdict::bond).
    pub bond: u8,
    pub vector: Vec<f32>,
}

/// How far the photos are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FaceCounts {
    pub faces: u64,
    pub photos_seen: u64,
    pub photos_to_see: u64,
}

impl Catalog {
    /// The user wants faces to be looked for.
    pub(crate) fn people_are_wanted(&self) -> Result<bool> {
        Ok(self.setting(CONSENT)?.as_deref() == Some("on"))
    }

    /// From now on the user wants that.
    pub(crate) fn want_people(&self) -> Result<()> {
        self.set_setting(CONSENT, "on")
    }

    /// Deletes all faces, people and decisions, and that they were wanted, so that nothing of them is left in the database's files.
    pub(crate) fn erase_people(&self) -> Result<()> {
        self.ask(|conn| Ok(conn.pragma_update(None, "secure_delete", true)?))?;
        self.write(|conn| {
            conn.execute_batch(
                "DELETE FROM decision_before; DELETE FROM decision_faces; DELETE FROM decisions;
                 DELETE FROM face_vectors; DELETE FROM faces; DELETE FROM face_scans; DELETE FROM people;
                 DELETE FROM settings WHERE key LIKE 'people.%';
                 DELETE FROM sqlite_sequence WHERE name IN ('people', 'faces', 'face_vectors', 'decisions');",
            )?;
            Ok(())
        })?;
        self.ask(|conn| {
            conn.execute_batch("VACUUM")?;
            // The log has pages of before; it is emptied as soon as no other program reads from it.
            let busy: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy {
                tracing::warn!(
                    "another program reads the database: erased faces leave its log when that ends"
                );
            }
            Ok(())
        })
    }

    /// The faces that `pipeline` found, and what was said of them.
    pub(crate) fn faces_to_group(&self, pipeline: &str) -> Result<FacesToGroup> {
        self.read(|conn| {
            let sql =
                "SELECT f.id, v.seq, f.hash, f.x, f.y, f.width, f.height, f.quality, f.person, f.cluster,
                              f.removed, v.neighbours, v.vector
                       FROM face_scans s JOIN faces f ON f.hash = s.hash JOIN face_vectors v ON v.face = f.id
                       WHERE s.pipeline = ?1 ORDER BY f.hash, f.x, f.y, f.width, f.height, f.id";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([pipeline])?;
            let (mut found, mut vectors) = (Vec::new(), Vec::new());
            while let Some(row) = rows.next()? {
                let neighbours = row.get_ref(11)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
                found.push(FaceToGroup {
                    id: FaceId(row.get(0)?),
                    seq: row.get(1)?,
                    anchor: Anchor { hash: row.get(2)?, area: faces::area_of(row, 3)? },
                    quality: row.get(7)?,
                    person: row.get::<_, Option<i64>>(8)?.map(PersonId),
                    cluster: row.get(9)?,
                    removed: row.get(10)?,
                    neighbours: neighbours.map(neighbours_of),
                });
                let vector = row.get_ref(12)?.as_blob().map_err(rusqlite::Error::from)?;
                vectors.extend(faces::floats_of(vector));
            }
            let (decisions, anchors) = (decisions::all(conn)?, decisions::anchors(conn, None)?);
            Ok(FacesToGroup { stamp: stamp(conn)?, faces: found, vectors, decisions, anchors })
        })
    }

    /// Writes lists of neighbours, each with the number of its face's vector.
    pub(crate) fn write_neighbours(&self, lists: &[(i64, Vec<StoredNear>)]) -> Result<()> {
        self.write(|conn| {
            let mut statement = conn.prepare("UPDATE face_vectors SET neighbours = ?2 WHERE seq = ?1")?;
            for (seq, list) in lists {
                statement.execute(params![seq, blob_of(list)])?;
            }
            Ok(())
        })
    }

    /// Writes who the faces are, and remembers who they were if that followed from a step. False, and nothing is written, when
    /// something else was decided meanwhile.
    pub(crate) fn write_grouping(&self, grouping: &Grouping, step: Option<i64>) -> Result<bool> {
        self.write(|conn| {
            if stamp(conn)? != grouping.stamp {
                return Ok(false);
            }
            let mut new: Vec<PersonId> = Vec::new();
            let sql = "INSERT OR IGNORE INTO decision_before (step, face, person)
                       SELECT ?1, id, person FROM faces WHERE id = ?2";
            let mut remember = conn.prepare(sql)?;
            let mut update = conn.prepare("UPDATE faces SET person = ?2, cluster = ?3 WHERE id = ?1")?;
            for (face, identity, cluster) in &grouping.changed {
                if let Some(step) = step {
                    remember.execute([step, face.0])?;
                }
                let person = match identity {
                    None => None,
                    Some(Identity::Known(person)) => Some(person.0),
                    Some(Identity::New(number)) => {
                        while new.len() <= *number as usize {
                            new.push(new_person(conn)?);
                        }
                        Some(new[*number as usize].0)
                    }
                };
                update.execute(params![face.0, person, cluster])?;
            }
            // Numbers that mean nobody, and never will again.
            conn.execute(
                "DELETE FROM people WHERE id NOT IN (SELECT person FROM faces WHERE person IS NOT NULL)
                 AND id NOT IN (SELECT person FROM decisions WHERE person IS NOT NULL)
                 AND id NOT IN (SELECT other FROM decisions WHERE other IS NOT NULL)
                 AND id NOT IN (SELECT person FROM decision_before WHERE person IS NOT NULL)",
                [],
            )?;
            Ok(true)
        })
    }

    /// There are faces of `pipeline` that no grouping has looked at.
    pub(crate) fn faces_without_neighbours(&self, pipeline: &str) -> Result<u64> {
        let sql = "SELECT count(*) FROM face_vectors v JOIN faces f ON f.id = v.face
                   JOIN face_scans s ON s.hash = f.hash AND s.pipeline = ?1 WHERE v.neighbours IS NULL";
        self.ask(|conn| Ok(conn.prepare_cached(sql)?.query_row([pipeline], |row| count(row, 0))?))
    }

    /// Every person that has a face in a visible photo.
    pub(crate) fn people(&self) -> Result<Vec<PersonCounts>> {
        let sql =
            "SELECT f.person, count(DISTINCT f.id), count(DISTINCT p.id), min(p.taken_at), max(p.taken_at)
                   FROM faces f JOIN photos p ON p.hash = f.hash AND p.missing_since IS NULL
                   WHERE f.person IS NOT NULL AND f.removed = 0 GROUP BY f.person";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(PersonCounts {
                    person: PersonId(row.get(0)?),
                    faces: count(row, 1)?,
                    photos: count(row, 2)?,
                    first_taken: row.get(3)?,
                    last_taken: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The person's faces in visible photos, the photo that was taken last first. A photo without a date counts as taken when its
    /// file was last modified.
    pub(crate) fn faces_of_person(&self, person: PersonId) -> Result<Vec<FaceOfPerson>> {
        let sql = "SELECT f.id, min(p.id), p.taken_at, f.bond = 3, f.quality, p.mtime_ns
                   FROM faces f JOIN photos p ON p.hash = f.hash AND p.missing_since IS NULL
                   WHERE f.person = ?1 AND f.removed = 0 GROUP BY f.id";
        let zone = jiff::tz::TimeZone::system();
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([person.0], |row| {
                let taken_at: Option<i64> = row.get(2)?;
                let moment = taken_at.unwrap_or(local_ms(row.get(5)?, &zone));
                let face = FaceOfPerson {
                    face: FaceId(row.get(0)?),
                    photo: PhotoId(row.get(1)?),
                    taken_at,
                    confirmed: row.get(3)?,
                    quality: row.get(4)?,
                };
                Ok((moment, face))
            })?;
            let mut faces = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            faces.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.face.cmp(&b.1.face)));
            Ok(faces.into_iter().map(|(_, face)| face).collect())
        })
    }

    /// The best face of each person that has one in a visible photo; one that the user spoke of before others.
    pub(crate) fn best_faces(&self) -> Result<Vec<(PersonId, FaceId)>> {
        let sql = "SELECT f.person, f.id, max(2 * (f.bond = 3) + f.quality) FROM faces f
                   WHERE f.person IS NOT NULL AND f.removed = 0
                   AND EXISTS (SELECT 1 FROM photos p WHERE p.hash = f.hash AND p.missing_since IS NULL)
                   GROUP BY f.person";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| Ok((PersonId(row.get(0)?), FaceId(row.get(1)?))))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The person's faces, whether their photos are visible or not.
    pub(crate) fn looks_of_person(&self, person: PersonId) -> Result<Vec<Look>> {
        let sql = "SELECT f.id, f.cluster, f.bond, v.vector FROM faces f JOIN face_vectors v ON v.face = f.id
                   WHERE f.person = ?1 AND f.removed = 0 ORDER BY f.id";
        self.ask(|conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([person.0], |row| {
                Ok(Look {
                    face: FaceId(row.get(0)?),
                    cluster: row.get(1)?,
                    bond: row.get(2)?,
                    vector: faces::floats_of(row.get_ref(3)?.as_blob()?).collect(),
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The person's number was given, and means somebody still.
    pub(crate) fn has_person(&self, person: PersonId) -> Result<bool> {
        self.ask(|conn| Ok(conn.prepare_cached("SELECT 1 FROM people WHERE id = ?1")?.exists([person.0])?))
    }

    /// What the state of faces and decisions is: the same as long as none of them changes.
    pub(crate) fn grouped_state(&self, pipeline: &str) -> Result<String> {
        self.read(|conn| {
            let sql = "SELECT coalesce(max(v.seq), 0) || '/' || count(*) FROM face_vectors v
                       JOIN faces f ON f.id = v.face JOIN face_scans s ON s.hash = f.hash AND s.pipeline = ?1";
            let faces: String = conn.prepare_cached(sql)?.query_row([pipeline], |row| row.get(0))?;
            let Stamp(last, count) = stamp(conn)?;
            Ok(format!("{faces}/{last}/{count}"))
        })
    }

    /// Of the faces, those that there are and that are not removed, with the person that each is.
    pub(crate) fn people_of(&self, faces: &[FaceId]) -> Result<Vec<(FaceId, Option<PersonId>)>> {
        self.read(|conn| {
            let mut statement =
                conn.prepare_cached("SELECT person FROM faces WHERE id = ?1 AND removed = 0")?;
            let mut found = Vec::new();
            for face in faces {
                let mut rows = statement.query([face.0])?;
                if let Some(row) = rows.next()? {
                    found.push((*face, row.get::<_, Option<i64>>(0)?.map(PersonId)));
                }
            }
            Ok(found)
        })
    }

    /// How many faces there are, and how many photos were looked at by `pipeline` and can still be.
    pub(crate) fn face_counts(&self, pipeline: &str) -> Result<FaceCounts> {
        self.read(|conn| {
            let sql = "SELECT count(*) FROM faces f WHERE f.removed = 0
                       AND EXISTS (SELECT 1 FROM photos p WHERE p.hash = f.hash AND p.missing_since IS NULL)";
            let faces = conn.prepare_cached(sql)?.query_row([], |row| count(row, 0))?;
            let sql = "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM face_scans s WHERE s.hash = p.hash AND s.pipeline = ?1)), 0)
                       FROM photos p WHERE p.missing_since IS NULL AND p.state <> 2 AND p.offline = 0";
            let (all, seen): (u64, u64) =
                conn.prepare_cached(sql)?.query_row([pipeline], |row| Ok((count(row, 0)?, count(row, 1)?)))?;
            Ok(FaceCounts { faces, photos_seen: seen, photos_to_see: all - seen })
        })
    }
}

/// What a filter demands of the people in a photo, ready to be asked many times.
pub(super) struct PeopleDemands {
    /// For each person that must be there the contents with somebody of that name.
    with: Vec<HashSet<[u8; 32]>>,
    /// Contents with somebody that must not be there.
    without: HashSet<[u8; 32]>,
    /// The number of faces of every content that was looked at, if that is asked for.
    counts: Option<HashMap<[u8; 32], u32>>,
    spans: Vec<CountSpan>,
    not_spans: Vec<CountSpan>,
}

impl PeopleDemands {
    pub(super) fn new(conn: &Connection, filter: &Filter) -> Result<Self, Fault> {
        let decided = Decided::of(&decisions::all(conn)?);
        let contents = |name: &String| contents_with(conn, &meant(&decided, name));
        let with = filter.people.iter().map(contents).collect::<Result<_, Fault>>()?;
        let without = filter.not_people.iter().map(contents).collect::<Result<Vec<_>, Fault>>()?;
        let counts = match filter.faces.is_empty() && filter.not_faces.is_empty() {
            true => None,
            false => Some(face_counts(conn)?),
        };
        Ok(Self {
            with,
            without: without.into_iter().flatten().collect(),
            counts,
            spans: filter.faces.clone(),
            not_spans: filter.not_faces.clone(),
        })
    }

    /// A photo with this content passes.
    pub(super) fn met_by(&self, hash: Option<[u8; 32]>) -> bool {
        // A photo that was not read yet shows nobody, as far as is known.
        let Some(hash) = hash else { return self.with.is_empty() && self.counts.is_none() };
        let count_fits = |counts: &HashMap<[u8; 32], u32>| {
            counts.get(&hash).is_some_and(|count| {
                self.spans.iter().all(|span| span.contains(*count))
                    && !self.not_spans.iter().any(|span| span.contains(*count))
            })
        };
        self.with.iter().all(|contents| contents.contains(&hash))
            && !self.without.contains(&hash)
            && self.counts.as_ref().is_none_or(count_fits)
    }
}

/// The people that a filter means: the one of that number, else those of that name, else those whose name holds it.
fn meant(decided: &Decided, name: &str) -> Vec<PersonId> {
    if let Some(number) = name.strip_prefix('#').and_then(|number| number.parse().ok()) {
        return vec![decided.person(PersonId(number))];
    }
    let wanted = comparable(name.trim());
    let those = |fits: &dyn Fn(&str) -> bool| -> Vec<PersonId> {
        let named = decided.named().filter(|(_, name)| fits(&comparable(name)));
        named.map(|(person, _)| person).collect()
    };
    let exact = those(&|name| name == wanted);
    if exact.is_empty() { those(&|name| name.contains(&wanted)) } else { exact }
}

fn contents_with(conn: &Connection, people: &[PersonId]) -> Result<HashSet<[u8; 32]>, Fault> {
    let sql = "SELECT DISTINCT hash FROM faces WHERE person = ?1 AND removed = 0";
    let mut statement = conn.prepare_cached(sql)?;
    let mut contents = HashSet::new();
    for person in people {
        for hash in statement.query_map([person.0], |row| row.get(0))? {
            contents.insert(hash?);
        }
    }
    Ok(contents)
}

fn face_counts(conn: &Connection) -> Result<HashMap<[u8; 32], u32>, Fault> {
    let sql = "SELECT s.hash, (SELECT count(*) FROM faces f WHERE f.hash = s.hash AND f.removed = 0)
               FROM face_scans s";
    let mut statement = conn.prepare_cached(sql)?;
    let counts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// Of the decisions: it grows with each, and changes when one is taken back.
fn stamp(conn: &Connection) -> Result<Stamp, Fault> {
    let sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'decisions'), 0), count(*) FROM decisions";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| Ok(Stamp(row.get(0)?, row.get(1)?)))?)
}

fn count(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(at)?.unsigned_abs())
}

/// Twelve bytes each: the number of the vector and the cosine.
fn blob_of(list: &[StoredNear]) -> Vec<u8> {
    list.iter().flat_map(|(seq, cosine)| seq.to_le_bytes().into_iter().chain(cosine.to_le_bytes())).collect()
}

fn neighbours_of(blob: &[u8]) -> Vec<StoredNear> {
    let near = |bytes: &[u8; 12]| {
        let (seq, cosine) = bytes.split_at(8);
        let (seq, cosine) = (seq.try_into().ok()?, cosine.try_into().ok()?);
        Some((i64::from_le_bytes(seq), f32::from_le_bytes(cosine)))
    };
    blob.as_chunks::<12>().0.iter().filter_map(near).collect()
}
