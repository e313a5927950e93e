//! The range of numbers that a network was trained on.

/// Mean and standard deviation of each channel (red, green, blue), for values between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalisation {
    /// Subtracted from value / 255.
    pub mean: [f32; 3],
    /// Divided by afterwards.
    pub std: [f32; 3],
}

impl Normalisation {
    /// Of CLIP's training pictures. Source: `openai/CLIP`, `clip.py`.
    #[expect(clippy::excessive_precision, reason = "the digits as they were published")]
    pub const CLIP: Self = Self {
        mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
        std: [0.268_629_54, 0.261_302_58, 0.275_777_11],
    };

    /// Of ImageNet. Source: torchvision's presets.
    pub const IMAGENET: Self = Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
}
