//! One page of all photos in order of likeness.

use crate::error::Result;
use crate::ids::PhotoId;
use crate::search::{Scores, relevance_cut};
use crate::vectors::{IdSet, Neighbour, VectorIndex};

/// Scores from which the cut between strong and weak matches is found. Enough for any library: the shape of a
/// distribution does not need every photo.
const SAMPLE: usize = 20_000;

/// The highest scores, in which a gap is looked for. No more than a graph settles by itself.
const HEAD: usize = 50;

/// A direction among the vectors of a model, and which part of the answer is wanted.
pub(super) struct Probe {
    pub direction: Vec<f32>,
    /// The photo that was asked about is not an answer.
    pub without: Option<PhotoId>,
    pub offset: usize,
    pub limit: usize,
}

/// One page, and how many results there are.
#[derive(Default)]
pub(super) struct Ranking {
    pub page: Vec<Neighbour>,
    pub strong: usize,
    pub total: usize,
}

impl Ranking {
    /// Ranks the photos of `index`, of those in `keep` if given. Where relevance ends is judged by all photos alike.
    pub(super) fn of(index: &VectorIndex, probe: &Probe, keep: Option<&IdSet>) -> Result<Self> {
        let Probe { direction, without, offset, limit } = probe;
        let own = without.and_then(|photo| index.score_of(direction, photo));
        let mut sample = index.sample_scores(direction, SAMPLE)?;
        if let Some(place) = own.and_then(|own| sample.iter().position(|score| *score == own)) {
            sample.swap_remove(place);
        }
        let head = index.search(direction, HEAD, None)?;
        let head = head.iter().filter(|neighbour| Some(neighbour.photo) != *without);
        let head: Vec<f32> = head.map(|neighbour| neighbour.score).collect();
        let others = index.len() - usize::from(own.is_some());
        let cut = relevance_cut(&Scores { sample: &sample, head: &head, total: others });
        let own = own.filter(|_| without.is_some_and(|own| keep.is_none_or(|keep| keep.contains(own))));
        let total = keep.map_or(index.len(), |keep| index.count_in(keep)) - usize::from(own.is_some());
        let strong = match cut {
            // The head holds all that are strong: no need to look at every photo again.
            Some(cut) if keep.is_none() && head.last().is_some_and(|last| *last < cut) => {
                head.iter().filter(|score| **score >= cut).count()
            }
            Some(cut) => {
                index.count_from(direction, cut, keep)? - usize::from(own.is_some_and(|own| own >= cut))
            }
            None => 0,
        };
        let page = match without {
            // The photo itself stands at or near the top, so the page is cut from one more.
            Some(own) => {
                let mut page =
                    index.page(direction, 0, offset.saturating_add(*limit).saturating_add(1), keep)?;
                page.retain(|neighbour| neighbour.photo != *own);
                page.into_iter().skip(*offset).take(*limit).collect()
            }
            None => index.page(direction, *offset, *limit, keep)?,
        };
        Ok(Self { page, strong, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{TestCatalog, model};

    #[test]
    fn the_photo_that_was_asked_about_does_not_outshine_its_likes() {
        let (test, clip) = (TestCatalog::new(), model("clip"));
        let (_, ids) = test.with_photos("/p", &["own", "like", "too", "hardly", "not"]);
        let own = vec![1.0, 0.0, 0.0, 0.0];
        for (photo, cosine) in ids.iter().zip([1.0f32, 0.6, 0.58, 0.57, 0.2]) {
            let vector = vec![cosine, (1.0 - cosine * cosine).sqrt(), 0.0, 0.0];
            test.indexed(*photo, photo.0 as u8, &[(&clip, vector)]);
        }
        let dir = tempfile::tempdir().unwrap();
        let index = VectorIndex::open(dir.path(), clip.clone(), &test.vectors(&clip)).unwrap();
        let probe = Probe { direction: own, without: Some(ids[0]), offset: 0, limit: 10 };
        let ranking = Ranking::of(&index, &probe, None).unwrap();
        assert_eq!(ranking.page.iter().map(|found| found.photo).collect::<Vec<_>>(), ids[1..]);
        assert_eq!((ranking.strong, ranking.total), (3, 4));

        let keep: IdSet = [ids[1], ids[4]].into_iter().collect();
        let ranking = Ranking::of(&index, &probe, Some(&keep)).unwrap();
        assert_eq!((ranking.page.len(), ranking.strong, ranking.total), (2, 1, 2));
    }
}
