//! Faces that are drawn by lot, the same in every run.

use super::thresholds::DIM;

/// splitmix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        // Seeds that differ little shall not begin alike.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// About normal: the sum of twelve evenly distributed numbers.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| (self.next() >> 40) as f32 / (1u64 << 24) as f32).sum::<f32>() - 6.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|c| c * c).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|c| *c /= length);
    vector
}

/// A face of a person. Two of one person have a cosine of about `1 / (1 + spread²)`, those of two people about 0.
pub(crate) fn person(random: &mut Random, person: u64, spread: f32) -> Vec<f32> {
    let mut own = Random(person.wrapping_mul(7919).wrapping_add(13));
    let centre = unit((0..DIM).map(|_| own.normal()).collect());
    let noise = unit((0..DIM).map(|_| random.normal()).collect());
    unit(centre.iter().zip(noise).map(|(c, n)| c + spread * n).collect())
}

pub(crate) fn vectors_of(faces: impl Iterator<Item = Vec<f32>>) -> Vec<f32> {
    faces.flatten().collect()
}
