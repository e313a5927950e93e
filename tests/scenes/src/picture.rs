//! A picture in memory.

/// Rows of red, green, blue from the upper left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// `height` rows of `width` times red, green, blue.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The file of a Windows bitmap: a header and plain rows of blue, green, red from the bottom up. The one picture format that
    /// needs no encoder.
    pub fn bitmap(&self) -> Vec<u8> {
        const HEADER: u32 = 14 + 40;
        // Rows are a multiple of four bytes long.
        let row_bytes = (self.width * 3).next_multiple_of(4);
        let bytes = row_bytes * self.height;
        let mut file = Vec::with_capacity((HEADER + bytes) as usize);
        file.extend(b"BM");
        for number in [HEADER + bytes, 0, HEADER, 40, self.width, self.height] {
            file.extend(number.to_le_bytes());
        }
        file.extend([1u16, 24].map(u16::to_le_bytes).concat());
        for number in [0, bytes, 2835, 2835, 0, 0u32] {
            file.extend(number.to_le_bytes());
        }
        let padding = vec![0; (row_bytes - self.width * 3) as usize];
        for row in self.pixels.chunks_exact(self.width as usize * 3).rev() {
            for pixel in row.chunks_exact(3) {
                file.extend([pixel[2], pixel[1], pixel[0]]);
            }
            file.extend(&padding);
        }
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bitmap_is_as_long_as_its_header_says_and_begins_at_the_bottom() {
        let picture = Picture { width: 1, height: 2, pixels: vec![1, 2, 3, 4, 5, 6] };
        let file = picture.bitmap();
        assert_eq!(&file[..2], b"BM");
        assert_eq!(u32::from_le_bytes(file[2..6].try_into().unwrap()) as usize, file.len());
        assert_eq!(file[54..], [6, 5, 4, 0, 3, 2, 1, 0]);
    }
}
