//! Where a face is in a picture.

use serde::Serialize;

/// A rectangle in an upright picture, in shares of its width and height. It may reach outside.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FaceArea {
    /// Left edge, 0 at the picture's.
    pub x: f32,
    /// Upper edge, 0 at the picture's.
    pub y: f32,
    /// Share of the picture's width.
    pub width: f32,
    /// Share of the picture's height.
    pub height: f32,
}

/// Two areas that overlap this much are one face.
pub(crate) const SAME_FACE: f32 = 0.5;

impl FaceArea {
    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &Self) -> f32 {
        let overlap = |from: f32, length: f32, other_from: f32, other_length: f32| {
            ((from + length).min(other_from + other_length) - from.max(other_from)).max(0.0)
        };
        let shared = overlap(self.x, self.width, other.x, other.width)
            * overlap(self.y, self.height, other.y, other.height);
        let all = self.width * self.height + other.width * other.height - shared;
        if all > 0.0 { shared / all } else { 0.0 }
    }
}

/// Pairs of areas of two lists that are one face, the best overlap first; each area is in one pair at most.
pub(crate) fn matches(left: &[FaceArea], right: &[FaceArea]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (l, a) in left.iter().enumerate() {
        for (r, b) in right.iter().enumerate() {
            let iou = a.iou(b);
            if iou >= SAME_FACE {
                pairs.push((iou, l, r));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut taken_left, mut taken_right) = (vec![false; left.len()], vec![false; right.len()]);
    pairs.retain(|(_, l, r)| {
        let is_free = !taken_left[*l] && !taken_right[*r];
        taken_left[*l] |= is_free;
        taken_right[*r] |= is_free;
        is_free
    });
    pairs.into_iter().map(|(_, l, r)| (l, r)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: f32, y: f32, width: f32, height: f32) -> FaceArea {
        FaceArea { x, y, width, height }
    }

    #[test]
    fn the_overlap_of_areas_is_a_share_of_what_they_cover_together() {
        for (a, b, expected) in [
            (area(0.0, 0.0, 0.2, 0.2), area(0.0, 0.0, 0.2, 0.2), 1.0),
            (area(0.0, 0.0, 0.2, 0.2), area(0.1, 0.0, 0.2, 0.2), 1.0 / 3.0),
            (area(0.0, 0.0, 0.2, 0.2), area(0.2, 0.0, 0.2, 0.2), 0.0),
            (area(-0.1, 0.0, 0.2, 0.1), area(0.0, 0.0, 0.1, 0.1), 0.5),
            (area(0.0, 0.0, 0.0, 0.0), area(0.0, 0.0, 0.0, 0.0), 0.0),
        ] {
            assert!((a.iou(&b) - expected).abs() < 1e-5, "{a:?} {b:?}");
            assert_eq!(a.iou(&b), b.iou(&a));
        }
    }

    #[test]
    fn each_face_finds_the_one_it_was_before() {
        let before = [area(0.1, 0.1, 0.2, 0.2), area(0.5, 0.1, 0.2, 0.2), area(0.8, 0.8, 0.1, 0.1)];
        let after = [area(0.51, 0.1, 0.2, 0.2), area(0.12, 0.1, 0.2, 0.2), area(0.1, 0.1, 0.2, 0.21)];
        let mut found = matches(&before, &after);
        found.sort_unstable();
        assert_eq!(found, [(0, 2), (1, 0)]);
    }
}
