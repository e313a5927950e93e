//! HEIC and AVIF through libheif: the primary picture, with the container's own crop, rotation and mirror
//! applied by the library.

#[cfg(feature = "heif")]
pub(super) use with_libheif::{decode, embedded, size};
#[cfg(not(feature = "heif"))]
pub(super) use without_libheif::{decode, embedded, size};

#[cfg(feature = "heif")]
mod with_libheif {
    use std::sync::OnceLock;

    use image::RgbImage;
    use libheif_rs::{
        ColorProfile, ColorProfileType, ColorSpace, DecodingOptions, HeifContext, HeifError, ImageHandle,
        LibHeif, RgbChroma, SecurityLimits, color_profile_types,
    };

    use crate::media::caps::Caps;
    use crate::media::colour::{over_white, premultiplied_over_white};
    use crate::media::decode::Raster;
    use crate::media::embedded::Embedded;
    use crate::media::error::MediaError;
    use crate::media::format::Format;

    /// A picture of tiles has one item for each; the largest phones write 48 MP in tiles of 512 pixels.
    const MOST_ITEMS: u32 = 4000;
    /// EXIF with thumbnails stays far below; what is beyond is not read.
    const MOST_METADATA: usize = 4 << 20;
    /// Bytes a pixel beside the interleaved form: the decoded planes (one and a half with chroma for every fourth pixel,
    /// and two where it is finer or deeper than usual) and the RGB result.
    const WORKING_BYTES: u64 = 5;

    /// A colour profile may also be a row of code numbers.
    const ICC: [ColorProfileType; 2] = [color_profile_types::PROF, color_profile_types::R_ICC];

    /// Item types of what cameras write. libheif may have been built with other decoders; what a photo
    /// library shows should not depend on that.
    const CODINGS: [&[u8; 4]; 3] = [b"hvc1", b"hev1", b"av01"];

    /// Initialised once: tearing the library down between two decodes would unload its decoders under
    /// another thread.
    fn library() -> &'static LibHeif {
        static LIBRARY: OnceLock<LibHeif> = OnceLock::new();
        LIBRARY.get_or_init(LibHeif::new)
    }

    fn open<'a>(bytes: &'a [u8], caps: &Caps) -> Result<(HeifContext<'a>, ImageHandle), HeifError> {
        library();
        let mut context = HeifContext::new()?;
        let mut limits = SecurityLimits::new();
        limits.set_max_image_size_pixels(caps.max_pixels);
        limits.set_max_memory_block_size(caps.max_alloc_bytes);
        limits.set_max_total_memory(caps.max_alloc_bytes);
        limits.set_max_items(MOST_ITEMS);
        context.set_security_limits(&limits)?;
        // Photos are decoded side by side already.
        context.set_max_decoding_threads(1);
        context.read_bytes(bytes)?;
        let handle = context.primary_image_handle()?;
        Ok((context, handle))
    }

    /// Decodes the primary picture, and finds its metadata on the way: opening a container of many tiles takes time.
    pub(in crate::media) fn decode(
        format: Format,
        bytes: &[u8],
        caps: &Caps,
    ) -> Result<(Raster, Embedded<'static>), MediaError> {
        let damaged = |error: HeifError| MediaError::damaged(format, error);
        if !CODINGS.iter().any(|coding| bytes.windows(4).any(|kind| kind == *coding)) {
            return Err(MediaError::unsupported(format, "a coding other than HEVC and AV1"));
        }
        let (_context, handle) = open(bytes, caps).map_err(damaged)?;
        let (width, height) = (handle.width(), handle.height());
        caps.check_pixels(format, u64::from(width), u64::from(height))?;
        let alpha = handle.has_alpha_channel();
        let channels = if alpha { 4 } else { 3 };
        let pixels = u64::from(width) * u64::from(height);
        caps.check_memory(format, pixels * (channels + WORKING_BYTES))?;

        let mut options = DecodingOptions::new()
            .ok_or_else(|| MediaError::damaged(format, "libheif has no decoding options"))?;
        options.set_convert_hdr_to_8bit(true);
        let chroma = if alpha { RgbChroma::Rgba } else { RgbChroma::Rgb };
        let image = library().decode(&handle, ColorSpace::Rgb(chroma), Some(options)).map_err(damaged)?;
        let premultiplied = image.is_premultiplied_alpha() || handle.is_premultiplied_alpha();
        let planes = image.planes();
        let plane = planes
            .interleaved
            .filter(|plane| plane.width > 0 && plane.height > 0)
            .ok_or_else(|| MediaError::damaged(format, "no pixels"))?;
        caps.check_pixels(format, u64::from(plane.width), u64::from(plane.height))?;
        let row_bytes = plane.width as usize * channels as usize;
        let mut rgb = Vec::with_capacity(plane.width as usize * plane.height as usize * 3);
        for row in plane.data.chunks(plane.stride).take(plane.height as usize) {
            let row = row.get(..row_bytes).ok_or(MediaError::Truncated { format })?;
            match (alpha, premultiplied) {
                (false, _) => rgb.extend_from_slice(row),
                (true, false) => {
                    rgb.extend(
                        row.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]].map(|s| over_white(s, p[3]))),
                    );
                }
                (true, true) => rgb.extend(
                    row.chunks_exact(4)
                        .flat_map(|p| [p[0], p[1], p[2]].map(|s| premultiplied_over_white(s, p[3]))),
                ),
            }
        }
        let image =
            RgbImage::from_raw(plane.width, plane.height, rgb).ok_or(MediaError::Truncated { format })?;
        Ok((Raster::full(image), blocks(&handle)))
    }

    /// Width and height of the primary picture, upright.
    pub(in crate::media) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
        let (_context, handle) = open(bytes, &Caps::of_machine()).ok()?;
        Some((handle.width(), handle.height()))
    }

    /// EXIF, XMP and colour profile of the primary picture.
    pub(in crate::media) fn embedded(bytes: &[u8]) -> Embedded<'static> {
        open(bytes, &Caps::of_machine()).map(|(_context, handle)| blocks(&handle)).unwrap_or_default()
    }

    fn blocks(handle: &ImageHandle) -> Embedded<'static> {
        let mut found = Embedded::default();
        let profile = handle.color_profile_raw().filter(|profile| ICC.contains(&profile.profile_type()));
        found.icc = profile.map(|profile| profile.data.into());
        let count = handle.number_of_metadata_blocks(0).max(0) as usize;
        let mut ids = vec![0; count];
        let count = handle.metadata_block_ids(&mut ids, 0).min(count);
        for id in &ids[..count] {
            if handle.metadata_size(*id) > MOST_METADATA {
                continue;
            }
            let is_exif = handle.metadata_type(*id) == Some("Exif");
            let is_xmp = handle.metadata_content_type(*id) == Some("application/rdf+xml");
            if !is_exif && !is_xmp {
                continue;
            }
            let Ok(block) = handle.metadata(*id) else { continue };
            if is_xmp {
                found.xmp.get_or_insert(block.into());
            } else if let Some(tiff) = tiff_header(&block) {
                found.exif.get_or_insert(tiff.to_vec().into());
            }
        }
        found
    }

    /// The block starts with the distance from its fifth byte to the TIFF header.
    fn tiff_header(block: &[u8]) -> Option<&[u8]> {
        let distance = u32::from_be_bytes(block.get(..4)?.try_into().ok()?) as usize;
        let rest = block.get(4..)?;
        let starts = |bytes: &[u8]| bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*");
        [distance, 0, 6].into_iter().filter_map(|skip| rest.get(skip..)).find(|bytes| starts(bytes))
    }
}

#[cfg(not(feature = "heif"))]
mod without_libheif {
    use crate::media::caps::Caps;
    use crate::media::decode::Raster;
    use crate::media::embedded::Embedded;
    use crate::media::error::MediaError;
    use crate::media::format::Format;

    /// Refuses: this build has no libheif.
    pub(in crate::media) fn decode(
        format: Format,
        _: &[u8],
        _: &Caps,
    ) -> Result<(Raster, Embedded<'static>), MediaError> {
        Err(MediaError::unsupported(format, "decoding without libheif (feature `heif`)"))
    }

    pub(in crate::media) fn size(_: &[u8]) -> Option<(u32, u32)> {
        None
    }

    pub(in crate::media) fn embedded(_: &[u8]) -> Embedded<'static> {
        Embedded::default()
    }
}

#[cfg(all(test, feature = "heif"))]
mod tests {
    use crate::media::testing::assert_quadrants;
    use crate::media::{Caps, Format, MediaError, Scale, decode, metadata};

    const UPRIGHT: &[u8] = include_bytes!("../../../../tests/fixtures/media/quadrants.heic");
    const TURNED: &[u8] = include_bytes!("../../../../tests/fixtures/media/quadrants-turned.heic");
    const MIRRORED: &[u8] = include_bytes!("../../../../tests/fixtures/media/quadrants-turned.avif");
    const TRANSPARENT: &[u8] = include_bytes!("../../../../tests/fixtures/media/transparent.avif");

    #[test]
    fn the_container_turns_the_picture_exactly_once() {
        let caps = Caps::of_machine();
        for (bytes, format, orientation, size) in [
            (UPRIGHT, Format::Heif, 1, (64, 48)),
            (TURNED, Format::Heif, 6, (48, 64)),
            (MIRRORED, Format::Avif, 5, (48, 64)),
        ] {
            let decoded = decode(bytes, Scale::Full, &caps).unwrap();
            assert_eq!((decoded.format, decoded.width, decoded.height), (format, size.0, size.1));
            assert_quadrants(&decoded.image, orientation, 12);
            let found = metadata(bytes);
            assert_eq!((found.width, found.height, found.orientation), (Some(size.0), Some(size.1), 1));
            assert_eq!(found.camera.as_deref(), Some("Kindred Drawn"));
            assert_eq!(found.taken_at, Some(1_714_979_289_000));
        }
    }

    #[test]
    fn transparency_is_white() {
        let decoded = decode(TRANSPARENT, Scale::Full, &Caps::of_machine()).unwrap();
        assert!(decoded.image.get_pixel(10, 10).0.iter().all(|channel| *channel > 250));
        assert!(decoded.image.get_pixel(40, 10).0[0] < 60);
    }

    #[test]
    fn a_cut_off_or_oversized_file_is_refused() {
        let caps = Caps::of_machine();
        for bytes in [UPRIGHT, TURNED, MIRRORED, TRANSPARENT] {
            for cut in [20, bytes.len() / 2, bytes.len() - bytes.len() / 8] {
                assert!(decode(&bytes[..cut], Scale::Full, &caps).is_err(), "cut at {cut}");
            }
            let tight = Caps { max_pixels: 1000, ..caps };
            let refused = decode(bytes, Scale::Full, &tight).unwrap_err();
            assert!(
                matches!(refused, MediaError::TooManyPixels { .. } | MediaError::Damaged { .. }),
                "{refused}"
            );
        }
    }
}
