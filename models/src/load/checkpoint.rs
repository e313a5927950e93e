//! Reading a file of named tensors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::store::burn_pack::Tensor as StoredTensor;
use burn::store::pytorch_reader::PytorchReader;
use burn::store::{ModuleStore, SafetensorsStore, bridge};
use burn::tensor::{DType, TensorData};

use crate::error::{ModelError, TensorProblem};

/// Keys under which training programs put the weights when they save more than the weights.
const WRAPPING_KEYS: [&str; 3] = ["state_dict", "model_state_dict", "model"];

/// An open checkpoint: the names, shapes and types of its tensors. The numbers stay in the file until asked for.
///
/// `.safetensors` files are read as such, everything else as a file of `torch.save` (`.bin`, `.pth`, `.pt`).
pub(crate) struct Checkpoint {
    path: PathBuf,
    tensors: BTreeMap<String, StoredTensor>,
}

impl Checkpoint {
    /// Opens `path` and reads its table of contents.
    ///
    /// # Errors
    /// [`ModelError::Io`] when the file cannot be opened, [`ModelError::Checkpoint`] when it is damaged or empty.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        // The readers report a missing file in their own words; the system's are clearer.
        std::fs::File::open(path).map_err(|e| ModelError::io(path, e))?;
        let damaged = |reason: String| ModelError::Checkpoint { path: path.to_path_buf(), reason };
        let is_safetensors = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("safetensors"));
        let tensors = if is_safetensors {
            let mut store = SafetensorsStore::from_file(path);
            store.get_all_tensors().map_err(|e| damaged(e.to_string()))?.clone()
        } else {
            read_pytorch(path).map_err(damaged)?
        };
        if tensors.is_empty() {
            return Err(damaged("it holds no tensors".into()));
        }
        Ok(Self { path: path.to_path_buf(), tensors })
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
        Ok(self.stored(name)?.shape.to_vec())
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
            if tensor.shape.as_slice() != shape.as_slice() {
                let problem = TensorProblem::Shape { expected: shape.clone(), found: tensor.shape.to_vec() };
                return Err(self.problem(name, problem));
            }
            if !matches!(tensor.dtype, DType::F32 | DType::F16 | DType::BF16) {
                return Err(self.problem(name, TensorProblem::Type(format!("{:?}", tensor.dtype))));
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
        if !matches!(tensor.dtype, DType::F32 | DType::F16 | DType::BF16) {
            return Err(self.problem(name, TensorProblem::Type(format!("{:?}", tensor.dtype))));
        }
        let unreadable = |e: String| self.problem(name, TensorProblem::Unreadable(e));
        let data: TensorData = bridge::to_data(tensor).map_err(|e| unreadable(e.to_string()))?;
        let values: Vec<f32> =
            data.convert::<f32>().try_into_vec().map_err(|e| unreadable(format!("{e:?}")))?;
        match values.iter().position(|v| !v.is_finite()) {
            Some(index) => Err(self.problem(name, TensorProblem::NotFinite(index))),
            None => Ok(values),
        }
    }

    /// An error about one tensor of this file.
    pub(crate) fn problem(&self, tensor: &str, problem: TensorProblem) -> ModelError {
        ModelError::Tensor { path: self.path.clone(), tensor: tensor.to_owned(), problem }
    }

    fn stored(&self, name: &str) -> Result<&StoredTensor, ModelError> {
        self.tensors.get(name).ok_or_else(|| self.problem(name, TensorProblem::Missing))
    }
}

/// Reads what `torch.save` wrote, looking inside the usual wrappers.
fn read_pytorch(path: &Path) -> Result<BTreeMap<String, StoredTensor>, String> {
    let reader = PytorchReader::new(path).map_err(|e| e.to_string())?;
    let mut tensors: BTreeMap<String, StoredTensor> =
        reader.into_tensors().into_values().map(bridge::from_pytorch).map(|t| (t.name.clone(), t)).collect();
    // A wrapped state dict shows as one common prefix on all names.
    for key in WRAPPING_KEYS {
        let prefix = format!("{key}.");
        if !tensors.is_empty() && tensors.keys().all(|name| name.starts_with(&prefix)) {
            tensors = tensors.into_iter().map(|(name, t)| (name[prefix.len()..].to_owned(), t)).collect();
        }
    }
    Ok(tensors)
}
