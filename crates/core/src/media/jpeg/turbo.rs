//! The few calls of the TurboJPEG C API that are needed, made safe. The crate's own wrapper cannot tell a
//! warning (some damage, pixels delivered) from a fatal error, nor bound the decoder's memory.

use std::ffi::CStr;

use turbojpeg::libc::c_int;
use turbojpeg::raw;

/// Layout of the decoded pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Layout {
    /// Three bytes a pixel.
    Rgb,
    /// Four bytes a pixel, as stored (Adobe stores them inverted).
    Cmyk,
    /// One byte a pixel.
    Grey,
}

impl Layout {
    pub(in crate::media) fn bytes(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Cmyk => 4,
            Self::Grey => 1,
        }
    }

    fn code(self) -> c_int {
        match self {
            Self::Rgb => raw::TJPF_TJPF_RGB,
            Self::Cmyk => raw::TJPF_TJPF_CMYK,
            Self::Grey => raw::TJPF_TJPF_GRAY,
        }
    }
}

/// What the header says.
#[derive(Debug, Clone, Copy)]
pub(in crate::media) struct Header {
    pub(in crate::media) width: usize,
    pub(in crate::media) height: usize,
    /// Bits of one sample: 8, in rare files 12 or 16.
    pub(in crate::media) precision: u32,
    pub(in crate::media) colour: Colour,
    /// Lossless JPEG cannot be scaled while decoding.
    pub(in crate::media) lossless: bool,
    /// Progressive JPEG holds all coefficients in memory.
    pub(in crate::media) progressive: bool,
}

/// Colour space of the stored samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Colour {
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

/// A JPEG stream whose header has been read.
pub(in crate::media) struct Stream<'a> {
    instance: Instance,
    jpeg: &'a [u8],
    header: Header,
}

/// Pixels without padding, and a warning where the stream is damaged.
pub(in crate::media) struct Pixels {
    pub(in crate::media) width: usize,
    pub(in crate::media) height: usize,
    pub(in crate::media) bytes: Vec<u8>,
    pub(in crate::media) warning: Warning,
}

/// What libjpeg-turbo says about a stream that it could not decode at all.
pub(in crate::media) type Fatal = String;
/// What it says about a stream that it decoded in spite of some damage; `None` for a clean one.
pub(in crate::media) type Warning = Option<String>;

impl<'a> Stream<'a> {
    /// Reads the header.
    pub(in crate::media) fn open(jpeg: &'a [u8]) -> Result<Self, Fatal> {
        let mut instance = Instance::new()?;
        // SAFETY: the handle is live, the pointer and length describe `jpeg`, which outlives the call.
        let status =
            unsafe { raw::tj3DecompressHeader(instance.0, jpeg.as_ptr(), jpeg.len() as raw::size_t) };
        instance.outcome(status)?;
        let colour = match instance.get(raw::TJPARAM_TJPARAM_COLORSPACE) as raw::TJCS {
            raw::TJCS_TJCS_RGB => Colour::Rgb,
            raw::TJCS_TJCS_YCbCr => Colour::YCbCr,
            raw::TJCS_TJCS_GRAY => Colour::Grey,
            raw::TJCS_TJCS_CMYK => Colour::Cmyk,
            raw::TJCS_TJCS_YCCK => Colour::Ycck,
            _ => return Err("unknown colour space".into()),
        };
        let positive = |value: c_int| usize::try_from(value).unwrap_or(0);
        let header = Header {
            width: positive(instance.get(raw::TJPARAM_TJPARAM_JPEGWIDTH)),
            height: positive(instance.get(raw::TJPARAM_TJPARAM_JPEGHEIGHT)),
            precision: positive(instance.get(raw::TJPARAM_TJPARAM_PRECISION)) as u32,
            colour,
            lossless: instance.get(raw::TJPARAM_TJPARAM_LOSSLESS) > 0,
            progressive: instance.get(raw::TJPARAM_TJPARAM_PROGRESSIVE) > 0,
        };
        Ok(Self { instance, jpeg, header })
    }

    /// What the header says.
    pub(in crate::media) fn header(&self) -> Header {
        self.header
    }

    /// Bounds the decoder's own memory (megabytes) and the number of progressive scans.
    pub(in crate::media) fn limit(&mut self, megabytes: u32, scans: u32) {
        self.instance.set(raw::TJPARAM_TJPARAM_MAXMEMORY, megabytes);
        self.instance.set(raw::TJPARAM_TJPARAM_SCANLIMIT, scans);
    }

    /// Decodes with each side scaled to `eighths`/8 (rounded up); 8-bit samples only.
    pub(in crate::media) fn decode(&mut self, eighths: usize, layout: Layout) -> Result<Pixels, Fatal> {
        let scaled = |side: usize| (side * eighths).div_ceil(8);
        let (width, height) = (scaled(self.header.width), scaled(self.header.height));
        let factor = raw::tjscalingfactor { num: eighths as c_int, denom: 8 };
        // SAFETY: the handle is live; an unknown factor is refused by the library.
        let status = unsafe { raw::tj3SetScalingFactor(self.instance.0, simplest(factor)) };
        self.instance.outcome(status)?;
        let row = width * layout.bytes();
        let mut bytes = vec![0; row * height];
        // SAFETY: `jpeg` outlives the call. The library writes `height` rows of `row` bytes: it takes the
        // size from the same bytes that `header` was read from, scaled by the factor just set with the
        // same rounding, and `bytes` has room for exactly that.
        let status = unsafe {
            raw::tj3Decompress8(
                self.instance.0,
                self.jpeg.as_ptr(),
                self.jpeg.len() as raw::size_t,
                bytes.as_mut_ptr(),
                row as c_int,
                layout.code(),
            )
        };
        let warning = self.instance.outcome(status)?;
        Ok(Pixels { width, height, bytes, warning })
    }
}

/// A decoder of the C library.
struct Instance(raw::tjhandle);

impl Instance {
    fn new() -> Result<Self, Fatal> {
        // SAFETY: takes no pointer; a null result is handled below.
        let handle = unsafe { raw::tj3Init(raw::TJINIT_TJINIT_DECOMPRESS as c_int) };
        if handle.is_null() { Err("libjpeg-turbo did not start".into()) } else { Ok(Self(handle)) }
    }

    fn outcome(&mut self, status: c_int) -> Result<Warning, Fatal> {
        if status == 0 {
            return Ok(None);
        }
        // SAFETY: the handle is live; the library returns a NUL-terminated string that it keeps in the
        // instance, copied before the next call.
        let text = unsafe { CStr::from_ptr(raw::tj3GetErrorStr(self.0)) }.to_string_lossy().into_owned();
        // SAFETY: the handle is live.
        let code = unsafe { raw::tj3GetErrorCode(self.0) };
        // The code stays "warning" when a fatal error follows one; the text is that of the last message.
        let warning =
            code == raw::TJERR_TJERR_WARNING as c_int && WARNINGS.iter().any(|start| text.starts_with(start));
        if warning { Ok(Some(text)) } else { Err(text) }
    }

    fn set(&mut self, parameter: raw::TJPARAM, value: u32) {
        // A refused value leaves the library's default, which is no limit: pixels are bounded before.
        // SAFETY: the handle is live.
        unsafe { raw::tj3Set(self.0, parameter as c_int, value.min(i32::MAX as u32) as c_int) };
    }

    fn get(&self, parameter: raw::TJPARAM) -> c_int {
        // SAFETY: the handle is live.
        unsafe { raw::tj3Get(self.0, parameter as c_int) }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: the handle is live and not used afterwards.
        unsafe { raw::tj3Destroy(self.0) }
    }
}

/// How the texts of libjpeg's warnings begin (`JWRN_` in its `jerror.h`).
const WARNINGS: &[&str] = &[
    "Application transferred",
    "Caution",
    "Corrupt JPEG data",
    "Inconsistent progression sequence",
    "Invalid SOS parameters for sequential JPEG",
    "Premature end of JPEG file",
    "Unknown Adobe color transform code",
    "Warning",
];

/// The library compares factors literally, in lowest terms.
fn simplest(factor: raw::tjscalingfactor) -> raw::tjscalingfactor {
    let mut factor = factor;
    while factor.num % 2 == 0 && factor.denom % 2 == 0 {
        factor.num /= 2;
        factor.denom /= 2;
    }
    factor
}
