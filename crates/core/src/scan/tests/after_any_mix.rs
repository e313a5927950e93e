//! The catalog against the disk after many changes at random.

use super::*;

/// Numbers that look random and are the same in every run (Steele et al., SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[test]
fn after_any_mix_of_changes_the_library_is_what_is_on_disk() {
    for seed in 0..6 {
        let (mut dice, world) = (Dice(seed), World::new());
        fs::create_dir(world.path("b")).unwrap();
        world.add("b");
        let place = |dice: &mut Dice| {
            let dir = ["a", "a/x", "a/x/y", "b", "b/z"][dice.below(5)];
            format!("{dir}/{}.jpg", dice.below(6))
        };
        let mut seconds = 1_000_000;
        for round in 0..12 {
            for _ in 0..1 + dice.below(6) {
                let (one, other) = (place(&mut dice), place(&mut dice));
                match (dice.below(4), world.path(&one).exists()) {
                    (0, true) => world.delete(&one),
                    (1 | 2, true) => world.rename(&one, &other),
                    _ => {
                        // Few contents of few sizes, so that copies and false friends are common.
                        world.file(&one, ["aa", "bb", "cc", "ddd", "eee"][dice.below(5)]);
                        seconds += 1;
                        world.touch(&one, seconds);
                    }
                }
            }
            if dice.below(3) == 0 {
                let mut left = dice.below(6);
                let _ = world.try_scan(ScanRequest::default(), &mut || {
                    left = left.saturating_sub(1);
                    left > 0
                });
            }
            world.scan();
            world.index();
            let mut on_disk = Vec::new();
            let mut dirs = vec![world.path("a"), world.path("b")];
            while let Some(dir) = dirs.pop() {
                for entry in fs::read_dir(dir).unwrap().flatten() {
                    let path = entry.path();
                    if path.is_dir() { dirs.push(path) } else { on_disk.push(path) }
                }
            }
            on_disk.sort();
            let known: Vec<PathBuf> = world.paths().iter().map(|rel| world.path(rel)).collect();
            assert_eq!(known, on_disk, "seed {seed}, round {round}");
            for path in on_disk {
                let row = world.test.photo_at(&path).unwrap().unwrap();
                let content = fs::read(&path).unwrap();
                assert_eq!(row.hash, Some(*blake3::hash(&content).as_bytes()), "seed {seed}, round {round}");
                let vector = world.test.vector(&model("clip"), row.id).unwrap();
                assert_eq!(vector, Some(vector_of(&content)), "seed {seed}, round {round}");
            }
            assert_eq!(world.test.integrity().unwrap(), Vec::<String>::new(), "seed {seed}, round {round}");
        }
    }
}
