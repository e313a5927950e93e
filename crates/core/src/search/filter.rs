//! What a query demands of a photo beside likeness. Parsed here, answered by the catalog.

/// Conditions on a photo. All kinds of condition must hold together; within one list one match is enough
/// (`folder:rome folder:paris` finds both), but for people, who must all be there, and a single match in a `not_…` list excludes the photo.
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
    /// People of whom each must be seen, by name, or by number with a `#` before it.
    pub people: Vec<String>,
    /// People who must not be seen.
    pub not_people: Vec<String>,
    /// How many faces there must be; all spans hold together. A photo that was not looked at for faces passes none.
    pub faces: Vec<CountSpan>,
    /// Numbers of faces that there must not be.
    pub not_faces: Vec<CountSpan>,
    /// Only photos whose folder cannot be reached (`true`), or only those whose can (`false`).
    pub offline: Option<bool>,
}

/// Numbers from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountSpan {
    /// The least.
    pub least: u32,
    /// The most, if there is one.
    pub most: Option<u32>,
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

impl Filter {
    /// There is a condition about people or faces.
    pub(crate) fn asks_for_people(&self) -> bool {
        !self.people.is_empty()
            || !self.not_people.is_empty()
            || !self.faces.is_empty()
            || !self.not_faces.is_empty()
    }
}

impl CountSpan {
    /// The number lies in the span.
    pub fn contains(&self, count: u32) -> bool {
        self.least <= count && self.most.is_none_or(|most| count <= most)
    }
}

impl DateSpan {
    /// The moment lies in the span.
    pub fn contains(&self, moment: i64) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }
}
