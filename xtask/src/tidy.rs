//! `cargo xtask tidy`: rules of the project that the compiler does not know.

mod dependencies;
mod files;
mod words;

use anyhow::{Result, bail};

use crate::generated;
use crate::places::Places;

/// Prints every broken rule with its place, and fails when there is one.
pub(crate) fn tidy(places: &Places) -> Result<()> {
    let files = files::list(&places.root)?;
    let mut faults = files::faults(&files);
    faults.extend(words::faults(&files));
    faults.extend(dependencies::faults(&places.root, &files)?);
    if std::fs::read_to_string(places.root.join(generated::LICENCES))? != generated::licences_text(places)? {
        faults.push(format!("{}: not what `cargo xtask licences` writes", generated::LICENCES));
    }
    faults.sort();
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => println!("tidy: {} files, nothing to complain about", files.len()),
        n => bail!("tidy: {n} broken rules"),
    }
    Ok(())
}
