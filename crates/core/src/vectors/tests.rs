//! The index as a whole, against a source in memory and the plainest possible search.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use half::f16;

use super::*;
use crate::error::Result;
use crate::ids::{ModelKey, PhotoId};

const DIM: usize = 48;

type Logged = (PhotoId, Option<Vec<f16>>);
type Spoiling = fn(&Path);

/// A log of vectors as the catalog keeps it: the newest change of each photo.
#[derive(Default)]
struct Log {
    seq: RefCell<i64>,
    changes: RefCell<BTreeMap<i64, Logged>>,
    origin: u64,
    /// The lowest number anybody asked from, to see whether a cache was believed.
    asked_from: RefCell<Option<i64>>,
}

impl Log {
    fn with(photos: std::ops::Range<i64>) -> Self {
        let log = Self::default();
        photos.for_each(|id| log.put(id, vector(id as u64)));
        log
    }

    fn put(&self, id: i64, vector: Vec<f16>) {
        self.append(id, Some(vector));
    }

    fn remove(&self, id: i64) {
        self.append(id, None);
    }

    fn append(&self, id: i64, vector: Option<Vec<f16>>) {
        *self.seq.borrow_mut() += 1;
        self.changes.borrow_mut().retain(|_, (photo, _)| photo.0 != id);
        self.changes.borrow_mut().insert(*self.seq.borrow(), (PhotoId(id), vector));
    }

    fn lowest_asked(&self) -> i64 {
        self.asked_from.take().unwrap()
    }

    /// Every live photo by rank, computed the slow way.
    fn ranked(&self, query: &[f32], keep: Option<&IdSet>) -> Vec<PhotoId> {
        let mut all: Vec<(f64, PhotoId)> = Vec::new();
        for (photo, vector) in self.changes.borrow().values() {
            if let Some(vector) = vector
                && keep.is_none_or(|keep| keep.contains(*photo))
            {
                let dot = vector.iter().zip(query).map(|(v, q)| v.to_f64() * f64::from(*q)).sum();
                all.push((dot, *photo));
            }
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all.into_iter().map(|(_, photo)| photo).collect()
    }
}

impl VectorSource for Log {
    fn origin(&self) -> u64 {
        self.origin
    }

    fn latest(&self) -> Result<i64> {
        Ok(*self.seq.borrow())
    }

    fn changes_since(&self, seq: i64, visit: &mut dyn FnMut(VectorChange<'_>) -> Result<()>) -> Result<i64> {
        let lowest = self.asked_from.borrow().map_or(seq, |lowest| lowest.min(seq));
        *self.asked_from.borrow_mut() = Some(lowest);
        for (_, (photo, vector)) in self.changes.borrow().range(seq + 1..) {
            let photo = *photo;
            visit(match vector {
                Some(vector) => VectorChange::Put { photo, vector },
                None => VectorChange::Removed { photo },
            })?;
        }
        Ok(*self.seq.borrow())
    }
}

/// A unit vector, the same for the same seed; seeds that share `seed / 50` lie near each other.
fn vector(seed: u64) -> Vec<f16> {
    let (centre, own) = (noise(seed / 50 + 1_000_000), noise(seed));
    let mixed: Vec<f32> = centre.iter().zip(own).map(|(c, o)| c + 0.4 * o).collect();
    let length = mixed.iter().map(|x| x * x).sum::<f32>().sqrt();
    mixed.into_iter().map(|x| f16::from_f32(x / length)).collect()
}

fn query(seed: u64) -> Vec<f32> {
    vector(seed).into_iter().map(f16::to_f32).collect()
}

fn noise(seed: u64) -> [f32; DIM] {
    let mut state = seed;
    std::array::from_fn(|_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    })
}

fn key() -> ModelKey {
    ModelKey { model_id: "tést/model:1".to_owned(), pipeline_version: 3, dim: DIM }
}

fn open(dir: &Path, log: &Log) -> VectorIndex {
    VectorIndex::open(dir, key(), log).unwrap()
}

fn photos(neighbours: &[Neighbour]) -> Vec<PhotoId> {
    neighbours.iter().map(|neighbour| neighbour.photo).collect()
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
}

fn assert_equal_to_slow_search(index: &VectorIndex, log: &Log) {
    for seed in [0, 77, 5_000_000] {
        let query = query(seed);
        let slow = log.ranked(&query, None);
        assert_eq!(index.len(), slow.len());
        assert_eq!(photos(&index.search(&query, 40, None).unwrap()), slow[..40.min(slow.len())]);
    }
}

#[test]
fn a_search_finds_what_comparing_with_every_vector_finds() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..3000);
    let index = open(dir.path(), &log);
    assert_equal_to_slow_search(&index, &log);
    let query = query(9);
    let every_third: IdSet = (1..3000).filter(|id| id % 3 == 0).map(PhotoId).collect();
    let found = index.search(&query, 100, Some(&every_third)).unwrap();
    assert_eq!(photos(&found), log.ranked(&query, Some(&every_third))[..100]);
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let nobody = IdSet::default();
    assert!(index.search(&query, 10, Some(&nobody)).unwrap().is_empty());
    assert_eq!(index.score_of(&query, found[9].photo), Some(found[9].score));
    assert_eq!(index.score_of(&query, PhotoId(3000)), None);
    assert_eq!(index.count_from(&query, found[9].score, Some(&every_third)).unwrap(), 10);
    assert_eq!((index.count_in(&every_third), index.count_in(&nobody)), (999, 0));
    assert_eq!(index.sample_scores(&query, 10_000).unwrap().len(), 2999);
    assert!((290..=310).contains(&index.sample_scores(&query, 300).unwrap().len()));
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap_and_ties_go_by_id() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::default();
    for id in (1..500).rev() {
        log.put(id, vector(id as u64 % 7));
    }
    let index = open(dir.path(), &log);
    let query = query(3);
    let all = photos(&index.search(&query, 499, None).unwrap());
    assert_eq!(all, log.ranked(&query, None));
    let paged: Vec<_> =
        (0..60).flat_map(|page| photos(&index.page(&query, page * 9, 9, None).unwrap())).collect();
    assert_eq!(paged, all);
    assert!(index.page(&query, 499, 9, None).unwrap().is_empty());
    assert!(index.page(&query, usize::MAX, usize::MAX, None).unwrap().is_empty());
}

#[test]
fn a_reopened_index_reads_only_what_changed() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..2000);
    drop(open(dir.path(), &log));
    assert_eq!(log.lowest_asked(), 0);
    log.put(5, vector(1234));
    log.put(2500, vector(50));
    log.remove(6);
    log.remove(7777);
    let mut index = open(dir.path(), &log);
    assert_eq!(log.lowest_asked(), 1999);
    assert_equal_to_slow_search(&index, &log);
    assert!(index.is_current(&log).unwrap());
    log.remove(2500);
    assert!(!index.is_current(&log).unwrap());
    log.put(2500, vector(51));
    log.remove(5);
    index.refresh(&log).unwrap();
    assert_equal_to_slow_search(&index, &log);
}

#[test]
fn many_changes_are_folded_into_a_new_matrix_and_the_old_one_goes() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..3000);
    let mut index = open(dir.path(), &log);
    let first = files(dir.path(), "vectors");
    (2000..9000).for_each(|id| log.put(id, vector(id as u64 + 17)));
    (1..200).for_each(|id| log.remove(id));
    index.refresh(&log).unwrap();
    let second = files(dir.path(), "vectors");
    assert!(first.len() == 1 && second.len() == 1 && first != second, "{first:?} {second:?}");
    assert_equal_to_slow_search(&index, &log);
    drop(index);
    log.lowest_asked();
    assert_equal_to_slow_search(&open(dir.path(), &log), &log);
    assert_eq!(log.lowest_asked(), *log.seq.borrow());
}

#[test]
fn a_missing_damaged_or_foreign_cache_is_rebuilt_from_the_source() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..1500);
    let spoil: [(&str, Spoiling); 6] = [
        ("deleted", |file| fs::remove_file(file).unwrap()),
        ("cut off", |file| {
            let length = fs::metadata(file).unwrap().len();
            fs::OpenOptions::new().write(true).open(file).unwrap().set_len(length - 9).unwrap();
        }),
        ("empty", |file| fs::write(file, b"").unwrap()),
        ("one bit in a row", |file| flip(file, 5000)),
        ("one bit in the header", |file| flip(file, 33)),
        ("one bit in the ids", |file| flip(file, fs::metadata(file).unwrap().len() as usize - 3)),
    ];
    for (what, spoil) in spoil {
        drop(open(dir.path(), &log));
        log.lowest_asked();
        let file = files(dir.path(), "vectors").pop().unwrap();
        spoil(&file);
        let index = open(dir.path(), &log);
        assert_eq!(log.lowest_asked(), 0, "{what}");
        assert_equal_to_slow_search(&index, &log);
    }

    let other = Log { origin: 9, ..Log::with(1..1700) };
    let index = open(dir.path(), &other);
    assert_eq!(other.lowest_asked(), 0, "another library");
    assert_equal_to_slow_search(&index, &other);

    let older = Log { origin: 9, ..Log::with(1..1600) };
    let index = open(dir.path(), &older);
    assert_eq!(older.lowest_asked(), 0, "an older copy of the library");
    assert_equal_to_slow_search(&index, &older);

    let newer_pipeline = ModelKey { pipeline_version: 4, ..key() };
    drop(VectorIndex::open(dir.path(), newer_pipeline, &older).unwrap());
    assert_eq!(older.lowest_asked(), 0, "another pipeline version");
    drop(open(dir.path(), &older));
    assert_ne!(older.lowest_asked(), 0, "two versions side by side");
}

fn flip(file: &Path, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at] ^= 0x10;
    fs::write(file, bytes).unwrap();
}

#[test]
fn an_index_works_where_nothing_can_be_written() {
    let dir = tempfile::tempdir().unwrap();
    let not_a_folder = dir.path().join("file");
    fs::write(&not_a_folder, b"").unwrap();
    let log = Log::with(1..1000);
    let mut index = open(&not_a_folder, &log);
    assert_equal_to_slow_search(&index, &log);
    (1000..8000).for_each(|id| log.put(id, vector(id as u64)));
    index.refresh(&log).unwrap();
    assert_equal_to_slow_search(&index, &log);
}

#[test]
fn vectors_that_are_no_vectors_are_left_out_and_queries_refused() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..100);
    log.put(50, vec![f16::NAN; DIM]);
    log.put(51, vector(51)[1..].to_vec());
    log.put(52, vec![f16::INFINITY; DIM]);
    let index = open(dir.path(), &log);
    assert_eq!(index.len(), 96);
    assert_eq!(index.search(&query(1), 200, None).unwrap().len(), 96);
    for bad in [vec![0.1; DIM - 1], vec![f32::NAN; DIM], vec![f32::INFINITY; DIM], vec![]] {
        assert!(index.search(&bad, 5, None).is_err());
    }
    let no_dimension = ModelKey { dim: 0, ..key() };
    assert!(VectorIndex::open(dir.path(), no_dimension, &log).is_err());
}

#[test]
fn an_empty_library_answers_with_nothing_and_grows() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::default();
    let mut index = open(dir.path(), &log);
    assert!(index.is_empty());
    assert!(index.search(&query(1), 5, None).unwrap().is_empty());
    assert!(index.sample_scores(&query(1), 5).unwrap().is_empty());
    assert!(index.graph_build().is_none());
    log.put(1, vector(1));
    index.refresh(&log).unwrap();
    assert_eq!(photos(&index.search(&query(1), 5, None).unwrap()), [PhotoId(1)]);
}

fn with_graph() -> IndexOptions {
    IndexOptions { graph_from: 2000, build_threads: NonZero::new(2), ..IndexOptions::default() }
}

fn build_graph(index: &mut VectorIndex) {
    assert!(!index.has_graph());
    let built = index.graph_build().unwrap().run(&mut || true).unwrap();
    index.adopt(built);
    assert!(index.has_graph() && index.graph_build().is_none());
}

#[test]
fn a_graph_answers_like_the_exact_scan_and_follows_changes() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..3000);
    let mut index = VectorIndex::open_with(dir.path(), key(), &log, with_graph()).unwrap();
    build_graph(&mut index);
    let nearest: Vec<_> = index.search(&query(100), 20, None).unwrap();
    (0..10).for_each(|at| log.remove(nearest[at].photo.0));
    log.put(9000, vector(100));
    log.put(9001, vector(100));
    index.refresh(&log).unwrap();
    assert!(index.has_graph());

    let mut hits = 0;
    for seed in (0..3000).step_by(50) {
        let query = query(seed);
        let slow = log.ranked(&query, None);
        let found = photos(&index.search(&query, 10, None).unwrap());
        hits += found.iter().filter(|photo| slow[..10].contains(photo)).count();
        let everything = index.search(&query, 4000, None).unwrap();
        assert_eq!(everything.len(), index.len());
        let pages: Vec<_> = [(0, 30), (30, 60), (90, 3910)]
            .into_iter()
            .flat_map(|(offset, limit)| index.page(&query, offset, limit, None).unwrap())
            .collect();
        assert_eq!(pages, everything, "pages across the end of the graph's results");
        let mut sorted = photos(&everything);
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), index.len(), "every photo once");
    }
    assert!(hits >= 595, "recall@10 {}", f64::from(hits as u32) / 600.0);
    let nearest = photos(&index.search(&query(100), 2, None).unwrap());
    assert_eq!(nearest, [PhotoId(9000), PhotoId(9001)]);

    let most: IdSet = (1..3000).filter(|id| id % 10 != 0).map(PhotoId).collect();
    let few: IdSet = (1..3000).filter(|id| id % 10 == 0).map(PhotoId).collect();
    for keep in [most, few] {
        let found = photos(&index.search(&query(1300), 10, Some(&keep)).unwrap());
        assert_eq!(found, log.ranked(&query(1300), Some(&keep))[..10]);
    }
}

#[test]
fn a_graph_is_kept_beside_its_matrix_and_rebuilt_when_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..2500);
    let open = || VectorIndex::open_with(dir.path(), key(), &log, with_graph()).unwrap();
    let answer = |index: &VectorIndex| index.search(&query(1), 30, None).unwrap();
    let mut index = open();
    build_graph(&mut index);
    let first = answer(&index);
    drop(index);
    let file = files(dir.path(), "graph").pop().unwrap();
    let written = fs::read(&file).unwrap();

    let index = open();
    assert!(index.has_graph(), "it is loaded");
    assert_eq!(answer(&index), first);
    drop(index);

    flip(&file, 10_000);
    let spoiled = fs::read(&file).unwrap();
    let mut index = open();
    build_graph(&mut index);
    assert_eq!(photos(&answer(&index))[..10], photos(&first)[..10]);
    let rebuilt = fs::read(&file).unwrap();
    assert!(rebuilt != spoiled && rebuilt.len().abs_diff(written.len()) < written.len() / 10);
    drop(index);
    assert!(open().has_graph(), "it was written anew, whole");
}

#[test]
fn pages_keep_their_order_while_a_graph_is_built_and_until_it_is_adopted() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..2500);
    let mut index = VectorIndex::open_with(dir.path(), key(), &log, with_graph()).unwrap();
    let page = |index: &VectorIndex, offset| index.page(&query(1), offset, 10, None).unwrap();
    let before = page(&index, 10);
    let built = index.graph_build().unwrap().run(&mut || true).unwrap();
    assert_eq!(page(&index, 10), before);

    (1..2000).for_each(|id| log.remove(id));
    (3000..6000).for_each(|id| log.put(id, vector(id as u64)));
    index.refresh(&log).unwrap();
    index.adopt(built);
    assert!(!index.has_graph(), "it was built over a matrix that has been replaced");
    assert_equal_to_slow_search(&index, &log);
}

#[test]
fn the_cache_of_a_model_is_removed_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..2500);
    let other = ModelKey { pipeline_version: 4, ..key() };
    build_graph(&mut VectorIndex::open_with(dir.path(), key(), &log, with_graph()).unwrap());
    drop(VectorIndex::open(dir.path(), other, &log).unwrap());
    let kept = files(dir.path(), "vectors").len();
    remove_cache(dir.path(), &key());
    assert_eq!((kept, files(dir.path(), "vectors").len(), files(dir.path(), "graph").len()), (2, 1, 0));
}

#[test]
fn a_build_that_is_cancelled_ends_soon_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::with(1..20_000);
    let slow = IndexOptions { ef_construction: 2000, ..with_graph() };
    let index = VectorIndex::open_with(dir.path(), key(), &log, slow).unwrap();
    let mut cancelled = None;
    let built = index.graph_build().unwrap().run(&mut || {
        match cancelled {
            None => assert_equal_to_slow_search(&index, &log),
            Some(_) => return false,
        }
        cancelled = Some(Instant::now());
        true
    });
    assert!(built.is_none());
    let took = cancelled.unwrap().elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(files(dir.path(), "graph").is_empty());
}
