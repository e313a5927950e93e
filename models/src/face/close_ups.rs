//! Close-ups of what may be a small face, several on a sheet: a look at each by itself would cost a call of the network.

use super::area::DetectedFace;
use super::scaling::{Picture, View};

/// Side of a close-up: a face of 24 to 48 pixels with as much around it as the detector is used to.
const SIDE: usize = 112;
/// From one close-up to the next on a sheet. What lies between is black.
const PITCH: usize = 128;
/// Close-ups side by side on a sheet, and one below the other at most.
const COLUMNS: usize = 5;
const ROWS: usize = 10;
/// What lies so far inside of a close-up, in its pixels, needs no other.
const MARGIN: f64 = 32.0;

/// Views of the picture, so that each small thing is well inside of one.
#[derive(Debug)]
pub(super) struct CloseUps(Vec<View>);

impl CloseUps {
    /// Of what was found in a picture, at a scale.
    pub(super) fn of(small: &[DetectedFace], picture: &Picture<'_>, scale: f64) -> Self {
        let whole = View::whole(picture.width, picture.height, scale);
        let factors = whole.factors();
        let mut views: Vec<View> = vec![];
        for face in small {
            let area = face.area;
            let corner = [area.x, area.y];
            let centre = [corner[0] + area.width / 2.0, corner[1] + area.height / 2.0];
            let centre: [f64; 2] = [0, 1].map(|axis| f64::from(centre[axis]) / factors[axis]);
            let is_inside = |view: &View| {
                (0..2).all(|axis| {
                    let at = centre[axis] - view.offset[axis] / factors[axis];
                    // At the edge of the picture there is no more room.
                    let starts = view.offset[axis] == 0.0 || at >= MARGIN;
                    let length = view.size[axis] as f64;
                    let ends = view.offset[axis] + view.extent[axis] >= whole.extent[axis] - 0.5;
                    starts && at >= 0.0 && at <= length && (ends || at <= length - MARGIN)
                })
            };
            if views.iter().any(is_inside) {
                continue;
            }
            let size = whole.size.map(|side| side.min(SIDE));
            let start = [0, 1].map(|axis| {
                let most = whole.size[axis] - size[axis];
                ((centre[axis] - size[axis] as f64 / 2.0).round().max(0.0) as usize).min(most)
            });
            let scaled = |lengths: [usize; 2]| [0, 1].map(|axis| lengths[axis] as f64 * factors[axis]);
            views.push(View { offset: scaled(start), extent: scaled(size), size });
        }
        Self(views)
    }

    /// Pixels that the detector looks at.
    pub(super) fn cost(&self) -> usize {
        self.sheets().map(|sheet| size(sheet).into_iter().product::<usize>()).sum()
    }

    /// The close-ups of each sheet.
    pub(super) fn sheets(&self) -> impl Iterator<Item = &[View]> {
        self.0.chunks(COLUMNS * ROWS)
    }
}

/// Width and height of a sheet.
pub(super) fn size(sheet: &[View]) -> [usize; 2] {
    [sheet.len().min(COLUMNS), sheet.len().div_ceil(COLUMNS)].map(|count| count * PITCH)
}

/// A sheet, RGB.
pub(super) fn pixels(sheet: &[View], picture: &Picture<'_>) -> Vec<u8> {
    let [width, height] = size(sheet);
    let mut pixels = vec![0; width * height * 3];
    for (at, view) in sheet.iter().enumerate() {
        let close_up = picture.pixels(view);
        let [left, top] = place(at);
        let rows = pixels.chunks_exact_mut(width * 3).skip(top);
        let length = view.size[0] * 3;
        for (row, from) in rows.zip(close_up.chunks_exact(length)) {
            row[left * 3..][..length].copy_from_slice(from);
        }
    }
    pixels
}

/// A face that was found on a sheet, in pixels of the picture, with the view that shows it; nothing for what lies between two of them.
pub(super) fn placed<'a>(sheet: &'a [View], face: &DetectedFace) -> Option<(&'a View, DetectedFace)> {
    let area = face.area;
    let [column, row] = [area.x + area.width / 2.0, area.y + area.height / 2.0]
        .map(|centre| (centre / PITCH as f32).floor().max(0.0) as usize);
    let at = row * COLUMNS + column;
    let view = sheet.get(at).filter(|_| column < COLUMNS)?;
    let [left, top] = place(at).map(|edge| edge as f32);
    Some((view, view.placed(&face.placed([1.0; 2], [-left, -top]))))
}

/// Left and upper edge of a close-up on its sheet.
fn place(at: usize) -> [usize; 2] {
    [at % COLUMNS * PITCH, at / COLUMNS * PITCH]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::FaceBox;

    fn face(x: f32, y: f32) -> DetectedFace {
        let area = FaceBox { x: x - 12.0, y: y - 12.0, width: 24.0, height: 24.0 };
        DetectedFace { area, score: 0.4, landmarks: [[x, y]; 5] }
    }

    fn picture(rgb: &[u8], width: usize, height: usize) -> Picture<'_> {
        Picture { rgb, width, height }
    }

    #[test]
    fn each_small_face_is_well_inside_of_a_close_up_and_neighbours_share_one() {
        let picture = picture(&[], 4000, 3000);
        let small = [[500.0, 500.0], [510.0, 490.0], [3.0, 2995.0], [3990.0, 20.0], [2000.0, 700.0]];
        let close_ups = CloseUps::of(&small.map(|[x, y]| face(x, y)), &picture, 1.0);
        assert_eq!(close_ups.0.len(), 4);
        for view in &close_ups.0 {
            assert_eq!((view.size, view.extent), ([SIDE; 2], [SIDE as f64; 2]));
            assert!(view.offset[0] >= 0.0 && view.offset[0] + view.extent[0] <= 4000.0);
            assert!(view.offset[1] >= 0.0 && view.offset[1] + view.extent[1] <= 3000.0);
        }
        for [x, y] in small {
            let [x, y] = [f64::from(x), f64::from(y)];
            let shows = |view: &View| {
                let [left, top] = [x - view.offset[0], y - view.offset[1]];
                (0.0..=112.0).contains(&left) && (0.0..=112.0).contains(&top)
            };
            assert!(close_ups.0.iter().any(shows), "{x}, {y}");
        }
        assert!(CloseUps::of(&[], &picture, 1.0).sheets().next().is_none());
    }

    #[test]
    fn what_is_found_on_a_sheet_is_brought_back_to_the_picture() {
        let (width, height) = (1800, 700);
        let rgb: Vec<u8> =
            (0..width * height).flat_map(|at| [(at % width / 8) as u8, (at / width / 4) as u8, 50]).collect();
        let picture = picture(&rgb, width, height);
        let small: Vec<_> = (0..7).map(|at| face(100.0 + 250.0 * at as f32, 300.0)).collect();
        let close_ups = CloseUps::of(&small, &picture, 1.0);
        let sheet = close_ups.sheets().next().unwrap();
        assert_eq!(size(sheet), [5 * PITCH, 2 * PITCH]);
        let pixels = pixels(sheet, &picture);
        for (at, small) in small.iter().enumerate() {
            let [left, top] = place(at).map(|edge| edge + SIDE / 2);
            let colour = &pixels[(top * 5 * PITCH + left) * 3..][..3];
            let [x, y] = small.landmarks[0].map(|at| at as usize);
            assert_eq!(colour, [(x / 8) as u8, (y / 4) as u8, 50], "close-up {at}");
            let (_, found) = placed(sheet, &face(left as f32, top as f32)).unwrap();
            assert_eq!(found.area, small.area);
        }
        assert!(placed(sheet, &face(5.0 * PITCH as f32 - 40.0, 2.0 * PITCH as f32 - 40.0)).is_none());
    }
}
