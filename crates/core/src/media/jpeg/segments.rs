//! The marker segments of a JPEG stream up to its first scan: size, EXIF, XMP, colour profile, and whether the stream
//! ends.

/// What the segments before the first scan say.
#[derive(Debug, Default)]
pub(in crate::media) struct Segments<'a> {
    /// Width and height from the frame header.
    pub(in crate::media) size: Option<(u32, u32)>,
    /// The TIFF structure inside the first EXIF segment.
    pub(in crate::media) exif: Option<&'a [u8]>,
    /// The first XMP packet.
    pub(in crate::media) xmp: Option<&'a [u8]>,
    /// The parts of the ICC profile, each with its number.
    profile: Vec<(u8, &'a [u8])>,
    /// Offset of the first entropy-coded byte.
    scan: Option<usize>,
}

const EXIF: &[u8] = b"Exif\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

impl<'a> Segments<'a> {
    /// Walks the segments; stops at the first scan, at the end of the picture or where the bytes end.
    /// Junk between segments is passed over, as decoders do.
    pub(in crate::media) fn of(bytes: &'a [u8]) -> Self {
        let mut segments = Self::default();
        let mut at = 2;
        while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == 0xFF)) {
            at += skipped;
            let Some(fill) = bytes[at..].iter().position(|b| *b != 0xFF) else { break };
            let marker = bytes[at + fill];
            at += fill + 1;
            match marker {
                // Stuffed byte, TEM, restart markers, a second start: no payload.
                0x00 | 0x01 | 0xD0..=0xD8 => continue,
                0xD9 => break,
                _ => {}
            }
            let Some(length) = big_endian(bytes, at).filter(|length| *length >= 2) else { break };
            let payload = bytes.get(at + 2..(at + length).min(bytes.len())).unwrap_or_default();
            at += length;
            match marker {
                0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                    if let (Some(height), Some(width)) = (big_endian(payload, 1), big_endian(payload, 3)) {
                        segments.size.get_or_insert((width as u32, height as u32));
                    }
                }
                0xE1 if payload.starts_with(EXIF) => {
                    segments.exif = segments.exif.or(payload.get(EXIF.len() + 1..));
                }
                0xE1 if payload.starts_with(XMP) => {
                    segments.xmp = segments.xmp.or(payload.get(XMP.len()..));
                }
                // Number of the part and number of parts, then the part.
                0xE2 if payload.starts_with(ICC) => {
                    if let Some((number, part)) = payload.get(ICC.len()).zip(payload.get(ICC.len() + 2..)) {
                        segments.profile.push((*number, part));
                    }
                }
                0xDA => {
                    segments.scan = Some(at);
                    break;
                }
                _ => {}
            }
        }
        segments
    }

    /// The ICC profile, its parts in order.
    pub(in crate::media) fn icc(&self) -> Option<Vec<u8>> {
        let mut parts = self.profile.clone();
        parts.sort_by_key(|(number, _)| *number);
        (!parts.is_empty()).then(|| parts.into_iter().flat_map(|(_, part)| part).copied().collect())
    }

    /// Whether the scans are followed by an end-of-image marker. Walks over the entropy-coded data, where a
    /// marker is never 00 or a restart, and over the segments between scans, whose content may look like one.
    pub(in crate::media) fn has_end(&self, bytes: &[u8]) -> bool {
        let Some(mut at) = self.scan else { return false };
        while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == 0xFF)) {
            at += skipped + 1;
            match bytes.get(at) {
                Some(0xD9) => return true,
                Some(0x00 | 0x01 | 0xD0..=0xD8 | 0xFF) => {}
                Some(_) => at += 1 + big_endian(bytes, at + 1).unwrap_or(0),
                None => break,
            }
        }
        false
    }
}

fn big_endian(bytes: &[u8], at: usize) -> Option<usize> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_be_bytes([pair[0], pair[1]])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, marker];
        bytes.extend(((payload.len() + 2) as u16).to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn size_exif_xmp_and_profile_are_found_before_the_scan() {
        let mut bytes = vec![0xFF, 0xD8];
        bytes.extend(segment(0xE1, b"Exif\0\0II*\0"));
        bytes.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"));
        bytes.extend(segment(0xE2, b"ICC_PROFILE\0\x02\x02file"));
        bytes.extend(segment(0xE2, b"ICC_PROFILE\0\x01\x02pro"));
        bytes.extend([0x00, 0x12]); // junk
        bytes.extend(segment(0xC2, &[8, 0x01, 0x02, 0x03, 0x04, 3]));
        bytes.extend(segment(0xDA, &[0; 4]));
        bytes.extend([1, 2, 0xFF, 0x00, 3]);
        let segments = Segments::of(&bytes);
        assert_eq!(segments.size, Some((0x0304, 0x0102)));
        assert_eq!(segments.exif, Some(&b"II*\0"[..]));
        assert_eq!(segments.xmp, Some(&b"<x/>"[..]));
        assert_eq!(segments.icc().as_deref(), Some(&b"profile"[..]));
        assert!(!segments.has_end(&bytes));
        bytes.extend([0xFF, 0xD9, 0, 0, 0]);
        assert!(Segments::of(&bytes).has_end(&bytes));
    }

    #[test]
    fn lengths_that_point_beyond_the_file_end_the_walk() {
        for bytes in
            [&[0xFF, 0xD8, 0xFF][..], &[0xFF, 0xD8, 0xFF, 0xE1, 0xFF], &[0xFF, 0xD8, 0xFF, 0xE1, 0, 1, 0xFF]]
        {
            assert_eq!(Segments::of(bytes).size, None);
        }
    }
}
