//! ONNX files, as far as the face networks need them: the operators in their order, and the numbers of the convolutions.
//!
//! An ONNX file is a protocol buffer; `prost` reads it, with the few messages and fields that are declared here. Source of names and numbers:
//! `onnx.proto` of the ONNX project. Nothing of a file is executed: a network knows its own steps, and a file has to have just these.

mod message;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use prost::Message;

use crate::error::{ModelError, TensorProblem};
use message::{Graph, Model, Node, Tensor};

/// The face networks have up to 4 MB. A file is read as a whole, and what is read takes a multiple of it.
const MOST_BYTES: u64 = 8 << 20;

/// Operators that only move numbers about, or hold them: exporters differ in them.
const BOOKKEEPING: [&str; 11] = [
    "Concat",
    "Constant",
    "Flatten",
    "Gather",
    "Identity",
    "Reshape",
    "Shape",
    "Slice",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
];

/// A convolution that a network needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConvolutionPlan {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Side of the kernel.
    pub(super) side: usize,
    pub(super) stride: usize,
    /// Zeros around the picture.
    pub(super) padding: usize,
    /// Each channel by itself.
    pub(super) depthwise: bool,
}

/// An operator that a network needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Convolution(ConvolutionPlan),
    Relu,
    /// Clipped to 0..6.
    Relu6,
    /// 2×2, stride 2.
    MaxPool,
    /// To twice the size.
    Resize,
    Add,
    Sigmoid,
}

/// A convolution as read from a file; its batch norm was folded into it by the exporter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Convolution {
    pub(super) plan: ConvolutionPlan,
    /// `[outputs, inputs, side, side]`, of a depthwise one `[outputs, 1, side, side]`.
    pub(super) kernel: Vec<f32>,
    /// `[outputs]`.
    pub(super) bias: Vec<f32>,
}

impl ConvolutionPlan {
    /// 1×1.
    pub(super) const fn pointwise(inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs, side: 1, stride: 1, padding: 0, depthwise: false }
    }

    /// 3×3, each channel by itself.
    pub(super) const fn depthwise(channels: usize, stride: usize) -> Self {
        Self { inputs: channels, outputs: channels, side: 3, stride, padding: 1, depthwise: true }
    }

    /// 3×3 over all colours of the picture, stride 2.
    pub(super) const fn stem(outputs: usize) -> Self {
        Self { inputs: 3, outputs, side: 3, stride: 2, padding: 1, depthwise: false }
    }

    /// Numbers of the kernel that one output has.
    pub(super) fn numbers_per_output(&self) -> usize {
        self.shape()[1..].iter().product()
    }

    /// Of the kernel.
    pub(super) fn shape(&self) -> [usize; 4] {
        let inputs = if self.depthwise { 1 } else { self.inputs };
        [self.outputs, inputs, self.side, self.side]
    }
}

impl Step {
    fn operator(self) -> &'static str {
        match self {
            Self::Convolution(_) => "Conv",
            Self::Relu => "Relu",
            Self::Relu6 => "Clip",
            Self::MaxPool => "MaxPool",
            Self::Resize => "Resize",
            Self::Add => "Add",
            Self::Sigmoid => "Sigmoid",
        }
    }
}

/// Reads the convolutions of the network that takes these `steps`, in their order.
///
/// # Errors
/// [`ModelError::Io`]; [`ModelError::Checkpoint`] for a file that is no ONNX file, or one of another network; [`ModelError::Tensor`] for
/// a kernel or bias that is missing, of another shape or type, cut off or not finite.
pub(super) fn read(path: &Path, steps: &[Step]) -> Result<Vec<Convolution>, ModelError> {
    let file = File::open(path)?;
    let nodes: Vec<&Node> =
        file.graph.node.iter().filter(|node| !BOOKKEEPING.contains(&node.op_type.as_str())).collect();
    for (at, step) in steps.iter().enumerate() {
        let node = nodes.get(at).ok_or_else(|| file.other(at, "the end", step.operator()))?;
        if node.op_type != step.operator() {
            return Err(file.other(at, &node.op_type, step.operator()));
        }
    }
    if let Some(node) = nodes.get(steps.len()) {
        return Err(file.other(steps.len(), &node.op_type, "no more"));
    }
    let mut convolutions = vec![];
    for (node, step) in nodes.into_iter().zip(steps) {
        match step {
            Step::Convolution(plan) => convolutions.push(file.convolution(node, *plan)?),
            Step::Relu6 => file.check_clip(node)?,
            Step::MaxPool => file.check_window(node, 2, 2, 0)?,
            Step::Relu | Step::Resize | Step::Add | Step::Sigmoid => {}
        }
    }
    Ok(convolutions)
}

struct File {
    path: PathBuf,
    graph: Graph,
    /// Initialisers and constants by their name.
    tensors: HashMap<String, Tensor>,
}

impl File {
    fn open(path: &Path) -> Result<Self, ModelError> {
        let damaged = |reason: String| ModelError::Checkpoint { path: path.to_path_buf(), reason };
        let bytes = fs::metadata(path).map_err(|e| ModelError::io(path, e))?.len();
        if bytes > MOST_BYTES {
            return Err(damaged(format!(
                "it has {bytes} bytes, and no face network has more than {MOST_BYTES}"
            )));
        }
        let bytes = fs::read(path).map_err(|e| ModelError::io(path, e))?;
        let model = Model::decode(bytes.as_slice())
            .map_err(|e| damaged(format!("it is no ONNX file, or is cut off: {e}")))?;
        let mut graph = model.graph.ok_or_else(|| damaged("it is no ONNX file, or an empty one".into()))?;
        let mut tensors: HashMap<String, Tensor> =
            graph.initializer.drain(..).map(|tensor| (tensor.name.clone(), tensor)).collect();
        for node in graph.node.iter_mut().filter(|node| node.op_type == "Constant") {
            if let ([name], Some(value)) =
                (&node.output[..], node.attribute.iter_mut().find_map(|a| a.t.take()))
            {
                tensors.insert(name.clone(), value);
            }
        }
        Ok(Self { path: path.to_path_buf(), graph, tensors })
    }

    fn convolution(&self, node: &Node, plan: ConvolutionPlan) -> Result<Convolution, ModelError> {
        self.check_window(node, plan.side, plan.stride, plan.padding)?;
        let groups = if plan.depthwise { plan.outputs } else { 1 };
        let found = node.attribute("group").map_or(1, |attribute| attribute.i);
        if found != groups as i64 {
            return Err(self.wrong(node, &format!("has {found} groups instead of {groups}")));
        }
        let tensor = |at: usize, shape: Vec<usize>| {
            let name = node.input.get(at).map_or("", String::as_str);
            let name = if name.is_empty() { format!("{} input {at}", node.name) } else { name.to_owned() };
            self.values(&name, &shape)
        };
        Ok(Convolution {
            plan,
            kernel: tensor(1, plan.shape().to_vec())?,
            bias: tensor(2, vec![plan.outputs])?,
        })
    }

    /// The numbers of a tensor of this shape.
    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let problem =
            |problem| ModelError::Tensor { path: self.path.clone(), tensor: name.to_owned(), problem };
        let tensor = self.tensors.get(name).ok_or_else(|| problem(TensorProblem::Missing))?;
        let found: Vec<usize> = tensor.dims.iter().map(|n| usize::try_from(*n).unwrap_or(0)).collect();
        if found != shape {
            return Err(problem(TensorProblem::Shape { expected: shape.to_vec(), found }));
        }
        let values = tensor.values().map_err(problem)?;
        let count = shape.iter().product::<usize>();
        if values.len() != count {
            let reason = format!("{} numbers instead of {count}", values.len());
            return Err(problem(TensorProblem::Unreadable(reason)));
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(problem(TensorProblem::NotFinite(index))),
            None => Ok(values),
        }
    }

    fn check_window(
        &self,
        node: &Node,
        side: usize,
        stride: usize,
        padding: usize,
    ) -> Result<(), ModelError> {
        let [side, stride, padding] = [side, stride, padding].map(|n| n as i64);
        for (name, expected, default) in [
            ("kernel_shape", vec![side; 2], None),
            ("strides", vec![stride; 2], Some(1)),
            ("pads", vec![padding; 4], Some(0)),
            ("dilations", vec![1; 2], Some(1)),
        ] {
            let found = match (node.attribute(name), default) {
                (Some(attribute), _) => attribute.ints.clone(),
                (None, Some(default)) => vec![default; expected.len()],
                (None, None) => vec![],
            };
            if found != expected {
                return Err(self.wrong(node, &format!("has the {name} {found:?} instead of {expected:?}")));
            }
        }
        Ok(())
    }

    fn check_clip(&self, node: &Node) -> Result<(), ModelError> {
        for (at, bound) in [(1, 0.0), (2, 6.0)] {
            let name = node.input.get(at).map_or("", String::as_str);
            let found = self.values(name, &[])?;
            if found != [bound] {
                return Err(self.wrong(node, &format!("clips at {found:?} instead of {bound}")));
            }
        }
        Ok(())
    }

    fn other(&self, at: usize, found: &str, expected: &str) -> ModelError {
        let reason =
            format!("it is of another network: operator {} is {found} where {expected} is expected", at + 1);
        ModelError::Checkpoint { path: self.path.clone(), reason }
    }

    fn wrong(&self, node: &Node, what: &str) -> ModelError {
        let reason = format!("it is of another network: the operator \"{}\" {what}", node.name);
        ModelError::Checkpoint { path: self.path.clone(), reason }
    }
}

#[cfg(test)]
pub(super) mod made;
#[cfg(test)]
mod tests;
