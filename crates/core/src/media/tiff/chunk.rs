//! One strip or tile: from its compressed bytes to rows of samples.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::layout::{Layout, SampleKind};
use super::{TIFF, unsupported};
use crate::media::error::MediaError;

mod compression {
    pub(super) const NONE: u16 = 1;
    pub(super) const HUFFMAN_RLE: u16 = 2;
    pub(super) const GROUP_3: u16 = 3;
    pub(super) const GROUP_4: u16 = 4;
    pub(super) const LZW: u16 = 5;
    pub(super) const DEFLATE: u16 = 8;
    pub(super) const PACK_BITS: u16 = 32773;
    pub(super) const OLD_DEFLATE: u16 = 32946;
}

/// Decompresses a chunk of `rows` rows to exactly as many bytes as they take, undoing the predictor.
/// Samples of more than eight bits stay in the file's byte order, except after the float predictor, which
/// stores the most significant byte first.
pub(super) fn decompress(
    layout: &Layout,
    data: &[u8],
    rows: usize,
    two_dimensional: bool,
    big_endian: bool,
) -> Result<Vec<u8>, MediaError> {
    let wanted = if layout.is_subsampled() {
        let (across, down) = layout.subsampling;
        layout.chunk_width.div_ceil(across)
            * rows.div_ceil(down)
            * (across * down + 2)
            * layout.bits.div_ceil(8)
    } else {
        layout.row_bytes() * rows
    };
    let turned: Vec<u8>;
    let data = if layout.reversed_bits {
        turned = data.iter().map(|byte| byte.reverse_bits()).collect();
        &turned
    } else {
        data
    };
    let mut bytes = match layout.compression {
        compression::NONE => data.get(..wanted).ok_or(MediaError::Truncated { format: TIFF })?.to_vec(),
        compression::LZW => lzw(data, wanted)?,
        compression::DEFLATE | compression::OLD_DEFLATE => inflate(data, wanted)?,
        compression::PACK_BITS => unpack_bits(data, wanted),
        compression::GROUP_4 => fax(layout, data, rows)?,
        compression::GROUP_3 if !two_dimensional => fax(layout, data, rows)?,
        compression::GROUP_3 => return Err(unsupported("two-dimensional Group 3 fax".into())),
        compression::HUFFMAN_RLE => return Err(unsupported("Huffman fax".into())),
        other => return Err(unsupported(format!("compression {other}"))),
    };
    if bytes.len() < wanted {
        return Err(MediaError::Truncated { format: TIFF });
    }
    bytes.truncate(wanted);
    match layout.predictor {
        2 => undo_differences(layout, &mut bytes, big_endian)?,
        3 => undo_float_differences(layout, &mut bytes)?,
        _ => {}
    }
    Ok(bytes)
}

fn lzw(data: &[u8], wanted: usize) -> Result<Vec<u8>, MediaError> {
    // Streams of before 1988 are packed from the lowest bit; they start with the clear code that way round.
    let old = data.len() > 1 && data[0] == 0 && data[1] & 1 == 1;
    let mut decoder = if old {
        weezl::decode::Decoder::new(weezl::BitOrder::Lsb, 8)
    } else {
        weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
    };
    let mut bytes = vec![0; wanted];
    let (mut read, mut written) = (0, 0);
    while written < wanted {
        let step = decoder.decode_bytes(&data[read..], &mut bytes[written..]);
        read += step.consumed_in;
        written += step.consumed_out;
        match step.status {
            Ok(weezl::LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(_) => break,
            Err(error) => return Err(MediaError::damaged(TIFF, error)),
        }
    }
    bytes.truncate(written);
    Ok(bytes)
}

fn inflate(data: &[u8], wanted: usize) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::with_capacity(wanted);
    let read = ZlibDecoder::new(data).take(wanted as u64).read_to_end(&mut bytes);
    match read {
        Err(error) if bytes.len() < wanted => Err(MediaError::damaged(TIFF, error)),
        _ => Ok(bytes),
    }
}

/// Macintosh run lengths; stops at `wanted` bytes or where the data ends.
fn unpack_bits(data: &[u8], wanted: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(wanted);
    let mut rest = data;
    while bytes.len() < wanted {
        let Some((head, tail)) = rest.split_first() else { break };
        match *head as i8 {
            -128 => rest = tail,
            count @ 0.. => {
                let count = (count as usize + 1).min(tail.len());
                bytes.extend_from_slice(&tail[..count]);
                rest = &tail[count..];
            }
            count => {
                let Some((byte, after)) = tail.split_first() else { break };
                bytes.resize(bytes.len() + 1 + count.unsigned_abs() as usize, *byte);
                rest = after;
            }
        }
    }
    bytes
}

/// Bi-level rows: a set bit is black, as the fax standards mean it.
fn fax(layout: &Layout, data: &[u8], rows: usize) -> Result<Vec<u8>, MediaError> {
    if layout.bits != 1 || layout.samples_in_chunk() != 1 {
        return Err(MediaError::damaged(TIFF, "fax compression of grey or colour"));
    }
    let too_wide = |_| unsupported("fax rows of more than 65535 pixels".into());
    let width = u16::try_from(layout.chunk_width).map_err(too_wide)?;
    let row_bytes = layout.row_bytes();
    let mut bytes = vec![0; row_bytes * rows];
    let mut targets = bytes.chunks_exact_mut(row_bytes);
    let mut draw = |changes: &[u16]| {
        let Some(target) = targets.next() else { return false };
        for black in changes.chunks(2) {
            let end = black.get(1).copied().unwrap_or(width).min(width);
            for x in usize::from(black[0])..usize::from(end) {
                target[x / 8] |= 0x80 >> (x % 8);
            }
        }
        true
    };
    let mut drawn = 0;
    let stream = data.iter().map(|byte| Ok::<u8, std::convert::Infallible>(*byte));
    if layout.compression == compression::GROUP_4 {
        let Ok(mut decoder) = fax::decoder::Group4Decoder::new(stream, width);
        while drawn < rows {
            match decoder.advance() {
                Ok(fax::decoder::DecodeStatus::Incomplete) if draw(decoder.transition()) => drawn += 1,
                _ => break,
            }
        }
    } else {
        let mut decoder = fax::decoder::Group3Decoder::new(stream)
            .map_err(|error| MediaError::damaged(TIFF, format!("fax: {error}")))?;
        while drawn < rows {
            match decoder.advance() {
                Ok(status) if draw(decoder.transitions()) => {
                    drawn += 1;
                    if status == fax::decoder::DecodeStatus::End {
                        break;
                    }
                }
                _ => break,
            }
        }
    }
    // White rows at the end may be left out; a stream that breaks off near the start is damaged.
    if drawn * 2 < rows { Err(MediaError::Truncated { format: TIFF }) } else { Ok(bytes) }
}

/// Horizontal differencing: each sample is stored as the difference to the same sample of the pixel before.
fn undo_differences(layout: &Layout, bytes: &mut [u8], big_endian: bool) -> Result<(), MediaError> {
    let samples = layout.samples_in_chunk();
    for row in bytes.chunks_exact_mut(layout.row_bytes()) {
        match layout.bits {
            8 => {
                for at in samples..row.len() {
                    row[at] = row[at].wrapping_add(row[at - samples]);
                }
            }
            16 => {
                for at in samples..row.len() / 2 {
                    let load = |at: usize| {
                        let pair = [row[2 * at], row[2 * at + 1]];
                        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
                    };
                    let sum = load(at).wrapping_add(load(at - samples));
                    let pair = if big_endian { sum.to_be_bytes() } else { sum.to_le_bytes() };
                    row[2 * at..2 * at + 2].copy_from_slice(&pair);
                }
            }
            32 => {
                for at in samples..row.len() / 4 {
                    let load = |at: usize| {
                        let four = [row[4 * at], row[4 * at + 1], row[4 * at + 2], row[4 * at + 3]];
                        if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
                    };
                    let sum = load(at).wrapping_add(load(at - samples));
                    let four = if big_endian { sum.to_be_bytes() } else { sum.to_le_bytes() };
                    row[4 * at..4 * at + 4].copy_from_slice(&four);
                }
            }
            bits => return Err(unsupported(format!("differences of {bits}-bit samples"))),
        }
    }
    Ok(())
}

/// Adobe's floating-point predictor: the bytes of a row's samples sorted by significance, then differenced.
fn undo_float_differences(layout: &Layout, bytes: &mut [u8]) -> Result<(), MediaError> {
    if layout.kind != SampleKind::Float || !layout.bits.is_multiple_of(8) {
        return Err(MediaError::damaged(TIFF, "float predictor on whole numbers"));
    }
    let (samples, width) = (layout.samples_in_chunk(), layout.bits / 8);
    for row in bytes.chunks_exact_mut(layout.row_bytes()) {
        for at in samples..row.len() {
            row[at] = row[at].wrapping_add(row[at - samples]);
        }
        let count = row.len() / width;
        let sorted = row.to_vec();
        for at in 0..count {
            for byte in 0..width {
                row[at * width + byte] = sorted[byte * count + at];
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pack_bits_stops_where_it_is_full_or_the_data_ends() {
        assert_eq!(unpack_bits(&[2, 1, 2, 3, 0xFE, 9, 0x80, 0, 7], 100), [1, 2, 3, 9, 9, 9, 7]);
        assert_eq!(unpack_bits(&[0x81, 5], 10).len(), 128);
        assert_eq!(unpack_bits(&[5, 1], 10), [1]);
        assert!(unpack_bits(&[0xFF], 10).is_empty());
    }
}
