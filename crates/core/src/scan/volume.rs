//! Which file system a folder lies on: what tells a file that was deleted from one whose drive is unplugged, and a
//! memory card from the next one in the same reader.
//!
//! A file system is known by a number. Its upper half stands for the file system, its lower half for the folder
//! with which the file system begins (or the walk): a mount point without its drive, or another folder at the same
//! place, has another number. A negative number stands for an identity that the file system carries with it. Others
//! are made from the device's number, which may be another one after a restart, or another drive's.

use std::fs::Metadata;
use std::path::Path;

/// The number of the folder at `path`; `None` if it cannot be listed now.
pub(crate) fn volume_at(path: &Path) -> Option<i64> {
    std::fs::read_dir(path).ok()?;
    Some(volume(path, &std::fs::metadata(path).ok()?))
}

/// The number of the folder at `path`, which has that metadata.
pub(super) fn volume(path: &Path, folder: &Metadata) -> i64 {
    let (file_system, is_lasting) = file_system(path, folder);
    let number = u64::from(short(&file_system)) << 32 | u64::from(short(&beginning(path, folder)));
    let sign = 1 << 63;
    (if is_lasting { number | sign } else { number & !sign }) as i64
}

/// The file system that had the number `before` may be the one that has the number `now`.
pub(super) fn may_be_one(before: i64, now: i64) -> bool {
    let both_may_change = before >= 0 && now >= 0;
    both_may_change || is_one_file_system(before, now)
}

/// The number for a photo that was known with `volume` and now belongs to a folder that has the number `root`.
pub(crate) fn seen_from(volume: i64, root: Option<i64>) -> i64 {
    root.filter(|root| is_one_file_system(volume, *root)).unwrap_or(volume)
}

/// A number for the file system that a folder lies on, equal for a folder and a folder in it unless another one is
/// mounted there.
pub(super) fn device(folder: &Metadata) -> u64 {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::dev(folder)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        0
    }
}

fn is_one_file_system(a: i64, b: i64) -> bool {
    a >> 32 == b >> 32
}

/// What a file system is known by, and whether it carries that with it.
#[cfg(unix)]
fn file_system(path: &Path, folder: &Metadata) -> (Vec<u8>, bool) {
    let device = device(folder);
    if let Some(uuid) = uuid_of(device, Path::new("/dev/disk/by-uuid")) {
        return (uuid, true);
    }
    // File systems without an identity of their own give the number of their device.
    match rustix::fs::statvfs(path).map_or(0, |told| told.f_fsid) {
        id if id != 0 && id != device => (id.to_le_bytes().to_vec(), true),
        _ => (device.to_le_bytes().to_vec(), false),
    }
}

#[cfg(not(unix))]
fn file_system(_: &Path, _: &Metadata) -> (Vec<u8>, bool) {
    (Vec::new(), false)
}

/// The UUID, or FAT's serial number, of the file system on that device. `by_uuid` holds links named so to devices.
#[cfg(unix)]
fn uuid_of(device: u64, by_uuid: &Path) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    let is_device = |link: &Path| std::fs::metadata(link).is_ok_and(|told| told.rdev() == device);
    let link = std::fs::read_dir(by_uuid).ok()?.flatten().find(|link| is_device(&link.path()))?;
    Some(link.file_name().into_encoded_bytes())
}

/// What the folder is known by in its file system.
#[cfg(unix)]
fn beginning(path: &Path, folder: &Metadata) -> [u8; 8] {
    let inode = std::os::unix::fs::MetadataExt::ino(folder);
    (if draws_inodes(path) { 0 } else { inode }).to_le_bytes()
}

#[cfg(not(unix))]
fn beginning(_: &Path, folder: &Metadata) -> [u8; 8] {
    let since_1970 = folder.created().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    (since_1970.unwrap_or_default().as_nanos() as u64).to_le_bytes()
}

/// FAT and exFAT store no inode numbers: Linux draws new ones each time it mounts them.
#[cfg(unix)]
fn draws_inodes(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        const FAT: u64 = 0x4D44;
        const EXFAT: u64 = 0x2011_BAB0;
        rustix::fs::statfs(path).is_ok_and(|told| [FAT, EXFAT].contains(&(told.f_type as u64)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        false
    }
}

/// 32 bits of a hash.
fn short(bytes: &[u8]) -> u32 {
    let [a, b, c, d, ..] = *blake3::hash(bytes).as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_replaced_has_another_number_of_the_same_file_system() {
        let dir = tempfile::tempdir().unwrap();
        let (root, aside) = (dir.path().join("root"), dir.path().join("aside"));
        std::fs::create_dir(&root).unwrap();
        let first = volume_at(&root).unwrap();
        std::fs::write(root.join("x"), b"x").unwrap();
        assert_eq!(volume_at(&root), Some(first));
        std::fs::rename(&root, &aside).unwrap();
        assert_eq!(volume_at(&root), None);
        std::fs::create_dir(&root).unwrap();
        let second = volume_at(&root).unwrap();
        assert_ne!(second, first);
        assert!(is_one_file_system(first, second));
        assert_eq!(volume_at(&aside), Some(first));
    }

    #[test]
    fn only_an_identity_that_a_file_system_does_not_carry_may_change() {
        const CARRIED: i64 = i64::MIN;
        let number = |kind: i64, file_system: i64, folder: i64| kind | file_system << 32 | folder;
        for (before, now, expected) in [
            (number(CARRIED, 1, 5), number(CARRIED, 1, 5), true),
            (number(CARRIED, 1, 5), number(CARRIED, 1, 6), true),
            (number(CARRIED, 1, 5), number(CARRIED, 2, 5), false),
            (number(CARRIED, 1, 5), number(0, 1, 5), false),
            (number(0, 2, 5), number(CARRIED, 1, 5), false),
            (number(0, 1, 5), number(0, 2, 6), true),
        ] {
            assert_eq!(may_be_one(before, now), expected, "{before:x} {now:x}");
        }
        let (outer, inner) = (number(CARRIED, 1, 5), number(CARRIED, 1, 6));
        assert_eq!(seen_from(outer, Some(inner)), inner);
        for elsewhere in [None, Some(number(CARRIED, 2, 6))] {
            assert_eq!(seen_from(outer, elsewhere), outer);
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_uuid_of_a_device_is_the_name_of_the_link_to_it() {
        use std::os::unix::fs::{MetadataExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        symlink("/dev/zero", dir.path().join("0000-0000")).unwrap();
        symlink("/dev/null", dir.path().join("1234-ABCD")).unwrap();
        symlink("/nowhere", dir.path().join("unplugged")).unwrap();
        let device = std::fs::metadata("/dev/null").unwrap().rdev();
        assert_eq!(uuid_of(device, dir.path()), Some(b"1234-ABCD".to_vec()));
        assert_eq!(uuid_of(u64::MAX, dir.path()), None);
        assert_eq!(uuid_of(device, &dir.path().join("none")), None);
    }
}
