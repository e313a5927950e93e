//! Opening a GPU through wgpu.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::OnceLock;

use burn::cubecl::config::autotune::AutotuneLogLevel;
use burn::cubecl::config::cache::CacheConfig;
use burn::cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};
use burn::cubecl::future::block_on;
use burn::cubecl::records::RecordLevel;
use burn::tensor::Device;
use burn::tensor::wgpu::wgpu::{Adapter, AdapterInfo, Backends, DeviceType, Instance, InstanceDescriptor};

/// Set to 1, it lets a software renderer pass for a GPU: for tests of the GPU's path on machines that have none.
const ALLOW_SOFTWARE: &str = "KINDRED_ALLOW_SOFTWARE_GPU";

/// Software renderers by the names they give themselves, for drivers that do not report their kind.
const SOFTWARE: [&str; 6] =
    ["llvmpipe", "lavapipe", "softpipe", "swiftshader", "microsoft basic render", "warp "];

/// An opened GPU. It stays open as long as the process.
#[derive(Debug)]
pub(super) struct Gpu {
    pub(super) device: Device,
    /// As its driver calls it, with the graphics interface.
    pub(super) name: String,
    /// The driver's name and version, as far as it tells them.
    pub(super) driver: String,
}

/// Puts the GPU's compiled shaders and measurements into `cache`, and its log nowhere. Without this, a `cubecl.toml` in the
/// current directory would be obeyed, and a folder `target` written to. Counts once per process, before the GPU is opened.
pub(super) fn configure(cache: &Path) {
    let mut config = CubeClRuntimeConfig::default();
    config.environment.path = CacheConfig::Directory(cache.to_path_buf());
    config.environment.records.level = RecordLevel::Off;
    config.compilation.cache = true;
    config.autotune.logger.level = AutotuneLogLevel::Disabled;
    // The variables (CUBECL_…) stay in force: they are how a driver problem is looked into.
    CubeClRuntimeConfig::try_set(config.override_from_env());
}

/// The best GPU of this machine, opened at the first call.
///
/// # Errors
/// Why there is none, as the end of a sentence with "because".
pub(super) fn open() -> Result<&'static Gpu, String> {
    // wgpu's runtime exists once per process and cannot be opened again, so the answer stays the same.
    static OPENED: OnceLock<Result<Gpu, String>> = OnceLock::new();
    OPENED
        .get_or_init(|| {
            catch_unwind(AssertUnwindSafe(try_open)).unwrap_or_else(|panic| Err(panicked(&*panic)))
        })
        .as_ref()
        .map_err(String::clone)
}

fn try_open() -> Result<Gpu, String> {
    let allow_software = std::env::var(ALLOW_SOFTWARE).is_ok_and(|value| value == "1");
    if !allow_software {
        // Asking the drivers what they have is far quicker than opening a software renderer only to find out that it is one.
        let adapters = adapters();
        if let Some(software) = adapters.first().filter(|_| adapters.iter().all(is_software)) {
            return Err(format!("no GPU was found ({} computes with the CPU)", software.name));
        } else if adapters.is_empty() {
            return Err("no GPU was found".to_owned());
        }
    }
    let (device, setup) = Device::wgpu_options()
        .init_with_setup()
        .map_err(|error| format!("no GPU could be opened ({error})"))?;
    let info = setup.adapter.get_info();
    if !allow_software && is_software(&info) {
        return Err(format!("no GPU was found ({} computes with the CPU)", info.name));
    }
    Ok(Gpu {
        device,
        name: format!("{} (wgpu, {:?})", info.name, info.backend),
        driver: format!("{} {}", info.driver, info.driver_info),
    })
}

/// What the drivers of this machine offer for Vulkan, Direct3D 12 and Metal. OpenGL is left out: a GPU that has nothing newer is
/// slower at this than the processor beside it.
fn adapters() -> Vec<AdapterInfo> {
    let backends = Backends::PRIMARY;
    let instance =
        Instance::new(InstanceDescriptor { backends, ..InstanceDescriptor::new_without_display_handle() });
    block_on(instance.enumerate_adapters(backends)).iter().map(Adapter::get_info).collect()
}

fn is_software(info: &AdapterInfo) -> bool {
    let name = format!("{} {} ", info.name, info.driver).to_lowercase();
    info.device_type == DeviceType::Cpu || SOFTWARE.iter().any(|software| name.contains(software))
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the GPU could not be opened ({})", text.unwrap_or("its driver gave no reason"))
}

#[cfg(test)]
mod tests {
    use burn::tensor::wgpu::wgpu::Backend;

    use super::*;

    #[track_caller]
    fn check(name: &str, kind: DeviceType, software: bool) {
        let mut info = AdapterInfo::new(kind, Backend::Vulkan);
        info.name = name.to_owned();
        assert_eq!(is_software(&info), software, "{name}");
    }

    #[test]
    fn software_renderers_are_no_gpus() {
        check("llvmpipe (LLVM 15.0.6, 256 bits)", DeviceType::Cpu, true);
        check("llvmpipe (LLVM 15.0.6, 256 bits)", DeviceType::Other, true);
        check("SwiftShader Device (Subzero)", DeviceType::Other, true);
        check("Google SwiftShader", DeviceType::VirtualGpu, true);
        check("Microsoft Basic Render Driver", DeviceType::Other, true);
        check("NVIDIA GeForce RTX 4070", DeviceType::DiscreteGpu, false);
        check("AMD Radeon 780M (RADV GFX1103)", DeviceType::IntegratedGpu, false);
        check("Apple M3", DeviceType::IntegratedGpu, false);
        check("Mesa Intel(R) UHD Graphics 620 (WHL GT2)", DeviceType::Other, false);
    }
}
