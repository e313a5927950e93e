//! Pictures drawn for the tests of this module, and EXIF put into them.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::Format;
use super::decode::stored_size;

const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 200, 40];
const BLUE: [u8; 3] = [30, 40, 220];
const YELLOW: [u8; 3] = [230, 220, 40];

/// A picture whose quadrants are red and green above blue and yellow.
pub(crate) fn quadrants(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (2 * x < width, 2 * y < height) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => YELLOW,
        })
    })
}

/// Checks the centres of the quadrants of a picture that was stored as [`quadrants`] with an orientation.
pub(crate) fn assert_quadrants(image: &RgbImage, orientation: u32, tolerance: u8) {
    let (width, height) = image.dimensions();
    if width < 32 || height < 32 {
        return;
    }
    let expected = match orientation {
        2 => [GREEN, RED, YELLOW, BLUE],
        3 => [YELLOW, BLUE, GREEN, RED],
        4 => [BLUE, YELLOW, RED, GREEN],
        5 => [RED, BLUE, GREEN, YELLOW],
        6 => [BLUE, RED, YELLOW, GREEN],
        7 => [YELLOW, GREEN, BLUE, RED],
        8 => [GREEN, YELLOW, RED, BLUE],
        _ => [RED, GREEN, BLUE, YELLOW],
    };
    let (left, right, top, bottom) = (width / 4, width * 3 / 4, height / 4, height * 3 / 4);
    for ((x, y), colour) in
        [(left, top), (right, top), (left, bottom), (right, bottom)].into_iter().zip(expected)
    {
        let got = image.get_pixel(x, y).0;
        let near = got.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= tolerance);
        assert!(near, "orientation {orientation} at {x},{y}: {got:?} instead of {colour:?}");
    }
}

/// A picture in a format that the `image` crate writes.
pub(crate) fn encode(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    encode_dynamic(&image.clone().into(), format)
}

/// As [`encode`], for any kind of pixels.
pub(crate) fn encode_dynamic(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    if format == ImageFormat::Tiff {
        return encode_tiff(&image.to_rgb8());
    }
    let mut bytes = Cursor::new(Vec::new());
    let rgba = || DynamicImage::from(image.to_rgba8());
    match format {
        ImageFormat::Ico | ImageFormat::Gif | ImageFormat::WebP => {
            rgba().write_to(&mut bytes, format).unwrap()
        }
        _ => image.write_to(&mut bytes, format).unwrap(),
    }
    bytes.into_inner()
}

/// A JPEG without chroma subsampling.
pub(crate) fn encode_jpeg(image: &RgbImage) -> Vec<u8> {
    let pixels = turbojpeg::Image {
        pixels: image.as_raw().as_slice(),
        width: image.width() as usize,
        pitch: image.width() as usize * 3,
        height: image.height() as usize,
        format: turbojpeg::PixelFormat::RGB,
    };
    turbojpeg::compress(pixels, 95, turbojpeg::Subsamp::None).unwrap().to_vec()
}

fn encode_tiff(image: &RgbImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    TiffFile {
        width,
        height,
        bits: vec![8, 8, 8],
        photometric: 2,
        data: image.as_raw().clone(),
        ..TiffFile::default()
    }
    .bytes()
}

/// One strip of samples and the tags that describe it.
#[derive(Default)]
pub(crate) struct TiffFile {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bits: Vec<u16>,
    pub(crate) photometric: u16,
    pub(crate) compression: u16,
    pub(crate) data: Vec<u8>,
    /// Further short tags.
    pub(crate) more: Vec<(u16, Vec<u16>)>,
}

impl TiffFile {
    /// A little-endian file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let short = |values: &[u16]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let long = |value: u32| value.to_le_bytes().to_vec();
        let data_at = 8;
        let mut fields: Vec<(u16, u16, u32, Vec<u8>)> = vec![
            (256, 4, 1, long(self.width)),
            (257, 4, 1, long(self.height)),
            (258, 3, self.bits.len() as u32, short(&self.bits)),
            (259, 3, 1, short(&[self.compression.max(1)])),
            (262, 3, 1, short(&[self.photometric])),
            (273, 4, 1, long(data_at)),
            (277, 3, 1, short(&[self.bits.len() as u16])),
            (278, 4, 1, long(self.height)),
            (279, 4, 1, long(self.data.len() as u32)),
        ];
        for (tag, values) in &self.more {
            fields.retain(|field| field.0 != *tag);
            fields.push((*tag, 3, values.len() as u32, short(values)));
        }
        let mut data = self.data.clone();
        data.resize(data.len().next_multiple_of(2), 0);
        let ifd_at = data_at + data.len() as u32;
        let mut file = [&b"II*\0"[..], &ifd_at.to_le_bytes(), &data].concat();
        file.extend(ifd(fields, ifd_at));
        file
    }
}

/// A directory with its values behind it, at `at` bytes from the start of the TIFF structure.
fn ifd(mut fields: Vec<(u16, u16, u32, Vec<u8>)>, at: u32) -> Vec<u8> {
    fields.sort_by_key(|field| field.0);
    let mut bytes = (fields.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    let values_at = at + 2 + 12 * fields.len() as u32 + 4;
    for (tag, kind, count, value) in fields {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        if value.len() <= 4 {
            bytes.extend(&value);
            bytes.resize(bytes.len() + 4 - value.len(), 0);
        } else {
            bytes.extend((values_at + values.len() as u32).to_le_bytes());
            values.extend(&value);
            values.resize(values.len().next_multiple_of(2), 0);
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(values);
    bytes
}

/// One EXIF tag.
pub(crate) enum Entry {
    Text(u16, &'static str),
    ExifText(u16, &'static str),
    GpsText(u16, &'static str),
    GpsRationals(u16, [(u32, u32); 3]),
}

/// An EXIF block (a TIFF structure).
pub(crate) fn exif(orientation: u16, entries: &[Entry]) -> Vec<u8> {
    let text = |tag: u16, text: &str| (tag, 2, text.len() as u32, text.as_bytes().to_vec());
    let mut main = vec![(0x0112, 3, 1, orientation.to_le_bytes().to_vec())];
    let (mut camera, mut gps) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Text(tag, value) => main.push(text(*tag, value)),
            Entry::ExifText(tag, value) => camera.push(text(*tag, value)),
            Entry::GpsText(tag, value) => gps.push(text(*tag, value)),
            Entry::GpsRationals(tag, values) => {
                let bytes =
                    values.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect();
                gps.push((*tag, 5, 3, bytes));
            }
        }
    }
    let camera = ifd(camera, 8);
    let gps_at = 8 + camera.len() as u32;
    let gps = ifd(gps, gps_at);
    let main_at = gps_at + gps.len() as u32;
    main.push((0x8769, 4, 1, 8u32.to_le_bytes().to_vec()));
    main.push((0x8825, 4, 1, gps_at.to_le_bytes().to_vec()));
    [b"II*\0".to_vec(), main_at.to_le_bytes().to_vec(), camera, gps, ifd(main, main_at)].concat()
}

/// The same picture with an EXIF block in it (JPEG, PNG, WebP).
pub(crate) fn with_exif(picture: &[u8], exif: &[u8]) -> Vec<u8> {
    match Format::of(picture).unwrap() {
        Format::Jpeg => {
            let payload = [b"Exif\0\0", exif].concat();
            let length = (payload.len() as u16 + 2).to_be_bytes();
            [&picture[..2], &[0xFF, 0xE1], &length, &payload, &picture[2..]].concat()
        }
        Format::Png => {
            let after_header = 8 + 25;
            [&picture[..after_header], &png_chunk(b"eXIf", exif), &picture[after_header..]].concat()
        }
        Format::WebP => {
            let (width, height) = stored_size(Format::WebP, picture).unwrap();
            let mut extended = vec![0x08, 0, 0, 0];
            extended.extend(&(width - 1).to_le_bytes()[..3]);
            extended.extend(&(height - 1).to_le_bytes()[..3]);
            let padding = vec![0; exif.len() % 2];
            let length = (exif.len() as u32).to_le_bytes();
            let body =
                [&b"WEBPVP8X\x0A\0\0\0"[..], &extended, &picture[12..], b"EXIF", &length, exif, &padding]
                    .concat();
            [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat()
        }
        other => panic!("no EXIF in {other}"),
    }
}

/// The same picture with a colour profile in it (JPEG, PNG).
pub(crate) fn with_icc(picture: &[u8], icc: &[u8]) -> Vec<u8> {
    match Format::of(picture).unwrap() {
        Format::Jpeg => {
            let payload = [b"ICC_PROFILE\0\x01\x01", icc].concat();
            let length = (payload.len() as u16 + 2).to_be_bytes();
            [&picture[..2], &[0xFF, 0xE2], &length, &payload, &picture[2..]].concat()
        }
        Format::Png => {
            let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            deflated.write_all(icc).unwrap();
            let data = [b"drawn\0\0".to_vec(), deflated.finish().unwrap()].concat();
            let after_header = 8 + 25;
            [&picture[..after_header], &png_chunk(b"iCCP", &data), &picture[after_header..]].concat()
        }
        other => panic!("no profile in {other}"),
    }
}

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let chunk = [&kind[..], data].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&chunk);
    [&(data.len() as u32).to_be_bytes()[..], &chunk, &crc.sum().to_be_bytes()].concat()
}
