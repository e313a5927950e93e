//! How paths are stored: losslessly, whatever bytes the file system allows in a name.
//!
//! On Unix a path is stored as its bytes. On Windows it is stored as UTF-8 with `/` between names, and the lone
//! surrogates that NTFS allows as the three bytes that UTF-8 would give them (WTF-8).

use std::path::{Path, PathBuf};

/// The stored form of a path.
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    {
        std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
    }
    #[cfg(windows)]
    {
        let mut bytes = wtf8::encode(std::os::windows::ffi::OsStrExt::encode_wide(path.as_os_str()));
        bytes.iter_mut().filter(|b| **b == b'\\').for_each(|b| *b = b'/');
        bytes
    }
}

/// The path of a stored form.
pub(crate) fn from_bytes(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
    }
    #[cfg(windows)]
    {
        let native: Vec<u8> = bytes.iter().map(|b| if *b == b'/' { b'\\' } else { *b }).collect();
        let wide = wtf8::decode(&native);
        PathBuf::from(<std::ffi::OsString as std::os::windows::ffi::OsStringExt>::from_wide(&wide))
    }
}

/// The stored form of `path` below `root`; `None` when it lies elsewhere or is `root` itself.
pub(crate) fn relative(path: &Path, root: &Path) -> Option<Vec<u8>> {
    let rel = to_bytes(path.strip_prefix(root).ok()?);
    (!rel.is_empty()).then_some(rel)
}

/// The path that `rel` has below `root`; `root` itself when it is empty.
pub(crate) fn below(root: &Path, rel: &[u8]) -> PathBuf {
    if rel.is_empty() { root.to_path_buf() } else { root.join(from_bytes(rel)) }
}

/// `rel` lies in the folder `dir`, both in stored form; everything lies in the empty `dir`.
pub(crate) fn is_within(rel: &[u8], dir: &[u8]) -> bool {
    dir.is_empty() || rel.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

#[cfg(any(windows, test))]
mod wtf8 {
    /// UTF-16 that may hold lone surrogates, as bytes.
    pub(super) fn encode(wide: impl Iterator<Item = u16>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for unit in char::decode_utf16(wide) {
            match unit {
                Ok(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(lone) => {
                    let unit = lone.unpaired_surrogate();
                    let low = |shift: u16| 0x80 | (unit >> shift & 0x3F) as u8;
                    bytes.extend([0xED, low(6), low(0)]);
                }
            }
        }
        bytes
    }

    /// The reverse of [`encode`].
    pub(super) fn decode(mut bytes: &[u8]) -> Vec<u16> {
        let mut wide = Vec::new();
        loop {
            let valid = match std::str::from_utf8(bytes) {
                Ok(_) => bytes.len(),
                Err(error) => error.valid_up_to(),
            };
            let (text, rest) = bytes.split_at(valid);
            wide.extend(String::from_utf8_lossy(text).encode_utf16());
            match rest {
                [0xED, high, low, rest @ ..] => {
                    wide.push(0xD000 | u16::from(high & 0x3F) << 6 | u16::from(low & 0x3F));
                    bytes = rest;
                }
                _ => return wide,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_names_survive_even_with_lone_surrogates() {
        for wide in [
            "C:\\Fotos\\Ωmega 사진 🏖.jpg".encode_utf16().collect::<Vec<u16>>(),
            vec![0x0041, 0xD800, 0x0042, 0xDFFF],
            vec![0xDC00],
            vec![],
        ] {
            assert_eq!(wtf8::decode(&wtf8::encode(wide.iter().copied())), wide);
        }
    }

    #[cfg(unix)]
    #[test]
    fn unix_names_that_are_not_utf8_survive() {
        let bytes = b"/a/\xFF\xFE b/\xED\x28.jpg";
        assert_eq!(to_bytes(&from_bytes(bytes)), bytes);
    }

    #[test]
    fn a_folder_holds_what_lies_below_it_and_not_its_namesakes() {
        for (rel, dir, within) in [
            ("2024/a.jpg", "2024", true),
            ("2024", "2024", true),
            ("2024b/a.jpg", "2024", false),
            ("20", "2024", false),
            ("a.jpg", "", true),
        ] {
            assert_eq!(is_within(rel.as_bytes(), dir.as_bytes()), within, "{rel} in {dir}");
        }
    }
}
