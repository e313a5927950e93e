//! Who may know whom. ARCHITECTURE.md states the invariants; this checks them.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

use super::files::ProjectFile;

/// The packages of the workspace, and which of their siblings each may depend on.
const DIRECTION: [(&str, &[&str]); 6] = [
    ("kindred-scenes", &[]),
    ("kindred-models", &[]),
    ("kindred-core", &["kindred-models"]),
    // The pictures that the tests draw are no part of the programs.
    ("kindred-cli", &["kindred-core", "kindred-scenes"]),
    ("kindred", &["kindred-core", "kindred-scenes"]),
    ("xtask", &["kindred-scenes"]),
];

/// A family of foreign crates, and the only package that may depend on it.
const OWNERS: [(&str, &str); 6] = [
    ("burn", "kindred-models"),
    ("cubecl", "kindred-models"),
    ("wgpu", "kindred-models"),
    ("rusqlite", "kindred-core"),
    ("instant-distance", "kindred-core"),
    ("tauri", "kindred"),
];

/// A name, and the only places whose code may say it.
const SPOKEN: [(&str, &[&str]); 7] = [
    // The library's error has one variant that carries SQLite's; it is the only other place.
    ("rusqlite", &["crates/core/src/catalog/", "crates/core/src/catalog.rs", "crates/core/src/error.rs"]),
    ("instant_distance", &["crates/core/src/vectors/"]),
    ("burn", &["models/"]),
    ("burn_wgpu", &["models/"]),
    ("cubecl", &["models/"]),
    ("wgpu", &["models/"]),
    ("tauri", &["src-tauri/", "tests/desktop/"]),
];

/// How a statement begins, and the only places that may hold one. Tests look into a library from outside.
const STATEMENTS: [&str; 9] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "PRAGMA ",
];
const WITH_STATEMENTS: [&str; 2] = ["crates/core/src/catalog/", "tests/"];

/// Broken rules, one line each.
pub(super) fn faults(root: &Path, files: &[ProjectFile]) -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata")?;
    let mut faults: Vec<String> = metadata.packages.iter().flat_map(package_faults).collect();
    faults.extend(files.iter().flat_map(spoken_faults));
    faults.extend(files.iter().filter_map(statement_fault));
    Ok(faults)
}

fn package_faults(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, allowed)) = DIRECTION.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "{name}: a new package needs its place in the order of dependencies (xtask tidy)"
        )];
    };
    let dependencies = package.dependencies.iter().map(|d| d.name.as_str());
    dependencies.filter_map(|dependency| wrong_dependency(name, allowed, dependency)).collect()
}

fn wrong_dependency(package: &str, allowed: &[&str], dependency: &str) -> Option<String> {
    let sibling = DIRECTION.iter().any(|(known, _)| *known == dependency);
    if sibling {
        let fault = format!("{package}: must not depend on {dependency}");
        return (!allowed.contains(&dependency)).then_some(fault);
    }
    let is_of = |family: &str| dependency == family || dependency.starts_with(&format!("{family}-"));
    let (family, owner) = OWNERS.iter().find(|(family, _)| is_of(family))?;
    (package != *owner).then(|| format!("{package}: only {owner} may depend on {family} ({dependency})"))
}

/// Only code counts: a comment may speak of anything.
fn spoken_faults(file: &ProjectFile) -> Vec<String> {
    let rust = file.path.ends_with(".rs") && !file.path.starts_with("xtask/");
    let Some(text) = file.text.as_ref().filter(|_| rust) else { return Vec::new() };
    let forbidden =
        SPOKEN.iter().filter(|(_, places)| !places.iter().any(|place| file.path.starts_with(place)));
    forbidden
        .filter_map(|(name, places)| {
            let line = text.lines().position(|line| names(line, name))?;
            let line = line + 1;
            Some(format!("{}:{line}: {name} is named only in {}", file.path, places.join(", ")))
        })
        .collect()
}

fn statement_fault(file: &ProjectFile) -> Option<String> {
    let rust = file.path.ends_with(".rs") && !file.path.starts_with("xtask/");
    if !rust || WITH_STATEMENTS.iter().any(|place| file.path.starts_with(place)) {
        return None;
    }
    let line = file.text.as_ref()?.lines().position(holds_statement)? + 1;
    Some(format!("{}:{line}: SQL is written only in {}", file.path, WITH_STATEMENTS.join(", ")))
}

/// A string in the line begins like a statement.
fn holds_statement(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or(line);
    code.split('"').skip(1).any(|after| STATEMENTS.iter().any(|start| after.starts_with(start)))
}

/// The line of code uses the crate: `name::…`, `::name::…`, `use name;`, `extern crate name`.
fn names(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or(line);
    code.match_indices(name).any(|(at, _)| {
        // Behind a `::` that begins the path it is a crate; behind any other, something of another's.
        let before = code[..at].strip_suffix("::").unwrap_or(&code[..at]);
        let starts = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '>'));
        let after = &code[at + name.len()..];
        starts
            && (after.starts_with("::")
                || (code.trim_start().starts_with("use ") && after.starts_with([';', ' '])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_run_one_way() {
        for (package, dependency, wrong) in [
            ("kindred-core", "kindred-models", false),
            ("kindred-models", "kindred-core", true),
            ("kindred-cli", "kindred-models", true),
            ("kindred-core", "burn", true),
            ("kindred-core", "burn-wgpu", true),
            ("kindred-models", "burn-wgpu", false),
            ("kindred-cli", "rusqlite", true),
            ("kindred-core", "tauri-build", true),
            ("kindred-core", "serde", false),
        ] {
            let allowed = DIRECTION.iter().find(|(name, _)| *name == package).unwrap().1;
            assert_eq!(
                wrong_dependency(package, allowed, dependency).is_some(),
                wrong,
                "{package} {dependency}"
            );
        }
    }

    #[test]
    fn a_crate_is_named_by_code_and_not_by_comments() {
        for (line, expected) in [
            ("use rusqlite::Connection;", true),
            ("    let c = rusqlite::Connection::open(p)?;", true),
            ("//! What rusqlite::Connection cannot do", false),
            ("let rusqlite = 3;", false),
            ("fn f(x: crate::rusqlite::T) {}", false),
            ("fn f(x: ::rusqlite::T) {}", true),
            ("<T as X>::rusqlite::y()", false),
        ] {
            assert_eq!(names(line, "rusqlite"), expected, "{line}");
        }
        assert!(names("burn_wgpu::init()", "burn_wgpu") && !names("burn_wgpu::init()", "wgpu"));
    }

    #[test]
    fn a_statement_is_a_string_that_begins_like_one() {
        for (line, expected) in [
            (r#"    .execute("DELETE FROM photos", [])"#, true),
            (r#"let words = "SELECT a folder";"#, true),
            (r#"// "SELECT 1" is a statement"#, false),
            (r#"error("please UPDATE it")"#, false),
        ] {
            assert_eq!(holds_statement(line), expected, "{line}");
        }
    }
}
