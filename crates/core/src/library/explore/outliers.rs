//! Photos unlike anything else.

use super::answer::{ExploreRequest, Outlier, OutlierFolder, OutlierNeighbour, Outliers};
use super::space::Explored;
use crate::error::Result;
use crate::explore::outliers::{SHOWN, compared_with, local_outlier_factors, standing_out};
use crate::explore::{Neighbours, Space, Step, Steps};
use crate::indexing::JobControl;
use crate::library::Library;

/// In a folder of fewer photos nothing can be said to be the rule.
const FOLDER_FROM: usize = 8;

impl Library {
    /// Photos unlike all others, or, with `per_folder`, unlike the other photos of their directory.
    ///
    /// # Errors
    /// [`Error::Query`](crate::Error::Query) for a filter that is none; no library; photos without vectors;
    /// [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn outliers(
        &self,
        request: &ExploreRequest,
        per_folder: bool,
        control: &JobControl,
        told: &(dyn Fn(Step) + Sync),
    ) -> Result<Outliers> {
        let steps = Steps::new(control, told);
        let explored = self.explored(request)?;
        let found = match per_folder {
            false => {
                let name = format!("outliers-{}", explored.name);
                self.results.get(&name, explored.print, &steps, |_| {
                    let neighbours = self.neighbours(&explored, &steps)?;
                    Ok(outliers(&explored.space, &neighbours, None))
                })?
            }
            true => {
                let directories = self.directories(explored.space.ids())?;
                let name = format!("strangers-{}", explored.name);
                let mut hasher = blake3::Hasher::new();
                hasher.update(&explored.print);
                for (folder, path, places) in &directories {
                    hasher.update(path.as_os_str().as_encoded_bytes());
                    hasher.update(&folder.0.to_le_bytes());
                    hasher.update(&(places.len() as u64).to_le_bytes());
                    for place in places {
                        hasher.update(&(*place as u64).to_le_bytes());
                    }
                }
                self.results.get(&name, *hasher.finalize().as_bytes(), &steps, |_| {
                    strangers(&explored, directories, &steps)
                })?
            }
        };
        let outliers = found.as_ref().clone();
        Ok(Outliers { outliers, photos: explored.space.len() as u64, model: Some(explored.model.id) })
    }
}

type Directories = Vec<(crate::ids::FolderId, std::path::PathBuf, Vec<usize>)>;

/// Of each directory those that do not belong there, all in one list.
fn strangers(explored: &Explored, directories: Directories, steps: &Steps<'_>) -> Result<Vec<Outlier>> {
    let mut found = Vec::new();
    for (id, path, places) in directories {
        if places.len() < FOLDER_FROM {
            continue;
        }
        let part = explored.space.part(&places);
        let neighbours = Neighbours::of(&part, compared_with(part.len()).max(SHOWN), steps)?;
        found.extend(outliers(&part, &neighbours, Some(&OutlierFolder { id, path })));
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    Ok(found)
}

fn outliers(space: &Space, neighbours: &Neighbours, folder: Option<&OutlierFolder>) -> Vec<Outlier> {
    let factors = local_outlier_factors(neighbours, compared_with(space.len()));
    let outlier = |place: usize| Outlier {
        id: space.ids()[place],
        score: factors[place],
        neighbours: neighbours
            .near(place)
            .take(SHOWN)
            .map(|(there, similarity)| OutlierNeighbour { id: space.ids()[there as usize], similarity })
            .collect(),
        folder: folder.cloned(),
    };
    standing_out(&factors).into_iter().map(outlier).collect()
}
