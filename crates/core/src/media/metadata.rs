//! When, where and with what a photo was taken.

use exif::{Rational, Tag};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::decode::stored_size;
use super::format::Format;
use super::tags::Tags;

/// What a file says about its photo. A field that is absent or nonsensical is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// Unix milliseconds of the moment the photo was taken, the camera's local time read as if it were UTC:
    /// a photo taken at noon is filed at noon wherever the camera was. Whole seconds.
    pub taken_at: Option<i64>,
    /// Make and model as one name, the make not doubled ("NIKON D5000").
    pub camera: Option<String>,
    /// Name of the lens.
    pub lens: Option<String>,
    /// Degrees north, −90 to 90.
    pub latitude: Option<f64>,
    /// Degrees east, −180 to 180.
    pub longitude: Option<f64>,
    /// Width of the upright picture in pixels.
    pub width: Option<u32>,
    /// Height of the upright picture in pixels.
    pub height: Option<u32>,
    /// EXIF number of the turn that decoding applies, 1–8; 1 where there is nothing to turn.
    pub orientation: u8,
}

/// Reads the metadata of a picture. Never fails: what cannot be read is absent.
pub fn metadata(bytes: &[u8]) -> Metadata {
    let absent = Metadata { orientation: 1, ..Metadata::default() };
    let Some(format) = Format::of(bytes) else { return absent };
    catch_unwind(AssertUnwindSafe(|| read(format, bytes))).unwrap_or(absent)
}

fn read(format: Format, bytes: &[u8]) -> Metadata {
    let tags = Tags::of(format, bytes);
    let size =
        stored_size(format, bytes).map(|(width, height)| tags.orientation().upright_size(width, height));
    from_tags(&tags, size)
}

/// What the tags say of a picture with this upright size.
pub(super) fn from_tags(tags: &Tags, size: Option<(u32, u32)>) -> Metadata {
    let position = position(tags);
    Metadata {
        taken_at: taken_at(tags),
        camera: camera(tags),
        lens: lens(tags),
        latitude: position.map(|(latitude, _)| latitude),
        longitude: position.map(|(_, longitude)| longitude),
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        orientation: tags.orientation().exif(),
    }
}

/// The first date that makes sense, from the most to the least trustworthy tag. EXIF's plain `DateTime`
/// is the last change of the file, so it comes last.
fn taken_at(tags: &Tags) -> Option<i64> {
    let exif = |tag| tags.text(tag).and_then(|text| milliseconds(&text));
    let xmp = |name| tags.property(name).and_then(|text| milliseconds(&text));
    exif(Tag::DateTimeOriginal)
        .or_else(|| exif(Tag::DateTimeDigitized))
        .or_else(|| xmp("exif:DateTimeOriginal"))
        .or_else(|| xmp("photoshop:DateCreated"))
        .or_else(|| xmp("xmp:CreateDate"))
        .or_else(|| exif(Tag::DateTime))
}

/// `2005:01:01 13:23:42` and its relatives (other separators, ISO 8601, no seconds, no time). What follows
/// the seconds (fraction, zone) is ignored.
fn milliseconds(text: &str) -> Option<i64> {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<i16>().unwrap_or(-1));
    let (year, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
    if !(1000..=9999).contains(&year) {
        return None;
    }
    let mut small = |absent: i8| numbers.next().map_or(Some(absent), |number| i8::try_from(number).ok());
    let (hour, minute, second) = (small(0)?, small(0)?, small(0)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let time = Time::new(hour, minute, second.min(59), 0).ok()?;
    let moment = DateTime::from_parts(date, time).to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(moment.timestamp().as_millisecond())
}

fn camera(tags: &Tags) -> Option<String> {
    let make = tags.text(Tag::Make).or_else(|| tags.property("tiff:Make"));
    let model = tags.text(Tag::Model).or_else(|| tags.property("tiff:Model"));
    camera_name(make.as_deref().unwrap_or_default(), model.as_deref().unwrap_or_default())
}

/// Words of a company's name that say nothing about the camera.
const COMPANY_WORDS: &[&str] = &[
    "co",
    "company",
    "corp",
    "corporation",
    "electric",
    "electronics",
    "gmbh",
    "imaging",
    "inc",
    "incorporated",
    "kabushiki",
    "kaisha",
    "limited",
    "llc",
    "ltd",
    "ag",
    "optical",
    "technologies",
    "technology",
];

/// Make and model as one name: company words dropped, the make left out where the model repeats it.
fn camera_name(make: &str, model: &str) -> Option<String> {
    let is_company_word = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        bare.is_empty()
            || bare.split(['.', ',']).filter(|w| !w.is_empty()).all(|w| COMPANY_WORDS.contains(&w))
    };
    let all: Vec<&str> = make.split_whitespace().collect();
    let kept = all.iter().rposition(|word| !is_company_word(word)).map_or(all.len(), |last| last + 1);
    let brand = &all[..kept];
    let repeats = |word: &&str| {
        // "KODAK DC3400" by "EASTMAN KODAK COMPANY"; "NIKON D5000" by "NIKON CORPORATION".
        let first = model.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        word.chars().count() > 1 && first.eq_ignore_ascii_case(word)
    };
    let name = if brand.iter().any(repeats) || brand.is_empty() {
        model.to_string()
    } else {
        format!("{} {model}", brand.join(" "))
    };
    let name = name.trim().to_string();
    (!name.is_empty()).then_some(name)
}

fn lens(tags: &Tags) -> Option<String> {
    let meaningful = |name: &String| name.chars().any(char::is_alphanumeric);
    tags.text(Tag::LensModel)
        .or_else(|| tags.property("aux:Lens"))
        .or_else(|| tags.property("exifEX:LensModel"))
        .filter(meaningful)
}

/// Latitude and longitude in degrees. Exactly 0/0 is what a receiver without a fix writes.
fn position(tags: &Tags) -> Option<(f64, f64)> {
    let exif = || {
        let latitude = degrees(tags.rationals(Tag::GPSLatitude)?, tags.text(Tag::GPSLatitudeRef), "S")?;
        let longitude = degrees(tags.rationals(Tag::GPSLongitude)?, tags.text(Tag::GPSLongitudeRef), "W")?;
        Some((latitude, longitude))
    };
    let xmp = || {
        let latitude = xmp_degrees(&tags.property("exif:GPSLatitude")?)?;
        let longitude = xmp_degrees(&tags.property("exif:GPSLongitude")?)?;
        Some((latitude, longitude))
    };
    exif().or_else(xmp).filter(|(latitude, longitude)| {
        latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (*latitude, *longitude) != (0.0, 0.0)
    })
}

/// Degrees, minutes, seconds as EXIF stores them; minutes and seconds may be absent.
fn degrees(parts: &[Rational], reference: Option<String>, negative: &str) -> Option<f64> {
    let mut sum = 0.0;
    for (part, unit) in parts.iter().zip([1.0, 60.0, 3600.0]) {
        if part.denom == 0 {
            // 0/0 seconds are written by some phones beside good degrees and minutes.
            if unit == 1.0 {
                return None;
            }
            continue;
        }
        sum += part.to_f64() / unit;
    }
    let south_or_west = reference.is_some_and(|text| text.to_ascii_uppercase().starts_with(negative));
    (!parts.is_empty()).then_some(if south_or_west { -sum } else { sum })
}

/// `48,8.5N` or `48,8,30N` as XMP writes it.
fn xmp_degrees(text: &str) -> Option<f64> {
    let direction = text.chars().last()?.to_ascii_uppercase();
    let sign = match direction {
        'N' | 'E' => 1.0,
        'S' | 'W' => -1.0,
        _ => return None,
    };
    let mut sum = 0.0;
    for (part, unit) in text[..text.len() - 1].split(',').zip([1.0, 60.0, 3600.0]) {
        sum += part.trim().parse::<f64>().ok().filter(|part| part.is_finite())? / unit;
    }
    Some(sign * sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::testing::{Entry, encode_jpeg, exif, quadrants, with_exif};

    fn at(year: i16, month: i8, day: i8, hour: i8, minute: i8, second: i8) -> Option<i64> {
        let moment = jiff::civil::date(year, month, day).at(hour, minute, second, 0);
        Some(moment.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp().as_millisecond())
    }

    #[test]
    fn dates_are_read_in_the_forms_that_cameras_write() {
        for (text, expected) in [
            ("2005:01:01 13:23:42", at(2005, 1, 1, 13, 23, 42)),
            ("2016-05-30T14:20:55.123+09:00", at(2016, 5, 30, 14, 20, 55)),
            ("2016/05/30 14:20", at(2016, 5, 30, 14, 20, 0)),
            ("1998:12:31", at(1998, 12, 31, 0, 0, 0)),
            ("2020:02:29 00:00:60", at(2020, 2, 29, 0, 0, 59)),
            ("0000:00:00 00:00:00", None),
            (":  :     :  :", None),
            ("2021:02:29 10:00:00", None),
            ("2021:13:01 10:00:00", None),
            ("2021:01:01 25:00:00", None),
            ("99999:01:01", None),
            ("", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn camera_names_do_not_double_the_make() {
        for (make, model, expected) in [
            ("Canon", "Canon EOS 350D DIGITAL", Some("Canon EOS 350D DIGITAL")),
            ("NIKON CORPORATION", "NIKON D5000", Some("NIKON D5000")),
            ("EASTMAN KODAK COMPANY", "KODAK DC3400 ZOOM", Some("KODAK DC3400 ZOOM")),
            ("OLYMPUS OPTICAL CO.,LTD", "C750UZ", Some("OLYMPUS C750UZ")),
            ("OLYMPUS IMAGING CORP.", "u760,S760", Some("OLYMPUS u760,S760")),
            ("SANYO Electric Co.,Ltd.", "SR6", Some("SANYO SR6")),
            ("SEIKO EPSON CORP.", "PhotoPC 3000Z", Some("SEIKO EPSON PhotoPC 3000Z")),
            ("Apple", "iPhone 12 Pro", Some("Apple iPhone 12 Pro")),
            ("HUAWEI", "HUAWEI-P30", Some("HUAWEI-P30")),
            ("FLIR", "", Some("FLIR")),
            ("", "X100", Some("X100")),
            ("", "", None),
        ] {
            assert_eq!(camera_name(make, model).as_deref(), expected, "{make} / {model}");
        }
    }

    #[test]
    fn a_jpeg_tells_its_date_camera_lens_place_and_upright_size() {
        let entries = [
            Entry::Text(0x010F, "FUJIFILM\0"),
            Entry::Text(0x0110, "FinePixS1Pro  \0"),
            Entry::Text(0x0132, "2020:01:01 00:00:00\0"),
            Entry::ExifText(0x9003, "2002:07:13 15:58:28\0"),
            Entry::ExifText(0xA434, "XF35mmF1.4 R\0"),
            Entry::GpsText(1, "S\0"),
            Entry::GpsRationals(2, [(33, 1), (51, 1), (3000, 100)]),
            Entry::GpsText(3, "E\0"),
            Entry::GpsRationals(4, [(151, 1), (12, 1), (0, 0)]),
        ];
        let found = metadata(&with_exif(&encode_jpeg(&quadrants(64, 48)), &exif(6, &entries)));
        assert_eq!(found.taken_at, at(2002, 7, 13, 15, 58, 28));
        assert_eq!(found.camera.as_deref(), Some("FUJIFILM FinePixS1Pro"));
        assert_eq!(found.lens.as_deref(), Some("XF35mmF1.4 R"));
        assert!((found.latitude.unwrap() + 33.858_333).abs() < 1e-5);
        assert!((found.longitude.unwrap() - 151.2).abs() < 1e-9);
        assert_eq!((found.width, found.height, found.orientation), (Some(48), Some(64), 6));
    }

    #[test]
    fn a_file_without_tags_has_a_size_and_nothing_else() {
        let found = metadata(&encode_jpeg(&quadrants(64, 48)));
        let expected = Metadata { width: Some(64), height: Some(48), orientation: 1, ..Metadata::default() };
        assert_eq!(found, expected);
        assert_eq!(metadata(b"no picture"), Metadata { orientation: 1, ..Metadata::default() });
    }

    #[test]
    fn xmp_coordinates_are_read() {
        assert_eq!(xmp_degrees("48,30.0N"), Some(48.5));
        assert_eq!(xmp_degrees("2,30,0W"), Some(-2.5));
        assert_eq!(xmp_degrees("x"), None);
        assert_eq!(xmp_degrees("NaN,0E"), None);
    }
}
