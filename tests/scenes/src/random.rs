//! Chance that is the same on every machine.

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Evenly from `low` up to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * unit(self.next())
    }

    /// Evenly from −`most` to `most`.
    pub(crate) fn around(&mut self, most: f32) -> f32 {
        self.between(-most, most)
    }

    /// A number for [`of_cell`], so that two pictures scatter differently.
    pub(crate) fn salt(&mut self) -> u64 {
        self.next()
    }
}

/// A number in 0..1 that belongs to one cell of a grid; `which` tells several of one cell apart.
pub(crate) fn of_cell(column: i32, row: i32, which: u32, salt: u64) -> f32 {
    let cell = (u64::from(column as u32) << 32) | u64::from(row as u32);
    unit(mix(mix(cell ^ salt).wrapping_add(u64::from(which))))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn unit(bits: u64) -> f32 {
    (bits >> 40) as f32 / (1u64 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(expected.map(|_| random.next()), expected);
    }
}
