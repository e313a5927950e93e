//! Files that are committed and made by the project itself: TypeScript types and the list of licences.

use std::collections::{BTreeSet, HashMap};
use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand, PackageId};
use serde::{Deserialize, Serialize};

use crate::places::Places;
use crate::process;

/// The program whose licences are listed.
const PROGRAM: &str = "kindred";
/// The list, compiled into it.
pub(crate) const LICENCES: &str = "src-tauri/licences.json";
/// What the page is made of.
const PAGE: &str = "ui/package-lock.json";

/// A part of the program that others wrote.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Licence {
    name: String,
    version: String,
    licence: String,
}

/// Writes the TypeScript types of what crosses the border between program and page.
pub(crate) fn bindings(places: &Places) -> Result<()> {
    let mut command = process::cargo(places);
    command.env("KINDRED_WRITE_BINDINGS", "1");
    process::run(command.args(["test", "--release", "--workspace", "--lib", "--", "values::bindings"]))
}

/// Writes the list of licences.
pub(crate) fn licences(places: &Places) -> Result<()> {
    let path = places.root.join(LICENCES);
    fs::write(&path, licences_text(places)?).with_context(|| path.display().to_string())?;
    println!("written: {LICENCES}");
    Ok(())
}

/// The list as it should be: every package that can be part of the program on one of the systems.
pub(crate) fn licences_text(places: &Places) -> Result<String> {
    let mut found = of_program(places)?;
    found.extend(of_page(places)?);
    let lines: Vec<String> = found.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

fn of_program(places: &Places) -> Result<BTreeSet<Licence>> {
    let metadata = MetadataCommand::new()
        .manifest_path(places.root.join("Cargo.toml"))
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .context("cargo metadata")?;
    let resolve = metadata.resolve.as_ref().context("cargo metadata without dependencies")?;
    let nodes: HashMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let program = metadata.packages.iter().find(|package| package.name.as_str() == PROGRAM);
    let mut open = vec![&program.context("the program's package")?.id];
    let mut reached: BTreeSet<&PackageId> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let node = nodes.get(id).with_context(|| format!("{id} is not resolved"))?;
        for dependency in &node.deps {
            let is_part = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if is_part && reached.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    let is_foreign =
        |package: &&cargo_metadata::Package| package.source.is_some() && reached.contains(&package.id);
    let listed = metadata.packages.iter().filter(is_foreign).map(|package| Licence {
        name: package.name.to_string(),
        version: package.version.to_string(),
        licence: package.license.clone().unwrap_or_else(|| "see the package".to_owned()),
    });
    Ok(listed.collect())
}

/// What npm's lock file says of the packages that become part of the page; tools are none.
fn of_page(places: &Places) -> Result<Vec<Licence>> {
    #[derive(Deserialize)]
    struct Lock {
        packages: HashMap<String, Locked>,
    }
    #[derive(Deserialize)]
    struct Locked {
        version: Option<String>,
        license: Option<String>,
        #[serde(default)]
        dev: bool,
    }
    let path = places.root.join(PAGE);
    let text = fs::read(&path).with_context(|| path.display().to_string())?;
    let lock: Lock = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
    let parts = lock.packages.into_iter().filter(|(place, locked)| !place.is_empty() && !locked.dev);
    let named = parts.filter_map(|(place, locked)| {
        let (_, name) = place.rsplit_once("node_modules/")?;
        let licence = locked.license.unwrap_or_else(|| "see the package".to_owned());
        Some(Licence { name: name.to_owned(), version: locked.version?, licence })
    });
    Ok(named.collect())
}
