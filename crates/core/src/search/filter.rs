//! What a query demands of a photo beside likeness. Parsed here, answered by the catalog.

/// Conditions on a photo. All kinds of condition must hold together; within one list one match is enough
/// (`folder:rome folder:paris` finds both), and a single match in a `not_…` list excludes the photo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Parts of the photo's folder path (the file's name is not looked at), compared without case.
    pub folders: Vec<String>,
    /// Parts of a folder path that must not occur.
    pub not_folders: Vec<String>,
    /// Parts of the camera's name (make and model), compared without case.
    pub cameras: Vec<String>,
    /// Parts of a camera's name that must not occur. A photo without a camera passes.
    pub not_cameras: Vec<String>,
    /// Taken at or after this moment: Unix milliseconds of the local time as if it were UTC.
    pub from: Option<i64>,
    /// Taken before this moment (exclusive), in the same clock.
    pub until: Option<i64>,
    /// Spans of time in which it must not have been taken.
    pub not_dates: Vec<DateSpan>,
    /// Only photos whose folder cannot be reached (`true`), or only those whose can (`false`).
    pub offline: Option<bool>,
}

/// A stretch of time: Unix milliseconds of the local time as if it were UTC. An absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateSpan {
    /// First moment inside.
    pub from: Option<i64>,
    /// First moment after it.
    pub until: Option<i64>,
}

impl Filter {
    /// No condition at all: every photo passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl DateSpan {
    /// The moment lies in the span.
    pub fn contains(&self, moment: i64) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }
}
