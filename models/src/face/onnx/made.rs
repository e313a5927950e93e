//! ONNX files of networks with random weights, for tests.

use std::path::{Path, PathBuf};

use prost::Message;

use super::message::{Attribute, Graph, Model, Node, Tensor};
use super::{ConvolutionPlan, Step};

/// A file of these steps in `folder`.
pub(in crate::face) fn write(folder: &Path, name: &str, steps: &[Step]) -> PathBuf {
    write_model(folder, name, &model(steps))
}

pub(super) fn write_model(folder: &Path, name: &str, model: &Model) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, model.encode_to_vec()).unwrap();
    path
}

/// What an exporter would write of these steps: it names tensors by numbers, holds the bounds of ReLU6 in constants, and moves numbers
/// about between the operators.
pub(super) fn model(steps: &[Step]) -> Model {
    let mut random = fastrand::Rng::with_seed(7);
    let mut graph = Graph::default();
    for (at, step) in steps.iter().enumerate() {
        let mut node = Node {
            op_type: step.operator().into(),
            name: format!("operator {at}"),
            input: vec!["x".into()],
            ..Node::default()
        };
        match step {
            Step::Convolution(plan) => {
                let names = [format!("kernel {at}"), format!("bias {at}")];
                // Of this reach the numbers neither vanish nor explode from layer to layer.
                let reach = (6.0 / plan.numbers_per_output() as f32).sqrt();
                let mut number = |reach: f32| reach * (2.0 * random.f32() - 1.0);
                let shape = plan.shape();
                let kernel = (0..shape.iter().product()).map(|_| number(reach)).collect();
                let bias = (0..plan.outputs).map(|_| number(0.5)).collect();
                graph.initializer.push(tensor(&names[0], &shape, kernel));
                graph.initializer.push(tensor(&names[1], &[plan.outputs], bias));
                node.input.extend(names);
                node.attribute = window(plan);
            }
            Step::Relu6 => {
                for (part, bound) in [("low", 0.0), ("high", 6.0)] {
                    let name = format!("{part} {at}");
                    let value = Some(tensor("", &[], vec![bound]));
                    let attribute =
                        vec![Attribute { name: "value".into(), t: value, ..Attribute::default() }];
                    let output = vec![name.clone()];
                    graph.node.push(Node {
                        op_type: "Constant".into(),
                        output,
                        attribute,
                        ..Node::default()
                    });
                    node.input.push(name);
                }
            }
            Step::MaxPool => {
                node.attribute = [("kernel_shape", vec![2; 2]), ("strides", vec![2; 2])].map(ints).into();
            }
            Step::Relu | Step::Resize | Step::Add | Step::Sigmoid => {}
        }
        graph.node.push(node);
        graph.node.push(Node { op_type: "Transpose".into(), ..Node::default() });
    }
    Model { graph: Some(graph) }
}

/// Kernels as raw bytes and biases as numbers: exporters do either.
fn tensor(name: &str, shape: &[usize], values: Vec<f32>) -> Tensor {
    let dims = shape.iter().map(|n| *n as i64).collect();
    let mut tensor = Tensor { name: name.into(), dims, data_type: Tensor::F32, ..Tensor::default() };
    if name.starts_with("kernel") {
        tensor.raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    } else {
        tensor.float_data = values;
    }
    tensor
}

fn window(plan: &ConvolutionPlan) -> Vec<Attribute> {
    let [side, stride, padding] = [plan.side, plan.stride, plan.padding].map(|n| n as i64);
    let group = if plan.depthwise { plan.outputs as i64 } else { 1 };
    let group = Attribute { name: "group".into(), i: group, ..Attribute::default() };
    let lists = [("kernel_shape", vec![side; 2]), ("strides", vec![stride; 2]), ("pads", vec![padding; 4])];
    lists.map(ints).into_iter().chain([group]).collect()
}

fn ints((name, ints): (&str, Vec<i64>)) -> Attribute {
    Attribute { name: name.into(), ints, ..Attribute::default() }
}
