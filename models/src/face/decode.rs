//! From the numbers of the detector's cells to faces.

use super::area::{DetectedFace, FaceBox};
use super::yunet::{ANSWERS, STRIDES};

/// The faces of a score of `least` or more in the answers of a canvas of `width` × `height` pixels, in its pixels. One face may be
/// answered by several cells.
///
/// Source of the formulas: OpenCV's `FaceDetectorYN`.
pub(super) fn faces(cells: &[f32], [width, height]: [usize; 2], least: f32) -> Vec<DetectedFace> {
    // The geometric mean of two numbers below 1 reaches `least` only where both reach its square.
    let needed = logit(least * least);
    let mut faces = vec![];
    let mut rest = cells;
    for stride in STRIDES {
        let (columns, rows) = (width / stride, height / stride);
        let Some((level, others)) = rest.split_at_checked(columns * rows * ANSWERS) else { break };
        rest = others;
        for (at, cell) in level.chunks_exact(ANSWERS).enumerate() {
            if cell[0] >= needed && cell[1] >= needed {
                let score = (sigmoid(cell[0]) * sigmoid(cell[1])).sqrt();
                let place = [(at % columns) as f32, (at / columns) as f32];
                faces.extend(face(cell, place, stride as f32, score).filter(|face| face.score >= least));
            }
        }
    }
    faces
}

/// `None` where the numbers are too large for a box.
fn face(cell: &[f32], [column, row]: [f32; 2], stride: f32, score: f32) -> Option<DetectedFace> {
    let centre = [(column + cell[2]) * stride, (row + cell[3]) * stride];
    let (width, height) = (cell[4].exp() * stride, cell[5].exp() * stride);
    let area = FaceBox { x: centre[0] - width / 2.0, y: centre[1] - height / 2.0, width, height };
    let landmark = |at: usize| [(column + cell[6 + 2 * at]) * stride, (row + cell[7 + 2 * at]) * stride];
    let landmarks = [0, 1, 2, 3, 4].map(landmark);
    let all = [area.x, area.y, area.width, area.height];
    let finite = all.iter().chain(landmarks.iter().flatten()).all(|number| number.is_finite());
    finite.then_some(DetectedFace { area, score, landmarks })
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn logit(p: f32) -> f32 {
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_tells_score_box_and_landmarks_by_its_place_and_stride() {
        let mut cells = vec![-20.0; (16 * 8 + 8 * 4 + 4 * 2) * ANSWERS];
        // The second stride's cell in row 1, column 3.
        let cell = &mut cells[(16 * 8 + 8 + 3) * ANSWERS..][..ANSWERS];
        cell.fill(0.5);
        cell[..2].copy_from_slice(&[2.0, 3.0]);
        cell[4..6].copy_from_slice(&[0.0, 2.0_f32.ln()]);
        cell[14..16].copy_from_slice(&[-4.0, 1.0]);
        let found = faces(&cells, [128, 64], 0.8);
        let [face] = found[..] else { panic!("{found:?}") };
        assert!((face.score - (0.880_797_f32 * 0.952_574).sqrt()).abs() < 1e-5);
        assert_eq!(face.area, FaceBox { x: 48.0, y: 8.0, width: 16.0, height: 32.0 });
        assert_eq!(face.landmarks, [[56.0, 24.0], [56.0, 24.0], [56.0, 24.0], [56.0, 24.0], [-16.0, 32.0]]);
        assert!(faces(&cells, [128, 64], 0.93).is_empty());
    }

    #[test]
    fn numbers_that_are_no_box_are_no_face() {
        for bad in [1000.0, f32::NAN] {
            let mut cells = vec![-20.0; (16 + 4 + 1) * ANSWERS];
            cells[..2].fill(9.0);
            cells[4] = bad;
            assert!(faces(&cells, [32, 32], 0.8).is_empty(), "{bad}");
        }
        assert!(faces(&[], [32, 32], 0.8).is_empty());
    }
}
