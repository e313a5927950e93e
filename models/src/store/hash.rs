//! SHA-256 of files.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes read at once: large enough that the hash, not the system call, is the cost.
const CHUNK: usize = 1 << 20;

/// A SHA-256 hash. Written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    /// The first 12 digits: enough to name a file.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl From<Sha256> for Sha256Digest {
    /// The hash of everything that was fed to `hasher`.
    fn from(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("`{text}` is not a SHA-256 hash of 64 hexadecimal digits");
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(refuse());
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
            let (Some(high), Some(low)) = (digit(digits[0]), digit(digits[1])) else {
                return Err(refuse());
            };
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Sha256Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Hashes everything `reader` gives and hands each chunk on. Returns length and hash.
///
/// # Errors
/// Whatever reading, or `each_chunk`, gives.
pub(crate) fn hash_reader(
    mut reader: impl Read,
    mut each_chunk: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(u64, Sha256Digest)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut bytes = 0;
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(0) => return Ok((bytes, hasher.into())),
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        hasher.update(&buffer[..read]);
        bytes += read as u64;
        each_chunk(&buffer[..read])?;
    }
}

/// Hashes a file.
///
/// # Errors
/// Whatever opening or reading gives.
pub(crate) fn hash_file(path: &Path) -> io::Result<Sha256Digest> {
    Ok(hash_reader(File::open(path)?, |_| Ok(()))?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_as_it_was_written_and_nothing_else_is_taken() {
        let text = "99d28a652e6ec46629ab7047a0ac82c69b1fe11e0ce672c43af65d3a9a3fc05d";
        let digest: Sha256Digest = text.parse().unwrap();
        assert_eq!(digest.to_string(), text);
        assert_eq!(digest.short(), "99d28a652e6e");
        for bad in ["", "99d2", &text.replace('9', "g"), &text.replace('9', "é"), &format!("{text}00")] {
            assert!(bad.parse::<Sha256Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_hash_of_abc_is_the_one_in_the_standard() {
        let (bytes, digest) = hash_reader(&b"abc"[..], |_| Ok(())).unwrap();
        assert_eq!(bytes, 3);
        assert_eq!(digest.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
