//! docs/measurements.md: one section for each benchmark, replaced when it is run again.

use std::fs;

use anyhow::{Context, Result};

use crate::places::Places;

const HEAD: &str = "\
# Measurements

Made by `cargo xtask bench`; `cargo xtask bench NAME` replaces one section. Each compares Kindred with a peer, or with
a bound, in one run on one machine: the ratios travel better than the figures.

When the arithmetic was chosen, on another machine (2026-11-23, AMD EPYC with AVX-512, two cores), burn's CPU backend as it
comes gave 10.7 pictures a second of the ViT-B/32 image tower and 9.2 to 10.3 of ResNet50, at a batch of eight; with AVX-512
(`x86-v4`) and mimalloc together 13.3 and 10.6, where ONNX Runtime gave 19.9 and 22.3. Folding batch norm into the
convolutions changed ResNet50 by little. These have no switch today and are not measured again; neither were the fused query,
key and value products and the 1×1 convolutions as matrix products measured one by one. The allocator is, below.
";

/// What one benchmark found.
#[derive(Debug, PartialEq)]
pub(super) struct Section {
    /// The heading.
    pub title: &'static str,
    /// Markdown: a table, and what is worth knowing about it.
    pub body: String,
}

/// Puts the section into the document, which is made if need be.
pub(super) fn write(
    places: &Places,
    name: &str,
    order: &[String],
    section: &Section,
    machine: &str,
) -> Result<()> {
    let path = places.root.join("docs/measurements.md");
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEAD.to_owned(),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let text = format!("## {}\n\n{machine}\n\n{}\n", section.title, section.body.trim());
    fs::create_dir_all(places.root.join("docs"))?;
    fs::write(&path, replaced(&before, name, order, &text)).with_context(|| path.display().to_string())
}

/// The document with the section of that name replaced, or added in its place among `order`.
fn replaced(document: &str, name: &str, order: &[String], text: &str) -> String {
    let mark = |name: &str| format!("<!-- bench: {name} -->\n");
    let find = |name: &str| document.find(&mark(name));
    let later = order.iter().skip_while(|known| *known != name).skip(1).find_map(|known| find(known));
    let (start, end) = match find(name) {
        Some(start) => {
            let behind = start + mark(name).len();
            let end = document[behind..].find("<!-- bench: ").map_or(document.len(), |at| behind + at);
            (start, end)
        }
        None => later.map_or((document.len(), document.len()), |at| (at, at)),
    };
    let (head, tail) = (document[..start].trim_end(), &document[end..]);
    let gap = if tail.is_empty() { "" } else { "\n" };
    format!("{head}\n\n{}{text}{gap}{tail}", mark(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_a_new_one_finds_its_place() {
        let order = ["a", "b", "c"].map(str::to_owned);
        let one = replaced("# Head\n", "c", &order, "C\n");
        assert_eq!(one, "# Head\n\n<!-- bench: c -->\nC\n");
        let two = replaced(&one, "a", &order, "A\n");
        assert_eq!(two, "# Head\n\n<!-- bench: a -->\nA\n\n<!-- bench: c -->\nC\n");
        let three = replaced(&two, "b", &order, "B\n");
        assert_eq!(three, "# Head\n\n<!-- bench: a -->\nA\n\n<!-- bench: b -->\nB\n\n<!-- bench: c -->\nC\n");
        let again = replaced(&three, "b", &order, "B2\n");
        assert_eq!(again, three.replace("B\n", "B2\n"));
        assert_eq!(replaced(&again, "c", &order, "C\n"), again);
    }
}
