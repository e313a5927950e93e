//! JPEG inside TIFF: a stream for each strip or tile (compression 7), and the abandoned way of TIFF 6.0 with
//! one stream for the picture (compression 6).

use image::RgbImage;

use super::directory::{Directory, tag};
use super::layout::{Layout, photometric};
use super::{TIFF, blank, chunk_bytes, place, target, unsupported};
use crate::media::caps::Caps;
use crate::media::colour::cmyk_to_rgb;
use crate::media::decode::{Raster, Scale};
use crate::media::error::MediaError;
use crate::media::jpeg;

/// JPEG in strips or tiles.
pub(super) const COMPRESSION: u16 = 7;
const OLD_COMPRESSION: u64 = 6;
const START: [u8; 2] = [0xFF, 0xD8];

/// A picture of the old kind, `None` if this is none. Only whole streams are read, which is what writers
/// of this kind produced; tables scattered over the file are not gathered.
pub(super) fn decode_old(directory: &Directory<'_>, caps: &Caps) -> Result<Option<Raster>, MediaError> {
    if directory.number(tag::COMPRESSION) != Some(OLD_COMPRESSION) {
        return Ok(None);
    }
    let strips = directory.numbers(tag::STRIP_OFFSETS).unwrap_or_default();
    let single = if strips.len() == 1 { strips.first().copied() } else { None };
    let stream = [directory.number(tag::OLD_JPEG_STREAM), single]
        .into_iter()
        .flatten()
        .filter_map(|at| directory.file.get(usize::try_from(at).ok()?..))
        .find(|stream| stream.starts_with(&START));
    match stream {
        Some(stream) => jpeg::decode(stream, Scale::Full, caps).map(Some),
        None => Err(unsupported("old-style JPEG in parts".into())),
    }
}

/// A picture whose chunks are JPEG streams, their tables possibly kept apart.
pub(super) fn decode(layout: &Layout, directory: &Directory<'_>) -> Result<RgbImage, MediaError> {
    let (pixels, transform) = match (layout.photometric, layout.samples) {
        (photometric::YCBCR, 3) => (jpeg::Layout::Rgb, Some(1)),
        (photometric::RGB, 3) => (jpeg::Layout::Rgb, Some(0)),
        (photometric::CMYK, 4) => (jpeg::Layout::Cmyk, Some(0)),
        (photometric::BLACK_IS_ZERO | photometric::WHITE_IS_ZERO, 1) => (jpeg::Layout::Grey, None),
        (other, samples) => {
            return Err(unsupported(format!("JPEG with {samples} samples of colour space {other}")));
        }
    };
    if layout.planar || layout.bits != 8 {
        return Err(unsupported(format!("JPEG in planes or with {} bits", layout.bits)));
    }
    let tables = directory.bytes(tag::JPEG_TABLES);
    let (across, down) = layout.grid();
    let mut image = blank(layout);
    for at in 0..across * down {
        let place = place(layout, at);
        let stream = whole_stream(chunk_bytes(layout, directory, at), tables, transform)?;
        let chunk = decode_chunk(&stream, layout, pixels)?;
        if chunk.width < place.width || chunk.height < place.height {
            return Err(MediaError::Truncated { format: TIFF });
        }
        for (row, line) in
            chunk.bytes.chunks_exact(chunk.width * pixels.bytes()).take(place.height).enumerate()
        {
            let line = &line[..place.width * pixels.bytes()];
            let target = target(&mut image, &place, row);
            match pixels {
                jpeg::Layout::Rgb => target.copy_from_slice(line),
                jpeg::Layout::Grey => {
                    let inverted = layout.photometric == photometric::WHITE_IS_ZERO;
                    for (pixel, grey) in target.chunks_exact_mut(3).zip(line) {
                        pixel.fill(if inverted { 255 - grey } else { *grey });
                    }
                }
                jpeg::Layout::Cmyk => {
                    for (pixel, inks) in target.chunks_exact_mut(3).zip(line.chunks_exact(4)) {
                        pixel.copy_from_slice(&cmyk_to_rgb([inks[0], inks[1], inks[2], inks[3]]));
                    }
                }
            }
        }
    }
    Ok(image)
}

fn decode_chunk(stream: &[u8], layout: &Layout, pixels: jpeg::Layout) -> Result<jpeg::Pixels, MediaError> {
    let damaged = |reason: String| MediaError::damaged(TIFF, reason);
    let mut stream = jpeg::Stream::open(stream).map_err(damaged)?;
    let header = stream.header();
    // The caps hold for the chunk that the directory announces, so the stream must not be larger.
    if header.width > layout.chunk_width || header.height > layout.chunk_height.next_multiple_of(16) {
        return Err(MediaError::damaged(TIFF, "a strip is larger than announced"));
    }
    if header.precision != 8 {
        return Err(unsupported(format!("JPEG with {} bits", header.precision)));
    }
    let fits = match header.colour {
        jpeg::Colour::Cmyk | jpeg::Colour::Ycck => pixels == jpeg::Layout::Cmyk,
        jpeg::Colour::Grey => pixels == jpeg::Layout::Grey,
        jpeg::Colour::Rgb | jpeg::Colour::YCbCr => pixels == jpeg::Layout::Rgb,
    };
    if !fits {
        return Err(MediaError::damaged(TIFF, "a strip has other colours than announced"));
    }
    let chunk = stream.decode(8, pixels).map_err(damaged)?;
    match chunk.warning {
        None => Ok(chunk),
        Some(warning) => Err(MediaError::damaged(TIFF, warning)),
    }
}

/// The stream of a chunk with the shared tables in front, and with an Adobe segment that states the colour
/// transform, which TIFF keeps in its own tag and libjpeg would have to guess.
fn whole_stream(chunk: &[u8], tables: Option<&[u8]>, transform: Option<u8>) -> Result<Vec<u8>, MediaError> {
    let body = chunk.strip_prefix(&START).ok_or_else(|| MediaError::damaged(TIFF, "a strip is no JPEG"))?;
    let mut stream = START.to_vec();
    if let Some(transform) = transform {
        stream.extend([0xFF, 0xEE, 0, 14]);
        stream.extend(b"Adobe\0\x64\0\0\0\0");
        stream.push(transform);
    }
    if let Some(tables) = tables.and_then(|tables| tables.strip_prefix(&START)) {
        stream.extend(tables.strip_suffix(&[0xFF, 0xD9]).unwrap_or(tables));
    }
    stream.extend(body);
    Ok(stream)
}
