//! Where a file keeps its EXIF, its XMP and its colour profile.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::format::Format;
use super::{heif, jpeg, tiff};

/// The metadata blocks of a file, as stored.
#[derive(Debug, Default)]
pub(super) struct Embedded<'a> {
    /// A TIFF structure.
    pub(super) exif: Option<Cow<'a, [u8]>>,
    /// An XMP packet.
    pub(super) xmp: Option<Cow<'a, [u8]>>,
    /// An ICC profile.
    pub(super) icc: Option<Cow<'a, [u8]>>,
}

/// A compressed block that inflates beyond this is not metadata of a photo.
const MOST_INFLATED: u64 = 4 << 20;
const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp\0";
const RAW_EXIF_KEYWORDS: [&[u8]; 2] = [b"Raw profile type exif\0", b"Raw profile type APP1\0"];

impl<'a> Embedded<'a> {
    /// Finds the blocks of a file of this format.
    pub(super) fn of(format: Format, bytes: &'a [u8]) -> Self {
        match format {
            Format::Jpeg => {
                let segments = jpeg::Segments::of(bytes);
                Self {
                    exif: segments.exif.map(Cow::Borrowed),
                    xmp: segments.xmp.map(Cow::Borrowed),
                    icc: segments.icc().map(Cow::Owned),
                }
            }
            Format::Png => Self::of_png(bytes),
            Format::WebP => Self::of_webp(bytes),
            // A TIFF file is the structure that EXIF borrowed; XMP is its tag 700.
            Format::Tiff => {
                Self { exif: Some(Cow::Borrowed(bytes)), xmp: None, icc: tiff::icc(bytes).map(Cow::Borrowed) }
            }
            Format::Heif | Format::Avif => heif::embedded(bytes),
            Format::Gif | Format::Bmp | Format::Ico | Format::Qoi | Format::Pnm => Self::default(),
        }
    }

    fn of_png(bytes: &'a [u8]) -> Self {
        let mut found = Self::default();
        let mut rest = bytes.get(8..).unwrap_or_default();
        while let (Some(length), Some(kind)) = (be32(rest), rest.get(4..8)) {
            let Some(data) = rest.get(8..8 + length) else { break };
            match kind {
                b"eXIf" => found.exif = Some(Cow::Borrowed(without_exif_prefix(data))),
                b"iCCP" => found.icc = png_icc(data).map(Cow::Owned),
                b"iTXt" => found.xmp = found.xmp.or_else(|| png_xmp(data)),
                b"tEXt" | b"zTXt" => {
                    found.exif =
                        found.exif.or_else(|| png_raw_profile(data, kind == b"zTXt").map(Cow::Owned));
                }
                b"IEND" => break,
                _ => {}
            }
            rest = rest.get(12 + length..).unwrap_or_default();
        }
        found
    }

    fn of_webp(bytes: &'a [u8]) -> Self {
        let mut found = Self::default();
        let mut rest = bytes.get(12..).unwrap_or_default();
        while let (Some(kind), Some(length)) = (rest.get(..4), le32(rest.get(4..).unwrap_or_default())) {
            let Some(data) = rest.get(8..8 + length) else { break };
            match kind {
                b"EXIF" => found.exif = Some(Cow::Borrowed(without_exif_prefix(data))),
                b"XMP " => found.xmp = Some(Cow::Borrowed(data)),
                b"ICCP" => found.icc = Some(Cow::Borrowed(data)),
                _ => {}
            }
            rest = rest.get(8 + length + length % 2..).unwrap_or_default();
        }
        found
    }
}

/// Some writers put JPEG's prefix in front of the TIFF header.
fn without_exif_prefix(data: &[u8]) -> &[u8] {
    data.strip_prefix(b"Exif\0\0").unwrap_or(data)
}

/// `iTXt`: keyword, compression flag and method, language, translated keyword, text.
fn png_xmp(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    let rest = data.strip_prefix(XMP_KEYWORD)?;
    let (flags, rest) = rest.split_at_checked(2)?;
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let text = parts.nth(2)?;
    if flags[0] == 0 { Some(Cow::Borrowed(text)) } else { inflated(text).map(Cow::Owned) }
}

/// `iCCP`: name, compression method, profile.
fn png_icc(data: &[u8]) -> Option<Vec<u8>> {
    let name = data.iter().position(|byte| *byte == 0)?;
    inflated(data.get(name + 2..)?)
}

/// ImageMagick's way before PNG had `eXIf`: a text of name, length and hexadecimal digits.
fn png_raw_profile(data: &[u8], compressed: bool) -> Option<Vec<u8>> {
    let body = RAW_EXIF_KEYWORDS.iter().find_map(|keyword| data.strip_prefix(*keyword))?;
    let text = if compressed { Cow::Owned(inflated(body.get(1..)?)?) } else { Cow::Borrowed(body) };
    let text = std::str::from_utf8(&text).ok()?.trim_start();
    let (_name, rest) = text.split_once('\n')?;
    let (_length, digits) = rest.trim_start().split_once('\n')?;
    let nibbles: Vec<u8> = digits.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    let profile: Vec<u8> = nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    Some(without_exif_prefix(&profile).to_vec())
}

fn inflated(data: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let read = ZlibDecoder::new(data).take(MOST_INFLATED).read_to_end(&mut text).ok()?;
    (0 < read && (read as u64) < MOST_INFLATED).then_some(text)
}

fn be32(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize)
}

fn le32(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
    }

    #[test]
    fn png_keeps_exif_and_xmp_in_chunks() {
        let png = [
            b"\x89PNG\r\n\x1A\n".to_vec(),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"),
            chunk(b"eXIf", b"MM\0*rest"),
            chunk(b"IEND", b""),
        ]
        .concat();
        let found = Embedded::of(Format::Png, &png);
        assert_eq!(found.exif.as_deref(), Some(&b"MM\0*rest"[..]));
        assert_eq!(found.xmp.as_deref(), Some(&b"<x/>"[..]));
    }

    #[test]
    fn png_exif_in_hexadecimal_text_is_read() {
        let png = [
            b"\x89PNG\r\n\x1A\n".to_vec(),
            chunk(b"tEXt", b"Raw profile type exif\0\nexif\n      10\n457869660000\n49492a00\n"),
        ]
        .concat();
        assert_eq!(Embedded::of(Format::Png, &png).exif.as_deref(), Some(&b"II*\0"[..]));
    }

    #[test]
    fn webp_keeps_exif_xmp_and_profile_in_riff_chunks() {
        let webp =
            b"RIFF\0\0\0\0WEBPVP8X\x01\0\0\0x\0ICCP\x02\0\0\0ccEXIF\x05\0\0\0II*\0!\0XMP \x04\0\0\0<x/>";
        let found = Embedded::of(Format::WebP, webp);
        assert_eq!(found.icc.as_deref(), Some(&b"cc"[..]));
        assert_eq!(found.exif.as_deref(), Some(&b"II*\0!"[..]));
        assert_eq!(found.xmp.as_deref(), Some(&b"<x/>"[..]));
    }

    #[test]
    fn lengths_beyond_the_file_find_nothing() {
        let png = [b"\x89PNG\r\n\x1A\n".to_vec(), b"\xFF\xFF\xFF\xFFeXIf".to_vec()].concat();
        assert!(Embedded::of(Format::Png, &png).exif.is_none());
        assert!(Embedded::of(Format::WebP, b"RIFF\0\0\0\0WEBPEXIF\xFF\xFF\xFF\xFF").exif.is_none());
    }
}
