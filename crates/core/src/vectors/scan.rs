//! The exact scan: every row, on all cores.

use half::f16;
use rayon::prelude::*;

use super::dot::dot;
use super::id_set::IdSet;
use super::neighbour::{Neighbour, TopK};
use super::rows::{Block, is_live};
use crate::ids::PhotoId;

/// Rows handed to a core at a time: about a megabyte of 512-d f16.
const ROWS_AT_A_TIME: usize = 1024;

/// Fewer rows are compared sooner than the other cores are woken.
const ROWS_WORTH_WAKING: usize = 2048;

/// The best `k` live rows of all `blocks` that are in `keep`, nearest first.
pub(super) fn nearest(blocks: &[Block<'_>], query: &[f32], k: usize, keep: Option<&IdSet>) -> Vec<Neighbour> {
    let fold = |mut top: TopK, block: Block<'_>| {
        scores(block, query, keep).for_each(|neighbour| top.push(neighbour));
        top
    };
    if blocks.iter().map(|block| block.ids.len()).sum::<usize>() < ROWS_WORTH_WAKING {
        return blocks.iter().copied().fold(TopK::new(k), fold).into_sorted();
    }
    pieces(blocks).fold(|| TopK::new(k), fold).reduce(|| TopK::new(k), TopK::merge).into_sorted()
}

/// How many live rows in `keep` score `least` or more.
pub(super) fn count(blocks: &[Block<'_>], query: &[f32], least: f32, keep: Option<&IdSet>) -> usize {
    pieces(blocks).map(|block| scores(block, query, keep).filter(|n| n.score >= least).count()).sum()
}

/// How many live rows are in `keep`.
pub(super) fn count_kept(blocks: &[Block<'_>], keep: &IdSet) -> usize {
    let ids = blocks.iter().flat_map(|block| block.ids);
    ids.filter(|id| is_live(**id) && keep.contains(PhotoId(**id))).count()
}

/// Scores of every `stride`-th row that is live, in no particular order.
pub(super) fn sample(blocks: &[Block<'_>], query: &[f32], stride: usize) -> Vec<f32> {
    blocks
        .par_iter()
        .flat_map(|block| block.ids.par_iter().zip(block.rows.par_chunks_exact(query.len())).step_by(stride))
        .filter(|(id, _)| is_live(**id))
        .map(|(id, row)| Neighbour::new(PhotoId(*id), dot(query, row)).score)
        .collect()
}

/// The score of one row.
pub(super) fn score(query: &[f32], photo: PhotoId, row: &[f16]) -> Neighbour {
    Neighbour::new(photo, dot(query, row))
}

fn pieces<'a>(blocks: &'a [Block<'a>]) -> impl ParallelIterator<Item = Block<'a>> {
    blocks.par_iter().flat_map(|block| {
        let rows = block.rows.par_chunks(ROWS_AT_A_TIME * block.dim);
        let ids = block.ids.par_chunks(ROWS_AT_A_TIME);
        ids.zip(rows).map(|(ids, rows)| Block { ids, rows, dim: block.dim })
    })
}

fn scores<'a>(
    block: Block<'a>,
    query: &'a [f32],
    keep: Option<&'a IdSet>,
) -> impl Iterator<Item = Neighbour> + 'a {
    block
        .ids
        .iter()
        .zip(block.rows.chunks_exact(block.dim))
        .filter(move |(id, _)| is_live(**id) && keep.is_none_or(|keep| keep.contains(PhotoId(**id))))
        .map(move |(id, row)| score(query, PhotoId(*id), row))
}
