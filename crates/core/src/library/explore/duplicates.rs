//! Photos that show the same picture.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::answer::{DuplicateGroup, DuplicatePhoto, Duplicates, ExploreRequest};
use super::results::Print;
use super::space::Explored;
use crate::catalog::PhotoRow;
use crate::error::{Error, Result};
use crate::explore::duplicates::{
    Candidate, Facts, NEIGHBOURS, Pair, Picture, Relation, SIGNATURE_VERSION, Signature, candidates, grouped,
    related,
};
use crate::explore::{Neighbours, Stage, Step, Steps};
use crate::indexing::JobControl;
use crate::library::Library;
use crate::media::{Format, format_of};

/// Pairs that are looked at together: their pictures are held meanwhile.
const PAIRS: usize = 1024;
/// Photos less alike than this to a network do not show the same, however they were turned or cropped.
const LEAST_ALIKE: f32 = 0.6;

/// Everything that is known of the photos, and what it says of pairs of them.
struct Work<'a> {
    library: &'a Library,
    rows: &'a [PhotoRow],
    /// The first photo of each content, and the number of the content of each photo.
    contents: Vec<usize>,
    content_of: Vec<usize>,
    steps: &'a Steps<'a>,
}

impl Library {
    /// Groups of photos that show the same, with the one to keep of each. Nothing is deleted, here or anywhere.
    ///
    /// # Errors
    /// [`Error::Query`] for a filter that is none; no library; [`Error::Cancelled`].
    pub fn duplicates(
        &self,
        request: &ExploreRequest,
        control: &JobControl,
        told: &(dyn Fn(Step) + Sync),
    ) -> Result<Duplicates> {
        let steps = Steps::new(control, told);
        let rows = self.ready_rows(&request.filter()?)?;
        // Fingerprints are enough where no network has seen anything yet.
        let explored = match self.explored(request) {
            Ok(explored) => Some(explored),
            Err(Error::NotIndexed { .. }) => None,
            Err(error) => return Err(error),
        };
        let name = format!("duplicates-{}", request.name());
        let print = print_of(&rows, explored.as_ref());
        let found = self.results.get(&name, print, &steps, |_| {
            let neighbours =
                explored.as_ref().map(|explored| self.neighbours(explored, &steps)).transpose()?;
            let near = match (&explored, &neighbours) {
                (Some(explored), Some(neighbours)) => near_pairs(&rows, explored, neighbours),
                _ => Vec::new(),
            };
            let mut found = Work::new(self, &rows, &steps).found(near)?;
            found.model = explored.as_ref().map(|explored| explored.model.id.clone());
            Ok(found)
        })?;
        Ok(found.as_ref().clone())
    }
}

/// Of the vectors, and of what else decides.
fn print_of(rows: &[PhotoRow], explored: Option<&Explored>) -> Print {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&SIGNATURE_VERSION.to_le_bytes());
    hasher.update(&explored.map_or([0; 32], |explored| explored.print));
    for row in rows {
        hasher.update(&row.id.0.to_le_bytes());
        hasher.update(&row.hash.unwrap_or_default());
        hasher.update(&row.stamp.size.to_le_bytes());
        hasher.update(&row.metadata.taken_at.unwrap_or(i64::MIN).to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Places of rows whose photos are neighbours.
fn near_pairs(rows: &[PhotoRow], explored: &Explored, neighbours: &Neighbours) -> Vec<(u32, u32)> {
    let number: HashMap<i64, u32> = rows.iter().zip(0..).map(|(row, place)| (row.id.0, place)).collect();
    let ids = explored.space.ids();
    let mut pairs = Vec::new();
    for place in 0..neighbours.len() {
        let Some(here) = number.get(&ids[place].0) else { continue };
        for (there, score) in neighbours.near(place).take(NEIGHBOURS) {
            if score >= LEAST_ALIKE
                && let Some(there) = number.get(&ids[there as usize].0)
            {
                pairs.push((*here, *there));
            }
        }
    }
    pairs
}

impl<'a> Work<'a> {
    fn new(library: &'a Library, rows: &'a [PhotoRow], steps: &'a Steps<'a>) -> Self {
        let mut numbers: HashMap<[u8; 32], usize> = HashMap::new();
        let (mut contents, mut content_of) = (Vec::new(), Vec::with_capacity(rows.len()));
        for (place, row) in rows.iter().enumerate() {
            let number = *numbers.entry(row.hash.unwrap_or_default()).or_insert_with(|| {
                contents.push(place);
                contents.len() - 1
            });
            content_of.push(number);
        }
        Self { library, rows, contents, content_of, steps }
    }

    fn found(&self, near: Vec<(u32, u32)>) -> Result<Duplicates> {
        let of = |place: usize| (self.rows[place].id, self.rows[place].hash.unwrap_or_default());
        let contents: Vec<_> = self.contents.iter().map(|place| of(*place)).collect();
        let signatures = self.library.signatures(&contents, self.steps)?;
        let near = near
            .into_iter()
            .map(|(a, b)| (self.content_of[a as usize] as u32, self.content_of[b as usize] as u32));
        let signature_of: Vec<Option<Signature>> =
            contents.iter().map(|(_, hash)| signatures.get(hash).copied()).collect();
        let pairs = candidates(&signature_of, near);
        let mut pairs = self.confirmed(&pairs)?;
        for (place, content) in self.content_of.iter().enumerate() {
            let first = self.contents[*content];
            if first != place {
                pairs.push(Pair {
                    places: (first as u32, place as u32),
                    relation: Relation::SameFile,
                    similarity: 1.0,
                });
            }
        }
        pairs.sort_by_key(|pair| pair.places);
        let photos = self.candidates(&pairs, &signature_of);
        let groups = grouped(&photos, &pairs, &mut |a, b| self.compared(a as usize, b as usize));
        let groups: Vec<DuplicateGroup> = groups
            .into_iter()
            .map(|group| {
                let keeper = self.photo(group.keeper, Relation::Keeper, 1.0, &photos);
                // A copy of any photo before it is a copy, whatever it is to the keeper.
                let mut contents = HashSet::from([self.content_of[group.keeper as usize]]);
                let others = group.others.iter().map(|other| {
                    let (relation, similarity) = match contents.insert(self.content_of[other.place as usize])
                    {
                        true => (other.relation, other.similarity),
                        false => (Relation::SameFile, 1.0),
                    };
                    self.photo(other.place, relation, similarity, &photos)
                });
                let photos = std::iter::once(keeper).chain(others).collect();
                let keeper = self.rows[group.keeper as usize].id;
                DuplicateGroup { keeper, reason: group.reason, photos }
            })
            .collect();
        let bytes = groups.iter().flat_map(|group| &group.photos[1..]).map(|photo| photo.bytes).sum();
        Ok(Duplicates { groups, photos: self.rows.len() as u64, bytes, model: None })
    }

    /// Those of the pairs of contents that show the same, as pairs of places.
    fn confirmed(&self, pairs: &[(u32, u32)]) -> Result<Vec<Pair>> {
        let counter = self.steps.begin(Stage::Confirming, pairs.len());
        let mut confirmed = Vec::new();
        for pairs in pairs.chunks(PAIRS) {
            let mut wanted: Vec<u32> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
            wanted.sort_unstable();
            wanted.dedup();
            let picture = |content: &u32| Some((*content, self.picture(self.contents[*content as usize])?));
            let pictures: HashMap<u32, Picture> = wanted.par_iter().filter_map(picture).collect();
            let judged = |(a, b): &(u32, u32)| -> Result<Option<Pair>> {
                counter.add(1)?;
                let (Some(first), Some(second)) = (pictures.get(a), pictures.get(b)) else { return Ok(None) };
                let (a, b) = (self.contents[*a as usize], self.contents[*b as usize]);
                let found = related((first, &facts(&self.rows[a])), (second, &facts(&self.rows[b])));
                Ok(found.map(|(relation, similarity)| Pair {
                    places: (a as u32, b as u32),
                    relation,
                    similarity,
                }))
            };
            let found: Result<Vec<Option<Pair>>> = pairs.par_iter().map(judged).collect();
            confirmed.extend(found?.into_iter().flatten());
        }
        Ok(confirmed)
    }

    /// Looks at two photos that were joined by others.
    fn compared(&self, a: usize, b: usize) -> Option<(Relation, f32)> {
        if self.content_of[a] == self.content_of[b] {
            return Some((Relation::SameFile, 1.0));
        }
        let (first, second) = (self.picture(a)?, self.picture(b)?);
        related((&first, &facts(&self.rows[a])), (&second, &facts(&self.rows[b])))
    }

    fn picture(&self, place: usize) -> Option<Picture> {
        let row = &self.rows[place];
        Some(Picture::of(&self.library.small_picture(row.id, &row.hash?)?))
    }

    /// What decides which photo is kept; the format is read of those only that are in a pair.
    fn candidates(&self, pairs: &[Pair], signatures: &[Option<Signature>]) -> Vec<Candidate> {
        let mut is_in_a_pair = vec![false; self.rows.len()];
        for Pair { places: (a, b), .. } in pairs {
            (is_in_a_pair[*a as usize], is_in_a_pair[*b as usize]) = (true, true);
        }
        let candidate = |(place, row): (usize, &PhotoRow)| {
            let signature = signatures[self.content_of[place]];
            Candidate {
                facts: facts(row),
                bytes: row.stamp.size,
                format_rank: if is_in_a_pair[place] { rank(format(row)) } else { 0 },
                sharpness: signature.map_or(0.0, |signature| signature.sharpness),
                is_grey: signature.is_some_and(|signature| signature.is_grey),
            }
        };
        self.rows.iter().enumerate().map(candidate).collect()
    }

    fn photo(&self, place: u32, relation: Relation, similarity: f32, photos: &[Candidate]) -> DuplicatePhoto {
        let (row, candidate) = (&self.rows[place as usize], &photos[place as usize]);
        let by_name = || row.path.extension().unwrap_or_default().to_string_lossy().to_uppercase();
        DuplicatePhoto {
            id: row.id,
            relation,
            similarity,
            width: candidate.facts.width,
            height: candidate.facts.height,
            bytes: candidate.bytes,
            format: format(row).map_or_else(by_name, |format| format.name().to_owned()),
            taken_at: candidate.facts.taken_at,
            sharpness: candidate.sharpness,
        }
    }
}

fn facts(row: &PhotoRow) -> Facts {
    Facts {
        width: row.metadata.width.unwrap_or(0),
        height: row.metadata.height.unwrap_or(0),
        taken_at: row.metadata.taken_at,
        camera: row.metadata.camera.clone(),
    }
}

fn format(row: &PhotoRow) -> Option<Format> {
    format_of(&row.path).ok().flatten()
}

/// Formats that keep everything before those of cameras, and these before those that others make of them.
fn rank(format: Option<Format>) -> u8 {
    match format {
        Some(Format::Tiff | Format::Png) => 4,
        Some(Format::Heif | Format::Avif) => 3,
        Some(Format::Jpeg) => 2,
        Some(_) => 1,
        None => 0,
    }
}
