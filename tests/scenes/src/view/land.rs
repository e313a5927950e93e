//! Land, sea and sky.

use super::{Sky, in_ellipse, tinted};
use crate::colour::{Rgb, mix};
use crate::paint::Painter;
use crate::random::{Random, of_cell};

const WHITE: Rgb = [250.0, 251.0, 254.0];

pub(super) fn sunset(random: &mut Random) -> Painter {
    let horizon = random.between(0.08, 0.22);
    let (sun, height, radius) = (random.around(0.3), random.between(0.02, 0.16), random.between(0.2, 0.27));
    let above = tinted([66.0, 44.0, 110.0], random);
    let middle = tinted([232.0, 92.0, 62.0], random);
    let low = tinted([255.0, 190.0, 96.0], random);
    let (near, far) = (tinted([24.0, 26.0, 62.0], random), tinted([150.0, 74.0, 78.0], random));
    let phase = random.between(0.0, 6.0);
    Box::new(move |x, y| {
        let depth = y - horizon;
        if depth > 0.0 {
            // The sun's road on the water: broken by waves that grow towards the eye.
            let road = 0.1 + 0.32 * depth;
            let wave =
                (70.0 * depth / (1.0 + 1.4 * depth) + phase + 5.0 * (x * 3.0 + depth * 9.0).sin()).sin();
            let water = mix(far, near, depth * 1.6);
            let glitter =
                if (x - sun).abs() < road * (0.75 + 0.25 * wave) && wave > -0.25 { 0.8 } else { 0.0 };
            return mix(water, [255.0, 196.0, 110.0], glitter * (1.0 - depth * 0.7));
        }
        let from_sun = (x - sun).hypot(y - (horizon - height));
        if from_sun < radius {
            return [255.0, 236.0, 168.0];
        }
        let rise = -depth;
        let sky =
            if rise < 0.45 { mix(low, middle, rise / 0.45) } else { mix(middle, above, (rise - 0.45) / 0.7) };
        mix([255.0, 226.0, 150.0], sky, 0.25 + (from_sun - radius) / 0.35)
    })
}

pub(super) fn mountain(random: &mut Random) -> Painter {
    let sky = Sky::new(random);
    // Middle, top and steepness of each peak; the last is the nearest.
    let peaks = [
        [random.between(-0.9, -0.6), random.between(-0.35, -0.15), random.between(0.8, 1.0)],
        [random.between(0.6, 0.9), random.between(-0.3, -0.1), random.between(0.8, 1.0)],
        [random.around(0.18), random.between(-0.72, -0.58), random.between(1.05, 1.3)],
    ];
    let rock = tinted([98.0, 102.0, 118.0], random);
    let trees = tinted([34.0, 74.0, 50.0], random);
    let phase = random.between(0.0, 6.0);
    Box::new(move |x, y| {
        let rough = 0.03 * (x * 19.0 + phase).sin() + 0.02 * (x * 43.0 + phase).sin();
        let forest = 0.68 + 0.05 * (x * 46.0).sin().abs() + 0.06 * (x * 3.0 + phase).sin();
        if y > forest {
            return mix(trees, [18.0, 44.0, 30.0], (y - forest) * 3.0);
        }
        for [middle, top, steepness] in peaks.iter().rev() {
            let below_top = y - top;
            let ridge = (x - middle).abs() * steepness + rough * 1.2;
            if below_top < ridge {
                continue;
            }
            let in_shade = x - middle > 0.16 * (y * 17.0 + phase).sin() * (0.3 + below_top);
            let snow_line = 0.62 + 0.16 * (x * 13.0 + phase).sin() + 0.07 * (x * 37.0).sin();
            return match (below_top < snow_line, in_shade) {
                (true, false) => WHITE,
                (true, true) => [198.0, 212.0, 236.0],
                (false, false) => rock,
                (false, true) => rock.map(|level| level * 0.72),
            };
        }
        sky.colour(y)
    })
}

pub(super) fn meadow(random: &mut Random) -> Painter {
    let sky = Sky::new(random);
    let (near, far) = (tinted([62.0, 138.0, 44.0], random), tinted([132.0, 192.0, 82.0], random));
    let (phase, salt) = (random.between(0.0, 6.0), random.salt());
    let clouds: Vec<[f32; 3]> = (0..3)
        .map(|n| {
            [
                n as f32 * 0.7 - 0.75 + random.around(0.2),
                random.between(-0.8, -0.35),
                random.between(0.1, 0.16),
            ]
        })
        .collect();
    Box::new(move |x, y| {
        let hill = 0.12 + 0.1 * (x * 2.2 + phase).sin();
        if y > hill {
            let (column, row) = ((x * 14.0).floor(), (y * 14.0).floor());
            let chance = |which| of_cell(column as i32, row as i32, which, salt);
            let (right, down) = (x * 14.0 - column - 0.5, y * 14.0 - row - 0.5);
            if chance(0) < 0.22 * (y - hill + 0.4) && right.hypot(down) < 0.14 + 0.2 * (y - hill) {
                return [[235.0, 60.0, 60.0], [252.0, 222.0, 70.0], WHITE][(chance(1) * 2.99) as usize];
            }
            return mix(far, near, (y - hill) * 1.6);
        }
        match clouds.iter().any(|cloud| in_cloud(x - cloud[0], y - cloud[1], cloud[2])) {
            true => WHITE,
            false => sky.colour(y),
        }
    })
}

fn in_cloud(x: f32, y: f32, size: f32) -> bool {
    in_ellipse(x, y, size * 2.0, size * 0.6)
        || in_ellipse(x + size * 0.6, y + size * 0.35, size, size * 0.7)
        || in_ellipse(x - size * 0.7, y + size * 0.25, size * 0.8, size * 0.55)
}

pub(super) fn night(random: &mut Random) -> Painter {
    let (above, below) = (tinted([8.0, 10.0, 34.0], random), tinted([34.0, 38.0, 92.0], random));
    let (moon_x, moon_y) = (random.around(0.5), random.between(-0.6, -0.3));
    let radius = random.between(0.17, 0.24);
    let (phase, salt) = (random.between(0.0, 6.0), random.salt());
    Box::new(move |x, y| {
        let hill = 0.74 + 0.08 * (x * 2.6 + phase).sin() + 0.02 * (x * 11.0).sin();
        if y > hill {
            return [6.0, 8.0, 16.0];
        }
        let from_moon = (x - moon_x).hypot(y - moon_y);
        if from_moon < radius {
            let spot = in_ellipse(x - moon_x + 0.05, y - moon_y - 0.04, radius * 0.3, radius * 0.22)
                || in_ellipse(x - moon_x - 0.07, y - moon_y + 0.06, radius * 0.2, radius * 0.2);
            return if spot { [214.0, 210.0, 188.0] } else { [246.0, 243.0, 222.0] };
        }
        let (column, row) = ((x * 8.0).floor(), (y * 8.0).floor());
        let chance = |which| of_cell(column as i32, row as i32, which, salt);
        let star_x = x * 8.0 - column - 0.2 - 0.6 * chance(1);
        let star_y = y * 8.0 - row - 0.2 - 0.6 * chance(2);
        if chance(0) < 0.6 && star_x.hypot(star_y) < 0.07 + 0.1 * chance(3) {
            return [252.0, 250.0, 232.0];
        }
        let glow = (1.0 - (from_moon - radius) / 0.4).clamp(0.0, 1.0);
        mix(mix(above, below, (y + 1.0) / 1.8), [120.0, 124.0, 170.0], 0.5 * glow * glow)
    })
}

pub(super) fn rainbow(random: &mut Random) -> Painter {
    const BANDS: [Rgb; 6] = [
        [222.0, 40.0, 44.0],
        [246.0, 142.0, 30.0],
        [250.0, 222.0, 56.0],
        [52.0, 164.0, 74.0],
        [46.0, 96.0, 206.0],
        [122.0, 58.0, 164.0],
    ];
    let (above, below) = (tinted([128.0, 168.0, 214.0], random), tinted([206.0, 224.0, 240.0], random));
    let (middle, outer) = (random.around(0.15), random.between(1.05, 1.2));
    let band = random.between(0.06, 0.075);
    let grass = tinted([84.0, 150.0, 60.0], random);
    let phase = random.between(0.0, 6.0);
    Box::new(move |x, y| {
        let hill = 0.56 + 0.06 * (x * 2.4 + phase).sin();
        if y > hill {
            return mix(grass, [40.0, 96.0, 36.0], (y - hill) * 1.6);
        }
        let sky = mix(above, below, (y + 1.0) / 1.5);
        let place = (outer - (x - middle).hypot(y - 0.6)) / band;
        match BANDS.get(place.floor() as usize).filter(|_| place >= 0.0) {
            Some(colour) => mix(sky, *colour, 0.86),
            None => sky,
        }
    })
}
