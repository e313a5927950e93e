//! Reading a file of named tensors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::store::bridge;
use burn::store::burn_pack::Tensor as TorchTensor;
use burn::store::pytorch_reader::PytorchReader;
use burn::tensor::DType;
use safetensors::tensor::{Dtype, TensorInfo};

use super::safetensors_file::SafetensorsFile;
use super::source::Source;
use crate::error::{ModelError, TensorProblem};

/// Keys under which training programs put the weights when they save more than the weights.
const WRAPPING_KEYS: [&str; 4] = ["state_dict_ema", "state_dict", "model_state_dict", "model"];

/// What wrappers of a network, compiled or spread over several devices, put before every name.
const WRAPPING_PREFIXES: [&str; 2] = ["module.", "_orig_mod."];

/// Numbers that are looked at together for one that is not finite.
const FINITE_AT_A_TIME: usize = 4096;

/// An open checkpoint: the names, shapes and types of its tensors. The numbers stay in the file until asked for.
///
/// `.safetensors` files are read as such, everything else as a file of `torch.save` (`.bin`, `.pth`, `.pt`).
pub(crate) struct Checkpoint {
    path: PathBuf,
    tensors: BTreeMap<String, Stored>,
    /// The file of tensors that are [`Numbers::Safetensors`].
    file: Option<SafetensorsFile>,
}

/// A tensor in the file.
struct Stored {
    shape: Vec<usize>,
    /// The name of its type, where that is none that a network's weights have.
    unsuitable: Option<String>,
    numbers: Numbers,
}

enum Numbers {
    Safetensors(TensorInfo),
    Torch(TorchTensor),
}

impl Checkpoint {
    /// Opens a file, or what was compiled in, and reads its table of contents.
    ///
    /// # Errors
    /// [`ModelError::Io`] when the file cannot be opened, [`ModelError::Checkpoint`] when it is damaged or empty.
    pub(crate) fn open(source: &Source) -> Result<Self, ModelError> {
        let path = source.path();
        let damaged = |reason: String| ModelError::Checkpoint { path: path.to_path_buf(), reason };
        let opened = match source {
            Source::BuiltIn { bytes, .. } => Some(SafetensorsFile::in_memory(bytes)),
            Source::File(path) => {
                // The readers report a missing file in their own words; the system's are clearer.
                std::fs::File::open(path).map_err(|e| ModelError::io(path, e))?;
                let is_safetensors = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("safetensors"));
                is_safetensors.then(|| SafetensorsFile::open(path))
            }
        };
        let (file, tensors) = match opened {
            Some(file) => {
                let file = file.map_err(damaged)?;
                let tensors =
                    file.tensors().map(|(name, info)| (name, Stored::in_safetensors(info))).collect();
                (Some(file), tensors)
            }
            None => (None, read_torch(path).map_err(damaged)?),
        };
        let tensors = unwrapped(tensors);
        if tensors.is_empty() {
            return Err(damaged("it holds no tensors".into()));
        }
        Ok(Self { path: path.to_path_buf(), tensors, file })
    }

    /// Whether the file has a tensor of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The shape of a tensor.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when it is missing.
    pub(crate) fn shape(&self, name: &str) -> Result<Vec<usize>, ModelError> {
        Ok(self.stored(name)?.shape.clone())
    }

    /// Checks names, shapes and types against what a network needs, without reading any numbers.
    ///
    /// `is_buffer` tells the names that files may also hold without a use here, such as position ids.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] for the first tensor that is missing, of another shape or type, or one too many.
    pub(crate) fn expect(
        &self,
        needed: &BTreeMap<String, Vec<usize>>,
        is_buffer: impl Fn(&str) -> bool,
    ) -> Result<(), ModelError> {
        for (name, shape) in needed {
            let tensor = self.stored(name)?;
            if tensor.shape != *shape {
                let problem = TensorProblem::Shape { expected: shape.clone(), found: tensor.shape.clone() };
                return Err(self.problem(name, problem));
            }
            if let Some(kind) = &tensor.unsuitable {
                return Err(self.problem(name, TensorProblem::Type(kind.clone())));
            }
        }
        match self.tensors.keys().find(|name| !needed.contains_key(*name) && !is_buffer(name)) {
            Some(name) => Err(self.problem(name, TensorProblem::Unexpected)),
            None => Ok(()),
        }
    }

    /// The numbers of one tensor as f32, row-major.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when it is missing or unreadable, of another type than f32, f16 or bf16, or not finite.
    pub(crate) fn values(&self, name: &str) -> Result<Vec<f32>, ModelError> {
        let tensor = self.stored(name)?;
        if let Some(kind) = &tensor.unsuitable {
            return Err(self.problem(name, TensorProblem::Type(kind.clone())));
        }
        let values = match (&tensor.numbers, &self.file) {
            (Numbers::Torch(tensor), _) => torch_values(tensor),
            (Numbers::Safetensors(tensor), Some(file)) => file.values(tensor).map_err(|e| e.to_string()),
            (Numbers::Safetensors(_), None) => unreachable!("such a tensor comes from an open file"),
        };
        let values = values.map_err(|e| self.problem(name, TensorProblem::Unreadable(e)))?;
        match first_not_finite(&values) {
            Some(index) => Err(self.problem(name, TensorProblem::NotFinite(index))),
            None => Ok(values),
        }
    }

    /// An error about one tensor of this file.
    pub(crate) fn problem(&self, tensor: &str, problem: TensorProblem) -> ModelError {
        ModelError::Tensor { path: self.path.clone(), tensor: tensor.to_owned(), problem }
    }

    fn stored(&self, name: &str) -> Result<&Stored, ModelError> {
        self.tensors.get(name).ok_or_else(|| self.problem(name, TensorProblem::Missing))
    }
}

impl Stored {
    fn in_safetensors(info: TensorInfo) -> Self {
        let suitable = matches!(info.dtype, Dtype::F32 | Dtype::F16 | Dtype::BF16);
        Self {
            shape: info.shape.clone(),
            unsuitable: (!suitable).then(|| format!("{:?}", info.dtype)),
            numbers: Numbers::Safetensors(info),
        }
    }

    fn in_torch(tensor: TorchTensor) -> Self {
        let suitable = matches!(tensor.dtype, DType::F32 | DType::F16 | DType::BF16);
        Self {
            shape: tensor.shape.to_vec(),
            unsuitable: (!suitable).then(|| format!("{:?}", tensor.dtype)),
            numbers: Numbers::Torch(tensor),
        }
    }
}

/// Reads what `torch.save` wrote.
fn read_torch(path: &Path) -> Result<BTreeMap<String, Stored>, String> {
    let reader = PytorchReader::new(path).map_err(|e| e.to_string())?;
    let tensors = reader.into_tensors().into_values().map(bridge::from_pytorch);
    Ok(tensors.map(|tensor| (tensor.name.clone(), Stored::in_torch(tensor))).collect())
}

fn torch_values(tensor: &TorchTensor) -> Result<Vec<f32>, String> {
    let data = bridge::to_data(tensor).map_err(|e| e.to_string())?;
    data.convert::<f32>().try_into_vec().map_err(|e| format!("{e:?}"))
}

/// The network's own tensors under their own names, out of what training programs save.
///
/// A dictionary inside a dictionary shows as a prefix of its names; beside the weights may be those of the optimiser.
fn unwrapped<T>(mut tensors: BTreeMap<String, T>) -> BTreeMap<String, T> {
    let without = |tensors: BTreeMap<String, T>, prefix: &str| -> BTreeMap<String, T> {
        let own =
            tensors.into_iter().filter_map(|(name, t)| Some((name.strip_prefix(prefix)?.to_owned(), t)));
        own.collect()
    };
    for key in WRAPPING_KEYS {
        let prefix = format!("{key}.");
        if tensors.keys().any(|name| name.starts_with(&prefix)) {
            tensors = without(tensors, &prefix);
        }
    }
    for prefix in WRAPPING_PREFIXES {
        if tensors.keys().all(|name| name.starts_with(prefix)) {
            tensors = without(tensors, prefix);
        }
    }
    tensors
}

/// The place of the first number that is infinite or none at all.
fn first_not_finite(values: &[f32]) -> Option<usize> {
    // Without a way out in the middle the compiler checks many at a time.
    let all_finite = |values: &[f32]| values.iter().fold(true, |finite, v| finite & v.is_finite());
    let spoiled = values.chunks(FINITE_AT_A_TIME).position(|values| !all_finite(values))?;
    let start = spoiled * FINITE_AT_A_TIME;
    Some(start + values[start..].iter().position(|v| !v.is_finite())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_found_among_what_training_programs_save() {
        let check = |names: &[&str], expected: &[&str]| {
            let tensors = names.iter().map(|name| ((*name).to_owned(), ())).collect();
            assert_eq!(unwrapped::<()>(tensors).into_keys().collect::<Vec<_>>(), expected, "{names:?}");
        };
        check(&["fc.bias", "fc.weight"], &["fc.bias", "fc.weight"]);
        check(&["state_dict.fc.bias", "state_dict.fc.weight"], &["fc.bias", "fc.weight"]);
        check(&["model.fc.bias", "optimizer.state.0.exp_avg"], &["fc.bias"]);
        check(&["epoch", "state_dict.module.fc.bias"], &["fc.bias"]);
        check(&["_orig_mod.fc.bias", "_orig_mod.fc.weight"], &["fc.bias", "fc.weight"]);
        check(&["module.fc.bias", "fc.weight"], &["fc.weight", "module.fc.bias"]);
        check(&[], &[]);
    }

    #[test]
    fn the_first_number_that_is_not_finite_is_found_wherever_it_is() {
        for at in [0, 1, FINITE_AT_A_TIME - 1, FINITE_AT_A_TIME, 3 * FINITE_AT_A_TIME] {
            let mut values = vec![1.0; 3 * FINITE_AT_A_TIME + 1];
            assert_eq!(first_not_finite(&values), None);
            values[at] = f32::NAN;
            assert_eq!(first_not_finite(&values), Some(at));
        }
    }
}
