//! Questions about the library itself.

use std::path::Path;

use kindred_models::{Compute, DeviceKind, DeviceReport, InstallState, ModelError, ModelRef, STARTER_ID};

use super::answer::{Check, DoctorReport, FolderStatus, PhotoEntry, Status};
use super::overview::{Standing, counts};
use super::request::{By, ListKind};
use super::{Library, choice};
use crate::catalog::{Catalog, Listing, PhotoState};
use crate::error::{Error, Result};
use crate::scan;

impl Library {
    /// The folders of the library.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn folders(&self) -> Result<Vec<FolderStatus>> {
        folders_of(&*self.reader()?)
    }

    /// The photos that the library knows, in the order they were found; failed ones in the order of their paths.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn list(&self, kind: ListKind) -> Result<Vec<PhotoEntry>> {
        let catalog = self.reader()?;
        let failures = catalog.failures()?;
        if kind == ListKind::Failed {
            let failed = failures.into_iter().map(|failure| PhotoEntry {
                id: failure.photo,
                path: failure.path,
                state: PhotoState::Failed.word(),
                reason: Some(failure.reason),
                offline: failure.offline,
            });
            return Ok(failed.collect());
        }
        let mut reasons: std::collections::HashMap<_, _> =
            failures.into_iter().filter_map(|f| Some((f.photo?, f.reason))).collect();
        let listing = if kind == ListKind::Offline { Listing::Offline } else { Listing::All };
        let mut photos = Vec::new();
        catalog.list(listing, &mut |row| {
            photos.push(PhotoEntry {
                id: Some(row.id),
                reason: reasons.remove(&row.id),
                path: row.path,
                state: row.state.word(),
                offline: row.offline,
            });
            Ok(())
        })?;
        Ok(photos)
    }

    /// The library at a glance.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn status(&self) -> Result<Status> {
        let catalog = self.reader()?;
        let Standing { indexed, meaning, look, switching } = self.standing(&catalog)?;
        Ok(Status {
            library: self.dir().to_path_buf(),
            photos: counts(&catalog)?,
            folders: folders_of(&catalog)?,
            models: indexed,
            meaning,
            look,
            switching,
            bytes: catalog.bytes_on_disk() + self.bytes_of_caches(),
        })
    }

    /// Bytes on disk: catalog, vectors and thumbnails. All files are looked at, which may take seconds.
    ///
    /// # Errors
    /// There is no library yet.
    pub fn bytes_on_disk(&self) -> Result<u64> {
        let catalog = self.reader()?.bytes_on_disk();
        Ok(catalog + self.bytes_of_caches())
    }

    fn bytes_of_caches(&self) -> u64 {
        bytes_below(&self.places.vectors()) + bytes_below(&self.places.thumbnails())
    }

    /// Looks at everything that can be wrong: device, models, database, disk.
    ///
    /// # Errors
    /// None: what is wrong is told in the report.
    pub fn doctor(&self) -> Result<DoctorReport> {
        let opened = self.engine.compute().map(Compute::report);
        let models = self.model_checks();
        let mut checks = vec![device_check(&opened)];
        // On a GPU, a network is compared with the CPU before it answers.
        let compared = models.iter().any(|check| check.ok && check.name.ends_with("image tower"));
        checks.extend(canary_check(opened.ok().as_ref(), self.engine.device_in_use().as_ref(), compared));
        checks.extend(models);
        checks.push(self.database_check());
        checks.push(self.disk_check());
        let device = self.engine.device_in_use();
        Ok(DoctorReport { healthy: checks.iter().all(|check| check.ok), device, checks })
    }

    /// Each installed model, and the built-in one, is verified whole: hash, tensors, answers, and on a GPU the canary.
    fn model_checks(&self) -> Vec<Check> {
        let mut checks = self.verified(&ModelRef::Id(STARTER_ID.to_owned()));
        for entry in &self.engine.store().manifest().entries {
            let (ok, detail) = match self.engine.store().state(&entry.id) {
                Ok(InstallState::Missing) => continue,
                Ok(InstallState::Installed { .. }) => {
                    checks.extend(self.verified(&ModelRef::Id(entry.id.clone())));
                    continue;
                }
                Ok(InstallState::Partial { bytes }) => (true, format!("{bytes} bytes downloaded so far")),
                Ok(InstallState::Damaged { reason }) => (false, reason),
                Err(error) => (false, error.to_string()),
            };
            checks.push(Check { name: format!("model {}", entry.id), ok, detail });
        }
        let remembered = |by| choice::remembered(&*self.reader().ok()?, by).ok().flatten();
        let [meaning, look] = By::ALL.map(remembered);
        // One folder may be remembered for both.
        let look = look.filter(|look| meaning.as_ref() != Some(look));
        for model in [meaning, look].into_iter().flatten() {
            if let ModelRef::Folder(_) = model {
                checks.extend(self.verified(&model));
            }
        }
        checks
    }

    /// One line for each thing that was found right about a model, or the first that is wrong.
    fn verified(&self, model: &ModelRef) -> Vec<Check> {
        let (ok, detail) = match self.models().verify(model) {
            Ok(report) => {
                let passed = report.checks.into_iter().map(|check| Check {
                    name: format!("model {model}, {}", check.name),
                    ok: true,
                    detail: check.detail,
                });
                return passed.collect();
            }
            // Nothing is known against the model.
            Err(Error::Model(ModelError::NoGpu { .. })) => {
                (true, "not tried, for want of a device".to_owned())
            }
            Err(error) => (false, error.to_string()),
        };
        vec![Check { name: format!("model {model}"), ok, detail }]
    }

    fn database_check(&self) -> Check {
        let (ok, detail) = match self.reader().and_then(|catalog| catalog.integrity()) {
            Ok(problems) if problems.is_empty() => (true, "in order".to_owned()),
            Ok(problems) => (false, problems.join("; ")),
            Err(Error::NoLibrary { .. }) => (true, "none yet".to_owned()),
            Err(error) => (false, error.to_string()),
        };
        Check { name: "database".to_owned(), ok, detail }
    }

    fn disk_check(&self) -> Check {
        /// Less than this, and writing a batch may fail.
        const LEAST: u64 = 256 << 20;
        let existing = self.dir().ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("."));
        let (ok, detail) = match fs4::available_space(existing) {
            Ok(free) => (free >= LEAST, format!("{} MB free in {}", free >> 20, existing.display())),
            Err(error) => (false, format!("{}: {error}", existing.display())),
        };
        Check { name: "disk".to_owned(), ok, detail }
    }
}

fn device_check(opened: &std::result::Result<DeviceReport, ModelError>) -> Check {
    let (ok, detail) = match opened {
        Ok(device) => (true, device.to_string()),
        Err(error) => (false, error.to_string()),
    };
    Check { name: "device".to_owned(), ok, detail }
}

/// Whether the GPU computes what the CPU does, by what became of the device since it was `opened` and whether networks
/// were `compared`. Without a device there is nothing to say.
fn canary_check(opened: Option<&DeviceReport>, now: Option<&DeviceReport>, compared: bool) -> Option<Check> {
    let (opened, now) = (opened?, now?);
    let (ok, detail) = match (opened.kind, now.kind) {
        (DeviceKind::Cpu, _) => (true, "not needed on the CPU".to_owned()),
        (DeviceKind::Gpu, DeviceKind::Gpu) if compared => {
            (true, "the GPU answers as the CPU does".to_owned())
        }
        (DeviceKind::Gpu, DeviceKind::Gpu) => {
            (true, "no network is installed to compare the GPU with".to_owned())
        }
        (DeviceKind::Gpu, DeviceKind::Cpu) => (false, format!("the GPU is not used, because {}", now.reason)),
    };
    Some(Check { name: "canary".to_owned(), ok, detail })
}

fn folders_of(catalog: &Catalog) -> Result<Vec<FolderStatus>> {
    let mut folders = Vec::new();
    for folder in catalog.folders()? {
        let photos = catalog.folder_counts(folder.id)?.photos;
        folders.push(FolderStatus {
            // A mount point without its drive can be listed too: the last scan has told.
            online: folder.online && scan::is_reachable(&folder.path),
            path: folder.path,
            photos,
        });
    }
    Ok(folders)
}

fn bytes_below(dir: &Path) -> u64 {
    let files = walkdir::WalkDir::new(dir).into_iter().filter_map(|entry| entry.ok()?.metadata().ok());
    files.filter(|metadata| metadata.is_file()).map(|metadata| metadata.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(kind: DeviceKind) -> DeviceReport {
        DeviceReport { kind, name: "x".into(), reason: "it computes wrong numbers".into() }
    }

    #[test]
    fn the_canary_is_looked_at_on_a_gpu() {
        use DeviceKind::{Cpu, Gpu};
        for (opened, now, compared, ok, detail) in [
            (Cpu, Cpu, true, true, "not needed on the CPU"),
            (Gpu, Gpu, true, true, "the GPU answers as the CPU does"),
            (Gpu, Gpu, false, true, "no network is installed to compare the GPU with"),
            (Gpu, Cpu, true, false, "the GPU is not used, because it computes wrong numbers"),
        ] {
            let check = canary_check(Some(&device(opened)), Some(&device(now)), compared).unwrap();
            assert_eq!((check.ok, check.detail.as_str()), (ok, detail));
        }
        assert_eq!(canary_check(None, None, false), None);
    }

    #[test]
    fn a_device_that_does_not_open_is_a_failing_check() {
        let check = device_check(&Err(ModelError::NoGpu { reason: "no GPU was found".into() }));
        assert!(!check.ok && check.detail.contains("no GPU was found"), "{check:?}");
    }
}
