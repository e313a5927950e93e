//! Files that are not what they should be: each gives an error that names the file and what is wrong.

use std::fs;

use super::made::{model, write, write_model};
use super::*;
use crate::face::{mobilefacenet, yunet};

/// The error of reading a file of `steps` after `change` was made to it.
#[track_caller]
fn error_of(steps: &[Step], change: impl FnOnce(&mut Model)) -> ModelError {
    let folder = tempfile::tempdir().unwrap();
    let mut changed = model(steps);
    change(&mut changed);
    let path = write_model(folder.path(), "changed.onnx", &changed);
    let error = read(&path, steps).unwrap_err();
    assert!(error.to_string().contains("changed.onnx"), "{error}");
    error
}

fn networks() -> [Vec<Step>; 2] {
    [yunet::steps(), mobilefacenet::steps()]
}

/// Changes a kernel and a bias of every network, which must then be told.
#[track_caller]
fn check_tensor(change: impl Fn(&mut Tensor), expected: impl Fn(&Tensor) -> TensorProblem) {
    for steps in networks() {
        for index in [0, 5] {
            let mut wanted = None;
            let error = error_of(&steps, |model| {
                let tensor = &mut model.graph.as_mut().unwrap().initializer[index];
                wanted = Some((tensor.name.clone(), expected(tensor)));
                change(tensor);
            });
            let (name, expected) = wanted.unwrap();
            match &error {
                ModelError::Tensor { tensor, problem, .. } => {
                    assert_eq!((tensor, problem), (&name, &expected));
                }
                other => panic!("{other}"),
            }
        }
    }
}

fn shape(tensor: &Tensor) -> Vec<usize> {
    tensor.dims.iter().map(|n| *n as usize).collect()
}

#[test]
fn a_file_gives_its_convolutions_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for steps in networks() {
        let convolutions = read(&write(folder.path(), "a.onnx", &steps), &steps).unwrap();
        let plans = steps.iter().filter_map(|step| match step {
            Step::Convolution(plan) => Some(*plan),
            _ => None,
        });
        assert!(plans.eq(convolutions.iter().map(|convolution| convolution.plan)));
        let made = model(&steps).graph.unwrap().initializer;
        assert_eq!(convolutions[0].kernel, made[0].values().unwrap());
        assert_eq!(convolutions[2].bias, made[5].values().unwrap());
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let steps = yunet::steps();
    let path = write(folder.path(), "cut.onnx", &steps);
    let bytes = fs::read(&path).unwrap();
    for part in 0..100 {
        fs::write(&path, &bytes[..bytes.len() * part / 100]).unwrap();
        let error = read(&path, &steps).unwrap_err();
        assert!(matches!(error, ModelError::Checkpoint { .. }), "{part} %: {error}");
        assert!(error.to_string().contains("cut.onnx"), "{error}");
    }
}

#[test]
fn bytes_that_are_no_onnx_file_are_refused_and_so_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.onnx");
    let mut random = fastrand::Rng::with_seed(3);
    for length in [1, 2, 10, 1000, 100_000] {
        for _ in 0..50 {
            fs::write(&path, std::iter::repeat_with(|| random.u8(..)).take(length).collect::<Vec<_>>())
                .unwrap();
            assert!(read(&path, &yunet::steps()).is_err());
        }
    }
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let error = read(&path, &yunet::steps()).unwrap_err().to_string();
    assert!(error.contains("no face network has more"), "{error}");
    let error = read(&folder.path().join("nothing.onnx"), &yunet::steps()).unwrap_err();
    assert!(matches!(error, ModelError::Io { .. }), "{error}");
}

#[test]
fn another_network_is_told_by_its_operators() {
    let folder = tempfile::tempdir().unwrap();
    let [yunet, mobilefacenet] = networks();
    for (made, wanted) in [(&yunet, &mobilefacenet), (&mobilefacenet, &yunet)] {
        let error = read(&write(folder.path(), "other.onnx", made), wanted).unwrap_err();
        assert!(error.to_string().contains("it is of another network"), "{error}");
    }
    let fewer = error_of(&yunet, |model| {
        model.graph.as_mut().unwrap().node.retain(|node| node.op_type != "Sigmoid");
    });
    assert!(fewer.to_string().contains("is the end where Sigmoid"), "{fewer}");
    let more = error_of(&yunet, |model| {
        let nodes = &mut model.graph.as_mut().unwrap().node;
        nodes.push(nodes[0].clone());
    });
    assert!(more.to_string().contains("is Conv where no more"), "{more}");
}

#[test]
fn a_convolution_of_another_kind_is_told() {
    let error = |change: fn(&mut message::Attribute), name: &str| {
        let error = error_of(&yunet::steps(), |model| {
            let node = &mut model.graph.as_mut().unwrap().node[0];
            change(node.attribute.iter_mut().find(|attribute| attribute.name == name).unwrap());
        });
        error.to_string()
    };
    for (name, change, expected) in [
        (
            "strides",
            (|attribute| attribute.ints.fill(1)) as fn(&mut message::Attribute),
            "strides [1, 1] instead of [2, 2]",
        ),
        ("pads", |attribute| attribute.ints.fill(0), "pads [0, 0, 0, 0] instead of [1, 1, 1, 1]"),
        ("kernel_shape", |attribute| attribute.name.clear(), "kernel_shape [] instead of [3, 3]"),
        ("group", |attribute| attribute.i = 3, "3 groups instead of 1"),
    ] {
        let error = error(change, name);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_relu6_that_clips_elsewhere_is_none() {
    let error = error_of(&mobilefacenet::steps(), |model| {
        for node in &mut model.graph.as_mut().unwrap().node {
            for tensor in node.attribute.iter_mut().filter_map(|attribute| attribute.t.as_mut()) {
                tensor.float_data[0] *= 2.0;
            }
        }
    });
    assert!(error.to_string().contains("clips at [12.0] instead of 6"), "{error}");
}

#[test]
fn a_missing_tensor_is_named() {
    check_tensor(|tensor| tensor.name = "something else".into(), |_| TensorProblem::Missing);
}

#[test]
fn a_tensor_of_another_shape_is_named_with_both_shapes() {
    // A length that no memory could hold is only compared.
    for length in [17_usize, i64::MAX as usize] {
        check_tensor(
            |tensor| tensor.dims[0] = length as i64,
            |tensor| {
                let (expected, mut found) = (shape(tensor), shape(tensor));
                found[0] = length;
                TensorProblem::Shape { expected, found }
            },
        );
    }
}

#[test]
fn a_tensor_of_another_type_is_named() {
    check_tensor(|tensor| tensor.data_type = 7, |_| TensorProblem::Type("number 7 of ONNX".into()));
}

#[test]
fn numbers_that_are_missing_or_none_are_named() {
    check_tensor(
        |tensor| {
            tensor.raw_data.truncate(4);
            tensor.float_data.truncate(1);
        },
        |tensor| {
            let count = shape(tensor).iter().product::<usize>();
            TensorProblem::Unreadable(format!("1 numbers instead of {count}"))
        },
    );
    check_tensor(
        |tensor| match tensor.float_data.get_mut(2) {
            Some(number) => *number = f32::NAN,
            None => tensor.raw_data[8..12].copy_from_slice(&f32::INFINITY.to_le_bytes()),
        },
        |_| TensorProblem::NotFinite(2),
    );
}

#[test]
fn half_precision_is_read_too() {
    let mut tensor = Tensor { data_type: Tensor::F16, ..Tensor::default() };
    let halves = [half::f16::from_f32(1.5), half::f16::from_f32(-2.0)];
    tensor.raw_data = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
    assert_eq!(tensor.values().unwrap(), [1.5, -2.0]);
    tensor.data_type = Tensor::BF16;
    tensor.raw_data = half::bf16::from_f32(0.5).to_le_bytes().to_vec();
    assert_eq!(tensor.values().unwrap(), [0.5]);
    tensor.raw_data.push(0);
    assert!(matches!(tensor.values(), Err(TensorProblem::Unreadable(_))));
}
