//! What a shell asks of the library. Arguments are resolved once and passed down as these values.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::str::FromStr;

use kindred_models::{DeviceChoice, ModelRef};

use crate::ids::{FaceId, PhotoId};
use crate::search::WEIGHTS;

/// Where a library lives and what it runs on.
#[derive(Debug, Clone)]
pub struct LibraryOptions {
    /// The library's own folder: catalog, vectors, thumbnails.
    pub dir: PathBuf,
    /// The folder of installed models.
    pub models_dir: PathBuf,
    /// Which device may be used.
    pub device: DeviceChoice,
    /// Base address that replaces the host of every model download, whatever the environment or a setting says; an empty one means
    /// none.
    pub mirror: Option<String>,
}

/// Bring the library up to date.
#[derive(Debug, Clone, Default)]
pub struct IndexRequest {
    /// Try the photos again that failed before.
    pub retry_failed: bool,
    /// Only these folders of the library; all of them when absent.
    pub folders: Option<Vec<PathBuf>>,
    /// Models to index with from now on, one for a purpose; remembered by the library.
    pub models: Vec<ModelRef>,
}

/// Find photos by words, pictures, or both.
#[derive(Debug, Clone, Default)]
pub struct SearchRequest {
    /// The query, in the language of [`crate::search::parse`].
    pub query: String,
    /// Pictures that the results should resemble (or not, with a negative weight).
    pub images: Vec<ImageTerm>,
    /// First result to return, from 0.
    pub offset: usize,
    /// Number of results to return.
    pub limit: usize,
    /// The model to answer with; the library's own for meaning when absent.
    pub model: Option<ModelRef>,
}

/// A picture as a term of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageTerm {
    /// The picture.
    pub source: PictureSource,
    /// How much it counts; negative to find what does not resemble it.
    pub weight: f32,
}

/// A picture that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureSource {
    /// Any picture file, of the library or not.
    File(PathBuf),
    /// A photo of the library. Its stored vector is used where there is one, so its file need not be in reach.
    Photo(PhotoId),
}

/// Find photos like one photo.
#[derive(Debug, Clone)]
pub struct SimilarRequest {
    /// What the photos are compared with.
    pub picture: PictureSource,
    /// What "like" means.
    pub by: By,
    /// By face: which face of a photo of the library.
    pub face: Option<FaceId>,
    /// By face: which face of the picture, from the left, from 0, where `face` does not say it. Not needed where there is one only.
    pub face_index: Option<usize>,
    /// First result to return, from 0.
    pub offset: usize,
    /// Number of results to return.
    pub limit: usize,
    /// The model to answer with; the library's own for `by` when absent.
    pub model: Option<ModelRef>,
}

/// The kinds of likeness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// What a photo shows: CLIP.
    Meaning,
    /// Shape, colour and texture: ResNet50.
    Look,
    /// Who is seen: MobileFaceNet, on faces that YuNet finds.
    Face,
}

/// What to turn into a vector.
#[derive(Debug, Clone)]
pub enum EmbedInput {
    /// A sentence.
    Text(String),
    /// A picture file.
    Image(PathBuf),
}

/// Which photos to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListKind {
    /// All that the library knows and that are not deleted.
    #[default]
    All,
    /// Those that could not be read, with the reason.
    Failed,
    /// Those in folders that cannot be reached now.
    Offline,
}

impl ImageTerm {
    /// Reads an argument as [`FromStr`] does; a name that is not Unicode is taken as it is.
    ///
    /// # Errors
    /// The argument names no picture.
    pub fn from_argument(argument: &OsStr) -> Result<Self, String> {
        match argument.to_str() {
            Some(text) => text.parse(),
            None => Ok(Self { source: PictureSource::File(argument.into()), weight: 1.0 }),
        }
    }
}

impl FromStr for ImageTerm {
    type Err = String;

    /// Reads `FILE`, `-FILE`, `2:FILE` or `-0.5:FILE`. A file of exactly that name wins over the reading
    /// with a weight, which has the bounds of weights in a query.
    fn from_str(argument: &str) -> Result<Self, String> {
        if argument.is_empty() {
            return Err("a picture's path is empty".to_owned());
        }
        if std::path::Path::new(argument).exists() {
            return Ok(Self { source: PictureSource::File(argument.into()), weight: 1.0 });
        }
        let (sign, rest) = argument.strip_prefix('-').map_or((1.0, argument), |rest| (-1.0, rest));
        let weighted = rest.split_once(':').and_then(|(w, path)| Some((w.parse::<f32>().ok()?, path)));
        let (weight, path) = weighted.filter(|(weight, _)| weight.is_finite()).unwrap_or((1.0, rest));
        if !WEIGHTS.contains(&weight) {
            let (least, most) = (WEIGHTS.start(), WEIGHTS.end());
            return Err(format!("\"{argument}\": a weight lies between {least} and {most}"));
        }
        if path.is_empty() {
            return Err(format!("\"{argument}\" names no picture"));
        }
        Ok(Self { source: PictureSource::File(path.into()), weight: sign * weight })
    }
}

impl By {
    /// The word used on the command line and in settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Meaning => "meaning",
            Self::Look => "look",
            Self::Face => "face",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_term_takes_a_sign_and_a_weight() {
        for (argument, path, weight) in [
            ("a.jpg", "a.jpg", 1.0),
            ("-a.jpg", "a.jpg", -1.0),
            ("2:a.jpg", "a.jpg", 2.0),
            ("-0.5:b/c.png", "b/c.png", -0.5),
            ("C:photo.jpg", "C:photo.jpg", 1.0),
            ("0.01:a.jpg", "a.jpg", 0.01),
            ("-100:a.jpg", "a.jpg", -100.0),
            ("inf:a.jpg", "inf:a.jpg", 1.0),
        ] {
            let expected = ImageTerm { source: PictureSource::File(path.into()), weight };
            assert_eq!(argument.parse::<ImageTerm>(), Ok(expected), "{argument}");
        }
        for argument in ["", "-2:", "0:a.jpg", "0.009:a.jpg", "101:a.jpg", "--1:a.jpg"] {
            let error = argument.parse::<ImageTerm>().unwrap_err();
            assert!(error.contains(argument), "{argument}: {error}");
        }
    }

    #[test]
    fn an_existing_file_wins_over_a_weight() {
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("-2:x.png");
        std::fs::write(&odd, b"x").unwrap();
        let term: ImageTerm = odd.to_str().unwrap().parse().unwrap();
        assert_eq!(term, ImageTerm { source: PictureSource::File(odd), weight: 1.0 });
    }
}
