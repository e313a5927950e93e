//! What is done to a picture, and what is seen of it.

use image::{Rgb, RgbImage, imageops};

use super::super::picture::testing::drawn;
use super::*;

fn facts(image: &RgbImage) -> Facts {
    Facts { width: image.width(), height: image.height(), ..Facts::default() }
}

/// As of a thumbnail.
fn picture(image: &RgbImage) -> Picture {
    let scale = 256.0 / image.width().max(image.height()) as f32;
    let side = |side: u32| ((side as f32 * scale) as u32).max(1);
    let (width, height) = (side(image.width()), side(image.height()));
    Picture::of(&imageops::resize(image, width, height, imageops::FilterType::Triangle))
}

fn relation(a: &RgbImage, b: &RgbImage) -> Option<Relation> {
    related((&picture(a), &facts(a)), (&picture(b), &facts(b))).map(|found| found.0)
}

fn turned(image: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (image.width() as f32, image.height() as f32);
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let (dx, dy) = (x as f32 - width / 2.0, y as f32 - height / 2.0);
        let (u, v) = (cos * dx + sin * dy + width / 2.0, -sin * dx + cos * dy + height / 2.0);
        match u >= 0.0 && v >= 0.0 && u < width && v < height {
            true => *image.get_pixel(u as u32, v as u32),
            false => Rgb([0; 3]),
        }
    })
}

fn grey(image: &RgbImage) -> RgbImage {
    let grey = imageops::grayscale(image);
    RgbImage::from_fn(image.width(), image.height(), |x, y| Rgb([grey.get_pixel(x, y).0[0]; 3]))
}

#[test]
fn what_was_done_to_a_picture_is_told() {
    for seed in 0..4 {
        let image = drawn(seed, 640, 480);
        let noisy = RgbImage::from_fn(640, 480, |x, y| {
            Rgb(image.get_pixel(x, y).0.map(|value| value.saturating_add(((x * 7 + y * 13) % 5) as u8)))
        });
        let warm = RgbImage::from_fn(640, 480, |x, y| {
            let Rgb([r, g, b]) = *image.get_pixel(x, y);
            Rgb([r.saturating_add(40), g, b / 2])
        });
        let cropped = imageops::crop_imm(&image, 100, 60, 420, 330).to_image();
        let cases = [
            (noisy, Relation::Reencoded),
            (imageops::resize(&image, 300, 300, imageops::FilterType::Triangle), Relation::Resized),
            (grey(&image), Relation::Grey),
            (warm, Relation::Edited),
            (imageops::flip_horizontal(&image), Relation::Mirrored),
            (imageops::rotate90(&image), Relation::Rotated),
            (imageops::rotate180(&image), Relation::Rotated),
            (turned(&image, 25.0), Relation::Rotated),
            (turned(&imageops::flip_horizontal(&image), -20.0), Relation::Mirrored),
            (cropped, Relation::Cropped),
        ];
        for (changed, expected) in cases {
            assert_eq!(relation(&image, &changed), Some(expected), "seed {seed}");
            assert_eq!(relation(&changed, &image), Some(expected), "seed {seed}, seen from the other side");
        }
    }
}

#[test]
fn other_pictures_are_not_the_same_however_alike_their_layout_is() {
    let page = |seed: u32| {
        // Lines of words, of other lengths on each page.
        RgbImage::from_fn(480, 640, |x, y| {
            let line = y / 16;
            let is_ink = y % 16 < 8 && (40..440).contains(&x) && (40..600).contains(&y);
            let word = (x * 31 / 400 + line * 7 + seed * 13).wrapping_mul(2_654_435_761) >> 28;
            Rgb(if is_ink && word > 7 { [30; 3] } else { [250; 3] })
        })
    };
    assert_eq!(relation(&page(1), &page(1)), Some(Relation::Reencoded));
    assert_eq!(relation(&page(1), &page(2)), None);
    for seed in 0..12 {
        assert_eq!(relation(&drawn(seed, 640, 480), &drawn(seed + 50, 640, 480)), None, "{seed}");
    }
}

#[test]
fn what_is_in_one_picture_alone_makes_it_another_one() {
    for seed in 0..4 {
        let image = drawn(seed, 640, 480);
        let with = |left: u32, top: u32, side: u32, colour: [u8; 3]| {
            let mut with = image.clone();
            let places = (left..left + side).flat_map(|x| (top..top + side).map(move |y| (x, y)));
            places.for_each(|(x, y)| with.put_pixel(x, y, Rgb(colour)));
            with
        };
        // Of one brightness: only the colour tells them apart.
        let (red, blue) = (with(200, 150, 150, [190, 60, 60]), with(200, 150, 150, [40, 90, 215]));
        assert_eq!(relation(&red, &blue), None, "seed {seed}");
        assert_eq!(relation(&red, &imageops::flip_horizontal(&blue)), None, "seed {seed}");
        assert_eq!(
            relation(&red, &imageops::crop_imm(&blue, 90, 60, 420, 330).to_image()),
            None,
            "seed {seed}"
        );
        assert_eq!(
            relation(&red, &grey(&blue)),
            Some(Relation::Grey),
            "seed {seed}: grey, they are the same"
        );
        let stamped = with(590, 440, 30, [255, 255, 255]);
        assert_eq!(relation(&image, &stamped), Some(Relation::Reencoded), "seed {seed}: a mark in a corner");
    }
}

#[test]
fn pictures_of_one_colour_are_the_same_when_the_colour_is() {
    let plain = |level: u8| RgbImage::from_pixel(80, 60, Rgb([level, 20, 20]));
    assert_eq!(relation(&plain(90), &plain(90)), Some(Relation::Reencoded));
    assert_eq!(relation(&plain(90), &plain(120)), None);
    assert_eq!(relation(&plain(90), &drawn(1, 80, 60)), None);
    assert_eq!(relation(&RgbImage::new(0, 0), &RgbImage::new(0, 0)), Some(Relation::Reencoded));
}

#[test]
fn a_burst_is_of_one_camera_and_one_moment() {
    let first = drawn(1, 640, 480);
    // The camera moved a little, and something in front of it much.
    let mut second = imageops::crop_imm(
        &imageops::resize(&first, 680, 510, imageops::FilterType::Triangle),
        30,
        20,
        640,
        480,
    )
    .to_image();
    (200..330).for_each(|x| (150..330).for_each(|y| second.put_pixel(x, y, Rgb([230, 40, 60]))));
    let at = |taken_at: i64, camera: &str| Facts {
        taken_at: Some(taken_at),
        camera: Some(camera.to_owned()),
        ..facts(&first)
    };
    let related = |b: &Facts| {
        super::related((&picture(&first), &at(10_000, "one")), (&picture(&second), b)).map(|found| found.0)
    };
    assert_eq!(related(&at(12_000, "one")), Some(Relation::Burst));
    assert_ne!(related(&at(90_000, "one")), Some(Relation::Burst));
    assert_ne!(related(&at(12_000, "other")), Some(Relation::Burst));
}
