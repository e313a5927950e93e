//! Which format a file has: by its first bytes, never by its name.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A picture format that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// JPEG, MPO (its first picture).
    Jpeg,
    /// PNG, APNG (its default picture).
    Png,
    /// WebP, lossy and lossless; the first frame of an animation.
    WebP,
    /// GIF; the first frame of an animation.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF; the first page.
    Tiff,
    /// HEIC and other HEIF files with HEVC inside; the primary picture.
    Heif,
    /// AVIF; the primary picture.
    Avif,
    /// Windows icon; the largest picture.
    Ico,
    /// Quite OK Image.
    Qoi,
    /// PBM, PGM, PPM, PAM.
    Pnm,
}

/// How many of the first bytes [`Format::of`] looks at.
pub(super) const SNIFF_BYTES: usize = 256;

impl Format {
    /// The format that the first bytes of a file announce, `None` for anything else.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        let at =
            |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
        if starts(b"\xFF\xD8\xFF") {
            Some(Self::Jpeg)
        } else if starts(b"\x89PNG\r\n\x1A\n") {
            Some(Self::Png)
        } else if starts(b"RIFF") && at(8, b"WEBP") {
            Some(Self::WebP)
        } else if starts(b"GIF87a") || starts(b"GIF89a") {
            Some(Self::Gif)
        } else if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
            Some(Self::Tiff)
        } else if at(4, b"ftyp") {
            iso_brand(bytes)
        } else if is_bmp(bytes) {
            Some(Self::Bmp)
        } else if starts(b"\0\0\x01\0") && bytes.len() > 6 && bytes[4..6] != [0, 0] {
            Some(Self::Ico)
        } else if starts(b"qoif") {
            Some(Self::Qoi)
        } else if is_pnm(bytes) {
            Some(Self::Pnm)
        } else {
            None
        }
    }

    /// The name people know the format by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Heif => "HEIC",
            Self::Avif => "AVIF",
            Self::Ico => "ICO",
            Self::Qoi => "QOI",
            Self::Pnm => "PNM",
        }
    }

    /// The media type of a format that every web view shows; `None` for one that must be converted for it. AVIF is among
    /// those: whether a web view reads it depends on how its system was built.
    pub const fn web_type(self) -> Option<&'static str> {
        match self {
            Self::Jpeg => Some("image/jpeg"),
            Self::Png => Some("image/png"),
            Self::WebP => Some("image/webp"),
            Self::Gif => Some("image/gif"),
            Self::Bmp => Some("image/bmp"),
            Self::Ico => Some("image/x-icon"),
            Self::Tiff | Self::Heif | Self::Avif | Self::Qoi | Self::Pnm => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// ISO base media file: the brands of the `ftyp` box say whether it is HEIF or AVIF. The major brand
/// decides; a general one (`mif1`) leaves it to the compatible brands.
fn iso_brand(bytes: &[u8]) -> Option<Format> {
    let announced = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let end = announced.min(bytes.len());
    let brands = bytes.get(8..end)?.chunks_exact(4).enumerate();
    // The second group of four bytes is the minor version, not a brand.
    let mut general = false;
    for (_, brand) in brands.filter(|(at, _)| *at != 1) {
        match brand {
            b"avif" | b"avis" => return Some(Format::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => return Some(Format::Heif),
            b"mif1" | b"mif2" | b"msf1" | b"miaf" => general = true,
            _ => {}
        }
    }
    general.then_some(Format::Heif)
}

/// "BM" begins many a text: the length of the header that follows the file header must be that of a bitmap's.
fn is_bmp(bytes: &[u8]) -> bool {
    let header = bytes.get(14..18).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    bytes.starts_with(b"BM") && matches!(header, Some(12 | 16..=128))
}

/// "P1" may be a line of a table: a width and a height must follow, or, for PAM, a line of its header.
fn is_pnm(bytes: &[u8]) -> bool {
    match bytes {
        [b'P', b'1'..=b'6', rest @ ..] => number_after_space(rest).and_then(number_after_space).is_some(),
        [b'P', b'7', b'\n', rest @ ..] => {
            rest.starts_with(b"#") || rest.first().is_some_and(u8::is_ascii_uppercase)
        }
        _ => false,
    }
}

/// What follows a number with white space, and comments to the end of their line, before it.
fn number_after_space(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if *first == b'#' {
            rest = &rest[rest.iter().position(|byte| *byte == b'\n')?..];
        } else if first.is_ascii_whitespace() {
            rest = after;
        } else {
            break;
        }
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (rest.len() < bytes.len() && digits > 0).then(|| &rest[digits..])
}

/// The format of a file, by its first bytes; `None` for a file that is no photo.
///
/// # Errors
/// The file cannot be opened or read.
pub fn format_of(path: &Path) -> io::Result<Option<Format>> {
    let mut head = Vec::with_capacity(SNIFF_BYTES);
    File::open(path)?.take(SNIFF_BYTES as u64).read_to_end(&mut head)?;
    Ok(Format::of(&head))
}

/// Whether a file is a photo, by its first bytes.
///
/// # Errors
/// The file cannot be opened or read.
pub fn has_photo_content(path: &Path) -> io::Result<bool> {
    Ok(format_of(path)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_first_bytes() {
        let cases: &[(&[u8], Option<Format>)] = &[
            (b"\xFF\xD8\xFF\xE0rest", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\nrest", Some(Format::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Format::WebP)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"GIF89a", Some(Format::Gif)),
            (b"II*\0\x08\0\0\0", Some(Format::Tiff)),
            (b"MM\0+\0\x08\0\0", Some(Format::Tiff)),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(Format::Heif)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(Format::Avif)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf", Some(Format::Heif)),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
            (b"BM\x1a\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0", Some(Format::Bmp)),
            (b"BMW 320i, owner's handbook", None),
            (b"BM", None),
            (b"\0\0\x01\0\x01\0\x10\x10", Some(Format::Ico)),
            (b"\0\0\x01\0\0\0\0\0", None),
            (b"P6\n2 2\n255\n", Some(Format::Pnm)),
            (b"P5#drawn\n# by hand\n 2\t3 255 ", Some(Format::Pnm)),
            (b"P7\nWIDTH 4\n", Some(Format::Pnm)),
            (b"P1 of the plan, then P2", None),
            (b"P22 3 255", None),
            (b"P6\n", None),
            (b"PK\x03\x04", None),
            (b"<svg/>", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Format::of(bytes), *expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_is_a_photo_by_its_content_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        assert!(has_photo_content(&write("plain", b"\xFF\xD8\xFF\xE0rest")).unwrap());
        assert!(has_photo_content(&write("dotted.jpg.", b"\xFF\xD8\xFF\xE0rest")).unwrap());
        assert!(!has_photo_content(&write("notes.jpg", b"hello")).unwrap());
        assert!(!has_photo_content(&write("empty", b"")).unwrap());
        assert!(has_photo_content(&folder.path().join("absent")).is_err());
    }
}
