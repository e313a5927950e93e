//! People as the command line names them.

use std::convert::Infallible;
use std::str::FromStr;

use kindred_core::{Library, PersonId};

use crate::failure::Failure;

/// A name, or a number with or without `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Who(String);

impl FromStr for Who {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Who {
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The person of that name, or else of that number.
    pub(super) fn known(&self, library: &Library) -> Result<Option<PersonId>, Failure> {
        let number = self.0.strip_prefix('#').unwrap_or(&self.0).parse().ok().map(PersonId);
        match &library.people_called(&self.0)?[..] {
            [] => Ok(number),
            [only] => Ok(Some(*only)),
            several => {
                let numbers: Vec<String> = several.iter().map(|person| format!("#{}", person.0)).collect();
                Err(Failure::Usage(format!(
                    "several people are called {}: {}; say which by its number",
                    self.0,
                    numbers.join(", ")
                )))
            }
        }
    }

    /// [`Self::known`] of somebody who must be there.
    pub(super) fn person(&self, library: &Library) -> Result<PersonId, Failure> {
        let nobody =
            || Failure::Usage(format!("nobody is called {}; \"kindred people\" lists everybody", self.0));
        self.known(library)?.ok_or_else(nobody)
    }
}
