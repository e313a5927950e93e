//! Exploring a library: near-duplicates, outliers, themes, the map.
//!
//! What is found is kept, in memory and in files of the library's folder, with the fingerprint of everything that it was made from:
//! ids, vectors, model and pipeline version. A second question is answered at once, and one about a library that has changed a
//! little begins from what is known.

mod answer;
mod duplicates;
mod list;
mod map;
mod outliers;
mod photos;
mod results;
mod signatures;
mod space;
#[cfg(test)]
mod tests;
mod themes;

pub use answer::{
    DuplicateGroup, DuplicatePhoto, Duplicates, ExploreRequest, Outlier, OutlierFolder, OutlierNeighbour,
    Outliers, Theme, ThemeWord, Themes,
};
pub use list::ListFormat;
pub use map::{MapKind, MapPoint, PhotoMap};
pub(super) use results::Results;
