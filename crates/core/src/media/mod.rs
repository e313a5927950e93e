//! Pictures: from the bytes of a file to upright RGB pixels, metadata and thumbnails. Nothing here knows
//! the catalog or the networks, and no file but a thumbnail is ever written.
//!
//! - The format is read from the first bytes; a wrong extension does not matter.
//! - Pixel, file and memory caps are checked on the header; a decoder's panic is caught.
//! - JPEG goes through libjpeg-turbo (built from the source in its crate; needs cmake and nasm), which can
//!   decode at a half, a quarter or an eighth of the size. TIFF, BMP and ICO are read here, with a
//!   crate for each compression. PNG, GIF, WebP, QOI and PNM go through the crates of image-rs.
//! - HEIC and AVIF go through libheif (feature `heif`, on by default). Its source comes with the
//!   `libheif-sys` crate and is built in (feature `heif-embedded`, on by default), because distributions lag
//!   behind: it needs cmake, a C++ compiler, pkg-config and the decoders libde265 and dav1d (Debian:
//!   `libde265-dev libdav1d-dev`; Homebrew: `libde265 dav1d`). Without `heif-embedded` a system libheif of
//!   1.20 or newer is linked. On Windows with MSVC the crate always takes libheif from vcpkg. Where the
//!   development files of x265 are present, libheif's build links that GPL encoder too: do not have it on a
//!   machine that builds releases. Without the feature `heif` these files are refused with that reason.
//! - Embedded ICC profiles are left to what eyes see: the networks see the numbers of the file.

mod bmp;
mod boxes;
mod budget;
mod caps;
mod colour;
mod decode;
mod dib;
mod embedded;
mod error;
mod format;
mod gif;
mod heif;
mod ico;
mod jpeg;
mod mean_colour;
mod metadata;
mod name;
mod orientation;
mod png;
mod profile;
mod raster;
mod shown;
mod source;
mod tags;
#[cfg(test)]
pub(crate) mod testing;
mod thumbnails;
mod tiff;

pub use budget::{MemoryBudget, Share};
pub use caps::Caps;
pub use decode::{Decoded, Scale, decode};
pub use error::MediaError;
pub use format::{Format, format_of, has_photo_content};
pub use mean_colour::MeanColour;
pub use metadata::{Metadata, metadata};
pub use name::{NamedAs, named_as};
pub use shown::{shown_as_it_is, srgb, srgb_jpeg};
pub use source::{content_hash, hash_file, read};
pub use thumbnails::{ThumbnailError, ThumbnailSize, Thumbnails, thumbnail};
