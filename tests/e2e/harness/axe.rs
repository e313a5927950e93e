//! axe-core in the page: <https://github.com/dequelabs/axe-core>.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Page;

/// Fails where axe finds something serious or critical.
pub(super) fn check(page: &Page, view: &str) {
    if page.run("return typeof axe", &[]) != "object" {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        page.run(&format!("{source}; window.axe = axe;"), &[]);
    }
    // Colours on their way to others are nobody's choice.
    let settled = "return Promise.all(document.getAnimations()
        .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
        .map((animation) => animation.finished.catch(() => null))).then(() => null)";
    page.run(settled, &[]);
    let found = page.run("return axe.run(document, { resultTypes: ['violations'] })", &[]);
    let violations = found["violations"].as_array().unwrap_or_else(|| panic!("{found}"));
    let is_serious =
        |violation: &&Value| ["serious", "critical"].iter().any(|impact| violation["impact"] == *impact);
    let serious: Vec<String> = violations.iter().filter(is_serious).map(described).collect();
    assert!(serious.is_empty(), "{view}:\n{}", serious.join("\n"));
    assert!(
        found["passes"].as_array().is_some_and(|passes| !passes.is_empty()),
        "axe looked at nothing: {found}"
    );
}

fn described(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().unwrap();
    let places: Vec<String> = nodes
        .iter()
        .take(5)
        .map(|node| format!("  {}\n  {}", node["html"], json!(node["failureSummary"])))
        .collect();
    format!("{} ({}): {}\n{}", violation["id"], violation["impact"], violation["help"], places.join("\n"))
}
