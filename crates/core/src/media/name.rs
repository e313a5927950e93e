//! What the name of a file tells of its content.

use std::ffi::OsStr;
use std::path::Path;

/// What a file is, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedAs {
    /// A picture in one of the formats of [`super::Format`].
    Photo,
    /// Something else that is well known: no photo, and not worth a look.
    Other,
    /// Anything: there is no extension, or one that is not known. Only the first bytes tell.
    Unknown,
}

/// Extensions of the formats that can be decoded.
const PHOTOS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "jif", "mpo", "png", "apng", "webp", "gif", "bmp", "dib", "tif", "tiff",
    "heic", "heif", "hif", "heics", "heifs", "avif", "avifs", "ico", "qoi", "pnm", "pbm", "pgm", "ppm",
    "pam",
];

/// Extensions of what is no photo, though it may start like one: camera raw files are TIFF inside, thumbnails of
/// videos and unfinished downloads are JPEG.
const OTHERS: [&[&str]; 8] =
    [RAW_FILES, BESIDE_PHOTOS, OTHER_PICTURES, FILMS_AND_SOUND, DOCUMENTS, ARCHIVES, OF_PROGRAMS, UNFINISHED];

/// Raw files of cameras.
const RAW_FILES: &[&str] = &[
    "3fr", "ari", "arw", "bay", "cap", "cr2", "cr3", "crw", "dcr", "dng", "eip", "erf", "fff", "gpr", "iiq",
    "k25", "kdc", "mdc", "mef", "mos", "mrw", "nef", "nrw", "orf", "ori", "pef", "ptx", "pxn", "r3d", "raf",
    "raw", "rw2", "rwl", "rwz", "sr2", "srf", "srw", "x3f",
];

/// What lies beside photos: edits, descriptions, positions, thumbnails of videos.
const BESIDE_PHOTOS: &[&str] =
    &["aae", "cop", "cos", "dop", "gpx", "kml", "kmz", "lrcat", "lrv", "on1", "pp3", "thm", "xmp"];

/// Pictures of other kinds.
const OTHER_PICTURES: &[&str] = &[
    "ai", "cdr", "cur", "djvu", "dwg", "dxf", "emf", "eps", "exr", "hdr", "icns", "indd", "jp2", "jxl",
    "kra", "psb", "psd", "svg", "svgz", "tga", "wmf", "xcf",
];

/// Films and sound.
const FILMS_AND_SOUND: &[&str] = &[
    "3g2", "3gp", "aac", "aif", "aiff", "amr", "ape", "asf", "avi", "flac", "flv", "insv", "m2ts", "m3u",
    "m4a", "m4b", "m4v", "mid", "midi", "mka", "mkv", "mod", "mov", "mp2", "mp3", "mp4", "mpeg", "mpg",
    "mts", "ogg", "ogv", "opus", "srt", "vob", "vtt", "wav", "webm", "wma", "wmv",
];

/// Documents.
const DOCUMENTS: &[&str] = &[
    "azw3", "csv", "doc", "docm", "docx", "epub", "fb2", "ics", "key", "log", "md", "mobi", "numbers", "odg",
    "odp", "ods", "odt", "one", "pages", "pdf", "ppt", "pptx", "ps", "rst", "rtf", "tex", "txt", "vcf",
    "xls", "xlsm", "xlsx", "xps",
];

/// Archives and images of disks.
const ARCHIVES: &[&str] = &[
    "7z", "apk", "bz2", "cab", "deb", "dmg", "gz", "img", "iso", "jar", "lz4", "msi", "pkg", "qcow2", "rar",
    "rpm", "tar", "tgz", "vdi", "vhd", "vhdx", "vmdk", "xz", "zip", "zst",
];

/// Programs and what they keep.
const OF_PROGRAMS: &[&str] = &[
    "app", "bat", "blend", "c", "cc", "cfg", "class", "cmd", "conf", "cpp", "cs", "css", "db", "dll",
    "dylib", "env", "exe", "fbx", "go", "h", "hpp", "htm", "html", "ini", "ipynb", "java", "js", "json",
    "jsonl", "jsx", "kt", "less", "lnk", "lock", "lua", "map", "mjs", "o", "obj", "onnx", "otf", "php",
    "pickle", "pl", "plist", "ps1", "pth", "py", "pyc", "rb", "rs", "scss", "sh", "so", "sql", "sqlite",
    "sqlite3", "stl", "swift", "sys", "toml", "ts", "tsx", "ttf", "url", "vue", "wasm", "webloc", "woff",
    "woff2", "xml", "yaml", "yml",
];

/// What is not finished, or not meant to stay.
const UNFINISHED: &[&str] =
    &["crdownload", "download", "filepart", "opdownload", "part", "partial", "swp", "temp", "tmp", "torrent"];

/// What the name of the file at `path` tells.
pub fn named_as(path: &Path) -> NamedAs {
    let Some(extension) = path.extension().and_then(OsStr::to_str) else { return NamedAs::Unknown };
    let is_among = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(extension));
    if is_among(PHOTOS) {
        NamedAs::Photo
    } else if OTHERS.into_iter().any(is_among) {
        NamedAs::Other
    } else {
        NamedAs::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_by_its_extension_in_any_case() {
        for (expected, names) in [
            (NamedAs::Photo, &["a.jpg", "Mixed.JpEg", "사진.HEIC", "x.y.tiff", "a b.webp"][..]),
            (NamedAs::Other, &["a.txt", "a.jpg.part", "CLIP.MOV", "a.jpg.xmp", "IMG_1.CR2", "MVI_1.THM"]),
            (
                NamedAs::Unknown,
                &[
                    "jpg",
                    "plain",
                    "trailing.dot.jpg.",
                    "Trip 12.5 at sea",
                    "x.jpg_large",
                    "y.jpg.bak",
                    "IMG.2024",
                    "a.한글",
                ],
            ),
        ] {
            for name in names {
                assert_eq!(named_as(Path::new(name)), expected, "{name}");
            }
        }
    }

    #[test]
    fn no_extension_is_on_both_lists_or_twice_on_one() {
        let mut all: Vec<_> = PHOTOS.iter().chain(OTHERS.into_iter().flatten()).collect();
        all.sort();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
