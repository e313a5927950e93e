//! The messages of ONNX files, with the fields that are read. Source of names and numbers: `onnx.proto` of the ONNX project.

use half::{bf16, f16};
use prost::Message;

use crate::error::TensorProblem;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Model {
    #[prost(message, optional, tag = "7")]
    pub(super) graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub(super) node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    pub(super) initializer: Vec<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub(super) input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(super) output: Vec<String>,
    #[prost(string, tag = "3")]
    pub(super) name: String,
    #[prost(string, tag = "4")]
    pub(super) op_type: String,
    #[prost(message, repeated, tag = "5")]
    pub(super) attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(int64, tag = "3")]
    pub(super) i: i64,
    #[prost(message, optional, tag = "5")]
    pub(super) t: Option<Tensor>,
    #[prost(int64, repeated, tag = "8")]
    pub(super) ints: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    pub(super) dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    pub(super) data_type: i32,
    #[prost(float, repeated, tag = "4")]
    pub(super) float_data: Vec<f32>,
    #[prost(string, tag = "8")]
    pub(super) name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub(super) raw_data: Vec<u8>,
}

impl Node {
    /// The attribute of this name, if it is set.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attribute.iter().find(|attribute| attribute.name == name)
    }
}

impl Tensor {
    pub(super) const F32: i32 = 1;
    pub(super) const F16: i32 = 10;
    pub(super) const BF16: i32 = 16;

    /// The numbers as f32; how many there should be is not looked at.
    pub(super) fn values(&self) -> Result<Vec<f32>, TensorProblem> {
        if self.data_type == Self::F32 && self.raw_data.is_empty() {
            return Ok(self.float_data.clone());
        }
        let cut_off = || TensorProblem::Unreadable("its last number is cut off".into());
        let halves = || match self.raw_data.as_chunks() {
            (halves, []) => Ok(halves.iter()),
            _ => Err(cut_off()),
        };
        match self.data_type {
            Self::F32 => match self.raw_data.as_chunks() {
                (numbers, []) => Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()),
                _ => Err(cut_off()),
            },
            Self::F16 => Ok(halves()?.map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()),
            Self::BF16 => Ok(halves()?.map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect()),
            other => Err(TensorProblem::Type(format!("number {other} of ONNX"))),
        }
    }
}
