//! Measures what exploring finds, and what it costs: the program behind `cargo xtask bench explore`.
//!
//! `explore_bench quality DATA OUT` indexes the shared photos in DATA with the starter model and prints one JSON object; vectors and
//! places of maps are left in OUT for the peer (`xtask/peers/explore_peer.py`). `explore_bench scale COUNT DIM OUT` does the same
//! with COUNT drawn vectors, and measures time and memory.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use half::f16;
use kindred_core::catalog::Catalog;
use kindred_core::explore::map::{Earlier, Point, components, laid_out, trustworthiness};
use kindred_core::explore::outliers::{compared_with, local_outlier_factors};
use kindred_core::explore::themes::themes;
use kindred_core::explore::{GRAPH_NEIGHBOURS, Neighbours, Space, Steps};
use kindred_core::vectors::VectorIndex;
use kindred_core::{
    By, DeviceChoice, Duplicates, ExploreRequest, IndexRequest, JobControl, Library, LibraryOptions, PhotoId,
};
use rayon::prelude::*;
use serde_json::{Value, json};

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let answer = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["quality", data, out] => quality(Path::new(data), Path::new(out))?,
        ["scale", count, dim, out] => scale(count.parse()?, dim.parse()?, Path::new(out))?,
        _ => return Err("usage: explore_bench quality DATA OUT | scale COUNT DIM OUT".into()),
    };
    println!("{answer}");
    Ok(())
}

/// Photos of the shared set with the vectors of one likeness.
struct Shared {
    space: Space,
    paths: HashMap<PhotoId, PathBuf>,
}

fn quality(data: &Path, out: &Path) -> Fallible<Value> {
    fs::create_dir_all(out)?;
    let temporary = tempfile::tempdir()?;
    let folders: Vec<PathBuf> = ["near-dup", "photos", "faces"].iter().map(|name| data.join(name)).collect();
    let library = library(temporary.path())?;
    let control = JobControl::default();
    library.add_folders(&folders, &control, &mut |_| {})?;
    library.index(&IndexRequest::default(), &control, &mut |_| {})?;
    let mut spaces = serde_json::Map::new();
    for by in [By::Meaning, By::Look] {
        let shared = shared(temporary.path(), by)?;
        let near_dup = ExploreRequest { by, filter: format!("folder:\"{}\"", folders[0].display()) };
        let duplicates = library.duplicates(&near_dup, &control, &|_| {})?;
        let everywhere = ExploreRequest { by, filter: String::new() };
        let all = library.duplicates(&everywhere, &control, &|_| {})?;
        let found = json!({
            "photos": shared.space.len(),
            "near_dup": pairs(&duplicates, &shared.paths),
            "groups_everywhere": all.groups.len(),
            "strangers": planted(&shared),
            "themes": agreement(&shared)?,
            "map": map(&shared.space, &out.join(by.word()))?,
        });
        spaces.insert(by.word().to_owned(), found);
    }
    Ok(Value::Object(spaces))
}

fn library(dir: &Path) -> Fallible<Library> {
    Ok(Library::open(LibraryOptions {
        dir: dir.join("library"),
        models_dir: dir.join("models"),
        device: DeviceChoice::Cpu,
        mirror: None,
    })?)
}

fn shared(dir: &Path, by: By) -> Fallible<Shared> {
    let catalog = Catalog::open_read_only(&dir.join("library/catalog.db"))?;
    let keys = catalog.models_with_vectors()?;
    let key = keys.into_iter().find(|key| key.model_id.ends_with(by.word())).ok_or("no vectors")?;
    let vectors = tempfile::tempdir()?;
    let index = VectorIndex::open(vectors.path(), key.clone(), &catalog.vectors(&key))?;
    let space = Space::new(key.dim, index.vectors(None));
    let paths = catalog.rows(space.ids())?.into_iter().map(|row| (row.id, row.path)).collect();
    Ok(Shared { space, paths })
}

/// Pairs of near-duplicates that were found, against the labels in the names: two files show the same when their number is the same.
fn pairs(found: &Duplicates, paths: &HashMap<PhotoId, PathBuf>) -> Value {
    let label = |photo: &PhotoId| -> Option<String> {
        let path = paths.get(photo)?;
        let stem = path.file_stem()?.to_string_lossy();
        // The one file without a number shows what most of them do.
        let number = if stem == "alpha_channel_image" { "ukbench00120" } else { stem.split('_').next()? };
        path.components().any(|part| part.as_os_str() == "near-dup").then(|| number.to_owned())
    };
    let mut group_of: HashMap<PhotoId, usize> = HashMap::new();
    for (number, group) in found.groups.iter().enumerate() {
        group_of.extend(group.photos.iter().map(|photo| (photo.id, number)));
    }
    let mut photos: Vec<(PhotoId, String)> =
        paths.keys().filter_map(|photo| Some((*photo, label(photo)?))).collect();
    photos.sort();
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for (at, (a, label_a)) in photos.iter().enumerate() {
        for (b, label_b) in &photos[..at] {
            let together = group_of.get(a).is_some_and(|group| group_of.get(b) == Some(group));
            match (together, label_a == label_b) {
                (true, true) => right += 1,
                (true, false) => wrong += 1,
                (false, true) => missed += 1,
                (false, false) => {}
            }
        }
    }
    let part = |part: u32, of: u32| f64::from(part) / f64::from(of.max(1));
    json!({
        "pairs": right + missed,
        "precision": part(right, right + wrong),
        "recall": part(right, right + missed),
    })
}

/// Strangers planted among photos of one kind, for several kinds of each: the mean average precision of the local outlier factor.
fn planted(shared: &Shared) -> Value {
    const STRANGERS: usize = 8;
    let of = |part: &str| -> Vec<usize> {
        let place = |(place, id): (usize, &PhotoId)| {
            shared.paths.get(id)?.to_string_lossy().contains(part).then_some(place)
        };
        shared.space.ids().iter().enumerate().filter_map(place).collect()
    };
    let faces = of("lfw-subset-100");
    let mut sets = Vec::new();
    for (name, homes, strangers) in [
        ("photos among portraits", &faces, of("photos/coco")),
        ("products among portraits", &faces, of("base_images")),
        ("portraits among photos", &of("photos/coco"), faces.clone()),
    ] {
        let mut precisions = Vec::new();
        for start in 0..10 {
            let step = (strangers.len() / STRANGERS).max(1);
            let planted: Vec<usize> =
                strangers.iter().copied().skip(start % step).step_by(step).take(STRANGERS).collect();
            let mut places: Vec<usize> = homes.iter().chain(&planted).copied().collect();
            places.sort_unstable();
            precisions
                .push(average_precision(&shared.space.part(&places), |at| planted.contains(&places[at])));
        }
        let mean = precisions.iter().sum::<f64>() / precisions.len() as f64;
        sets.push(json!({ "name": name, "homes": homes.len(), "average_precision": mean }));
    }
    json!(sets)
}

fn average_precision(space: &Space, is_stranger: impl Fn(usize) -> bool) -> f64 {
    let neighbours = unwatched(|steps| Neighbours::of(space, GRAPH_NEIGHBOURS, steps));
    let Ok(neighbours) = neighbours else { return 0.0 };
    let factors = local_outlier_factors(&neighbours, compared_with(space.len()));
    let mut order: Vec<usize> = (0..space.len()).collect();
    order.sort_by(|a, b| factors[*b].total_cmp(&factors[*a]));
    let (mut found, mut sum) = (0.0, 0.0);
    for (rank, place) in order.into_iter().enumerate() {
        if is_stranger(place) {
            found += 1.0;
            sum += found / (rank + 1) as f64;
        }
    }
    sum / f64::max(found, 1.0)
}

/// How themes agree with labels: normalised mutual information and the adjusted Rand index, the photos in no theme as one group each.
fn agreement(shared: &Shared) -> Fallible<Value> {
    let coco: HashMap<String, String> = coco_labels(&shared.paths)?;
    let label_of = |kind: &str, path: &Path| -> Option<String> {
        let text = path.to_string_lossy().replace('\\', "/");
        let parent = || Some(path.parent()?.file_name()?.to_string_lossy().into_owned());
        match kind {
            "people" => text.contains("lfw-subset-100").then(parent)?,
            "categories" => coco.get(path.file_name()?.to_str()?).cloned(),
            _ => ["lfw-subset-100", "photos/coco", "near-dup", "openface", "face-api", "photos/camera"]
                .iter()
                .find(|part| text.contains(**part))
                .map(|part| (*part).to_owned()),
        }
    };
    let mut sets = Vec::new();
    for kind in ["sources", "people", "categories"] {
        let labelled: Vec<(usize, String)> = (0..shared.space.len())
            .filter_map(|place| Some((place, label_of(kind, shared.paths.get(&shared.space.ids()[place])?)?)))
            .collect();
        let places: Vec<usize> = labelled.iter().map(|(place, _)| *place).collect();
        let part = shared.space.part(&places);
        let groups = unwatched(|steps| {
            let neighbours = Neighbours::of(&part, GRAPH_NEIGHBOURS, steps)?;
            themes(&part, &neighbours, &HashMap::new(), steps)
        })?;
        let mut found: Vec<usize> = (0..part.len()).map(|place| groups.len() + place).collect();
        let top = groups.iter().enumerate().filter(|(_, group)| group.parent.is_none());
        let mut count = 0;
        for (number, group) in top {
            count += 1;
            group.places.iter().for_each(|place| found[*place] = number);
        }
        let sorted = found.iter().filter(|group| **group < groups.len()).count();
        let truth: Vec<&str> = labelled.iter().map(|(_, label)| label.as_str()).collect();
        let labels = truth.iter().collect::<std::collections::HashSet<_>>().len();
        let (nmi, ari) = agreements(&found, &truth);
        sets.push(json!({
            "labels": kind, "photos": part.len(), "classes": labels, "themes": count, "sorted": sorted,
            "nmi": nmi, "ari": ari,
        }));
    }
    Ok(json!(sets))
}

/// The first category of each photo of the set, where at least five photos share it.
fn coco_labels(paths: &HashMap<PhotoId, PathBuf>) -> Fallible<HashMap<String, String>> {
    let coco = paths.values().find(|path| path.to_string_lossy().replace('\\', "/").contains("photos/coco/"));
    let Some(folder) =
        coco.and_then(|path| path.ancestors().find(|folder| folder.join("labels.json").exists()))
    else {
        return Ok(HashMap::new());
    };
    let labels: HashMap<String, Value> = serde_json::from_slice(&fs::read(folder.join("labels.json"))?)?;
    let mut of = HashMap::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (file, label) in labels {
        // What nearly every photo has tells nothing.
        let categories = label["categories"].as_array().cloned().unwrap_or_default();
        let mut names = categories.iter().filter_map(Value::as_str).filter(|name| *name != "person");
        if let Some(name) = names.next() {
            *counts.entry(name.to_owned()).or_default() += 1;
            of.insert(file, name.to_owned());
        }
    }
    of.retain(|_, name| counts[name] >= 5);
    Ok(of)
}

fn agreements(found: &[usize], truth: &[&str]) -> (f64, f64) {
    let n = found.len() as f64;
    let (mut cells, mut rows, mut columns) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (a, b) in found.iter().zip(truth) {
        *cells.entry((*a, *b)).or_insert(0.0) += 1.0;
        *rows.entry(*a).or_insert(0.0) += 1.0;
        *columns.entry(*b).or_insert(0.0) += 1.0;
    }
    let entropy = |counts: &mut dyn Iterator<Item = f64>| -> f64 {
        counts.map(|count| -count / n * (count / n).ln()).sum()
    };
    let (own, other): (f64, f64) =
        (entropy(&mut rows.values().copied()), entropy(&mut columns.values().copied()));
    let mutual: f64 = cells
        .iter()
        .map(|((a, b), count): (&(usize, &str), &f64)| count / n * (count * n / (rows[a] * columns[b])).ln())
        .sum();
    let pairs = |count: f64| count * (count - 1.0) / 2.0;
    let index: f64 = cells.values().map(|count| pairs(*count)).sum();
    let (a, b): (f64, f64) =
        (rows.values().map(|c| pairs(*c)).sum(), columns.values().map(|c| pairs(*c)).sum());
    let expected = a * b / pairs(n);
    let ari = (index - expected) / ((a + b) / 2.0 - expected);
    (2.0 * mutual / (own + other), ari)
}

/// Lays a map out, and leaves vectors and places for the peer.
fn map(space: &Space, out: &Path) -> Fallible<Value> {
    fs::create_dir_all(out)?;
    let begun = Instant::now();
    let (points, trust) = unwatched(|steps| {
        let components = components(space, steps)?;
        let points = laid_out(space, &components, &Earlier::new(), steps)?;
        let trust = trustworthiness(&components, &points, 12);
        kindred_core::Result::Ok((points, trust))
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut row = vec![0.0f32; space.dim()];
    let mut vectors = Vec::with_capacity(space.len() * space.dim() * 4);
    for place in 0..space.len() {
        space.load(place, &mut row);
        vectors.extend(row.iter().flat_map(|x| x.to_le_bytes()));
    }
    fs::write(out.join("vectors.f32"), vectors)?;
    write_points(&out.join("points.f32"), &points)?;
    Ok(json!({ "count": space.len(), "dim": space.dim(), "seconds": seconds, "trustworthiness": trust }))
}

fn write_points(path: &Path, points: &[Point]) -> std::io::Result<()> {
    fs::write(path, points.iter().flatten().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())
}

/// Drawn vectors in 200 groups of unequal size, each of few dimensions, as photos of a library lie.
fn scale(count: usize, dim: usize, out: &Path) -> Fallible<Value> {
    const GROUPS: u64 = 200;
    const INNER: u64 = 24;
    let axis = |number: u64| noise(number.wrapping_mul(0x9E37_79B9), dim);
    let axes: Vec<Vec<f32>> = (0..GROUPS + 64).into_par_iter().map(axis).collect();
    let vector = |id: u64| -> (PhotoId, Vec<f16>) {
        let draw = noise(id + 1_000_000, INNER as usize + 2);
        // Squared: some groups are much larger than others.
        let group = ((draw[0].abs() * draw[0].abs()) * GROUPS as f32) as u64 % GROUPS;
        let mut vector = axes[group as usize].clone();
        for (inner, part) in draw[2..].iter().enumerate() {
            let axis = &axes[(GROUPS + (group * 7 + inner as u64) % 64) as usize];
            vector.iter_mut().zip(axis).for_each(|(x, a)| *x += 0.35 * part * a);
        }
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        (PhotoId(id as i64 + 1), vector.iter().map(|x| f16::from_f32(x / length)).collect())
    };
    let space = {
        let vectors: Vec<(PhotoId, Vec<f16>)> = (0..count as u64).into_par_iter().map(vector).collect();
        Space::new(dim, vectors.iter().map(|(photo, row)| (*photo, row.as_slice())))
    };
    reset_peak();
    let before = peak_bytes();
    let timed = |begun: Instant| begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let neighbours = unwatched(|steps| Neighbours::of(&space, GRAPH_NEIGHBOURS, steps))?;
    let neighbours_s = timed(begun);
    let begun = Instant::now();
    let factors = local_outlier_factors(&neighbours, compared_with(count));
    let outliers_s = timed(begun);
    let begun = Instant::now();
    let groups = unwatched(|steps| themes(&space, &neighbours, &HashMap::new(), steps))?;
    let themes_s = timed(begun);
    let begun = Instant::now();
    let components = unwatched(|steps| components(&space, steps))?;
    let components_s = timed(begun);
    let begun = Instant::now();
    let points = unwatched(|steps| laid_out(&space, &components, &Earlier::new(), steps))?;
    let map_s = timed(begun);
    let peak = peak_bytes();
    // A tenth more photos, on the map of before.
    let (part, moved) = added(&space)?;
    fs::create_dir_all(out)?;
    write_points(&out.join("points.f32"), &points)?;
    let mut row = vec![0.0f32; dim];
    let mut vectors = Vec::with_capacity(count.min(10_000) * dim * 4);
    for place in 0..count.min(10_000) {
        space.load(place, &mut row);
        vectors.extend(row.iter().flat_map(|x| x.to_le_bytes()));
    }
    fs::write(out.join("vectors.f32"), vectors)?;
    Ok(json!({
        "count": count, "dim": dim, "neighbours_s": neighbours_s, "outliers_s": outliers_s, "themes_s": themes_s,
        "components_s": components_s, "map_s": map_s,
        "trustworthiness": trustworthiness(&components, &points, 12),
        "themes": groups.iter().filter(|group| group.parent.is_none()).count(),
        "largest_factor": factors.iter().copied().fold(0.0, f64::max),
        "peak_mb": before.zip(peak).map(|(before, peak)| (peak.saturating_sub(before)) as f64 / 1e6),
        "added_to": part, "moved_median": moved.0, "moved_p90": moved.1,
    }))
}

/// How far photos move when a tenth more are added, as parts of the extent of the map: median and 90 %.
fn added(space: &Space) -> Fallible<(usize, (f32, f32))> {
    let count = space.len().min(5_000);
    let all = space.part(&(0..count).collect::<Vec<_>>());
    let few = space.part(&(0..count * 10 / 11).collect::<Vec<_>>());
    let lay = |space: &Space, earlier: &Earlier| {
        unwatched(|steps| laid_out(space, &components(space, steps)?, earlier, steps))
    };
    let before = lay(&few, &Earlier::new())?;
    let earlier: Earlier = few.ids().iter().copied().zip(before.iter().copied()).collect();
    let after = lay(&all, &earlier)?;
    let extent = before.iter().flatten().fold(0.0f32, |most, part| most.max(part.abs())) * 2.0;
    let mut moves: Vec<f32> =
        before.iter().zip(&after).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) / extent).collect();
    moves.sort_by(f32::total_cmp);
    Ok((few.len(), (moves[moves.len() / 2], moves[moves.len() * 9 / 10])))
}

/// Numbers from −1 to 1 that are the same every time.
fn noise(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn unwatched<T>(work: impl FnOnce(&Steps<'_>) -> kindred_core::Result<T>) -> kindred_core::Result<T> {
    work(&Steps::new(&JobControl::default(), &|_| {}))
}

/// Forgets the high-water mark of the resident set; Linux only.
fn reset_peak() {
    // Where it cannot be reset, the peak is that of the whole run: an upper bound.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The high-water mark of the resident set, in bytes; Linux only.
fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}
