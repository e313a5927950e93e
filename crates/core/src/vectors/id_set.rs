//! A set of photos that can be asked a million times in one search.

use std::collections::BTreeSet;

use crate::ids::PhotoId;

/// Ids below this lie in the bitmap (at most 8 MiB); SQLite counts up from 1, so others are curiosities.
const BITMAP_END: i64 = 1 << 26;

/// A set of photo ids: a bitmap, because SQLite hands out small numbers.
#[derive(Debug, Clone, Default)]
pub struct IdSet {
    words: Vec<u64>,
    others: BTreeSet<i64>,
    len: usize,
}

impl IdSet {
    /// Adds a photo; `false` when it was there before.
    pub fn insert(&mut self, photo: PhotoId) -> bool {
        let is_new = match place(photo) {
            Some((word, bit)) => {
                if word >= self.words.len() {
                    self.words.resize(word + 1, 0);
                }
                let is_new = self.words[word] & bit == 0;
                self.words[word] |= bit;
                is_new
            }
            None => self.others.insert(photo.0),
        };
        self.len += usize::from(is_new);
        is_new
    }

    /// The photo is in the set.
    #[inline]
    pub fn contains(&self, photo: PhotoId) -> bool {
        match place(photo) {
            Some((word, bit)) => self.words.get(word).is_some_and(|bits| bits & bit != 0),
            None => self.others.contains(&photo.0),
        }
    }

    /// Number of photos.
    pub fn len(&self) -> usize {
        self.len
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Word and bit of an id in the bitmap, for the ids that lie there.
#[inline]
fn place(photo: PhotoId) -> Option<(usize, u64)> {
    (0..BITMAP_END).contains(&photo.0).then(|| ((photo.0 / 64) as usize, 1 << (photo.0 % 64)))
}

impl FromIterator<PhotoId> for IdSet {
    fn from_iter<I: IntoIterator<Item = PhotoId>>(photos: I) -> Self {
        let mut set = Self::default();
        set.extend(photos);
        set
    }
}

impl Extend<PhotoId> for IdSet {
    fn extend<I: IntoIterator<Item = PhotoId>>(&mut self, photos: I) {
        for photo in photos {
            self.insert(photo);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_small_huge_and_negative_ids_once() {
        let ids = [1, 63, 64, 65, 1_000_000, BITMAP_END - 1, BITMAP_END, i64::MAX, -1, 0];
        let set: IdSet = ids.iter().chain(&ids).map(|id| PhotoId(*id)).collect();
        assert_eq!(set.len(), ids.len());
        for id in ids {
            assert!(set.contains(PhotoId(id)), "{id}");
        }
        for id in [2, 62, 66, 999_999, i64::MIN, i64::MAX - 1, BITMAP_END + 1] {
            assert!(!set.contains(PhotoId(id)), "{id}");
        }
        assert!(IdSet::default().is_empty());
    }
}
