//! From faces and decisions to people, in the catalog.

use std::collections::HashMap;

use super::super::Library;
use crate::catalog::{Catalog, FaceToGroup, FacesToGroup, Grouping, StoredNear};
use crate::error::Result;
use crate::indexing::{JobControl, Phase, Progress};
use crate::people::clusters::{Node, Thresholds, clusters};
use crate::people::decided::{Anchor, Decided, Verdict};
use crate::people::identities::{Identity, Known, identities};
use crate::people::neighbours::{List, Near, connect};
use crate::people::suggestions::Asked;
use crate::people::thresholds::{GOOD, NEIGHBOURS};
use crate::people::verdicts::verdicts;

/// The setting that says of which state of faces and decisions the groups are.
const GROUPED: &str = "people.grouped";

/// So many new faces are worth a look in the middle of a job, or as many as there were, whichever is more.
const WORTH_A_LOOK: u64 = 200;

/// Groups faces in the middle of a job, ever less often, so that people are there long before the job's end.
pub(in super::super) struct Regrouping {
    pipeline: String,
    new: u64,
    grouped: u64,
}

impl Regrouping {
    pub(in super::super) fn new(pipeline: String) -> Self {
        Self { pipeline, new: 0, grouped: 0 }
    }

    /// So many new faces were written.
    ///
    /// # Errors
    /// Those of the database.
    pub(in super::super) fn saw(
        &mut self,
        faces: u64,
        catalog: &Catalog,
        control: &JobControl,
    ) -> Result<()> {
        self.new += faces;
        if self.new < WORTH_A_LOOK.max(self.grouped) {
            return Ok(());
        }
        self.grouped += self.new;
        self.new = 0;
        regroup(catalog, &self.pipeline, Compare::New(control), None)
    }
}

/// Whether new faces are compared first.
#[derive(Clone, Copy)]
pub(super) enum Compare<'a> {
    /// They are, as long as the job is not cancelled.
    New(&'a JobControl),
    /// They wait for the job that found them.
    Nothing,
}

impl Library {
    /// Groups the faces of a library at the end of a job, if anything has changed.
    pub(in super::super) fn finish_people(
        &self,
        catalog: &Catalog,
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<()> {
        let Some(pipeline) = self.face_pipeline(catalog)? else { return Ok(()) };
        let state = catalog.grouped_state(&pipeline)?;
        if control.is_cancelled() || catalog.setting(GROUPED)?.as_deref() == Some(&state) {
            return Ok(());
        }
        let new = catalog.faces_without_neighbours(&pipeline)?;
        let message = (new > 0).then(|| format!("comparing {new} faces"));
        told(&Progress { phase: Phase::Finishing, message, ..Progress::default() });
        regroup(catalog, &pipeline, Compare::New(control), None)?;
        if control.is_cancelled() {
            return Ok(());
        }
        catalog.set_setting(GROUPED, &state)
    }

    /// Groups the faces anew after a decision.
    pub(super) fn regroup_after(&self, catalog: &Catalog, step: Option<i64>) -> Result<()> {
        regroup(catalog, &self.face_models()?.pipeline, Compare::Nothing, step)
    }
}

/// Reads, groups and writes, again if something was decided meanwhile.
pub(super) fn regroup(
    catalog: &Catalog,
    pipeline: &str,
    compare: Compare<'_>,
    step: Option<i64>,
) -> Result<()> {
    loop {
        let read = catalog.faces_to_group(pipeline)?;
        let mut faces = Faces::of(&read, matches!(compare, Compare::New(_)));
        if let Compare::New(control) = compare {
            let new: Vec<bool> = read.faces.iter().map(|face| face.neighbours.is_none()).collect();
            // One that was removed keeps its place in the lists, for the day when that is taken back.
            let good: Vec<bool> = read.faces.iter().map(is_good).collect();
            let go_on = || !control.is_cancelled();
            if !connect(&read.vectors, &good, &new, &mut faces.lists, &go_on) {
                return Ok(());
            }
            catalog.write_neighbours(&faces.changed_lists(&read))?;
        }
        let grouping = faces.grouping(&read);
        if catalog.write_grouping(&grouping, step)? {
            return Ok(());
        }
    }
}

/// Faces as the rooms of [`crate::people`] take them, by place.
pub(super) struct Faces {
    pub(super) decided: Decided,
    verdicts: Vec<Verdict>,
    nodes: Vec<Node>,
    lists: Vec<List>,
}

impl Faces {
    /// Lists that have lost a neighbour are left to be made anew if `refill` says so.
    pub(super) fn of(read: &FacesToGroup, refill: bool) -> Self {
        let decided = Decided::of(&read.decisions);
        let anchors: Vec<Anchor> = read.faces.iter().map(|face| face.anchor).collect();
        let verdicts = verdicts(&anchors, &read.decisions, &read.anchors, &decided);
        let mut picture = 0;
        let mut nodes: Vec<Node> = Vec::with_capacity(anchors.len());
        for (place, (face, verdict)) in read.faces.iter().zip(&verdicts).enumerate() {
            picture += u32::from(place > 0 && anchors[place - 1].hash != face.anchor.hash);
            nodes.push(Node {
                picture,
                is_good: is_good(face) && !face.removed,
                label: verdict.label(),
                not: verdict.not.clone(),
            });
        }
        Self { decided, verdicts, nodes, lists: lists(read, refill) }
    }

    /// What the suggestions look at.
    pub(super) fn asked<'a>(&'a self, read: &'a FacesToGroup) -> Vec<Asked<'a>> {
        let faces = read.faces.iter().zip(&self.nodes).zip(self.verdicts.iter().zip(&self.lists));
        faces
            .map(|((face, node), (verdict, list))| Asked {
                picture: node.picture,
                person: face.person.map(|person| self.decided.person(person)),
                verdict,
                list: list.as_deref().filter(|_| !face.removed).unwrap_or_default(),
            })
            .collect()
    }

    /// The lists that are not as they were read, by the numbers of vectors.
    fn changed_lists(&self, read: &FacesToGroup) -> Vec<(i64, Vec<StoredNear>)> {
        let stored = |near: &Near| (read.faces[near.face as usize].seq, near.cosine);
        let mut changed = Vec::new();
        for (face, list) in read.faces.iter().zip(&self.lists) {
            let Some(list) = list else { continue };
            let list: Vec<StoredNear> = list.iter().map(stored).collect();
            if face.neighbours.as_ref() != Some(&list) {
                changed.push((face.seq, list));
            }
        }
        changed
    }

    fn grouping(&self, read: &FacesToGroup) -> Grouping {
        let of_face = |(face, list): (&FaceToGroup, &List)| match face.removed {
            true => Vec::new(),
            false => list.clone().unwrap_or_default(),
        };
        let lists: Vec<Vec<Near>> = read.faces.iter().zip(&self.lists).map(of_face).collect();
        let groups = clusters(&self.nodes, &read.vectors, &lists, &Thresholds::default());
        let known: Vec<Known<'_>> = read
            .faces
            .iter()
            .zip(&self.nodes)
            .zip(self.verdicts.iter().zip(&groups))
            .map(|((face, node), (verdict, group))| Known {
                picture: node.picture,
                group: *group,
                before: face.person.map(|person| self.decided.person(person)),
                verdict,
            })
            .collect();
        let mut changed = Vec::new();
        for (face, (identity, group)) in read.faces.iter().zip(identities(&known).into_iter().zip(&groups)) {
            let cluster = group.map(i64::from);
            if identity != face.person.map(Identity::Known) || cluster != face.cluster {
                changed.push((face.id, identity, cluster));
            }
        }
        Grouping { stamp: read.stamp, changed }
    }
}

fn is_good(face: &FaceToGroup) -> bool {
    face.quality >= GOOD
}

/// The stored lists, by place. One that has lost a neighbour, where there may have been a next one, is to be made anew if `refill`
/// says so.
fn lists(read: &FacesToGroup, refill: bool) -> Vec<List> {
    let places: HashMap<i64, u32> =
        (0u32..).zip(&read.faces).map(|(place, face)| (face.seq, place)).collect();
    let list = |stored: &Vec<StoredNear>| -> List {
        let mut list = Vec::with_capacity(stored.len());
        for (seq, cosine) in stored {
            match places.get(seq) {
                Some(place) => list.push(Near { face: *place, cosine: *cosine }),
                None if refill && stored.len() >= NEIGHBOURS => return None,
                None => {}
            }
        }
        Some(list)
    };
    read.faces.iter().map(|face| face.neighbours.as_ref().and_then(list)).collect()
}
