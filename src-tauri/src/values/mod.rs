//! What crosses the border between the program and the page. TypeScript types of these lie in `ui/src/host/bindings/`;
//! a test here writes them and compares.
//!
//! Numbers fit a JavaScript number: ids stay below 2⁴⁰, sizes and counts below 2⁵³.

mod app;
mod event;
mod explore;
mod failing;
mod library;
mod model;
mod people;
mod photo;
mod question;

#[cfg(test)]
mod bindings;

pub(crate) use app::{AppInfo, Licence, Platform, Settings};
#[cfg(test)]
pub(crate) use app::{Language, Theme};
pub(crate) use event::{Event, IndexPhase, IndexProgress, IndexReport, ModelPhase, ModelProgress, Offered};
pub(crate) use explore::{
    Duplicates, ExploreRequest, Exploring, ListFormat, Outliers, OutliersRequest, Space, Themes,
};
pub(crate) use failing::{CommandError, Result};
pub(crate) use library::{DeviceInUse, LibraryState, LibraryStatus};
pub(crate) use model::{ModelStatus, Purpose};
pub(crate) use people::{Named, PeopleStatus, Person, PersonDetails, PhotoFace, Suggestion};
pub(crate) use photo::{Failure, PhotoDetails};
pub(crate) use question::{
    Answer, By, Completion, PickedPicture, PictureSource, PictureTerm, SearchRequest, SimilarRequest,
};
