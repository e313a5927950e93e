//! The boxes of an ISO base media file, of which HEIF and AVIF are made (ISO/IEC 14496-12).

/// Boxes side by side: the kind and the content of each.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.0.get(4..8)?;
        let (header, size) = match u32::from_be_bytes(self.0.get(..4)?.try_into().ok()?) {
            // The last box, to the end of the file.
            0 => (8, self.0.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(self.0.get(8..16)?.try_into().ok()?)).ok()?),
            size => (8, size as usize),
        };
        let content = self.0.get(header..size)?;
        self.0 = &self.0[size..];
        Some((kind, content))
    }
}

fn inside<'a>(boxes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    Boxes(boxes).find(|(found, _)| found == kind).map(|(_, content)| content)
}

/// Whether the properties of a HEIF or AVIF file have a rotation or a mirror among them.
pub(super) fn has_transformation(file: &[u8]) -> bool {
    // Version and flags come before the boxes inside `meta`.
    let properties = inside(file, b"meta")
        .and_then(|meta| inside(meta.get(4..)?, b"iprp"))
        .and_then(|properties| inside(properties, b"ipco"));
    properties.is_some_and(|all| Boxes(all).any(|(kind, _)| kind == b"irot" || kind == b"imir"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    fn long_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&1u32.to_be_bytes()[..], kind, &(content.len() as u64 + 16).to_be_bytes(), content].concat()
    }

    #[test]
    fn a_rotation_is_found_where_it_is_stored_and_nowhere_else() {
        let meta = |property: &[u8; 4]| {
            let properties = [a_box(b"ispe", &[0; 12]), a_box(property, &[1])].concat();
            a_box(b"meta", &[vec![0; 4], a_box(b"iprp", &a_box(b"ipco", &properties))].concat())
        };
        let pixels = b"coded with irot in it";
        for (file, expected) in [
            ([meta(b"irot"), a_box(b"mdat", pixels)].concat(), true),
            ([meta(b"imir"), a_box(b"mdat", pixels)].concat(), true),
            ([a_box(b"mdat", pixels), meta(b"irot")].concat(), true),
            ([long_box(b"mdat", pixels), meta(b"irot")].concat(), true),
            ([meta(b"colr"), a_box(b"mdat", pixels)].concat(), false),
            ([a_box(b"mdat", pixels), meta(b"colr")].concat(), false),
            (meta(b"irot")[..20].to_vec(), false),
            (0u32.to_be_bytes().to_vec(), false),
        ] {
            assert_eq!(has_transformation(&file), expected, "{}", file.escape_ascii());
        }
    }
}
