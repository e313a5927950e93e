//! Things that stand, grow, sail and drive.

use super::{Sky, in_box, in_ellipse, tinted};
use crate::colour::{Colour, Rgb, mix};
use crate::paint::Painter;
use crate::random::Random;

const GRASS: Rgb = [88.0, 156.0, 62.0];
const GLASS: Rgb = [176.0, 212.0, 232.0];

pub(super) fn house(random: &mut Random) -> Painter {
    let sky = Sky::new(random);
    let (grass, wall) = (tinted(GRASS, random), tinted([238.0, 222.0, 188.0], random));
    let (roof, door) = (Colour::Red.shade(random), Colour::Brown.shade(random));
    let (middle, width) = (random.around(0.12), random.between(0.5, 0.6));
    let ground = random.between(0.56, 0.66);
    Box::new(move |x, y| {
        let (x, up) = (x - middle, ground - y);
        if in_box(x, up - 0.35, width, 0.35) {
            let window = |at: f32| (in_box(x - at, up - 0.4, 0.13, 0.13), in_box(x - at, up - 0.4, 0.1, 0.1));
            let (frames, panes): (Vec<bool>, Vec<bool>) = [-0.3, 0.3].map(window).into_iter().unzip();
            let is_bar = [-0.3, 0.3].iter().any(|at| (x - at).abs() < 0.012) || (up - 0.4).abs() < 0.012;
            return match () {
                () if in_box(x, up - 0.19, 0.11, 0.19) => door,
                () if panes.contains(&true) && !is_bar => GLASS,
                () if frames.contains(&true) => [250.0, 250.0, 250.0],
                () => wall,
            };
        }
        let slope = 0.7 + (width + 0.12 - x.abs()) * 0.85;
        if up > 0.7 && up < slope {
            return roof;
        }
        if in_box(x - 0.3, up - 1.1, 0.07, 0.2) {
            return [150.0, 78.0, 62.0];
        }
        if y > ground - 0.06 { mix(grass, [56.0, 118.0, 44.0], (y - ground) * 2.0) } else { sky.colour(y) }
    })
}

pub(super) fn tree(random: &mut Random) -> Painter {
    let sky = Sky::new(random);
    let (grass, trunk) = (tinted(GRASS, random), Colour::Brown.shade(random));
    let (light, dark) = (tinted([70.0, 150.0, 56.0], random), tinted([34.0, 102.0, 40.0], random));
    let middle = random.around(0.12);
    let crown: Vec<[f32; 3]> = (0..9)
        .map(|n| {
            let (sine, cosine) = (n as f32 * 0.785).sin_cos();
            let out = if n == 8 { 0.0 } else { 1.0 };
            [0.32 * cosine * out, -0.26 + 0.3 * sine * out, random.between(0.24, 0.32)]
        })
        .collect();
    Box::new(move |x, y| {
        let x = x - middle;
        let leaf = crown.iter().filter(|ball| (x - ball[0]).hypot(y - ball[1]) < ball[2]);
        // The light comes from the upper left.
        let brightest = leaf.map(|ball| 0.5 - (x - ball[0] + y - ball[1]) / (2.2 * ball[2])).reduce(f32::max);
        if let Some(brightness) = brightest {
            return mix(dark, light, brightness);
        }
        let root = 0.09 + (y - 0.55).max(0.0) * 0.35;
        if x.abs() < root && (0.0..0.78).contains(&y) {
            return mix(trunk, [70.0, 42.0, 22.0], (x / root + 1.0) / 2.0);
        }
        let hill = 0.64 + 0.12 * x * x;
        if y > hill { mix(grass, [56.0, 118.0, 44.0], (y - hill) * 2.0) } else { sky.colour(y) }
    })
}

pub(super) fn boat(random: &mut Random) -> Painter {
    let sky = Sky::new(random);
    let (near, far) = (tinted([20.0, 74.0, 140.0], random), tinted([70.0, 142.0, 196.0], random));
    let (middle, horizon) = (random.around(0.15), random.between(0.1, 0.25));
    let hull = Colour::Brown.shade(random);
    let phase = random.between(0.0, 6.0);
    let water_line = horizon + 0.28;
    Box::new(move |x, y| {
        let (aside, up) = (x - middle, water_line - y);
        if (0.0..0.2).contains(&up) && aside.abs() < 0.42 + up * 0.6 {
            return if up > 0.15 { [240.0, 238.0, 232.0] } else { hull };
        }
        if in_box(aside, up - 0.65, 0.018, 0.47) {
            return [84.0, 60.0, 40.0];
        }
        // The mainsail behind the mast, the jib before it.
        let in_sail = |from_mast: f32, length: f32, low: f32, high: f32| {
            from_mast > 0.03 && up > low && from_mast < length * (high - up) / (high - low)
        };
        if in_sail(aside, 0.48, 0.27, 1.1) {
            return [250.0, 249.0, 244.0];
        }
        if in_sail(-aside, 0.36, 0.27, 0.98) {
            return [230.0, 226.0, 214.0];
        }
        let depth = y - horizon;
        if depth > 0.0 {
            let wave = (60.0 * depth / (1.0 + depth) + phase + 2.0 * (x * 5.0 + depth * 7.0).sin()).sin();
            let light = if wave > 0.8 { 0.35 } else { 0.0 };
            return mix(mix(far, near, depth * 1.3), [236.0, 244.0, 250.0], light);
        }
        sky.colour(y)
    })
}

pub(super) fn car(colour: Colour, random: &mut Random) -> Painter {
    let sky = Sky::new(random);
    let body = colour.shade(random);
    let street = tinted([112.0, 112.0, 116.0], random);
    let middle = random.around(0.08);
    let facing = if random.between(0.0, 1.0) < 0.5 { 1.0 } else { -1.0 };
    let ground = random.between(0.36, 0.46);
    Box::new(move |x, y| {
        let (along, up) = ((x - middle) * facing, ground - y);
        for wheel in [-0.44, 0.46] {
            let radius = (along - wheel).hypot(up - 0.14);
            if radius < 0.17 {
                return if radius < 0.08 { [196.0, 198.0, 202.0] } else { [26.0, 26.0, 28.0] };
            }
        }
        let cabin = 0.46 - (up - 0.44).max(0.0) * 0.55;
        if (0.44..0.72).contains(&up) && (along + 0.06).abs() < cabin {
            let in_glass = (0.46..0.67).contains(&up) && (along + 0.06).abs() < cabin - 0.06;
            return if in_glass && (along + 0.06).abs() > 0.025 { GLASS } else { body };
        }
        let corner = (along.abs() - 0.68).max(0.0).hypot((up - 0.29).abs().max(0.06) - 0.06);
        if along.abs() < 0.82 && (0.13..0.45).contains(&up) && corner < 0.14 {
            let lamp = in_ellipse(along - 0.74, up - 0.33, 0.06, 0.05);
            return if lamp {
                [255.0, 240.0, 170.0]
            } else {
                mix(body, [20.0, 20.0, 24.0], (0.3 - up).max(0.0))
            };
        }
        if y > ground - 0.2 {
            let line = (y - ground - 0.26).abs() < 0.025 && (x * 2.2).rem_euclid(1.0) < 0.55;
            return if line { [236.0, 234.0, 222.0] } else { street };
        }
        if y > ground - 0.34 { GRASS } else { sky.colour(y) }
    })
}
