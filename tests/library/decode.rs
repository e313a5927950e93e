//! The decode corpus against its manifest: what must open opens in the right size and colours, what is
//! broken is refused, bombs stay within memory and time, nothing panics through.
//!
//! The corpus is not part of the repository: it is looked for in `KINDRED_TESTDATA` or in `../shared/data`
//! beside the checkout, and the tests say so and count as skipped where it is absent.

// Tests say what they expect by failing, their helping functions too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;
use kindred_core::media::{Caps, Decoded, Format, MediaError, Scale, decode, metadata, read};

/// How far the mean colour of a quadrant may be from the reference, per channel.
const COLOUR_TOLERANCE: u8 = 6;
/// The same at a reduced size, where the inks of CMYK are averaged before they are mixed.
const REDUCED_TOLERANCE: u8 = 8;
/// Longest and shortest side that a reduced picture must have left: small, so that most of the corpus is reduced.
const REDUCED: [u32; 2] = [48, 32];
const BOMB_MEMORY_KIB: u64 = 1 << 20;
const BOMB_TIME: Duration = Duration::from_secs(10);
/// Names the file that a child process is to decode.
const CHILD: &str = "KINDRED_TEST_DECODE_CHILD";

/// Files whose colours differ from the reference for a reason.
const KNOWN_DIFFERENCES: &[(&str, &str)] = &[(
    "abc_color_irot_alpha_NOirot.avif",
    "colour and alpha are turned each by its own property, as libheif reads the standard; the reference turns both",
)];

/// One line of the manifest.
struct Row {
    expect: String,
    path: PathBuf,
    size: Option<(u32, u32)>,
    quadrants: Option<[[u8; 3]; 4]>,
    title: String,
}

/// Straight to the terminal: the test harness swallows what `println` writes in a passing test.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn corpus() -> Option<PathBuf> {
    let data = std::env::var_os("KINDRED_TESTDATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = data.join("decode");
    if folder.join("MANIFEST.tsv").is_file() {
        return Some(folder);
    }
    say(&format!("skipped: no decode corpus in {}", folder.display()));
    None
}

fn rows(folder: &Path) -> Vec<Row> {
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut lines = manifest.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |name: &str| header.iter().position(|title| *title == name).unwrap();
    let (expect, path, width, height, quadrants) =
        (column("expect"), column("path"), column("oriented_w"), column("oriented_h"), column("quad_rgb"));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let number = |at: usize| fields[at].parse().ok();
            Row {
                expect: fields[expect].to_string(),
                path: folder.join(unescaped(fields[path])),
                size: number(width).zip(number(height)),
                quadrants: colours(fields[quadrants]),
                title: fields[path].to_string(),
            }
        })
        .collect()
}

/// `r,g,b r,g,b r,g,b r,g,b`: top left, top right, bottom left, bottom right.
fn colours(text: &str) -> Option<[[u8; 3]; 4]> {
    let colour = |text: &str| -> Option<[u8; 3]> {
        text.split(',').map(|value| value.parse().ok()).collect::<Option<Vec<_>>>()?.try_into().ok()
    };
    text.split(' ').map(colour).collect::<Option<Vec<_>>>()?.try_into().ok()
}

/// Undoes quoting, `\\`, `\n`, `\t` and `\xNN` of the manifest's paths.
fn unescaped(text: &str) -> OsString {
    let quoted =
        text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).map(|text| text.replace("\"\"", "\""));
    let text = quoted.as_deref().unwrap_or(text);
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let (byte, used) = match (first, after.first()) {
            (b'\\', Some(b'n')) => (b'\n', 2),
            (b'\\', Some(b't')) => (b'\t', 2),
            (b'\\', Some(b'\\')) => (b'\\', 2),
            (b'\\', Some(b'x')) => {
                let digits = std::str::from_utf8(&after[1..3]).unwrap();
                (u8::from_str_radix(digits, 16).unwrap(), 4)
            }
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[used..];
    }
    os_string(bytes)
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Mean colours of the quadrants; a side of one pixel counts for both halves.
fn quadrants(image: &RgbImage) -> [[u8; 3]; 4] {
    let halves = |side: u32| {
        let half = side.div_ceil(2);
        [(0, half), (half.min(side - 1), side)]
    };
    let (columns, rows) = (halves(image.width()), halves(image.height()));
    [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| {
        let ((left, right), (top, bottom)) = (columns[x], rows[y]);
        let mut sum = [0u64; 3];
        for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
            for (sum, channel) in sum.iter_mut().zip(image.get_pixel(x, y).0) {
                *sum += u64::from(channel);
            }
        }
        let count = u64::from(right - left) * u64::from(bottom - top);
        sum.map(|sum| ((sum + count / 2) / count) as u8)
    })
}

fn decode_file(path: &Path, scale: Scale) -> Result<Decoded, MediaError> {
    let caps = Caps::of_machine();
    let bytes = read(path, &caps)?;
    let decoded = decode(&bytes, scale, &caps)?;
    let alone = metadata(&bytes);
    assert_eq!((decoded.metadata.taken_at, &decoded.metadata.camera), (alone.taken_at, &alone.camera));
    Ok(decoded)
}

/// What is wrong with a picture that must open.
fn judge(row: &Row) -> Option<String> {
    let decoded = match decode_file(&row.path, Scale::Full) {
        Ok(decoded) => decoded,
        Err(error) => return Some(format!("refused: {error}")),
    };
    assert_eq!(decoded.image.dimensions(), (decoded.width, decoded.height), "{}", row.title);
    judge_picture(row, &decoded, COLOUR_TOLERANCE)
}

/// What is wrong with a JPEG that is decoded at a reduced size: everything but its resolution stays.
fn judge_reduced(row: &Row) -> Option<String> {
    let [longest, shortest] = REDUCED;
    let decoded = match decode_file(&row.path, Scale::AtLeast { longest, shortest }) {
        Ok(decoded) => decoded,
        Err(error) => return Some(format!("refused: {error}")),
    };
    let (long, short) = (decoded.width.max(decoded.height), decoded.width.min(decoded.height));
    let (width, height) = decoded.image.dimensions();
    let enough = width.max(height) >= longest.min(long) && width.min(height) >= shortest.min(short);
    // An eighth at the least, the sides rounded up.
    let eighth = |side: u32, full: u32| (1..=8).any(|eighths| side == (full * eighths).div_ceil(8));
    if !enough || !eighth(width, decoded.width) || !eighth(height, decoded.height) {
        return Some(format!("{width}×{height} of {}×{}", decoded.width, decoded.height));
    }
    judge_picture(row, &decoded, REDUCED_TOLERANCE)
}

fn judge_picture(row: &Row, decoded: &Decoded, tolerance: u8) -> Option<String> {
    let (width, height) = (decoded.width, decoded.height);
    if row.size.is_some_and(|size| size != (width, height)) {
        return Some(format!("{width}×{height} instead of {:?}", row.size));
    }
    let expected = row.quadrants?;
    let got = quadrants(&decoded.image);
    let near = got.iter().flatten().zip(expected.iter().flatten()).all(|(a, b)| a.abs_diff(*b) <= tolerance);
    if let Some((_, reason)) = KNOWN_DIFFERENCES.iter().find(|(name, _)| row.title.ends_with(name)) {
        say(&format!("known difference in {}: {reason}", row.title));
        return None;
    }
    (!near).then(|| format!("colours {got:?} instead of {expected:?}"))
}

#[test]
fn every_file_of_the_corpus_does_what_the_manifest_says() {
    let Some(folder) = corpus() else { return };
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for row in rows(&folder).iter().filter(|row| row.expect != "bomb") {
        let fault = match row.expect.as_str() {
            "decode" => judge(row),
            "reject" => match decode_file(&row.path, Scale::Full) {
                Ok(decoded) => Some(format!("opened as {}×{}", decoded.width, decoded.height)),
                // The panic is caught, and is a fault all the same.
                Err(error @ MediaError::DecoderPanicked { .. }) => Some(error.to_string()),
                Err(_) => None,
            },
            _ => match decode_file(&row.path, Scale::Full) {
                Err(error @ MediaError::DecoderPanicked { .. }) => Some(error.to_string()),
                outcome => {
                    counts.entry(row.expect.clone()).or_default()[usize::from(outcome.is_ok())] += 1;
                    continue;
                }
            },
        };
        counts.entry(row.expect.clone()).or_default()[usize::from(fault.is_some())] += 1;
        wrong.extend(fault.map(|fault| format!("{} {}: {fault}", row.expect, row.title)));
    }
    for (expect, [first, second]) in counts {
        match expect.as_str() {
            "decode" | "reject" => say(&format!("{expect}: {first} right, {second} wrong")),
            _ => say(&format!("{expect}: {first} refused, {second} opened")),
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn jpegs_at_a_reduced_size_keep_their_upright_size_and_their_colours() {
    let Some(folder) = corpus() else { return };
    let is_jpeg =
        |path: &Path| std::fs::read(path).is_ok_and(|bytes| Format::of(&bytes) == Some(Format::Jpeg));
    let rows = rows(&folder);
    let jpegs: Vec<&Row> = rows.iter().filter(|row| row.expect == "decode" && is_jpeg(&row.path)).collect();
    let faults = jpegs.iter().filter_map(|row| Some(format!("{}: {}", row.title, judge_reduced(row)?)));
    let wrong: Vec<String> = faults.collect();
    say(&format!("reduced: {} right, {} wrong", jpegs.len() - wrong.len(), wrong.len()));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn bombs_stay_within_a_gigabyte_and_ten_seconds() {
    let Some(folder) = corpus() else { return };
    let mut wrong = Vec::new();
    let (mut most_memory, mut most_time) = (0, Duration::ZERO);
    for row in rows(&folder).iter().filter(|row| row.expect == "bomb") {
        match decode_in_child(&row.path) {
            Ok((memory, time)) => {
                most_memory = most_memory.max(memory);
                most_time = most_time.max(time);
                if memory > BOMB_MEMORY_KIB {
                    wrong.push(format!("{}: {} MiB", row.title, memory / 1024));
                }
            }
            Err(fault) => wrong.push(format!("{}: {fault}", row.title)),
        }
    }
    say(&format!("bombs: at most {} MiB and {:.1} s", most_memory / 1024, most_time.as_secs_f64()));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Decodes a file in a process of its own. Returns its peak of resident memory in KiB (0 where the system
/// does not tell) and the time it took.
fn decode_in_child(path: &Path) -> Result<(u64, Duration), String> {
    let started = Instant::now();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_of_the_bomb_test", "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > BOMB_TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("not done after {} s", BOMB_TIME.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let time = started.elapsed();
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(format!("the process ended with {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let peak = text.lines().find_map(|line| line.split("peak ").nth(1)?.trim().parse().ok());
    peak.map(|peak| (peak, time)).ok_or_else(|| "the process told no peak".to_string())
}

#[test]
fn child_of_the_bomb_test() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let outcome = decode_file(Path::new(&path), Scale::Full).map(|decoded| (decoded.width, decoded.height));
    println!("{outcome:?}");
    println!("peak {}", peak_memory_kib());
}

#[cfg(target_os = "linux")]
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(not(target_os = "linux"))]
fn peak_memory_kib() -> u64 {
    0
}

/// Sizes, dates, makes and places of the camera files against their index.
#[test]
fn metadata_of_camera_files_agrees_with_their_index() {
    let Some(folder) = corpus().map(|folder| folder.with_file_name("photos").join("camera")) else { return };
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let caps = Caps::of_machine();
    let mut wrong = Vec::new();
    let (mut count, mut with_gps, mut located) = (0, 0, 0);
    for line in index.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [file, _, _, width, height, orientation, date, make, _, has_gps] = fields[..] else {
            panic!("{line}")
        };
        let found = metadata(&read(&folder.join(unescaped(file)), &caps).unwrap());
        let turned = matches!(orientation, "5" | "6" | "7" | "8");
        let size = if turned { (height, width) } else { (width, height) };
        let got = (found.width.unwrap_or(0).to_string(), found.height.unwrap_or(0).to_string());
        if !width.is_empty() && (got.0.as_str(), got.1.as_str()) != size {
            wrong.push(format!("{file}: size {got:?} instead of {size:?}"));
        }
        let readable = date.starts_with(['1', '2']);
        if readable && found.taken_at != Some(milliseconds(date)) {
            wrong.push(format!("{file}: date {:?} instead of {date}", found.taken_at));
        }
        let camera = found.camera.unwrap_or_default().to_lowercase();
        let named = make.split_whitespace().any(|word| camera.contains(&word.to_lowercase()));
        if !named && !make.trim().is_empty() {
            wrong.push(format!("{file}: {camera:?} does not name {make:?}"));
        }
        // The index tells whether there is a GPS block; a receiver without a fix leaves zeros in it.
        located += usize::from(found.latitude.is_some());
        with_gps += usize::from(has_gps == "1");
        if found.latitude.is_some() && has_gps != "1" {
            wrong.push(format!("{file}: place {:?}", found.latitude));
        }
        count += 1;
    }
    say(&format!("metadata of {count} camera files: {} wrong, {located} of {with_gps} places", wrong.len()));
    assert!(located * 3 >= with_gps * 2, "{located} of {with_gps} places");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Unix milliseconds of `YYYY:MM:DD HH:MM:SS`, counted by hand: days from civil, as if UTC.
fn milliseconds(text: &str) -> i64 {
    let numbers: Vec<i64> = text.split([':', ' ']).map(|part| part.parse().unwrap()).collect();
    let [year, month, day, hour, minute, second] = numbers[..] else { panic!("{text}") };
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut days = (1970..year).map(|year| 365 + i64::from(is_leap(year))).sum::<i64>();
    let lengths = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    days += lengths.iter().take(month as usize - 1).sum::<i64>() + day - 1;
    1000 * (((days * 24 + hour) * 60 + minute) * 60 + second)
}
