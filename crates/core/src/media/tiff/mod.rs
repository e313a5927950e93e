//! TIFF and BigTIFF: the first page, in strips or tiles, of every baseline kind and the usual extensions.
//!
//! Read here rather than through a crate because scans and prepress files use what no maintained crate
//! covers together: palettes, CIE Lab, subsampled YCbCr, planar CMYK, both kinds of JPEG inside TIFF.
//! Source: TIFF 6.0 (1992), Adobe's TIFF Technical Notes 1–3.

mod chunk;
mod directory;
mod inner_jpeg;
mod layout;
mod pixels;

use image::RgbImage;

use super::caps::Caps;
use super::decode::Raster;
use super::error::MediaError;
use super::format::Format;
use chunk::decompress;
use directory::{Directory, tag};
use layout::Layout;
use pixels::{Painter, to_eight_bits, ycbcr_to_rgb};

const TIFF: Format = Format::Tiff;

fn unsupported(what: String) -> MediaError {
    MediaError::unsupported(TIFF, what)
}

/// Decodes the first page.
pub(super) fn decode(bytes: &[u8], caps: &Caps) -> Result<Raster, MediaError> {
    let directory = Directory::first(bytes).ok_or_else(|| MediaError::damaged(TIFF, "no directory"))?;
    if let Some(raster) = inner_jpeg::decode_old(&directory, caps)? {
        return Ok(raster);
    }
    let layout = Layout::of(&directory, caps)?;
    let image = if layout.compression == inner_jpeg::COMPRESSION {
        inner_jpeg::decode(&layout, &directory)?
    } else if layout.is_subsampled() {
        decode_subsampled(&layout, &directory)?
    } else {
        decode_plain(&layout, &directory)?
    };
    Ok(Raster::full(image))
}

/// Width and height from the header.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let directory = Directory::first(bytes)?;
    let side = |id| u32::try_from(directory.number(id)?).ok();
    Some((side(tag::WIDTH)?, side(tag::HEIGHT)?))
}

/// The orientation tag, an EXIF number.
pub(super) fn orientation(bytes: &[u8]) -> Option<u32> {
    u32::try_from(Directory::first(bytes)?.number(tag::ORIENTATION)?).ok()
}

/// The ICC profile.
pub(super) fn icc(bytes: &[u8]) -> Option<&[u8]> {
    Directory::first(bytes)?.bytes(tag::ICC_PROFILE)
}

/// A chunk's place in the picture: left, top, and the width and height that lie inside it.
struct Place {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

fn place(layout: &Layout, at: usize) -> Place {
    let (across, _) = layout.grid();
    let (left, top) = (at % across * layout.chunk_width, at / across * layout.chunk_height);
    Place {
        left,
        top,
        width: layout.chunk_width.min(layout.width - left),
        height: layout.chunk_height.min(layout.height - top),
    }
}

/// Rows that a chunk stores: tiles are padded, the last strip is not.
fn stored_rows(layout: &Layout, place: &Place, directory: &Directory<'_>) -> usize {
    if directory.number(tag::TILE_WIDTH).is_some() { layout.chunk_height } else { place.height }
}

fn blank(layout: &Layout) -> RgbImage {
    RgbImage::new(layout.width as u32, layout.height as u32)
}

/// The part of a picture's row that a chunk covers.
fn target<'a>(image: &'a mut RgbImage, place: &Place, row: usize) -> &'a mut [u8] {
    let stride = image.width() as usize * 3;
    let start = (place.top + row) * stride + place.left * 3;
    let samples: &mut [u8] = image;
    &mut samples[start..start + place.width * 3]
}

fn chunk_bytes<'a>(layout: &Layout, directory: &Directory<'a>, at: usize) -> &'a [u8] {
    let (offset, length) = layout.chunks[at];
    &directory.file[offset..offset + length]
}

fn decode_plain(layout: &Layout, directory: &Directory<'_>) -> Result<RgbImage, MediaError> {
    let painter = Painter::of(layout, directory)?;
    let two_dimensional = directory.number(tag::T4_OPTIONS).unwrap_or(0) & 1 == 1;
    let (across, down) = layout.grid();
    let per_plane = across * down;
    let planes = if layout.planar { layout.samples } else { 1 };
    let in_chunk = layout.samples_in_chunk();
    let mut image = blank(layout);
    let (mut samples, mut pixels) = (Vec::new(), Vec::new());
    for at in 0..per_plane {
        let place = place(layout, at);
        let rows = stored_rows(layout, &place, directory);
        let chunks = (0..planes)
            .map(|plane| {
                let data = chunk_bytes(layout, directory, plane * per_plane + at);
                decompress(layout, data, rows, two_dimensional, directory.big_endian)
            })
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..place.height {
            let start = row * layout.row_bytes();
            pixels.resize(place.width * layout.samples, 0);
            for (plane, chunk) in chunks.iter().enumerate() {
                let stored = &chunk[start..start + layout.row_bytes()];
                to_eight_bits(layout, stored, place.width * in_chunk, directory.big_endian, &mut samples);
                if planes == 1 {
                    std::mem::swap(&mut pixels, &mut samples);
                } else {
                    for (pixel, sample) in pixels.chunks_exact_mut(layout.samples).zip(&samples) {
                        pixel[plane] = *sample;
                    }
                }
            }
            painter.paint(&pixels, target(&mut image, &place, row));
        }
    }
    Ok(image)
}

/// YCbCr outside JPEG: blocks of several Y and one Cb and Cr.
fn decode_subsampled(layout: &Layout, directory: &Directory<'_>) -> Result<RgbImage, MediaError> {
    if layout.bits != 8 || layout.samples != 3 {
        return Err(unsupported(format!("subsampled colour of {} bits", layout.bits)));
    }
    let (across, down) = layout.subsampling;
    let (grid_across, grid_down) = layout.grid();
    let mut image = blank(layout);
    for at in 0..grid_across * grid_down {
        let place = place(layout, at);
        let rows = stored_rows(layout, &place, directory);
        let data = decompress(layout, chunk_bytes(layout, directory, at), rows, false, directory.big_endian)?;
        let blocks_across = layout.chunk_width.div_ceil(across);
        for row in 0..place.height {
            let line = target(&mut image, &place, row);
            for (x, pixel) in line.chunks_exact_mut(3).enumerate() {
                let block = (row / down * blocks_across + x / across) * (across * down + 2);
                let y = data[block + row % down * across + x % across];
                let (cb, cr) = (data[block + across * down], data[block + across * down + 1]);
                pixel.copy_from_slice(&ycbcr_to_rgb(y, cb, cr));
            }
        }
    }
    Ok(image)
}
