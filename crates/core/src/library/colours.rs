//! Colours for photos that an older version has read.

use rayon::prelude::*;

use super::Library;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::indexing::{JobControl, Phase, Progress};

/// Photos whose thumbnails are looked at before their colours are written.
const PAGE: usize = 512;

impl Library {
    /// Takes the colours that the catalog lacks from the thumbnails that are there. A thumbnail that is gone is made again when it
    /// is asked for; its photo's colour comes with a later job. Ends early when the job is cancelled.
    pub(super) fn add_colours(
        &self,
        catalog: &Catalog,
        control: &JobControl,
        told: &mut dyn FnMut(&Progress),
    ) -> Result<()> {
        let mut after = None;
        while control.proceed() {
            let page = catalog.without_colour(after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let colour = |(photo, hash)| Some((photo, hash, self.thumbnails.mean_colour(&hash)?));
            let colours: Vec<_> = page.into_par_iter().filter_map(colour).collect();
            if !colours.is_empty() {
                catalog.write_colours(&colours)?;
            }
            told(&Progress { phase: Phase::Finishing, ..Progress::default() });
        }
        Ok(())
    }
}
