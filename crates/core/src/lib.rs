//! The photo library: folders, decoding, catalog, vectors and search. Complete without a window.
//!
//! Shells (the window, the command line, tests) use [`Library`] and the values it takes and gives.

pub mod catalog;
mod error;
pub mod explore;
#[cfg(test)]
#[path = "../../../tests/parity/fixtures.rs"]
mod fixtures;
mod ids;
mod indexing;
mod library;
pub mod media;
pub mod people;
pub mod scan;
pub mod search;
pub mod vectors;

pub use error::{Error, Result};
pub use explore::{Stage, Step};
pub use ids::{FaceId, FolderId, ModelKey, PersonId, PhotoId};
pub use indexing::{JobControl, Phase, Progress};
pub use kindred_models::{
    Compute, DeviceChoice, DeviceKind, DeviceReport, DownloadPhase, DownloadProgress, ModelError, ModelInfo,
    ModelRef, Purpose, STARTER_ID, VerifyReport, release_gpu_sentinels,
};
pub use library::{
    By, Check, DoctorReport, DuplicateGroup, DuplicatePhoto, Duplicates, EmbedAnswer, EmbedInput,
    ExploreRequest, FaceCrop, Failure, FileFace, FileFaces, FolderStatus, FolderTree, ImageTerm, IndexReport,
    IndexRequest, IndexedModel, Library, LibraryOptions, ListFormat, ListKind, MapKind, MapPoint,
    ModelStatus, Models, Named, Original, Outlier, OutlierFolder, OutlierNeighbour, Outliers, Overview,
    PeopleState, PeopleStatus, Person, PersonDetails, PersonFace, PhotoCounts, PhotoDetails, PhotoEntry,
    PhotoFace, PhotoMap, PictureSource, RemovedFolder, SearchAnswer, SearchRequest, SearchResult, SeenBy,
    SimilarRequest, Standing, Status, Subfolder, Suggestion, Switch, Theme, ThemeWord, Themes, Timeline,
    default_library_dir, default_models_dir,
};
pub use people::{DecisionKind, FaceArea};
