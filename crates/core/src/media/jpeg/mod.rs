//! JPEG through libjpeg-turbo: fast, with DCT scaling, CMYK and YCCK.

mod segments;
mod turbo;

use image::RgbImage;

use super::caps::Caps;
use super::colour::inverted_cmyk_to_rgb;
use super::decode::{Raster, Scale};
use super::error::MediaError;
use super::format::Format;
pub(super) use segments::Segments;
pub(super) use turbo::{Colour, Layout, Pixels, Stream};

const JPEG: Format = Format::Jpeg;

/// Pixels × scans that may be spent on one progressive picture. Ten scans, which every encoder stays
/// within, are always allowed at the pixel cap; a stream of thousands of scans is an attack on time.
const SCAN_BUDGET: u64 = 4_000_000_000;
const MOST_SCANS: u64 = 500;
const MEGABYTE: u64 = 1 << 20;

/// Eighths to which libjpeg-turbo scales faster than it decodes in full; the others have no SIMD.
const EIGHTHS: [usize; 4] = [1, 2, 4, 8];

/// Decodes a JPEG picture; reduced by 2, 4 or 8 where `scale` allows.
pub(super) fn decode(bytes: &[u8], scale: Scale, caps: &Caps) -> Result<Raster, MediaError> {
    let segments = Segments::of(bytes);
    if let Some((width, height)) = segments.size {
        // A height of 0 is given later in the stream (DNL), which nobody writes and libjpeg refuses.
        caps.check_pixels(JPEG, u64::from(width), u64::from(height))?;
    }
    let complete = segments.has_end(bytes);
    let ended: Vec<u8>;
    let stream = if complete {
        bytes
    } else {
        // With an end put there, a stream that only lost its last marker decodes without a warning,
        // and any warning means that pixels are missing.
        ended = [bytes, &[0xFF, 0xD9]].concat();
        &ended
    };
    let (raster, warning) = decode_stream(stream, scale, caps)?;
    match warning {
        Some(_) if !complete => Err(MediaError::Truncated { format: JPEG }),
        _ => Ok(raster),
    }
}

fn decode_stream(bytes: &[u8], scale: Scale, caps: &Caps) -> Result<(Raster, Option<String>), MediaError> {
    let damaged = |reason: String| MediaError::damaged(JPEG, reason);
    let mut stream = Stream::open(bytes).map_err(damaged)?;
    let header = stream.header();
    let (width, height) = (header.width as u64, header.height as u64);
    caps.check_pixels(JPEG, width, height)?;
    if header.precision != 8 {
        return Err(MediaError::unsupported(JPEG, format!("{} bits a sample", header.precision)));
    }
    let layout = match header.colour {
        Colour::Cmyk | Colour::Ycck => Layout::Cmyk,
        Colour::Grey | Colour::Rgb | Colour::YCbCr => Layout::Rgb,
    };
    let eighths = if header.lossless { 8 } else { eighths(scale, header.width, header.height) };
    let scaled = width * height * (eighths * eighths) as u64 / 64;
    let buffers = scaled * (layout.bytes() as u64 + if layout == Layout::Cmyk { 3 } else { 0 });
    // The coefficients of a progressive picture are 16 bits wide; half-resolution chroma is the rule.
    let coefficients = if header.progressive { width * height * 3 } else { 0 };
    caps.check_memory(JPEG, buffers + coefficients)?;
    let decoder_megabytes = (caps.max_alloc_bytes.saturating_sub(buffers) / MEGABYTE).max(16);
    let scans = (SCAN_BUDGET / (width * height)).clamp(16, MOST_SCANS);
    stream.limit(decoder_megabytes as u32, scans as u32);

    let pixels = stream.decode(eighths, layout).map_err(damaged)?;
    let rgb = if layout == Layout::Cmyk { inverted_cmyk_to_rgb(&pixels.bytes) } else { pixels.bytes };
    let image = RgbImage::from_raw(pixels.width as u32, pixels.height as u32, rgb)
        .ok_or_else(|| MediaError::damaged(JPEG, "fewer pixels than announced"))?;
    Ok((Raster { image, width: header.width as u32, height: header.height as u32 }, pixels.warning))
}

/// The smallest reduction that still delivers what is asked for.
fn eighths(scale: Scale, width: usize, height: usize) -> usize {
    let fits = |eighths: &usize| {
        let side = |side: usize| (side * eighths).div_ceil(8) as u32;
        scale.is_met_by(side(width), side(height))
    };
    EIGHTHS.into_iter().find(fits).unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::testing::{encode_jpeg, quadrants};

    fn caps() -> Caps {
        Caps::of_machine()
    }

    #[test]
    fn a_large_picture_is_reduced_to_what_is_enough() {
        let jpeg = encode_jpeg(&quadrants(1000, 600));
        for (longest, shortest, expected) in [
            (1000, 0, (1000, 600)),
            (501, 0, (1000, 600)),
            (500, 0, (500, 300)),
            (0, 224, (500, 300)),
            (0, 150, (250, 150)),
            (100, 75, (125, 75)),
            (0, 0, (125, 75)),
            (5000, 5000, (1000, 600)),
        ] {
            let raster = decode(&jpeg, Scale::AtLeast { longest, shortest }, &caps()).unwrap();
            assert_eq!(raster.image.dimensions(), expected, "at least {longest}/{shortest}");
            assert_eq!((raster.width, raster.height), (1000, 600));
        }
    }

    #[test]
    fn a_lost_end_marker_alone_does_not_matter_but_lost_pixels_do() {
        let jpeg = encode_jpeg(&quadrants(320, 240));
        assert!(decode(&jpeg[..jpeg.len() - 2], Scale::Full, &caps()).is_ok());
        let cut = decode(&jpeg[..jpeg.len() * 2 / 3], Scale::Full, &caps());
        assert!(matches!(cut, Err(MediaError::Truncated { .. })), "{cut:?}");
        assert!(decode(&jpeg[..200], Scale::Full, &caps()).is_err());
    }

    #[test]
    fn a_header_beyond_the_caps_is_refused_before_decoding() {
        let mut jpeg = encode_jpeg(&quadrants(64, 64));
        let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
        let refused = decode(&jpeg, Scale::AtLeast { longest: 1, shortest: 1 }, &caps());
        assert!(matches!(refused, Err(MediaError::TooManyPixels { .. })), "{refused:?}");
    }
}
