//! Which part of a picture becomes which crop. Pure arithmetic, after torchvision.

/// The size that a picture is resized to, and the windows cut out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Width and height after resizing, in pixels.
    pub(super) width: u64,
    pub(super) height: u64,
    /// Left and top of each crop in the resized picture.
    pub(super) windows: Vec<(u64, u64)>,
}

impl Plan {
    /// The plan for a picture of `width` × `height`: shorter side to `resize`, crops of `side` (at most `resize`).
    /// `None` for a picture without pixels.
    pub(super) fn new(width: u32, height: u32, resize: u32, side: u32, max_crops: u32) -> Option<Self> {
        if width == 0 || height == 0 {
            return None;
        }
        let (short, long) = (width.min(height), width.max(height));
        let resized_short = u64::from(resize);
        // torchvision: `int(size * long / short)`, where Python's `/` is exact enough for the floor of the integers.
        let resized_long = u64::from(resize) * u64::from(long) / u64::from(short);
        let across = centre_offset(resized_short, side);
        let along = offsets(resized_long, side, crop_count(short, long, max_crops));
        let landscape = width >= height;
        let windows = along.map(|at| if landscape { (at, across) } else { (across, at) }).collect();
        let (width, height) =
            if landscape { (resized_long, resized_short) } else { (resized_short, resized_long) };
        Some(Self { width, height, windows })
    }
}

/// One crop up to an aspect ratio of 2:1; beyond, as many as it takes to cover the long side, `max` at most.
fn crop_count(short: u32, long: u32, max: u32) -> u32 {
    if u64::from(long) <= 2 * u64::from(short) { 1 } else { long.div_ceil(short).min(max) }
}

/// Where `count` crops of `side` lie on a line of `length` pixels: in the centre, or evenly from end to end.
fn offsets(length: u64, side: u32, count: u32) -> impl Iterator<Item = u64> {
    let room = length - u64::from(side);
    let gaps = u64::from(count.max(2) - 1);
    (0..u64::from(count))
        .map(move |i| if count == 1 { centre_offset(length, side) } else { (room * i + gaps / 2) / gaps })
}

/// torchvision: `int(round((length - side) / 2.0))`. Python rounds halves to the even neighbour.
fn centre_offset(length: u64, side: u32) -> u64 {
    let room = length - u64::from(side);
    let half = room / 2;
    if room % 2 == 1 && half % 2 == 1 { half + 1 } else { half }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with sizes and offsets that torchvision 0.27 gives.
    #[track_caller]
    fn check(picture: (u32, u32), resize: u32, resized: (u64, u64), window: (u64, u64)) {
        let plan = Plan::new(picture.0, picture.1, resize, 224, 12).unwrap();
        assert_eq!((plan.width, plan.height), resized, "{picture:?}");
        assert_eq!(plan.windows, [window], "{picture:?}");
    }

    #[test]
    fn sizes_and_offsets_are_torchvisions() {
        check((640, 480), 224, (298, 224), (37, 0));
        check((480, 640), 224, (224, 298), (0, 37));
        check((500, 375), 224, (298, 224), (37, 0));
        check((224, 225), 224, (224, 225), (0, 0));
        check((224, 227), 224, (224, 227), (0, 2));
        check((640, 480), 232, (309, 232), (42, 4));
        check((640, 480), 256, (341, 256), (58, 16));
        check((640, 480), 235, (313, 235), (44, 6));
        check((100, 200), 224, (224, 448), (0, 112));
    }

    #[test]
    fn halves_are_rounded_to_the_even_neighbour() {
        let rounded: Vec<u64> = (0..8).map(|room| centre_offset(224 + room, 224)).collect();
        assert_eq!(rounded, [0, 0, 1, 2, 2, 2, 3, 4]);
    }

    #[test]
    fn a_panorama_is_covered_without_gaps() {
        for long in 201..1200 {
            let plan = Plan::new(long, 100, 224, 224, 12).unwrap();
            assert_eq!(plan.windows[0], (0, 0));
            assert_eq!(plan.windows[plan.windows.len() - 1], (plan.width - 224, 0));
            assert!(plan.windows.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 224), "{long}: {plan:?}");
        }
    }

    #[test]
    fn the_number_of_crops_is_bounded() {
        assert_eq!(Plan::new(1, 5000, 224, 224, 12).unwrap().windows.len(), 12);
        assert_eq!(Plan::new(u32::MAX, 1, 224, 224, 12).unwrap().windows.len(), 12);
        assert_eq!(Plan::new(0, 5, 224, 224, 12), None);
    }
}
