//! How well and how fast faces are grouped: the program behind `cargo xtask bench people`.
//!
//!     cargo run --release --example people_bench -- sets FOLDER < request.json
//!     cargo run --release --example people_bench -- synthetic FACES
//!
//! The request is `{"yunet": FILE, "mobilefacenet": FILE, "sets": [{"name", "folder", "pictures": [[file, who]]}]}`. Each set becomes a
//! library in FOLDER, made and asked as any other; whose a picture is, is whose its largest face is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kindred_core::catalog::Catalog;
use kindred_core::people::{DIM, GOOD, List, Near, Node, Thresholds, clusters, connect};
use kindred_core::{
    By, DeviceChoice, FaceId, IndexRequest, JobControl, Library, LibraryOptions, PersonId, PhotoId,
    PictureSource, SimilarRequest,
};
use serde::{Deserialize, Serialize};

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Deserialize)]
struct Request {
    yunet: PathBuf,
    mobilefacenet: PathBuf,
    sets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    name: String,
    folder: PathBuf,
    pictures: Vec<(PathBuf, String)>,
}

#[derive(Serialize)]
struct Measured {
    name: String,
    pictures: usize,
    people: usize,
    /// Pictures in which a face was found.
    with_face: usize,
    good: usize,
    grouping: Quality,
    rank_1: f64,
    curve: Vec<(f32, Quality)>,
    /// The least and the greatest cosine of two good faces of one and of two people.
    same: (f32, f32),
    different: (f32, f32),
}

#[derive(Clone, Copy, Serialize)]
struct Quality {
    precision: f64,
    recall: f64,
}

/// A picture's largest face.
struct Labelled {
    who: String,
    path: PathBuf,
    photo: PhotoId,
    face: FaceId,
    person: Option<PersonId>,
}

fn main() -> Fallible<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (mode, value) = (arguments.next(), arguments.next().ok_or("what is missing")?);
    match mode.as_ref().and_then(|mode| mode.to_str()) {
        Some("sets") => {
            let request: Request = serde_json::from_reader(std::io::stdin().lock())?;
            let measured = request.sets.iter().map(|set| measure(&request, set, Path::new(&value)));
            println!("{}", serde_json::to_string(&measured.collect::<Fallible<Vec<_>>>()?)?);
            Ok(())
        }
        Some("synthetic") => synthetic(value.to_str().unwrap_or_default().parse()?),
        _ => Err("sets or synthetic".into()),
    }
}

fn measure(request: &Request, set: &Set, dir: &Path) -> Fallible<Measured> {
    let dir = dir.join(&set.name);
    let _ = std::fs::remove_dir_all(&dir);
    let library = Library::open(LibraryOptions {
        dir: dir.join("library"),
        models_dir: dir.join("models"),
        device: DeviceChoice::Cpu,
        mirror: None,
    })?;
    library.models().import("yunet", &request.yunet, &mut |_| {})?;
    library.models().import("mobilefacenet", &request.mobilefacenet, &mut |_| {})?;
    let control = JobControl::default();
    library.add_folders(std::slice::from_ref(&set.folder), &control, &mut |_| {})?;
    library.want_people()?;
    library.index(&IndexRequest::default(), &control, &mut |_| {})?;
    let labelled = labelled(&library, set)?;
    let people: Vec<&str> = labelled.iter().map(|face| face.who.as_str()).collect();
    let number = |face: &Labelled| face.person.map(|person| person.0);
    let grouping = pairwise(&labelled.iter().map(number).collect::<Vec<_>>(), &people);
    let catalog = Catalog::open_read_only(&dir.join("library/catalog.db"))?;
    let all = AllFaces::of(&catalog)?;
    let of_labelled: Vec<usize> = labelled.iter().map(|face| all.places[&face.face]).collect();
    let at = |threshold: f32| {
        let thresholds = Thresholds { join: threshold, attach: threshold, ..Thresholds::default() };
        let groups = clusters(&all.nodes, &all.vectors, &all.lists, &thresholds);
        let groups: Vec<Option<i64>> =
            of_labelled.iter().map(|place| groups[*place].map(i64::from)).collect();
        (threshold, pairwise(&groups, &people))
    };
    let mut different_people: Vec<&str> = people.clone();
    different_people.sort_unstable();
    different_people.dedup();
    let (same, different) = cosines(&all, &of_labelled, &people);
    Ok(Measured {
        name: set.name.clone(),
        pictures: set.pictures.len(),
        people: different_people.len(),
        with_face: labelled.len(),
        good: of_labelled.iter().filter(|place| all.nodes[**place].is_good).count(),
        grouping,
        rank_1: rank_1(&library, &labelled)?,
        curve: (6..=14).map(|step| at(0.05 * step as f32)).collect(),
        same,
        different,
    })
}

fn labelled(library: &Library, set: &Set) -> Fallible<Vec<Labelled>> {
    let mut labelled = Vec::new();
    for (path, who) in &set.pictures {
        let photo =
            library.photo_at(path)?.ok_or_else(|| format!("{}: not in the library", path.display()))?;
        let faces = library.photo_faces(photo)?;
        let size = |area: kindred_core::FaceArea| area.width * area.height;
        if let Some(face) = faces.iter().max_by(|a, b| size(a.area).total_cmp(&size(b.area))) {
            let (face, person) = (face.id, face.person);
            labelled.push(Labelled { who: who.clone(), path: path.clone(), photo, face, person });
        }
    }
    Ok(labelled)
}

/// Every face of a library, for the grouping.
struct AllFaces {
    places: HashMap<FaceId, usize>,
    nodes: Vec<Node>,
    vectors: Vec<f32>,
    lists: Vec<Vec<Near>>,
}

impl AllFaces {
    fn of(catalog: &Catalog) -> Fallible<Self> {
        let (mut places, mut nodes, mut vectors) = (HashMap::new(), Vec::new(), Vec::new());
        let mut pipeline = None;
        for photo in catalog.timeline()? {
            for face in catalog.faces_of(photo.id)? {
                if pipeline.is_none() {
                    pipeline = catalog.face_pipeline_of(&face.hash)?;
                }
                places.entry(face.id).or_insert_with(|| {
                    let picture = photo.id.0 as u32;
                    nodes.push(Node { picture, is_good: face.quality >= GOOD, ..Node::default() });
                    nodes.len() - 1
                });
            }
        }
        vectors.resize(nodes.len() * DIM, 0.0);
        catalog.visit_faces(&pipeline.ok_or("no face was found")?, &mut |_, face, vector| {
            vectors[places[&face] * DIM..][..DIM].copy_from_slice(vector);
        })?;
        let good: Vec<bool> = nodes.iter().map(|node: &Node| node.is_good).collect();
        let mut lists: Vec<List> = vec![None; nodes.len()];
        connect(&vectors, &good, &vec![true; nodes.len()], &mut lists, &|| true);
        Ok(Self { places, nodes, vectors, lists: lists.into_iter().flatten().collect() })
    }

    fn cosine(&self, a: usize, b: usize) -> f32 {
        let vector = |face: usize| &self.vectors[face * DIM..][..DIM];
        vector(a).iter().zip(vector(b)).map(|(a, b)| a * b).sum()
    }
}

/// Precision and recall over pairs of faces; a face without a group is alone.
fn pairwise(groups: &[Option<i64>], people: &[&str]) -> Quality {
    let (mut both, mut together, mut same) = (0u64, 0u64, 0u64);
    for a in 0..groups.len() {
        for b in a + 1..groups.len() {
            let (is_together, is_same) =
                (groups[a].is_some() && groups[a] == groups[b], people[a] == people[b]);
            both += u64::from(is_together && is_same);
            together += u64::from(is_together);
            same += u64::from(is_same);
        }
    }
    Quality { precision: both as f64 / together.max(1) as f64, recall: both as f64 / same.max(1) as f64 }
}

fn cosines(all: &AllFaces, of_labelled: &[usize], people: &[&str]) -> ((f32, f32), (f32, f32)) {
    let nothing = (f32::INFINITY, f32::NEG_INFINITY);
    let (mut same, mut different) = (nothing, nothing);
    for a in 0..people.len() {
        for b in a + 1..people.len() {
            if all.nodes[of_labelled[a]].is_good && all.nodes[of_labelled[b]].is_good {
                let cosine = all.cosine(of_labelled[a], of_labelled[b]);
                let span = if people[a] == people[b] { &mut same } else { &mut different };
                *span = (span.0.min(cosine), span.1.max(cosine));
            }
        }
    }
    (same, different)
}

/// How often the first answer for a face shows the same person, of the people with several pictures.
fn rank_1(library: &Library, labelled: &[Labelled]) -> Fallible<f64> {
    let who: HashMap<&Path, &str> =
        labelled.iter().map(|face| (face.path.as_path(), face.who.as_str())).collect();
    let (mut right, mut asked) = (0, 0);
    for face in labelled {
        if labelled.iter().filter(|other| other.who == face.who).count() < 2 {
            continue;
        }
        let answer = library.similar(&SimilarRequest {
            picture: PictureSource::Photo(face.photo),
            by: By::Face,
            face: Some(face.face),
            face_index: None,
            offset: 0,
            limit: 1000,
            model: None,
        })?;
        // Pictures of several people lie beside the labelled ones.
        let first = answer.results.iter().find_map(|found| who.get(found.path.as_path()));
        right += u32::from(first == Some(&face.who.as_str()));
        asked += 1;
    }
    Ok(f64::from(right) / f64::from(asked.max(1)))
}

/// Groups so many faces of a twentieth as many people, and some more that come later.
fn synthetic(faces: usize) -> Fallible<()> {
    let later = faces / 100;
    let mut random = 1u64;
    let people: Vec<usize> =
        (0..faces).map(|_| (next(&mut random) % (faces as u64 / 20).max(1)) as usize).collect();
    let mut vectors = Vec::with_capacity(faces * DIM);
    for who in &people {
        let mut own = *who as u64 * 7919 + 13;
        let centre: Vec<f32> = unit(&mut own);
        let noise = unit(&mut random);
        let face: Vec<f32> = centre.iter().zip(noise).map(|(c, n)| c + 0.8 * n).collect();
        let length = face.iter().map(|c| c * c).sum::<f32>().sqrt();
        vectors.extend(face.iter().map(|c| c / length));
    }
    let nodes: Vec<Node> =
        (0..faces as u32).map(|picture| Node { picture, is_good: true, ..Node::default() }).collect();
    let before = peak_memory()?;
    let first = faces - later;
    let mut lists: Vec<List> = vec![None; faces];
    let all = vec![true; faces];
    let started = Instant::now();
    connect(&vectors[..first * DIM], &all[..first], &all[..first], &mut lists[..first], &|| true);
    let connect_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let new: Vec<bool> = (0..faces).map(|face| face >= first).collect();
    connect(&vectors, &all, &new, &mut lists, &|| true);
    let later_s = started.elapsed().as_secs_f64();
    let lists: Vec<Vec<Near>> = lists.into_iter().flatten().collect();
    let started = Instant::now();
    let groups = clusters(&nodes, &vectors, &lists, &Thresholds::default());
    let cluster_s = started.elapsed().as_secs_f64();
    let found = groups.iter().flatten().max().map_or(0, |most| most + 1);
    println!(
        "{}",
        serde_json::json!({
            "faces": faces, "later": later, "connect_s": connect_s, "later_s": later_s, "cluster_s": cluster_s,
            "groups": found, "people": people.iter().collect::<std::collections::HashSet<_>>().len(),
            "memory": peak_memory()?.saturating_sub(before),
        })
    );
    Ok(())
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A direction by lot.
fn unit(state: &mut u64) -> Vec<f32> {
    let mut normal = || (0..12).map(|_| (next(state) >> 40) as f32 / (1u64 << 24) as f32).sum::<f32>() - 6.0;
    let vector: Vec<f32> = (0..DIM).map(|_| normal()).collect();
    let length = vector.iter().map(|c| c * c).sum::<f32>().sqrt();
    vector.into_iter().map(|c| c / length).collect()
}

/// The most bytes that this process ever had in memory.
fn peak_memory() -> Fallible<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}
