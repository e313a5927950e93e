//! How much a face tells about whose it is.

/// What is measured of a face.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measures {
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// Shorter side of the face in pixels of the picture that the network saw.
    pub side: f32,
    /// Variance of the Laplacian of the aligned grey face, in squared levels.
    pub sharpness: f32,
    /// Root mean square distance of the aligned landmarks from where they should be, in pixels of the 112-pixel square.
    pub residual: f32,
    /// In pixels: right eye, left eye, nose, right and left corner of the mouth, of the person.
    pub landmarks: [[f32; 2]; 5],
}

/// From 0, which tells nothing, to 1. Each measure can only take away.
pub(crate) fn quality(measures: &Measures) -> f32 {
    let score = rise(measures.score, 0.75, 0.92);
    let size = rise(measures.side, 14.0, 48.0);
    let sharpness = rise(measures.sharpness.max(1.0).ln(), 2.0, 5.0);
    let fit = 1.0 - rise(measures.residual, 5.0, 14.0);
    let pose = 1.0 - rise(turn(&measures.landmarks), 0.25, 0.75);
    (score * size * sharpness * fit * pose).cbrt()
}

/// How far a head is turned: the nose's distance from the middle between the eyes along their line, in shares of half the distance
/// between the eyes. 0 for a face seen from the front, about 1 for a profile.
fn turn(landmarks: &[[f32; 2]; 5]) -> f32 {
    let [right, left, nose, ..] = landmarks;
    let along = [left[0] - right[0], left[1] - right[1]];
    let length = along[0].hypot(along[1]);
    if length <= f32::EPSILON {
        return 1.0;
    }
    let middle = [(left[0] + right[0]) / 2.0, (left[1] + right[1]) / 2.0];
    let offset = (nose[0] - middle[0]) * along[0] + (nose[1] - middle[1]) * along[1];
    (offset / length).abs() / (length / 2.0)
}

/// 0 up to `from`, 1 from `to` on, a straight line between.
fn rise(value: f32, from: f32, to: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: [[f32; 2]; 5] = [[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]];

    fn good() -> Measures {
        Measures { score: 0.93, side: 80.0, sharpness: 400.0, residual: 2.0, landmarks: FRONT }
    }

    #[test]
    fn a_clear_face_from_the_front_is_good_and_each_fault_takes_away() {
        assert!(quality(&good()) > 0.95);
        let mut profile = FRONT;
        profile[2][0] = 76.0;
        for worse in [
            Measures { score: 0.8, ..good() },
            Measures { side: 20.0, ..good() },
            Measures { sharpness: 12.0, ..good() },
            Measures { residual: 12.0, ..good() },
            Measures { landmarks: profile, ..good() },
        ] {
            let quality = quality(&worse);
            assert!((0.0..0.8).contains(&quality), "{worse:?}: {quality}");
        }
    }

    #[test]
    fn a_face_of_nothing_has_no_quality() {
        let nothing = Measures { landmarks: [[0.0; 2]; 5], ..good() };
        assert_eq!(quality(&nothing), 0.0);
        assert_eq!(quality(&Measures { sharpness: 0.0, ..good() }), 0.0);
    }
}
