//! What a detector says of a face, and which of two answers about one face counts.

/// A rectangle in pixels of the upright picture. It may reach outside of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceBox {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// To the right edge.
    pub width: f32,
    /// To the lower edge.
    pub height: f32,
}

/// A face that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectedFace {
    /// Where it is.
    pub area: FaceBox,
    /// How sure the detector is, 0 to 1.
    pub score: f32,
    /// Right eye, left eye, nose, right corner of the mouth, left corner; x and y in pixels of the picture. The person's right is on the
    /// left of the picture. A landmark may lie outside of the picture.
    pub landmarks: [[f32; 2]; 5],
}

impl FaceBox {
    /// Its area in square pixels.
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// The area that both cover, in square pixels.
    pub fn intersection(&self, other: &Self) -> f32 {
        let side = |a: f32, a_length: f32, b: f32, b_length: f32| {
            ((a + a_length).min(b + b_length) - a.max(b)).max(0.0)
        };
        side(self.x, self.width, other.x, other.width) * side(self.y, self.height, other.y, other.height)
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &Self) -> f32 {
        let both = self.intersection(other);
        let any = self.area() + other.area() - both;
        if any > 0.0 { both / any } else { 0.0 }
    }
}

impl DetectedFace {
    /// The face in a picture whose pixels are `scale` times as large and whose origin is moved by `offset`.
    pub(super) fn placed(&self, scale: [f32; 2], offset: [f32; 2]) -> Self {
        let point = |p: [f32; 2]| [p[0] * scale[0] + offset[0], p[1] * scale[1] + offset[1]];
        let [x, y] = point([self.area.x, self.area.y]);
        let (width, height) = (self.area.width * scale[0], self.area.height * scale[1]);
        let area = FaceBox { x, y, width, height };
        Self { area, score: self.score, landmarks: self.landmarks.map(point) }
    }
}

/// Keeps, of answers that overlap by more than `most` (intersection over union), the one with the best score. Best first.
pub(super) fn best_of_overlapping(mut faces: Vec<DetectedFace>, most: f32) -> Vec<DetectedFace> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<DetectedFace> = vec![];
    for face in faces {
        if kept.iter().all(|better| better.area.iou(&face.area) <= most) {
            kept.push(face);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, score: f32) -> DetectedFace {
        let area = FaceBox { x, y: 10.0, width: 20.0, height: 30.0 };
        DetectedFace { area, score, landmarks: [[x, 12.0]; 5] }
    }

    #[test]
    fn boxes_overlap_by_what_they_share() {
        let area = |x| face(x, 1.0).area;
        assert_eq!(area(0.0).iou(&area(0.0)), 1.0);
        assert!((area(0.0).iou(&area(10.0)) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(area(0.0).iou(&area(20.0)), 0.0);
        assert_eq!(area(0.0).intersection(&area(10.0)), 300.0);
        let nothing = FaceBox { x: 0.0, y: 0.0, width: 0.0, height: 0.0 };
        assert_eq!(nothing.iou(&nothing), 0.0);
    }

    #[test]
    fn of_two_answers_about_one_face_the_surer_one_stays() {
        let kept = best_of_overlapping(vec![face(0.0, 0.8), face(4.0, 0.9), face(40.0, 0.85)], 0.3);
        assert_eq!(kept, [face(4.0, 0.9), face(40.0, 0.85)]);
        assert_eq!(best_of_overlapping(kept.clone(), 0.3), kept);
    }

    #[test]
    fn a_face_of_a_part_is_placed_in_the_whole() {
        let placed = face(5.0, 0.9).placed([2.0, 3.0], [100.0, 50.0]);
        assert_eq!(placed.area, FaceBox { x: 110.0, y: 80.0, width: 40.0, height: 90.0 });
        assert_eq!(placed.landmarks[0], [110.0, 86.0]);
    }
}
