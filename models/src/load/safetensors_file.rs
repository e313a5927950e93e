//! Safetensors files, read tensor by tensor into the place where the numbers are used.
//!
//! The crate `safetensors` wants the whole file in memory, and burn's reader copies every tensor three times: a query from the command
//! line spends most of its time on reading weights.

use std::fs::File;
use std::io;
use std::path::Path;

use bytemuck::Pod;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

/// A header of a network has some ten kilobytes; the format's own limit.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// An open file whose header has been read and checked.
pub(super) struct SafetensorsFile {
    content: Content,
    header: Metadata,
    /// Where the numbers begin.
    start: u64,
}

/// Where the bytes of a file are.
enum Content {
    Disk(File),
    Memory(&'static [u8]),
}

impl SafetensorsFile {
    /// Reads the header of a file on disk.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let length = file.metadata().map_err(|e| e.to_string())?.len();
        Self::read_header(Content::Disk(file), length)
    }

    /// Reads the header of a file that is in memory as a whole.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(super) fn in_memory(bytes: &'static [u8]) -> Result<Self, String> {
        Self::read_header(Content::Memory(bytes), bytes.len() as u64)
    }

    fn read_header(content: Content, length: u64) -> Result<Self, String> {
        let mut prefix = [0; 8];
        content.read_exact_at(&mut prefix, 0).map_err(|_| "the header is cut off".to_owned())?;
        let header_bytes = u64::from_le_bytes(prefix);
        if header_bytes > MAX_HEADER_BYTES.min(length - 8) {
            return Err(format!("the header claims {header_bytes} bytes"));
        }
        let mut header = vec![0; header_bytes as usize];
        content.read_exact_at(&mut header, 8).map_err(|e| e.to_string())?;
        let header: Metadata = serde_json::from_slice(&header).map_err(|e| format!("the header: {e}"))?;
        let start = 8 + header_bytes;
        let expected = start + header.data_len() as u64;
        if length != expected {
            return Err(format!("it has {length} bytes, its header speaks of {expected}"));
        }
        Ok(Self { content, header, start })
    }

    /// Every tensor with its name.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (String, TensorInfo)> {
        self.header.tensors().into_iter().map(|(name, info)| (name, info.clone()))
    }

    /// The numbers of a tensor of this file as f32. The format is little-endian, as is every machine with a driver for wgpu.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::Unsupported`] for other types than f32, f16 and bf16.
    pub(super) fn values(&self, tensor: &TensorInfo) -> io::Result<Vec<f32>> {
        match tensor.dtype {
            Dtype::F32 => self.read(tensor),
            Dtype::F16 => Ok(self.read::<f16>(tensor)?.to_f32_vec()),
            Dtype::BF16 => Ok(self.read::<bf16>(tensor)?.to_f32_vec()),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn read<T: Pod>(&self, tensor: &TensorInfo) -> io::Result<Vec<T>> {
        let (from, to) = tensor.data_offsets;
        let mut values = vec![T::zeroed(); (to - from) / size_of::<T>()];
        self.content.read_exact_at(bytemuck::cast_slice_mut(&mut values), self.start + from as u64)?;
        Ok(values)
    }
}

impl Content {
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Disk(file) => read_exact_at(file, bytes, offset),
            Self::Memory(all) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let found = all.get(from..).and_then(|rest| rest.get(..bytes.len()));
                bytes.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}
