//! EXIF tags, XMP properties and colour profile of one file, read leniently: what is broken is absent.

use std::borrow::Cow;

use exif::{Context, Exif, In, Rational, Reader, Tag, Value};

use super::boxes::has_transformation;
use super::embedded::Embedded;
use super::format::Format;
use super::orientation::Orientation;
use super::tiff;

/// Beyond this size the tags of a TIFF file are not read: the parser wants a copy of the whole file.
const MOST_TIFF_BYTES: usize = 128 << 20;
/// XMP packet inside TIFF.
const TIFF_XMP: Tag = Tag(Context::Tiff, 700);

/// The parsed metadata blocks of a file.
pub(super) struct Tags {
    exif: Option<Exif>,
    xmp: Option<String>,
    icc: Option<Vec<u8>>,
    orientation: Orientation,
}

impl Tags {
    /// Reads the tags of a file of this format.
    pub(super) fn of(format: Format, bytes: &[u8]) -> Self {
        Self::from_blocks(Embedded::of(format, bytes), format, bytes)
    }

    /// Reads the tags in the blocks that were found in a file of this format.
    pub(super) fn from_blocks(embedded: Embedded<'_>, format: Format, bytes: &[u8]) -> Self {
        let exif = embedded
            .exif
            .filter(|block| block.len() <= MOST_TIFF_BYTES)
            .and_then(|block| parse(block.into_owned()));
        let in_tiff =
            || exif.as_ref().and_then(|exif| raw_bytes(&exif.get_field(TIFF_XMP, In::PRIMARY)?.value));
        let packet = embedded.xmp.as_deref().map(<[u8]>::to_vec).or_else(in_tiff);
        let xmp = packet.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let icc = embedded.icc.map(Cow::into_owned);
        let mut tags = Self { exif, xmp, icc, orientation: Orientation::UPRIGHT };
        tags.orientation = tags.stored_orientation(format, bytes);
        tags
    }

    /// How decoded pixels are to be turned.
    pub(super) fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// The ICC profile.
    pub(super) fn into_icc(self) -> Option<Vec<u8>> {
        self.icc
    }

    /// EXIF decides where it has the tag, even with a nonsensical value; XMP is asked only without it.
    ///
    /// In HEIF and AVIF the container's rotation and mirror are the truth; the decoder has applied them, and
    /// EXIF repeats them for readers that ignore the container. Only a file with neither falls back to XMP, as the
    /// reference (Pillow's `exif_transpose`) does.
    fn stored_orientation(&self, format: Format, bytes: &[u8]) -> Orientation {
        let from_exif = match format {
            Format::Tiff => tiff::orientation(bytes),
            _ => self.uint(Tag::Orientation),
        };
        let in_boxes = matches!(format, Format::Heif | Format::Avif);
        if in_boxes && (from_exif.is_some() || has_transformation(bytes)) {
            return Orientation::UPRIGHT;
        }
        let from_xmp = || self.property("tiff:Orientation").and_then(|value| value.parse().ok());
        from_exif.or_else(from_xmp).map_or(Orientation::UPRIGHT, Orientation::from_exif)
    }

    /// The text of an EXIF tag, without padding; `None` for an empty one.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let parts = match &self.field(tag)? {
            Value::Ascii(parts) => parts.as_slice(),
            _ => return None,
        };
        parts.iter().map(|part| cleaned(&String::from_utf8_lossy(part))).find(|text| !text.is_empty())
    }

    /// The first whole number of an EXIF tag.
    pub(super) fn uint(&self, tag: Tag) -> Option<u32> {
        self.field(tag)?.get_uint(0)
    }

    /// The rational numbers of an EXIF tag.
    pub(super) fn rationals(&self, tag: Tag) -> Option<&[Rational]> {
        match self.field(tag)? {
            Value::Rational(values) => Some(values),
            _ => None,
        }
    }

    /// An XMP property by its usual prefixed name, written as attribute or as element.
    pub(super) fn property(&self, name: &str) -> Option<String> {
        property(self.xmp.as_deref()?, name)
    }

    fn field(&self, tag: Tag) -> Option<&Value> {
        Some(&self.exif.as_ref()?.get_field(tag, In::PRIMARY)?.value)
    }
}

fn parse(block: Vec<u8>) -> Option<Exif> {
    let parsed = Reader::new().continue_on_error(true).read_raw(block);
    match parsed {
        Ok(exif) => Some(exif),
        Err(exif::Error::PartialResult(partial)) => Some(partial.into_inner().0),
        Err(_) => None,
    }
}

fn raw_bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Byte(bytes) | Value::Undefined(bytes, _) => Some(bytes.clone()),
        _ => None,
    }
}

/// Text up to its first NUL, without control characters and surrounding space, runs of space as one.
pub(super) fn cleaned(text: &str) -> String {
    let text = text.split('\0').next().unwrap_or_default();
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn property(xmp: &str, name: &str) -> Option<String> {
    let mut rest = xmp;
    while let Some(at) = rest.find(name) {
        let after = &rest[at + name.len()..];
        let value = match after.trim_start().strip_prefix('=') {
            Some(attribute) => {
                let attribute = attribute.trim_start();
                let quote = attribute.chars().next().filter(|c| matches!(c, '"' | '\''));
                quote.and_then(|quote| attribute[1..].split(quote).next())
            }
            None if rest[..at].ends_with('<') => {
                after.strip_prefix('>').and_then(|content| content.split("</").next())
            }
            None => None,
        };
        // Lists (`<rdf:Seq><rdf:li>…`) are of no use here: their first item is.
        let value = value.map(|value| value.rsplit('>').next().unwrap_or_default());
        match value.map(cleaned) {
            Some(value) if !value.is_empty() => return Some(value),
            _ => rest = after,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xmp_properties_are_found_as_attributes_and_as_elements() {
        let xmp = r#"<rdf:Description tiff:Orientation="6" aux:Lens = 'EF 50mm'>
            <xmp:CreateDate>2020-01-02T03:04:05</xmp:CreateDate>
            <exif:Empty></exif:Empty><dc:x><rdf:Seq><rdf:li>first</rdf:li></rdf:Seq></dc:x>"#;
        for (name, value) in [
            ("tiff:Orientation", Some("6")),
            ("aux:Lens", Some("EF 50mm")),
            ("xmp:CreateDate", Some("2020-01-02T03:04:05")),
            ("dc:x", Some("first")),
            ("exif:Empty", None),
            ("exif:Absent", None),
        ] {
            assert_eq!(property(xmp, name).as_deref(), value, "{name}");
        }
    }

    #[test]
    fn padding_and_control_characters_are_removed() {
        assert_eq!(cleaned("  NV-GX7   \0junk"), "NV-GX7");
        assert_eq!(cleaned("OLYMPUS  OPTICAL\tCO."), "OLYMPUS OPTICAL CO.");
        assert_eq!(cleaned("\0"), "");
    }
}
