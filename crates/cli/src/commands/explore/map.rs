//! `kindred explore map`: a plane on which photos that are alike lie together.

use std::collections::{HashMap, HashSet};
use std::io;

use kindred_core::{Library, MapPoint, PhotoId, PhotoMap};
use serde::Serialize;

use super::html::{Pictures, escaped, page};
use super::photos::{Paths, Photo};
use super::{Options, Told, table};
use crate::context::Context;
use crate::exploring::explore;
use crate::failure::Failure;
use crate::output::Page;
use crate::wording::{grouped, model};

#[derive(Serialize)]
pub(super) struct Answer {
    photos: usize,
    trustworthiness: Option<f32>,
    model: String,
    points: Vec<Photo<Point>>,
}

#[derive(Serialize)]
struct Point {
    id: PhotoId,
    x: f32,
    y: f32,
    theme: Option<i64>,
}

pub(super) fn run(options: &Options, context: &Context) -> Result<(), Failure> {
    let (library, request) = (context.library()?, options.request()?);
    let map = explore(|control, told| library.photo_map(&request, control, told))?;
    let paths = Paths::of(&library, map.points.iter().map(|point| point.photo))?;
    options.tell(&map, &library, &paths, context)
}

impl Told for PhotoMap {
    type Json = Answer;

    fn json(&self, paths: &Paths) -> Answer {
        let point = |MapPoint { photo, x, y, theme }: &MapPoint| {
            paths.with(*photo, Point { id: *photo, x: *x, y: *y, theme: *theme })
        };
        Answer {
            photos: self.points.len(),
            trustworthiness: self.trustworthiness,
            model: self.model.clone(),
            points: self.points.iter().map(point).collect(),
        }
    }

    fn words(&self, page: &mut Page<'_>, paths: &Paths) -> io::Result<()> {
        for point in &self.points {
            page.path(format_args!("{:>7.4} {:>7.4}  ", point.x, point.y), paths.path(point.photo))?;
        }
        page.line(summary(self))
    }

    fn csv(&self, _library: &Library, paths: &Paths) -> Result<Vec<u8>, Failure> {
        let heading = ["x", "y", "theme", "path"].map(str::to_owned).to_vec();
        let row = |point: &MapPoint| {
            let theme = point.theme.map_or_else(String::new, |theme| theme.to_string());
            vec![point.x.to_string(), point.y.to_string(), theme, paths.text(point.photo)]
        };
        table(std::iter::once(heading).chain(self.points.iter().map(row)))
    }

    fn html(&self, pictures: &Pictures<'_>) -> String {
        page("Map", &summary(self), &drawing(self, pictures))
    }
}

fn summary(map: &PhotoMap) -> String {
    let trust = map.trustworthiness.map_or(String::new(), |trust| format!(", trustworthiness {trust:.3}"));
    format!("{} photos by {}{trust}.", grouped(map.points.len() as u64), model(&map.model))
}

/// Side of the drawing, of a small picture in it, and radius of a point.
const SIDE: f32 = 1200.0;
const PICTURE: f32 = 44.0;
const POINT: f32 = 3.0;
/// Small pictures at most.
const MOST: usize = 500;
/// Hues that are told apart, one after the other around the wheel by the golden angle.
const ANGLE: f64 = 137.508;

/// Points in the colours of their themes, and a small picture wherever there is room for one.
fn drawing(map: &PhotoMap, pictures: &Pictures<'_>) -> String {
    let margin = PICTURE;
    let at = |value: f32| margin + (value + 1.0) / 2.0 * (SIDE - 2.0 * margin);
    let mut themes: Vec<i64> =
        map.points.iter().filter_map(|point| point.theme).collect::<HashSet<_>>().into_iter().collect();
    themes.sort_unstable();
    let hue: HashMap<i64, f64> =
        themes.iter().zip(0..).map(|(theme, at)| (*theme, f64::from(at) * ANGLE % 360.0)).collect();
    let (mut dots, mut images) = (String::new(), String::new());
    let mut shown: Vec<(f32, f32)> = Vec::new();
    for point in &map.points {
        let (x, y) = (at(point.x), at(-point.y));
        let colour =
            point.theme.map_or("#8a8a8a".to_owned(), |theme| format!("hsl({:.0} 60% 50%)", hue[&theme]));
        let name = escaped(&pictures.name(point.photo));
        let has_room = || shown.iter().all(|(u, v)| (u - x).abs().max((v - y).abs()) >= 1.15 * PICTURE);
        let picture = if shown.len() < MOST && has_room() { pictures.address(point.photo) } else { None };
        match picture {
            Some(address) => {
                shown.push((x, y));
                let (left, top) = (x - PICTURE / 2.0, y - PICTURE / 2.0);
                images += &format!(
                    "<g><title>{name}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{side}\" height=\"{side}\" rx=\"4\" fill=\"{colour}\"/>\
                     <image x=\"{left:.1}\" y=\"{top:.1}\" width=\"{PICTURE}\" height=\"{PICTURE}\" preserveAspectRatio=\"xMidYMid slice\" href=\"{address}\"/></g>\n",
                    left - 2.0,
                    top - 2.0,
                    side = PICTURE + 4.0,
                );
            }
            None => {
                dots += &format!(
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{POINT}\" fill=\"{colour}\"><title>{name}</title></circle>\n"
                );
            }
        }
    }
    format!(
        "<svg viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" aria-label=\"map of {} photos\">\n{dots}{images}</svg>\n",
        map.points.len()
    )
}
