//! What the networks answer on the CPU.

use kindred_models::{ClipTokenizer, ImageEmbedder, ModelError, NetworkKind, Purpose, TextEmbedder};

use crate::golden::{check, cpu, golden, model};

/// The reference and Kindred both round to f32, in different orders.
const LOWEST_COSINE: f32 = 0.99999;
const DIFFERENCE: f32 = 1e-4;

#[test]
fn every_layout_and_number_type_gives_the_vectors_of_its_library_for_pictures() {
    let (_state, compute) = cpu();
    for network in golden().networks {
        let (_holder, model) = model(&network.folder);
        let embedder = ImageEmbedder::load(&model, &compute).unwrap();
        let output = embedder.info().output(network.purpose).unwrap();
        assert_eq!(output.dim, network.dim, "{}", network.folder);
        let found = embedder.embed_images(&network.pictures(), network.purpose).unwrap();
        assert_eq!(found.len(), network.images.len());
        for (found, answer) in found.iter().zip(&network.images) {
            let name = format!("{} {:?} {}", network.folder, network.purpose, answer.picture);
            if answer.exact {
                check(&name, found, &answer.vector, LOWEST_COSINE, DIFFERENCE);
            } else {
                // Resizing rounds to 8 bits: what noise of one level may do, a rounding may do.
                check(&name, found, &answer.vector, network.noise_cosine.min(LOWEST_COSINE), f32::INFINITY);
            }
        }
    }
}

/// The pictures of the test above, as the reference library resized and cropped them: they have the network's side and pass
/// unchanged, so that nothing but the network can make a difference.
#[test]
fn every_clip_network_gives_the_vectors_of_its_library_for_all_pictures_that_the_library_prepared() {
    let (_state, compute) = cpu();
    for network in golden().networks.into_iter().filter(|network| network.recipe.starts_with("clip")) {
        let (_holder, model) = model(&network.folder);
        let embedder = ImageEmbedder::load(&model, &compute).unwrap();
        let side = embedder.preprocess().side();
        let crops: Vec<_> = network.images.iter().map(|answer| prepared(side, &answer.picture)).collect();
        assert!(crops.iter().all(|crop| crop.dimensions() == (side, side)));
        for (found, answer) in
            embedder.embed_images(&crops, network.purpose).unwrap().iter().zip(&network.images)
        {
            let name = format!("{} {}", network.folder, answer.picture);
            check(&name, found, &answer.vector, LOWEST_COSINE, DIFFERENCE);
        }
    }
}

/// The crop of `side` pixels that the reference library makes of a picture.
fn prepared(side: u32, picture: &str) -> image::RgbImage {
    let name = picture.rsplit('/').next().unwrap();
    crate::golden::picture(&format!("prepared/clip-{side}/{name}"))
}

#[test]
fn every_layout_and_number_type_gives_the_vectors_of_its_library_for_texts() {
    let (_state, compute) = cpu();
    for network in golden().networks.into_iter().filter(|network| network.reads_text()) {
        let (_holder, model) = model(&network.folder);
        let embedder = TextEmbedder::load(&model, &compute).unwrap();
        let texts: Vec<&str> = network.texts.iter().map(|answer| answer.text.as_str()).collect();
        let is_starter = model.info.network == NetworkKind::Starter;
        let encode = |text: &str| match is_starter {
            true => ClipTokenizer::cut(16_000).encode(text, 32),
            false => ClipTokenizer::shared().encode(text, 77),
        };
        for (text, answer) in texts.iter().zip(&network.texts) {
            assert_eq!(encode(text), answer.tokens, "{text:?}");
        }
        let together = embedder.embed_texts(&texts).unwrap();
        // No other wordings than these: a question is the text.
        assert_eq!(embedder.embed_questions(&texts).unwrap(), together);
        for (index, answer) in network.texts.iter().enumerate() {
            let name = format!("{} {:?}", network.folder, answer.text);
            check(&name, &together[index], &answer.vector, LOWEST_COSINE, DIFFERENCE);
            let alone = embedder.embed_texts(&[&answer.text]).unwrap();
            check(&name, &alone[0], &answer.vector, LOWEST_COSINE, DIFFERENCE);
        }
    }
}

#[test]
fn pictures_in_a_batch_of_any_size_get_the_vectors_they_get_alone() {
    let (_state, compute) = cpu();
    for name in ["clip-f32", "resnet50-torchvision", "starter-f16"] {
        let network = golden().networks.into_iter().find(|network| network.folder == name).unwrap();
        let purpose = network.purpose;
        let (_holder, model) = model(name);
        let embedder = ImageEmbedder::load(&model, &compute).unwrap();
        let pictures: Vec<_> = network.pictures().into_iter().cycle().take(19).collect();
        let together = embedder.embed_images(&pictures, purpose).unwrap();
        assert_eq!(together.len(), 19);
        for (picture, found) in pictures.iter().zip(&together) {
            let alone = embedder.embed_images(std::slice::from_ref(picture), purpose).unwrap();
            check(name, found, alone[0].as_slice(), 0.999_999, 1e-5);
        }
        assert!(embedder.embed_images(&[], purpose).unwrap().is_empty());
    }
}

#[test]
fn a_panorama_gets_the_mean_direction_of_its_crops() {
    let (_state, compute) = cpu();
    let (_holder, model) = model("clip-f32");
    let embedder = ImageEmbedder::load(&model, &compute).unwrap();
    let picture = crate::golden::picture("pictures/side-32.png");
    let mirrored = image::imageops::flip_horizontal(&picture);
    // Three pictures side by side are three crops of 32 pixels.
    let mut panorama = image::RgbImage::new(96, 32);
    for (index, part) in [&picture, &mirrored, &picture].into_iter().enumerate() {
        image::imageops::replace(&mut panorama, part, 32 * index as i64, 0);
    }
    let [a, b] = &embedder.embed_images(&[picture, mirrored], Purpose::Meaning).unwrap()[..] else {
        unreachable!()
    };
    let sum: Vec<f32> = a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| 2.0 * a + b).collect();
    let mean = kindred_models::Embedding::normalise(sum).unwrap();
    let found = embedder.embed_images(&[panorama], Purpose::Meaning).unwrap();
    check("panorama", &found[0], mean.as_slice(), 0.999_999, 1e-5);
}

#[test]
fn a_model_tells_what_it_is_and_refuses_what_it_is_not_for() {
    let (_state, compute) = cpu();
    let (_holder, resnet) = model("resnet50-torchvision");
    assert_eq!(resnet.info.network, NetworkKind::ResNet50);
    assert!(resnet.info.id.starts_with("resnet50-"), "{}", resnet.info.id);
    assert_eq!(resnet.info.title, "resnet50-torchvision");
    let error = TextEmbedder::load(&resnet, &compute).err().unwrap();
    assert!(matches!(error, ModelError::Unsuitable { .. }), "{error}");

    let (_holder, clip) = model("clip-f32");
    assert!(clip.info.id.starts_with("clip-"), "{}", clip.info.id);
    let text = TextEmbedder::load(&clip, &compute).unwrap();
    for bad in [vec![], vec![0; 78], vec![49_408]] {
        let error = text.embed_tokens(&[bad]).unwrap_err();
        assert!(matches!(error, ModelError::Unsuitable { .. }), "{error}");
    }
    let embedder = ImageEmbedder::load(&resnet, &compute).unwrap();
    let error = embedder.embed_images(&[image::RgbImage::new(9, 9)], Purpose::Meaning).unwrap_err();
    assert!(error.to_string().contains("makes no vectors for meaning"), "{error}");
    let prepared = embedder.preprocess().prepare(&image::RgbImage::new(9, 9));
    let error = ImageEmbedder::load(&clip, &compute).unwrap().embed_prepared(&[prepared]).unwrap_err();
    assert!(error.to_string().contains("crops of 32 pixels, not 224"), "{error}");
}
