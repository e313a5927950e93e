//! Where a network's weights live and its operations run.

use burn::tensor::Device;

/// A device of burn, and whether it is the CPU: the two take different ways through a network.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    device: Device,
    is_cpu: bool,
}

impl Place {
    /// The CPU.
    pub(crate) fn cpu() -> Self {
        Self { device: Device::flex(), is_cpu: true }
    }

    /// A GPU that was opened before.
    pub(crate) fn gpu(device: Device) -> Self {
        Self { device, is_cpu: false }
    }

    /// burn's handle.
    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// Whether operations run on this machine's processor, where tensors are plain memory.
    pub(crate) fn is_cpu(&self) -> bool {
        self.is_cpu
    }
}
