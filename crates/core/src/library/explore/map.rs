//! The map of a library.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::answer::ExploreRequest;
use super::space::{Explored, named};
use super::themes::Run;
use crate::error::Result;
use crate::explore::map::{Earlier, Point, flat, in_unit_square, laid_out, trustworthiness};
use crate::explore::{Step, Steps};
use crate::ids::PhotoId;
use crate::indexing::JobControl;
use crate::library::Library;

/// Nearest points of each photo that are looked at to say how far a map can be trusted.
const TRUSTED: usize = 12;

/// How a map was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKind {
    /// The two directions in which photos differ most: there at once.
    Principal = 0,
    /// Neighbours lie together.
    Tsne = 1,
}

/// A photo on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPoint {
    /// Which one.
    pub photo: PhotoId,
    /// −1 to 1.
    pub x: f32,
    /// −1 to 1.
    pub y: f32,
    /// Its theme of the first level; 31 bits.
    pub theme: Option<i64>,
}

/// Photos on a plane, those that are alike together.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoMap {
    /// How it was made.
    pub kind: MapKind,
    /// Whether neighbours on the map are neighbours: 1 when all are; `None` where it is not known.
    pub trustworthiness: Option<f32>,
    /// In order of id.
    pub points: Vec<MapPoint>,
    /// Id of the model whose vectors were compared.
    pub model: String,
}

/// Places as they were laid out: what the next map begins from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Laid {
    ids: Vec<i64>,
    points: Vec<Point>,
    trustworthiness: Option<f32>,
}

impl PhotoMap {
    const VERSION: u32 = 1;

    /// The map as bytes, all numbers little-endian: u32 version (1), u32 number of photos, f32 trustworthiness (NaN where unknown),
    /// u32 kind (0 principal components, 1 t-SNE), then for each photo 24 bytes: i64 id, f32 x, f32 y, i32 theme (−1 for none),
    /// u32 0.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 24 * self.points.len());
        bytes.extend(Self::VERSION.to_le_bytes());
        bytes.extend((self.points.len() as u32).to_le_bytes());
        bytes.extend(self.trustworthiness.unwrap_or(f32::NAN).to_le_bytes());
        bytes.extend((self.kind as u32).to_le_bytes());
        for point in &self.points {
            bytes.extend(point.photo.0.to_le_bytes());
            bytes.extend(point.x.to_le_bytes());
            bytes.extend(point.y.to_le_bytes());
            let theme = point.theme.and_then(|theme| i32::try_from(theme).ok());
            bytes.extend(theme.unwrap_or(-1).to_le_bytes());
            bytes.extend(0u32.to_le_bytes());
        }
        bytes
    }
}

impl Library {
    /// The photos on a plane, those that are alike together, with their themes. A map of photos that were on an earlier one begins
    /// there: they stay where they were as far as can be.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) for a filter that is none; no library; photos without vectors;
    /// [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn photo_map(
        &self,
        request: &ExploreRequest,
        control: &JobControl,
        told: &(dyn Fn(Step) + Sync),
    ) -> Result<PhotoMap> {
        let steps = Steps::new(control, told);
        let explored = self.explored(request)?;
        let themes = self.theme_run(&explored, request, &steps)?;
        let whole = self.results.known::<Laid>(&format!("map-{}", named(request.by.word(), 0)));
        let laid = self.results.get::<Laid>(
            &format!("map-{}", explored.name),
            explored.print,
            &steps,
            |before| {
                let components = self.components(&explored, &steps)?;
                let before = before.or(whole.as_ref().map(|(_, whole)| whole.as_ref()));
                let points = laid_out(&explored.space, &components, &earlier(before), &steps)?;
                Ok(Laid {
                    ids: explored.space.ids().iter().map(|photo| photo.0).collect(),
                    trustworthiness: trustworthiness(&components, &points, TRUSTED),
                    points,
                })
            },
        )?;
        let map = map_of(&explored, MapKind::Tsne, &laid.points, Some(&themes));
        Ok(PhotoMap { trustworthiness: laid.trustworthiness, ..map })
    }

    /// The photos on a plane by their principal components: there at once, or nearly. Themes are those that are known.
    ///
    /// # Errors
    /// As [`Self::photo_map`].
    pub fn photo_map_preview(
        &self,
        request: &ExploreRequest,
        control: &JobControl,
        told: &(dyn Fn(Step) + Sync),
    ) -> Result<PhotoMap> {
        let steps = Steps::new(control, told);
        let explored = self.explored(request)?;
        let components = self.components(&explored, &steps)?;
        let points = flat(&components, explored.space.len());
        let themes = self.known_themes(request);
        Ok(map_of(&explored, MapKind::Principal, &points, themes.as_deref()))
    }
}

fn earlier(before: Option<&Laid>) -> Earlier {
    let photos = before
        .iter()
        .flat_map(|laid| laid.ids.iter().map(|photo| PhotoId(*photo)).zip(laid.points.iter().copied()));
    photos.collect()
}

fn map_of(explored: &Explored, kind: MapKind, points: &[Point], themes: Option<&Run>) -> PhotoMap {
    let mut theme_of: HashMap<i64, i64> = HashMap::new();
    for theme in themes.iter().flat_map(|run| &run.themes).filter(|theme| theme.parent.is_none()) {
        theme_of.extend(theme.members.iter().map(|photo| (*photo, theme.id)));
    }
    let point = |(photo, [x, y]): (&PhotoId, Point)| MapPoint {
        photo: *photo,
        x,
        y,
        theme: theme_of.get(&photo.0).copied(),
    };
    let points = explored.space.ids().iter().zip(in_unit_square(points)).map(point).collect();
    PhotoMap { kind, trustworthiness: None, points, model: explored.model.id.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_its_numbers_at_their_places() {
        let known = MapPoint { photo: PhotoId(1 << 40), x: -1.0, y: 0.5, theme: Some(7) };
        let unknown = MapPoint { theme: None, ..known };
        let map = PhotoMap {
            kind: MapKind::Tsne,
            trustworthiness: Some(0.75),
            points: vec![known, unknown],
            model: "starter".into(),
        };
        let bytes = map.to_bytes();
        assert_eq!(bytes.len(), 16 + 2 * 24);
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let f32_at = |at: usize| f32::from_bits(u32_at(at));
        assert_eq!((u32_at(0), u32_at(4), f32_at(8), u32_at(12)), (1, 2, 0.75, 1));
        assert_eq!(i64::from_le_bytes(bytes[16..24].try_into().unwrap()), 1 << 40);
        assert_eq!((f32_at(24), f32_at(28), u32_at(32), u32_at(36)), (-1.0, 0.5, 7, 0));
        assert_eq!(u32_at(32 + 24), u32::MAX);
        let flat = PhotoMap { kind: MapKind::Principal, trustworthiness: None, ..map };
        assert!(f32::from_le_bytes(flat.to_bytes()[8..12].try_into().unwrap()).is_nan());
    }
}
