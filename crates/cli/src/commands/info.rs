//! `kindred info PHOTO`: everything that is known of one photo.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kindred_core::{Error, PhotoDetails, PhotoId, Purpose};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{bytes, model};

/// Arguments of `info`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A photo of the library
    photo: PathBuf,
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    id: PhotoId,
    path: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    offline: bool,
    format: Option<&'static str>,
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
    /// Unix milliseconds.
    modified: i64,
    /// Unix milliseconds of the camera's local time as if it were UTC.
    taken_at: Option<i64>,
    camera: Option<&'a str>,
    lens: Option<&'a str>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    seen_by: Vec<Seen<'a>>,
}

#[derive(Serialize)]
struct Seen<'a> {
    model: &'a str,
    purpose: Option<Purpose>,
    pipeline_version: u32,
}

impl<'a> Answer<'a> {
    fn of(photo: &'a PhotoDetails) -> Self {
        let seen_by = photo.seen_by.iter().map(|seen| Seen {
            model: &seen.model,
            purpose: seen.purpose,
            pipeline_version: seen.pipeline_version,
        });
        Self {
            id: photo.id,
            path: photo.path.display().to_string(),
            state: photo.state,
            reason: photo.reason.as_deref(),
            offline: photo.offline,
            format: photo.format.map(|format| format.name()),
            bytes: photo.bytes,
            width: photo.width,
            height: photo.height,
            modified: photo.modified,
            taken_at: photo.taken_at,
            camera: photo.camera.as_deref(),
            lens: photo.lens.as_deref(),
            latitude: photo.latitude,
            longitude: photo.longitude,
            seen_by: seen_by.collect(),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let library = context.library()?;
    let path: &Path = &arguments.photo;
    let photo = library.photo_at(path)?.ok_or_else(|| Error::UnknownFile { path: path.to_path_buf() })?;
    let photo = library.details(photo)?;
    context.output.answer(&Answer::of(&photo), |page| words(page, &photo))?;
    Ok(())
}

fn words(page: &mut Page<'_>, photo: &PhotoDetails) -> io::Result<()> {
    page.path("", &photo.path)?;
    let offline = if photo.offline { ", offline" } else { "" };
    page.line(format_args!("  {:<8} {}{offline}", "state", photo.state))?;
    let mut line = |name: &str, value: Option<String>| match value {
        Some(value) => page.line(format_args!("  {name:<8} {value}")),
        None => Ok(()),
    };
    line("because", photo.reason.clone())?;
    line("taken", photo.taken_at.and_then(|time| minute(time, &TimeZone::UTC)))?;
    line("changed", minute(photo.modified, &TimeZone::system()))?;
    line("size", photo.width.zip(photo.height).map(|(width, height)| format!("{width} × {height}")))?;
    let format = photo.format.map_or("not in reach", |format| format.name());
    line("file", Some(format!("{format}, {}", bytes(photo.bytes))))?;
    line("camera", photo.camera.clone())?;
    line("lens", photo.lens.clone())?;
    let place = photo.latitude.zip(photo.longitude);
    line("place", place.map(|(latitude, longitude)| format!("{latitude:.5}, {longitude:.5}")))?;
    for seen in &photo.seen_by {
        let purpose = seen.purpose.map_or(String::new(), |purpose| format!(" for {}", purpose.word()));
        line("seen by", Some(format!("{}{purpose}", model(&seen.model))))?;
    }
    Ok(())
}

/// `2024-05-31 12:00`.
fn minute(time: i64, zone: &TimeZone) -> Option<String> {
    let moment = zone.to_datetime(Timestamp::from_millisecond(time).ok()?);
    Some(format!("{} {:02}:{:02}", moment.date(), moment.hour(), moment.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_to_the_minute() {
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(minute(0, &TimeZone::UTC).as_deref(), Some("1970-01-01 00:00"));
        assert_eq!(minute(1_717_113_659_000, &seoul).as_deref(), Some("2024-05-31 09:00"));
        assert_eq!(minute(i64::MAX, &seoul), None);
    }
}
