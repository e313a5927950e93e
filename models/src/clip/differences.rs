//! Networks that are trained or used in another way than OpenAI's: computed as CLIP they would give wrong vectors without a word, so they
//! are refused.

use serde_json::Value;

use crate::preprocess::Normalisation;

/// Means and deviations are written with different numbers of digits.
const TOLERANCE: f64 = 1e-3;

/// Settings in `open_clip_config.json` that change what is computed, with the values that this crate computes. What is not named in a
/// file has one of them.
const OPEN_CLIP: &[(&str, &[&str])] = &[
    ("/model_cfg/vision_cfg/timm_model_name", &[]),
    ("/model_cfg/vision_cfg/attentional_pool", &["false"]),
    ("/model_cfg/vision_cfg/global_average_pool", &["false"]),
    ("/model_cfg/vision_cfg/pool_type", &["\"tok\""]),
    ("/model_cfg/vision_cfg/ls_init_value", &[]),
    ("/model_cfg/text_cfg/hf_model_name", &[]),
    ("/model_cfg/text_cfg/no_causal_mask", &["false"]),
    ("/model_cfg/text_cfg/pool_type", &["\"argmax\"", "\"eos\""]),
    ("/model_cfg/text_cfg/ls_init_value", &[]),
    ("/preprocess_cfg/interpolation", &["\"bicubic\""]),
    ("/preprocess_cfg/resize_mode", &["\"shortest\""]),
];

/// Settings in `preprocessor_config.json`; 3 is Pillow's number of the bicubic filter.
const TRANSFORMERS: &[(&str, &[&str])] = &[
    ("/do_resize", &["true"]),
    ("/do_center_crop", &["true"]),
    ("/do_normalize", &["true"]),
    ("/resample", &["3"]),
];

/// Looks through an `open_clip_config.json`.
///
/// # Errors
/// The first setting that is computed otherwise here.
pub(super) fn check_open_clip(root: &Value) -> Result<(), String> {
    check(root, OPEN_CLIP)?;
    check_range(root, "/preprocess_cfg/mean", Normalisation::CLIP.mean)?;
    check_range(root, "/preprocess_cfg/std", Normalisation::CLIP.std)
}

/// Looks through the `preprocessor_config.json` of `transformers`.
///
/// # Errors
/// The first setting that is computed otherwise here.
pub(super) fn check_preprocessor(root: &Value) -> Result<(), String> {
    check(root, TRANSFORMERS)?;
    check_range(root, "/image_mean", Normalisation::CLIP.mean)?;
    check_range(root, "/image_std", Normalisation::CLIP.std)
}

fn check(root: &Value, settings: &[(&str, &[&str])]) -> Result<(), String> {
    for (pointer, computed) in settings {
        let value = root.pointer(pointer).filter(|value| !value.is_null());
        if let Some(value) = value.map(Value::to_string).filter(|value| !computed.contains(&value.as_str())) {
            return Err(format!("\"{}\" is {value}, which is not supported", name(pointer)));
        }
    }
    Ok(())
}

fn check_range(root: &Value, pointer: &str, expected: [f32; 3]) -> Result<(), String> {
    let Some(found) = root.pointer(pointer).and_then(Value::as_array) else { return Ok(()) };
    let near = |found: &Value, expected: f32| {
        found.as_f64().is_some_and(|found| (found - f64::from(expected)).abs() < TOLERANCE)
    };
    match found.len() == 3 && found.iter().zip(expected).all(|(found, expected)| near(found, expected)) {
        true => Ok(()),
        false => Err(format!("\"{}\" is not CLIP's, which is not supported", name(pointer))),
    }
}

fn name(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(check: fn(&Value) -> Result<(), String>, text: &str) -> Option<String> {
        check(&serde_json::from_str(text).unwrap()).err()
    }

    #[test]
    fn clip_as_it_was_published_differs_in_nothing() {
        for text in [
            "{}",
            r#"{"model_cfg": {"vision_cfg": {"layers": 12}, "text_cfg": {"heads": 8, "pool_type": "argmax"}},
                "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}}"#,
            r#"{"preprocess_cfg": {"interpolation": "bicubic", "resize_mode": "shortest"}}"#,
        ] {
            assert_eq!(checked(check_open_clip, text), None, "{text}");
        }
        for text in ["{}", r#"{"resample": 3, "do_resize": true, "image_mean": [0.4815, 0.4578, 0.4082]}"#] {
            assert_eq!(checked(check_preprocessor, text), None, "{text}");
        }
    }

    #[test]
    fn what_would_give_other_vectors_is_refused_by_its_name() {
        for (check, text, name) in [
            (check_open_clip as fn(&Value) -> _, r#"{"preprocess_cfg": {"mean": [0.5, 0.5, 0.5]}}"#, "mean"),
            (check_open_clip, r#"{"preprocess_cfg": {"std": [0.5, 0.5]}}"#, "std"),
            (check_open_clip, r#"{"preprocess_cfg": {"interpolation": "bilinear"}}"#, "bilinear"),
            (check_open_clip, r#"{"model_cfg": {"text_cfg": {"no_causal_mask": true}}}"#, "no_causal_mask"),
            (check_open_clip, r#"{"model_cfg": {"text_cfg": {"pool_type": "last"}}}"#, "pool_type"),
            (
                check_open_clip,
                r#"{"model_cfg": {"vision_cfg": {"timm_model_name": "x"}}}"#,
                "timm_model_name",
            ),
            (check_preprocessor, r#"{"image_std": [0.5, 0.5, 0.5]}"#, "image_std"),
            (check_preprocessor, r#"{"do_center_crop": false}"#, "do_center_crop"),
            (check_preprocessor, r#"{"resample": 2}"#, "resample"),
        ] {
            let error = checked(check, text).unwrap_or_else(|| panic!("{text} was taken"));
            assert!(error.contains(name), "{error}");
        }
    }
}
