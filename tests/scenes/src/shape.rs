//! The shapes that have a name.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_3, PI};

/// A flat shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Shape {
    Circle,
    Square,
    Triangle,
    Star,
    Ring,
    Heart,
    Cross,
    Diamond,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Circle,
        Self::Square,
        Self::Triangle,
        Self::Star,
        Self::Ring,
        Self::Heart,
        Self::Cross,
        Self::Diamond,
    ];

    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Circle => "circle",
            Self::Square => "square",
            Self::Triangle => "triangle",
            Self::Star => "star",
            Self::Ring => "ring",
            Self::Heart => "heart",
            Self::Cross => "cross",
            Self::Diamond => "diamond",
        }
    }

    /// The name of several.
    pub(crate) fn words(self) -> String {
        format!("{}{}", self.word(), if self == Self::Cross { "es" } else { "s" })
    }

    /// Whether the shape, which fits into the unit circle, covers this point. Down is positive.
    pub(crate) fn covers(self, x: f32, y: f32) -> bool {
        let radius = x.hypot(y);
        match self {
            Self::Circle => radius < 0.9,
            Self::Square => x.abs().max(y.abs()) < 0.76,
            // Three sides, each at the half of the radius that the corners have.
            Self::Triangle => [FRAC_PI_2, PI + FRAC_PI_2 - FRAC_PI_3, FRAC_PI_3 - FRAC_PI_2]
                .iter()
                .all(|angle| x * angle.cos() + y * angle.sin() < 0.5),
            Self::Star => in_star(x, y),
            Self::Ring => (0.55..0.95).contains(&radius),
            Self::Heart => {
                let (x, up) = (x * 1.4, 0.1 - y * 1.3);
                (x * x + up * up - 1.0).powi(3) < x * x * up.powi(3)
            }
            Self::Cross => x.abs().min(y.abs()) < 0.28 && x.abs().max(y.abs()) < 0.9,
            Self::Diamond => x.abs() / 0.68 + y.abs() < 1.0,
        }
    }
}

/// Five points, the first of them up: every tenth of the turn is one straight side between a point and a notch.
fn in_star(x: f32, y: f32) -> bool {
    const NOTCH: f32 = 0.42;
    let tenth = PI / 5.0;
    let angle = x.atan2(-y).rem_euclid(2.0 * tenth);
    let fold = angle.min(2.0 * tenth - angle);
    let radius = x.hypot(y);
    let (along, across) = (radius * fold.cos(), radius * fold.sin());
    // The side runs from (1, 0) to the notch; what lies on the inner side of it is in the star.
    let (notch_along, notch_across) = (NOTCH * tenth.cos(), NOTCH * tenth.sin());
    (notch_along - 1.0) * across - notch_across * (along - 1.0) > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_cover_what_they_should() {
        for (shape, x, y, expected) in [
            (Shape::Circle, 0.6, 0.6, true),
            (Shape::Circle, 0.7, 0.7, false),
            (Shape::Square, 0.7, 0.7, true),
            (Shape::Triangle, 0.0, -0.95, true),
            (Shape::Triangle, 0.0, 0.55, false),
            (Shape::Triangle, 0.75, 0.45, true),
            (Shape::Triangle, 0.75, -0.45, false),
            (Shape::Star, 0.0, -0.95, true),
            (Shape::Star, 0.0, 0.6, false),
            (Shape::Star, 0.0, 0.3, true),
            (Shape::Ring, 0.0, 0.0, false),
            (Shape::Ring, 0.7, 0.0, true),
            (Shape::Heart, 0.0, 0.8, true),
            (Shape::Heart, 0.0, -0.85, false),
            (Shape::Cross, 0.8, 0.0, true),
            (Shape::Cross, 0.5, 0.5, false),
            (Shape::Diamond, 0.0, 0.95, true),
            (Shape::Diamond, 0.5, 0.5, false),
        ] {
            assert_eq!(shape.covers(x, y), expected, "{shape:?} at {x}, {y}");
        }
    }

    #[test]
    fn no_shape_leaves_the_unit_circle() {
        for shape in Shape::ALL {
            for step in 0..360 {
                let angle = (step as f32).to_radians();
                assert!(!shape.covers(1.08 * angle.cos(), 1.08 * angle.sin()), "{shape:?} at {step}°");
            }
        }
    }
}
