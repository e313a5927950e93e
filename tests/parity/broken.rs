//! Checkpoints that are not what they should be: each gives an error that names the tensor, and nothing is used of it.

use std::fs;
use std::path::Path;

use kindred_models::{ImageEmbedder, ModelError, ModelRef, ModelStore, TensorProblem, TextEmbedder, resolve};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::fixtures::unpacked;
use crate::golden::{cpu, weights};

/// A tensor in memory: type, shape, bytes.
type Stored = (Dtype, Vec<usize>, Vec<u8>);

/// Loads `network` after `change` was made to its tensors.
fn load_changed(network: &str, change: impl FnOnce(&mut Vec<(String, Stored)>)) -> ModelError {
    let (_holder, folder) = unpacked(network);
    let path = weights(&folder);
    let bytes = fs::read(&path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors: Vec<(String, Stored)> = file
        .tensors()
        .into_iter()
        .map(|(name, view)| (name, (view.dtype(), view.shape().to_vec(), view.data().to_vec())))
        .collect();
    change(&mut tensors);
    let views = tensors
        .iter()
        .map(|(name, (dtype, shape, data))| (name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
    fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    load(&folder).expect("the file is broken")
}

/// The error of loading all that the folder's network consists of.
fn load(folder: &Path) -> Option<ModelError> {
    let (_state, compute) = cpu();
    let store = ModelStore::new(folder.with_file_name("store"));
    let model = match resolve(&store, &ModelRef::Folder(folder.to_path_buf())) {
        Ok(model) => model,
        Err(error) => return Some(error),
    };
    match ImageEmbedder::load(&model, &compute) {
        Err(error) => Some(error),
        Ok(_) if model.info.id.starts_with("clip") => TextEmbedder::load(&model, &compute).err(),
        Ok(_) => None,
    }
}

#[track_caller]
fn check(error: &ModelError, name: &str, expected: &TensorProblem) {
    match error {
        ModelError::Tensor { tensor, problem, .. } => {
            assert_eq!((tensor.as_str(), problem), (name, expected))
        }
        other => panic!("{other}"),
    }
    assert!(error.to_string().contains(name), "{error}");
}

const NETWORKS: [(&str, &str); 4] = [
    ("clip-f32", "vision_model.encoder.layers.1.self_attn.k_proj.weight"),
    ("clip-gelu-f16", "text_model.final_layer_norm.bias"),
    ("open-clip-f32", "transformer.resblocks.0.attn.in_proj_bias"),
    ("resnet50-timm", "layer3.5.bn2.running_var"),
];

#[test]
fn a_missing_tensor_is_named() {
    for (network, name) in NETWORKS {
        let error = load_changed(network, |tensors| tensors.retain(|(n, _)| n != name));
        check(&error, name, &TensorProblem::Missing);
    }
}

#[test]
fn a_tensor_too_many_is_named() {
    for (network, _) in NETWORKS {
        let extra = "vision_model.encoder.layers.2.layer_norm1.bias";
        let error =
            load_changed(network, |tensors| tensors.push((extra.into(), (Dtype::F32, vec![1], vec![0; 4]))));
        check(&error, extra, &TensorProblem::Unexpected);
    }
}

#[test]
fn a_tensor_of_another_shape_is_named_with_both_shapes() {
    for (network, name) in NETWORKS {
        let mut shapes = None;
        let error = load_changed(network, |tensors| {
            let (_, (_, shape, _)) = tensors.iter_mut().find(|(n, _)| n == name).unwrap();
            let expected = shape.clone();
            shape.push(1);
            shapes = Some((expected, shape.clone()));
        });
        let (expected, found) = shapes.unwrap();
        check(&error, name, &TensorProblem::Shape { expected, found });
    }
}

#[test]
fn a_tensor_of_another_type_is_named() {
    for (network, name) in NETWORKS {
        let error = load_changed(network, |tensors| {
            let (_, (dtype, shape, data)) = tensors.iter_mut().find(|(n, _)| n == name).unwrap();
            *dtype = Dtype::I32;
            *data = vec![0; 4 * shape.iter().product::<usize>()];
        });
        check(&error, name, &TensorProblem::Type("I32".into()));
    }
}

#[test]
fn a_nan_or_infinity_is_named_with_its_place() {
    for (network, name) in NETWORKS {
        for half in [0x7e00_u16, 0x7c00] {
            let error = load_changed(network, |tensors| {
                let (_, (dtype, _, data)) = tensors.iter_mut().find(|(n, _)| n == name).unwrap();
                let bytes: &[u8] = match dtype {
                    Dtype::F16 => &half.to_le_bytes(),
                    _ => &if half == 0x7e00 { f32::NAN } else { f32::NEG_INFINITY }.to_le_bytes(),
                };
                let at = 3.min(data.len() / bytes.len() - 1) * bytes.len();
                data[at..at + bytes.len()].copy_from_slice(bytes);
            });
            assert!(
                matches!(&error, ModelError::Tensor { tensor, problem: TensorProblem::NotFinite(_), .. } if tensor == name),
                "{error}"
            );
        }
    }
}

#[test]
fn a_negative_variance_is_no_number_either() {
    let error = load_changed("resnet50-timm", |tensors| {
        let (_, (_, _, data)) = tensors.iter_mut().find(|(n, _)| n == "bn1.running_var").unwrap();
        data[..4].copy_from_slice(&(-1.0_f32).to_le_bytes());
    });
    check(&error, "bn1.running_var", &TensorProblem::NotFinite(0));
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    for network in [
        "clip-f32",
        "clip-bin",
        "open-clip-bin-f16",
        "resnet50-torchvision",
        "resnet50-old-pth",
        "resnet50-timm",
    ] {
        for part in [0, 5, 40, 90] {
            let (_holder, folder) = unpacked(network);
            let path = weights(&folder);
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() * part / 100]).unwrap();
            let error = load(&folder).unwrap_or_else(|| panic!("{network}: {part} % of the file are enough"));
            assert!(
                matches!(error, ModelError::Checkpoint { .. } | ModelError::Tensor { .. }),
                "{network} at {part} %: {error}"
            );
            assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
        }
    }
}

#[test]
fn a_configuration_that_does_not_fit_the_weights_names_a_tensor() {
    let (_holder, folder) = unpacked("clip-f32");
    let path = folder.join("config.json");
    let changed =
        fs::read_to_string(&path).unwrap().replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    fs::write(&path, changed).unwrap();
    let error = load(&folder).unwrap();
    assert!(
        matches!(&error, ModelError::Tensor { problem: TensorProblem::Missing, tensor, .. } if tensor.contains("layers.2.")),
        "{error}"
    );
}

#[test]
fn weights_of_another_network_are_refused() {
    let (_clip, clip) = unpacked("clip-f32");
    let (_resnet, resnet) = unpacked("resnet50-timm");
    fs::copy(weights(&clip), weights(&resnet)).unwrap();
    let error = load(&resnet).unwrap();
    check(&error, "conv1.weight", &TensorProblem::Missing);
}
