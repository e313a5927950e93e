//! Pictures made ready for a network, against the crops that torchvision makes.

use kindred_models::Preprocess;

use crate::golden::{golden, picture};

#[test]
fn crops_are_those_of_the_reference_within_two_levels() {
    for recipe in golden().preprocessing {
        let preprocess = match recipe.recipe.as_str() {
            "clip-32" => Preprocess::clip(32),
            "clip-48" => Preprocess::clip(48),
            "resnet50-v2" => Preprocess::resnet50_v2(),
            other => panic!("the recipe {other} is not known here"),
        };
        for crop in &recipe.crops {
            let prepared = preprocess.prepare(&picture(&crop.picture));
            let expected = picture(&crop.crop);
            let found = prepared.crops().next().unwrap();
            assert_eq!(found.len(), expected.as_raw().len(), "{}", crop.crop);
            let differences = found.iter().zip(expected.as_raw()).map(|(f, e)| f.abs_diff(*e));
            let mean = differences.clone().map(f64::from).sum::<f64>() / found.len() as f64;
            let largest = differences.max().unwrap();
            assert!(largest <= 2 && mean < 0.1, "{}: largest {largest}, mean {mean}", crop.crop);
        }
    }
}
