//! Screenshots of the guide, made small: a palette in place of true colour.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Colours of the palette, and of smaller ones for what is too large with it.
const COLOURS: [usize; 4] = [256, 144, 112, 96];
/// As many of the most frequent colours are kept as they are: what an interface is painted with.
const EXACT: usize = 48;
/// What a screenshot may take.
const MOST_BYTES: u64 = 200_000;

type Rgb = [u8; 3];

/// Writes `guide-02-library.png` from the one folder as `library.png` to the other, and so on.
pub(crate) fn reduce(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    let mut files: Vec<_> = fs::read_dir(from)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    for file in files {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some(name) = stem.splitn(3, '-').nth(2) else { continue };
        let target = to.join(format!("{name}.png"));
        let (size, pixels) = read(&file)?;
        let mut bytes = u64::MAX;
        for colours in COLOURS {
            write(&target, size, &pixels, colours)?;
            bytes = fs::metadata(&target)?.len();
            if bytes <= MOST_BYTES {
                break;
            }
        }
        println!("{} ({} kB)", target.display(), bytes / 1000);
        if bytes > MOST_BYTES {
            bail!("{} is larger than {} kB", target.display(), MOST_BYTES / 1000);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<((u32, u32), Vec<Rgb>)> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().context("a picture that fits into memory")?];
    let info = reader.next_frame(&mut bytes)?;
    let pixels = bytes[..info.buffer_size()].chunks_exact(info.color_type.samples());
    Ok(((info.width, info.height), pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()))
}

fn write(path: &Path, (width, height): (u32, u32), pixels: &[Rgb], colours: usize) -> Result<()> {
    let palette = palette(pixels, colours);
    let mut nearest = HashMap::new();
    let indices: Vec<u8> = pixels
        .iter()
        .map(|pixel| *nearest.entry(*pixel).or_insert_with(|| index_of(*pixel, &palette)))
        .collect();
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    Ok(encoder.write_header()?.write_image_data(&indices)?)
}

/// The most frequent colours as they are; the others by cutting in two, again and again, the box of colours in which the most pixels
/// lie farthest apart (P. Heckbert, "Color Image Quantization for Frame Buffer Display", 1982).
fn palette(pixels: &[Rgb], most: usize) -> Vec<Rgb> {
    let mut counts: HashMap<Rgb, usize> = HashMap::new();
    pixels.iter().for_each(|pixel| *counts.entry(*pixel).or_default() += 1);
    let mut colours: Vec<(Rgb, usize)> = counts.into_iter().collect();
    colours.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    let rest = colours.split_off(EXACT.min(colours.len()));
    let mut palette: Vec<Rgb> = colours.into_iter().map(|(colour, _)| colour).collect();
    let mut boxes = vec![rest];
    boxes.retain(|colours| !colours.is_empty());
    while !boxes.is_empty() && boxes.len() < most - palette.len() {
        let Some(at) = (0..boxes.len()).max_by_key(|at| weight(&boxes[*at])) else { break };
        if weight(&boxes[at]) == 0 {
            break;
        }
        let mut colours = boxes.swap_remove(at);
        let channel = widest(&colours).0;
        colours.sort_by_key(|(colour, _)| colour[channel]);
        let half = colours.iter().map(|(_, count)| count).sum::<usize>() / 2;
        let mut before = 0;
        let cut = colours.iter().position(|(_, count)| {
            before += count;
            before > half
        });
        let upper = colours.split_off(cut.unwrap_or(1).clamp(1, colours.len() - 1));
        boxes.extend([colours, upper]);
    }
    palette.extend(boxes.iter().map(|colours| mean(colours)));
    palette
}

/// How much is gained by cutting a box: its pixels times its longest side.
fn weight(colours: &[(Rgb, usize)]) -> usize {
    colours.iter().map(|(_, count)| count).sum::<usize>() * usize::from(widest(colours).1)
}

/// The channel in which colours differ the most, and by how much.
fn widest(colours: &[(Rgb, usize)]) -> (usize, u8) {
    let range = |channel: usize| {
        let levels = || colours.iter().map(|(colour, _)| colour[channel]);
        levels().max().unwrap_or(0) - levels().min().unwrap_or(0)
    };
    (0..3).map(|channel| (channel, range(channel))).max_by_key(|(_, range)| *range).unwrap_or((0, 0))
}

fn mean(colours: &[(Rgb, usize)]) -> Rgb {
    let all = colours.iter().map(|(_, count)| count).sum::<usize>().max(1);
    let sum = |channel: usize| {
        colours.iter().map(|(colour, count)| usize::from(colour[channel]) * count).sum::<usize>()
    };
    [0, 1, 2].map(|channel| u8::try_from((sum(channel) + all / 2) / all).unwrap_or(u8::MAX))
}

fn index_of(pixel: Rgb, palette: &[Rgb]) -> u8 {
    let distance = |colour: &Rgb| -> i32 {
        let differences = pixel.iter().zip(colour).map(|(a, b)| i32::from(*a) - i32::from(*b));
        differences.map(|difference| difference * difference).sum()
    };
    let nearest = (0..palette.len()).min_by_key(|at| distance(&palette[*at]));
    nearest.and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_colours_stay_as_they_are_and_others_come_near() {
        let ramp = (0..=255u8).flat_map(|level| (0..=15u8).map(move |tint| [level, 255 - level, 16 * tint]));
        let pixels: Vec<Rgb> = std::iter::repeat_n([250, 250, 249], 5000).chain(ramp).collect();
        let palette = palette(&pixels, 256);
        assert_eq!(palette.len(), 256);
        for pixel in pixels {
            let found = palette[usize::from(index_of(pixel, &palette))];
            let apart = pixel.iter().zip(found).map(|(a, b)| a.abs_diff(b)).max();
            let bound = if pixel == [250, 250, 249] { 0 } else { 24 };
            assert!(apart <= Some(bound), "{pixel:?} became {found:?}");
        }
    }

    #[test]
    fn a_picture_of_few_colours_keeps_them_all() {
        let pixels = [[1, 2, 3], [4, 5, 6], [1, 2, 3]];
        let palette = palette(&pixels, 96);
        assert_eq!(palette, [[1, 2, 3], [4, 5, 6]]);
    }
}
