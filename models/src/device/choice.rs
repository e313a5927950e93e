//! The words for devices: what the user chooses, and what is reported back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// A GPU if there is one that works, otherwise the CPU.
    #[default]
    Auto,
    /// A GPU or an error.
    Gpu,
    /// The CPU.
    Cpu,
}

impl DeviceChoice {
    /// The name in commands and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no [`DeviceChoice`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no device; choose auto, gpu or cpu")]
pub struct UnknownDevice(pub String);

impl FromStr for DeviceChoice {
    type Err = UnknownDevice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        [Self::Auto, Self::Gpu, Self::Cpu]
            .into_iter()
            .find(|choice| choice.name().eq_ignore_ascii_case(word))
            .ok_or_else(|| UnknownDevice(text.to_owned()))
    }
}

/// What is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// A graphics card, or the graphics part of a processor.
    Gpu,
    /// The processor.
    Cpu,
}

/// The device in use and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// GPU or CPU.
    pub kind: DeviceKind,
    /// The GPU as its driver calls it, with the graphics interface; for the CPU the number of threads.
    pub name: String,
    /// Completes a sentence that ends in "because".
    pub reason: String,
}

impl fmt::Display for DeviceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            DeviceKind::Gpu => "GPU",
            DeviceKind::Cpu => "CPU",
        };
        write!(f, "{kind}: {}, because {}", self.name, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_is_written() {
        for choice in [DeviceChoice::Auto, DeviceChoice::Gpu, DeviceChoice::Cpu] {
            assert_eq!(choice.to_string().parse(), Ok(choice));
            assert_eq!(choice.name().to_uppercase().parse(), Ok(choice));
            assert_eq!(serde_json::to_string(&choice).unwrap(), format!("\"{choice}\""));
        }
        assert_eq!(
            "npu".parse::<DeviceChoice>().unwrap_err().to_string(),
            "\"npu\" is no device; choose auto, gpu or cpu"
        );
    }

    #[test]
    fn a_report_is_a_sentence() {
        let mut report = DeviceReport {
            kind: DeviceKind::Cpu,
            name: "2 threads".into(),
            reason: "no GPU was found".into(),
        };
        assert_eq!(report.to_string(), "CPU: 2 threads, because no GPU was found");
        report.kind = DeviceKind::Gpu;
        report.name = "NVIDIA H100 (wgpu, Vulkan)".into();
        report.reason = "a GPU was found".into();
        assert_eq!(report.to_string(), "GPU: NVIDIA H100 (wgpu, Vulkan), because a GPU was found");
    }
}
