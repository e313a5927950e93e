//! The memory that decoders share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::caps::decoding_memory;
use super::decode::stored_size;
use super::format::Format;

/// Bytes that decoders of several threads may hold together. Who asks waits for its turn until there is enough, so that
/// many small photos are decoded side by side and a huge one alone.
#[derive(Debug)]
pub struct MemoryBudget {
    total: u64,
    /// Held by the one who waits: a huge photo is not overtaken by small ones for ever.
    turn: Mutex<()>,
    free: Mutex<u64>,
    returned: Condvar,
}

/// A part of the budget; dropping it gives it back.
#[derive(Debug)]
pub struct Share<'a> {
    budget: &'a MemoryBudget,
    bytes: u64,
}

impl MemoryBudget {
    /// Half of the memory of this machine.
    pub fn of_machine() -> Self {
        Self::new(decoding_memory())
    }

    fn new(total: u64) -> Self {
        Self { total, turn: Mutex::default(), free: Mutex::new(total), returned: Condvar::new() }
    }

    /// Waits for the memory that decoding this file takes, the file included. What is more than all there is gets all.
    pub fn reserve(&self, file: &[u8]) -> Share<'_> {
        self.take(file.len() as u64 + working_bytes(file))
    }

    fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.total);
        let _turn = held(&self.turn);
        let mut free = held(&self.free);
        while *free < bytes {
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Share { budget: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *held(&self.budget.free) += self.bytes;
        self.budget.returned.notify_one();
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// About the peak of the buffers while a file is decoded and turned, from its header; 0 for what is no picture.
fn working_bytes(file: &[u8]) -> u64 {
    let Some(format) = Format::of(file) else { return 0 };
    let per_pixel = match format {
        // A strip of 16-bit samples as large as the picture, the same in order, and the result.
        Format::Tiff => 12,
        // The decoder's planes, the same interleaved, and the result.
        Format::Heif | Format::Avif | Format::WebP => 8,
        // The result and its turned copy, or the coefficients of a progressive JPEG.
        Format::Jpeg | Format::Png | Format::Gif | Format::Bmp | Format::Ico | Format::Qoi | Format::Pnm => 6,
    };
    let (width, height) = stored_size(format, file).unwrap_or_default();
    u64::from(width) * u64::from(height) * per_pixel
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::media::testing::{encode_jpeg, quadrants};

    #[test]
    fn shares_never_exceed_the_budget_and_one_beyond_it_gets_all() {
        let budget = MemoryBudget::new(100);
        let (held, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for worker in 0..8u64 {
                let (budget, held, most) = (&budget, &held, &most);
                scope.spawn(move || {
                    for round in 0..200u64 {
                        let asked = [10, 30, 70, 1000][(worker + round) as usize % 4];
                        let share = budget.take(asked);
                        assert_eq!(share.bytes, asked.min(100));
                        most.fetch_max(
                            held.fetch_add(share.bytes, Ordering::SeqCst) + share.bytes,
                            Ordering::SeqCst,
                        );
                        std::thread::yield_now();
                        held.fetch_sub(share.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 100);
        assert_eq!(*super::held(&budget.free), 100);
    }

    #[test]
    fn a_photo_is_reckoned_by_its_pixels_and_its_file() {
        let jpeg = encode_jpeg(&quadrants(640, 480));
        assert_eq!(MemoryBudget::new(1 << 40).reserve(&jpeg).bytes, jpeg.len() as u64 + 640 * 480 * 6);
        assert_eq!(MemoryBudget::new(1 << 40).reserve(b"no picture").bytes, 10);
    }
}
