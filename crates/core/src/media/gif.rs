//! GIF through the `gif` crate: the first frame on the logical screen.

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};
use image::RgbImage;

use super::caps::Caps;
use super::decode::Raster;
use super::error::MediaError;
use super::format::Format;

const GIF: Format = Format::Gif;
const WHITE: [u8; 3] = [255; 3];

/// Decodes the first frame. What it does not cover is white where the frame has transparency, and colour 0
/// where it has none. A frame that reaches beyond the screen enlarges it.
pub(super) fn decode(bytes: &[u8], caps: &Caps) -> Result<Raster, MediaError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.allow_unknown_blocks(true);
    if let Ok(limit) = caps.max_alloc_bytes.try_into() {
        options.set_memory_limit(MemoryLimit::Bytes(limit));
    }
    let with_table: Vec<u8>;
    let bytes = if bytes.get(10).is_some_and(|flags| flags & 0x80 == 0) {
        with_table = with_grey_table(bytes);
        &with_table
    } else {
        bytes
    };
    let mut decoder = options.read_info(bytes).map_err(refused)?;
    let screen = (u32::from(decoder.width()), u32::from(decoder.height()));
    let global = decoder.global_palette().map(<[u8]>::to_vec);
    let frame =
        decoder.next_frame_info().map_err(refused)?.ok_or_else(|| MediaError::damaged(GIF, "no frame"))?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (frame_width, frame_height) = (usize::from(frame.width), usize::from(frame.height));
    let width = screen.0.max((left + frame_width) as u32);
    let height = screen.1.max((top + frame_height) as u32);
    caps.check_pixels(GIF, u64::from(width), u64::from(height))?;
    caps.check_memory(GIF, 3 * u64::from(width) * u64::from(height) + (frame_width * frame_height) as u64)?;

    let transparent = frame.transparent;
    let palette = frame.palette.clone().or(global).unwrap_or_default();
    let colour = |index: u8| {
        let at = usize::from(index) * 3;
        palette.get(at..at + 3).map_or([0; 3], |rgb| [rgb[0], rgb[1], rgb[2]])
    };
    let mut indices = vec![0; frame_width * frame_height];
    decoder.read_into_buffer(&mut indices).map_err(refused)?;

    let outside = if transparent.is_some() { WHITE } else { colour(0) };
    let mut image = RgbImage::from_pixel(width, height, image::Rgb(outside));
    let samples: &mut [u8] = &mut image;
    for (row, line) in indices.chunks_exact(frame_width.max(1)).enumerate() {
        let start = ((top + row) * width as usize + left) * 3;
        for (pixel, index) in samples[start..start + frame_width * 3].chunks_exact_mut(3).zip(line) {
            let rgb = if transparent == Some(*index) { WHITE } else { colour(*index) };
            pixel.copy_from_slice(&rgb);
        }
    }
    Ok(Raster::full(image))
}

/// Width and height of the logical screen.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    Some((side(6)?, side(8)?))
}

/// The same file with a global table of greys. A file without any colour table leaves the colours to the
/// reader, and the decoder refuses it; a frame's own table still comes first.
fn with_grey_table(bytes: &[u8]) -> Vec<u8> {
    let mut with_table = bytes.to_vec();
    with_table[10] = with_table[10] & !0x07 | 0x87;
    let at = with_table.len().min(13);
    with_table.splice(at..at, (0..=255).flat_map(|level| [level; 3]));
    with_table
}

fn refused(error: DecodingError) -> MediaError {
    match error {
        DecodingError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::Truncated { format: GIF }
        }
        other => MediaError::damaged(GIF, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 4×3 screen with a frame of 2×2 pixels, all of colour 1, at 1/1; colours 0 and 1 are red and blue.
    fn small(transparent: Option<u8>, left: u16) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = gif::Encoder::new(&mut bytes, 4, 3, &[255, 0, 0, 0, 0, 255]).unwrap();
        let frame =
            gif::Frame { transparent, left, ..gif::Frame::from_indexed_pixels(2, 2, vec![1; 4], None) };
        encoder.write_frame(&gif::Frame { top: 1, palette: None, ..frame }).unwrap();
        drop(encoder);
        bytes
    }

    #[test]
    fn the_first_frame_lies_on_its_screen() {
        let caps = Caps::of_machine();
        for (transparent, outside, inside) in
            [(None, [255, 0, 0], [0, 0, 255]), (Some(1), WHITE, WHITE), (Some(0), WHITE, [0, 0, 255])]
        {
            let image = decode(&small(transparent, 1), &caps).unwrap().image;
            assert_eq!(image.dimensions(), (4, 3));
            assert_eq!(
                (image.get_pixel(0, 0).0, image.get_pixel(1, 1).0),
                (outside, inside),
                "{transparent:?}"
            );
        }
        assert_eq!(decode(&small(None, 5), &caps).unwrap().image.dimensions(), (7, 3));
    }
}
