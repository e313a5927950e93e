//! A face turned upright: the similarity transform that brings its landmarks closest to where a recogniser wants them.
//!
//! Umeyama, *Least-squares estimation of transformation parameters between two point patterns* (1991). In the plane, a rotation with a
//! scale is the multiplication by a complex number, and the best one has a closed form.

use rayon::prelude::*;

/// Side of an aligned face in pixels.
pub(super) const SIDE: usize = 112;

/// Where the landmarks lie in an aligned face. Source: ArcFace's template, which SFace and MobileFaceNet were trained with.
const TEMPLATE: [[f32; 2]; 5] =
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]];

/// A pixel of the aligned face that covers several of the picture is their mean, of so many along a side at most.
const MOST_SAMPLES: usize = 8;

/// The part of the aligned face whose sharpness counts: what lies around it may be background, or outside of the picture.
const INNER: std::ops::Range<usize> = 16..96;

/// A face turned upright, as a recogniser wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlignedFace {
    /// RGB, 112 × 112 × 3 bytes.
    pub pixels: Vec<u8>,
    /// How far the landmarks are from where a face seen from the front has them: root of the mean squared distance, in pixels of the
    /// aligned face. Profiles, and what is no face, have large ones.
    pub residual: f32,
    /// Variance of the Laplacian of the face's grey levels (0–255), in levels²: small for a face that is blurred or was enlarged.
    pub sharpness: f32,
}

impl AlignedFace {
    /// What is no face but has its size, to see whether a network answers.
    pub(crate) fn grey() -> Self {
        Self { pixels: vec![128; SIDE * SIDE * 3], residual: 0.0, sharpness: 0.0 }
    }
}

/// Cuts a face out of a picture of `width` × `height` pixels, turned and scaled so that its landmarks (in the order of
/// [`DetectedFace`](super::DetectedFace)) fit best. What lies outside of the picture is black.
///
/// `None` when `rgb` is no picture of that size, a landmark is not finite, or all of them lie on one spot.
pub fn align(rgb: &[u8], width: u32, height: u32, landmarks: &[[f32; 2]; 5]) -> Option<AlignedFace> {
    let picture = Picture { rgb, width: width as usize, height: height as usize };
    let bytes = picture.width.checked_mul(picture.height)?.checked_mul(3)?;
    if bytes == 0 || rgb.len() != bytes {
        return None;
    }
    let transform = Similarity::fit(landmarks)?;
    let pixels = picture.turned(&transform.inverse()?);
    Some(AlignedFace { residual: transform.residual(landmarks), sharpness: sharpness(&pixels), pixels })
}

/// `p ↦ a·p + b` over the complex numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Similarity {
    a: [f64; 2],
    b: [f64; 2],
}

impl Similarity {
    /// The one that brings the landmarks closest to the template.
    fn fit(landmarks: &[[f32; 2]; 5]) -> Option<Self> {
        let wide = |points: &[[f32; 2]; 5]| points.map(|p| p.map(f64::from));
        let mean =
            |points: &[[f64; 2]; 5]| [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f64>() / 5.0);
        let (from, to) = (wide(landmarks), wide(&TEMPLATE));
        let (from_mean, to_mean) = (mean(&from), mean(&to));
        let (mut product, mut spread) = ([0.0; 2], 0.0);
        for (p, q) in from.iter().zip(&to) {
            let (p, q) = ([p[0] - from_mean[0], p[1] - from_mean[1]], [q[0] - to_mean[0], q[1] - to_mean[1]]);
            // conj(p) · q
            product[0] += p[0] * q[0] + p[1] * q[1];
            product[1] += p[0] * q[1] - p[1] * q[0];
            spread += p[0] * p[0] + p[1] * p[1];
        }
        let a = product.map(|part| part / spread);
        if !a.iter().all(|part| part.is_finite()) {
            return None;
        }
        let turned = multiplied(a, from_mean);
        Some(Self { a, b: [to_mean[0] - turned[0], to_mean[1] - turned[1]] })
    }

    fn apply(&self, p: [f64; 2]) -> [f64; 2] {
        let turned = multiplied(self.a, p);
        [turned[0] + self.b[0], turned[1] + self.b[1]]
    }

    /// `None` for one that brings all points to one.
    fn inverse(&self) -> Option<Self> {
        let length = self.a[0] * self.a[0] + self.a[1] * self.a[1];
        let a = [self.a[0] / length, -self.a[1] / length];
        let b = multiplied(a, self.b).map(|part| -part);
        a.iter().chain(&b).all(|part| part.is_finite()).then_some(Self { a, b })
    }

    /// How much longer lengths become.
    fn scale(&self) -> f64 {
        self.a[0].hypot(self.a[1])
    }

    fn residual(&self, landmarks: &[[f32; 2]; 5]) -> f32 {
        let squared = landmarks.iter().zip(&TEMPLATE).map(|(landmark, wanted)| {
            let found = self.apply(landmark.map(f64::from));
            (found[0] - f64::from(wanted[0])).powi(2) + (found[1] - f64::from(wanted[1])).powi(2)
        });
        (squared.sum::<f64>() / 5.0).sqrt() as f32
    }
}

fn multiplied(a: [f64; 2], p: [f64; 2]) -> [f64; 2] {
    [a[0] * p[0] - a[1] * p[1], a[0] * p[1] + a[1] * p[0]]
}

struct Picture<'a> {
    rgb: &'a [u8],
    width: usize,
    height: usize,
}

impl Picture<'_> {
    /// The aligned face, where `back` tells which place of the picture a place in it shows.
    fn turned(&self, back: &Similarity) -> Vec<u8> {
        let samples = (back.scale().floor() as usize).clamp(1, MOST_SAMPLES);
        let mut pixels = vec![0; SIDE * SIDE * 3];
        pixels.par_chunks_exact_mut(SIDE * 3).enumerate().for_each(|(y, row)| {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let mut sum = [0.0; 3];
                for (sy, sx) in (0..samples).flat_map(|sy| (0..samples).map(move |sx| (sy, sx))) {
                    // The samples of a pixel are spread evenly around its centre.
                    let part = |at: usize| (at as f64 + 0.5) / samples as f64 - 0.5;
                    let colour = self.between(back.apply([x as f64 + part(sx), y as f64 + part(sy)]));
                    for (sum, level) in sum.iter_mut().zip(colour) {
                        *sum += level;
                    }
                }
                for (level, sum) in pixel.iter_mut().zip(sum) {
                    *level = (sum / (samples * samples) as f32).round() as u8;
                }
            }
        });
        pixels
    }

    /// The colour at a place between pixels, whose centres have whole numbers: bilinear.
    fn between(&self, [x, y]: [f64; 2]) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = ((x - left) as f32, (y - top) as f32);
        let (left, top) = (left as i64, top as i64);
        let mut colour = [0.0; 3];
        for (dx, dy, weight) in
            [(0, 0, (1.0 - u) * (1.0 - v)), (1, 0, u * (1.0 - v)), (0, 1, (1.0 - u) * v), (1, 1, u * v)]
        {
            let (Ok(x), Ok(y)) =
                (usize::try_from(left.saturating_add(dx)), usize::try_from(top.saturating_add(dy)))
            else {
                continue;
            };
            if x < self.width && y < self.height {
                let at = (y * self.width + x) * 3;
                for (sum, level) in colour.iter_mut().zip(&self.rgb[at..at + 3]) {
                    *sum += weight * f32::from(*level);
                }
            }
        }
        colour
    }
}

/// Variance of the Laplacian over the inner part of an aligned face.
fn sharpness(pixels: &[u8]) -> f32 {
    let grey: Vec<f32> = pixels
        .chunks_exact(3)
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
        .collect();
    let (mut sum, mut squares) = (0.0_f64, 0.0_f64);
    for at in INNER.flat_map(|y| INNER.map(move |x| y * SIDE + x)) {
        let value = grey[at - 1] + grey[at + 1] + grey[at - SIDE] + grey[at + SIDE] - 4.0 * grey[at];
        sum += f64::from(value);
        squares += f64::from(value) * f64::from(value);
    }
    let count = (INNER.len() * INNER.len()) as f64;
    (squares / count - (sum / count).powi(2)).max(0.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template, turned, scaled and moved.
    fn landmarks(degrees: f64, scale: f64, offset: [f64; 2]) -> [[f32; 2]; 5] {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let transform = Similarity { a: [scale * cosine, scale * sine], b: offset };
        TEMPLATE.map(|p| transform.apply(p.map(f64::from)).map(|part| part as f32))
    }

    /// A picture in which every place has another colour: red tells x, green y.
    fn gradient(width: u32, height: u32) -> Vec<u8> {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        pixels.flat_map(|(x, y)| [x.min(255) as u8, y.min(255) as u8, 100]).collect()
    }

    #[test]
    fn a_similarity_is_found_exactly_whatever_turn_scale_and_place() {
        for (degrees, scale, offset) in [
            (0.0, 1.0, [0.0, 0.0]),
            (37.0, 0.25, [-20.0, 900.0]),
            (180.0, 8.0, [4000.0, 3000.0]),
            (-90.0, 1.5, [3.0, 4.0]),
        ] {
            let landmarks = landmarks(degrees, scale, offset);
            let fitted = Similarity::fit(&landmarks).unwrap();
            assert!((fitted.scale() * scale - 1.0).abs() < 1e-5, "{degrees}");
            assert!(fitted.residual(&landmarks) < 1e-3, "{degrees}");
            let back = fitted.inverse().unwrap();
            let there = back.apply(fitted.apply([10.0, 20.0]));
            assert!((there[0] - 10.0).abs() < 1e-6 && (there[1] - 20.0).abs() < 1e-6);
        }
    }

    #[test]
    fn one_landmark_that_is_off_leaves_the_residual_that_least_squares_gives() {
        let mut moved = TEMPLATE;
        moved[2][0] += 10.0;
        // numpy.linalg.lstsq over [x, -y, 1, 0; y, x, 0, 1], root of the mean squared distance.
        let fitted = Similarity::fit(&moved).unwrap();
        let residual = fitted.residual(&moved);
        assert!((residual - 3.942_06).abs() < 1e-3, "{residual}");
        for (small, large) in [(0.0, 10.0), (10.0, 30.0)] {
            let off = |by: f32| {
                let mut points = TEMPLATE;
                points[0][1] += by;
                Similarity::fit(&points).unwrap().residual(&points)
            };
            assert!(off(small) < off(large));
        }
    }

    #[test]
    fn a_face_that_fits_is_cut_out_unchanged_and_a_turned_one_is_turned_back() {
        let picture = gradient(200, 160);
        let face = align(&picture, 200, 160, &landmarks(0.0, 1.0, [30.0, 40.0])).unwrap();
        assert_eq!(face.pixels.len(), SIDE * SIDE * 3);
        let pixel = |face: &AlignedFace, x: usize, y: usize| {
            let at = (y * SIDE + x) * 3;
            [face.pixels[at], face.pixels[at + 1], face.pixels[at + 2]]
        };
        for (x, y) in [(0, 0), (111, 0), (50, 60), (111, 111)] {
            assert_eq!(pixel(&face, x, y), [30 + x as u8, 40 + y as u8, 100]);
        }
        assert!(face.residual < 1e-3);
        // Half a turn: the upper left of the face is at the lower right of the picture.
        let turned = align(&picture, 200, 160, &landmarks(180.0, 1.0, [150.0, 140.0])).unwrap();
        assert_eq!(pixel(&turned, 10, 20), [140, 120, 100]);
    }

    #[test]
    fn what_lies_outside_of_the_picture_is_black_and_landmarks_there_are_no_fault() {
        let picture = gradient(100, 100);
        let face = align(&picture, 100, 100, &landmarks(0.0, 1.0, [-56.0, -56.0])).unwrap();
        assert_eq!(face.pixels[..3], [0, 0, 0]);
        assert_eq!(face.pixels[face.pixels.len() - 3..], [55, 55, 100]);
        assert!(
            align(&picture, 100, 100, &landmarks(0.0, 1.0, [1e6, -1e6]))
                .unwrap()
                .pixels
                .iter()
                .all(|p| *p == 0)
        );
    }

    #[test]
    fn a_large_face_is_averaged_and_not_sampled() {
        // Stripes of one pixel: sampled they would come out black and white.
        let stripes: Vec<u8> = (0..640 * 640).flat_map(|at| [if at % 2 == 0 { 0 } else { 255 }; 3]).collect();
        let face = align(&stripes, 640, 640, &landmarks(0.0, 4.0, [40.0, 40.0])).unwrap();
        assert!(face.pixels.iter().all(|level| (100..156).contains(level)));
    }

    #[test]
    fn a_blurred_face_is_less_sharp() {
        let noise: Vec<u8> =
            (0..112 * 112_u32).flat_map(|at| [(at.wrapping_mul(2_654_435_761) >> 24) as u8; 3]).collect();
        let blurred: Vec<u8> =
            image::imageops::blur(&image::RgbImage::from_raw(112, 112, noise.clone()).unwrap(), 2.0)
                .into_raw();
        let sharp = |pixels: &[u8]| align(pixels, 112, 112, &TEMPLATE).unwrap().sharpness;
        assert!(sharp(&noise) > 50.0 * sharp(&blurred), "{} {}", sharp(&noise), sharp(&blurred));
        assert_eq!(sharp(&vec![77; 112 * 112 * 3]), 0.0);
    }

    #[test]
    fn what_is_no_face_or_no_picture_is_refused() {
        let picture = gradient(20, 20);
        assert!(align(&picture, 20, 20, &[[5.0, 5.0]; 5]).is_none());
        assert!(align(&picture, 20, 21, &TEMPLATE).is_none());
        assert!(align(&[], 0, 0, &TEMPLATE).is_none());
        for bad in [f32::NAN, f32::INFINITY] {
            let mut landmarks = TEMPLATE;
            landmarks[3][1] = bad;
            assert!(align(&picture, 20, 20, &landmarks).is_none(), "{bad}");
        }
    }
}
