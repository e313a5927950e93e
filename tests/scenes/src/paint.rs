//! From a colour for each point to pixels.

use crate::colour::Rgb;
use crate::picture::Picture;
use crate::random::Random;

/// The colour of a point. (0, 0) is the middle, the shorter side reaches from −1 to 1, down is positive.
pub(crate) type Painter = Box<dyn Fn(f32, f32) -> Rgb>;

/// Points that are looked at along each side of a pixel.
const SAMPLES: u32 = 3;
/// Noise of a camera, in levels of 255.
const NOISE: f32 = 3.0;

pub(crate) fn paint(width: u32, height: u32, painter: &Painter, random: &mut Random) -> Picture {
    let half = width.min(height) as f32 / 2.0;
    let at = |pixel: u32, sample: u32, side: u32| {
        let point = pixel as f32 + (sample as f32 + 0.5) / SAMPLES as f32;
        (point - side as f32 / 2.0) / half
    };
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for row in 0..height {
        for column in 0..width {
            let mut sum = [0.0; 3];
            for sample in 0..SAMPLES * SAMPLES {
                let x = at(column, sample % SAMPLES, width);
                let y = at(row, sample / SAMPLES, height);
                let colour = painter(x, y);
                sum.iter_mut().zip(colour).for_each(|(sum, level)| *sum += level);
            }
            let noise = random.around(NOISE);
            let levels = sum.map(|sum| sum / (SAMPLES * SAMPLES) as f32 + noise);
            // A float becomes the nearest level that there is: the cast saturates.
            pixels.extend(levels.map(|level| level.round() as u8));
        }
    }
    Picture { width, height, pixels }
}
