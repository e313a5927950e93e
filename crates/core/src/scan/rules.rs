//! What a scan passes by: hidden entries, and what systems and programs leave in folders of photos.

/// Names of folders and files that are not the user's photos, in lower case. Names that start with a dot are
/// hidden anyway (`._IMG_1.JPG`, `.thumbnails`, `.git`, `.Trash-1000`).
const NAMES: &[&str] = &[
    // Windows
    "$recycle.bin",
    "recycler",
    "system volume information",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "found.000",
    // Linux
    "lost+found",
    // macOS archives
    "__macosx",
    // Synology, QNAP and other network storage
    "@eadir",
    "@tmp",
    "@recycle",
    "@recently-snapshot",
    "@sharebin",
    "#recycle",
    "#snapshot",
    // Developers' trees
    "node_modules",
    "__pycache__",
];

/// Endings of names, in lower case: caches of photo programs that hold a small copy of every photo.
const ENDINGS: &[&str] = &[".lrdata", ".lrcat-data", ".cocatalogdb"];

/// Beginnings of names, in lower case.
const BEGINNINGS: &[&str] = &[".", "synophoto_thumb_", "synofile_thumb_"];

/// An entry of this name is passed by, with everything in it.
pub(crate) fn is_junk(name: &[u8]) -> bool {
    let starts =
        |text: &&str| name.len() >= text.len() && name[..text.len()].eq_ignore_ascii_case(text.as_bytes());
    let ends = |text: &&str| {
        name.len() > text.len() && name[name.len() - text.len()..].eq_ignore_ascii_case(text.as_bytes())
    };
    BEGINNINGS.iter().any(starts)
        || NAMES.iter().any(|text| name.eq_ignore_ascii_case(text.as_bytes()))
        || ENDINGS.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_is_told_from_photos_by_name() {
        for name in [
            "._IMG_0001.JPG",
            ".hidden.jpg",
            ".git",
            ".thumbnails",
            ".Trash-1000",
            "@eaDir",
            "$RECYCLE.BIN",
            "System Volume Information",
            "#recycle",
            "node_modules",
            "__MACOSX",
            "Thumbs.db",
            "Holiday Previews.lrdata",
            "SYNOPHOTO_THUMB_XL.jpg",
            "lost+found",
        ] {
            assert!(is_junk(name.as_bytes()), "{name}");
        }
        for name in [
            "IMG_0001.JPG",
            "a.b.jpg",
            "…jpg",
            "@home.jpg",
            "#1.png",
            "$5.jpg",
            "node_modules.jpg",
            "recycle",
            "사진.heic",
            ".lrdata.jpg".trim_start_matches('.'),
            "_MACOSX",
        ] {
            assert!(!is_junk(name.as_bytes()), "{name}");
        }
        assert!(!is_junk(b"\xFF\xFE.jpg"));
    }
}
