//! Pictures for a first look at Kindred on a machine without photos. They are drawn here, so they are nobody's.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

type Rgb = [u8; 3];
/// A colour for each point of the unit square; (0, 0) is the upper left corner.
type Scene = fn(f32, f32) -> Rgb;

const SCENES: [(&str, Scene); 12] = [
    ("sunset over the sea", |x, y| sky_and_sea(x, y, [250, 120, 60], [40, 50, 110], Some((0.5, 0.5)))),
    ("noon at the beach", |x, y| {
        if y > 0.75 {
            [230, 205, 150]
        } else {
            sky_and_sea(x, y, [120, 190, 250], [20, 130, 170], Some((0.8, 0.15)))
        }
    }),
    ("night with a full moon", |x, y| {
        if in_circle(x, y, 0.7, 0.25, 0.1) { [240, 240, 220] } else { fade([5, 5, 30], [25, 25, 70], y) }
    }),
    ("green hills", |x, y| {
        let hill = 0.6 + 0.12 * (x * 7.0).sin();
        if y > hill {
            fade([90, 170, 60], [30, 90, 30], (y - hill) * 2.5)
        } else {
            fade([130, 190, 250], [220, 235, 250], y)
        }
    }),
    ("snowy mountain", |x, y| {
        let ridge = 0.2 + (x - 0.5).abs() * 1.2;
        match y {
            y if y < ridge => fade([90, 140, 220], [190, 215, 245], y),
            y if y < ridge + 0.15 => [245, 248, 255],
            _ => [100, 100, 110],
        }
    }),
    ("red circle", |x, y| if in_circle(x, y, 0.5, 0.5, 0.3) { [210, 20, 30] } else { [245, 245, 245] }),
    ("blue square", |x, y| {
        if (0.3..0.7).contains(&x) && (0.2..0.8).contains(&y) { [20, 50, 200] } else { [245, 245, 245] }
    }),
    ("chessboard", |x, y| {
        if ((x * 8.0) as u32 + (y * 8.0) as u32).is_multiple_of(2) { [235, 220, 180] } else { [90, 55, 30] }
    }),
    ("black and white stripes", |x, _| {
        if ((x * 16.0) as u32).is_multiple_of(2) { [15, 15, 15] } else { [240, 240, 240] }
    }),
    ("rainbow", |x, y| {
        let colours =
            [[220, 30, 30], [250, 140, 20], [250, 220, 40], [40, 160, 60], [40, 90, 200], [120, 50, 160]];
        let distance = ((x - 0.5) * (x - 0.5) + (y - 1.0) * (y - 1.0)).sqrt();
        let band = ((0.75 - distance) / 0.05).floor();
        if (0.0..6.0).contains(&band) { colours[band as usize] } else { [185, 215, 240] }
    }),
    ("orange on a plate", |x, y| {
        let rings = [(0.15, [240, 140, 20]), (0.32, [250, 250, 250]), (0.35, [215, 215, 220])];
        let ring = rings.iter().find(|(radius, _)| in_circle(x, y, 0.5, 0.5, *radius));
        ring.map_or([140, 90, 55], |(_, colour)| *colour)
    }),
    ("grey fog", |_, y| fade([205, 205, 205], [150, 150, 150], y)),
];

/// Draws the pictures into `folder`, which is made if need be.
pub(crate) fn draw(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    for (name, scene) in SCENES {
        let path = folder.join(format!("{name}.bmp"));
        fs::write(&path, bitmap(scene))
            .with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(())
}

/// A Windows bitmap: a header and plain rows of blue, green, red from the bottom up. The one picture format that
/// needs no encoder. Rows are a multiple of four bytes long, as it asks.
fn bitmap(scene: Scene) -> Vec<u8> {
    const HEADER: u32 = 14 + 40;
    let pixels = WIDTH * HEIGHT * 3;
    let mut file = Vec::with_capacity((HEADER + pixels) as usize);
    file.extend(b"BM");
    for number in [HEADER + pixels, 0, HEADER, 40, WIDTH, HEIGHT] {
        file.extend(number.to_le_bytes());
    }
    file.extend([1u16, 24].map(u16::to_le_bytes).concat());
    for number in [0, pixels, 2835, 2835, 0, 0u32] {
        file.extend(number.to_le_bytes());
    }
    for row in (0..HEIGHT).rev() {
        for column in 0..WIDTH {
            let [red, green, blue] = scene(column as f32 / WIDTH as f32, row as f32 / HEIGHT as f32);
            file.extend([blue, green, red]);
        }
    }
    file
}

fn sky_and_sea(x: f32, y: f32, sky: Rgb, sea: Rgb, sun: Option<(f32, f32)>) -> Rgb {
    match sun {
        _ if y > 0.55 => fade(sea, [10, 20, 40], (y - 0.55) * 2.0),
        Some((at_x, at_y)) if in_circle(x, y, at_x, at_y, 0.07) => [255, 235, 170],
        _ => fade([235, 235, 250], sky, y * 1.8),
    }
}

fn in_circle(x: f32, y: f32, centre_x: f32, centre_y: f32, radius: f32) -> bool {
    let across = (x - centre_x) * WIDTH as f32 / HEIGHT as f32;
    across * across + (y - centre_y) * (y - centre_y) < radius * radius
}

fn fade(from: Rgb, to: Rgb, at: f32) -> Rgb {
    let at = at.clamp(0.0, 1.0);
    std::array::from_fn(|i| (f32::from(from[i]) * (1.0 - at) + f32::from(to[i]) * at) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bitmap_is_as_long_as_its_header_says() {
        let file = bitmap(SCENES[0].1);
        assert_eq!(&file[..2], b"BM");
        assert_eq!(u32::from_le_bytes(file[2..6].try_into().unwrap()) as usize, file.len());
    }
}
