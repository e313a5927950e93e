//! Who may call what.

use std::collections::BTreeSet;

use kindred_desktop::COMMANDS;
use serde_json::{Value, json};
use tauri::ipc::InvokeBody;

use crate::world::World;

fn configuration() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tauri.conf.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_page_may_call_every_command_of_the_program_and_nothing_else() {
    let security = configuration()["app"]["security"].clone();
    let capabilities = security["capabilities"].as_array().unwrap();
    assert_eq!(capabilities.len(), 1);
    let permissions: Vec<&str> = capabilities[0]["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let expected: Vec<String> =
        COMMANDS.iter().map(|command| format!("allow-{}", command.replace('_', "-"))).collect();
    assert_eq!(permissions, expected);

    let world = World::new();
    for command in COMMANDS {
        // Without arguments some fail; none of them is unknown or forbidden.
        let answer = world.call(command, json!({}));
        let words = answer.as_ref().err().map(Value::to_string).unwrap_or_default();
        assert!(!words.contains("not allowed") && !words.contains("not found"), "{command}: {words}");
    }
    for command in [
        "nonsense",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:path|resolve_directory",
        "plugin:fs|read_file",
        "plugin:shell|execute",
        "plugin:dialog|open",
        "plugin:clipboard-manager|read_text",
        "plugin:opener|open_path",
        "plugin:window-state|save_window_state",
    ] {
        let refused = world.call(command, json!({})).unwrap_err().to_string();
        assert!(refused.contains("not allowed") || refused.contains("not found"), "{command}: {refused}");
    }
}

#[test]
fn a_page_from_elsewhere_may_call_nothing() {
    let world = World::new();
    for command in COMMANDS {
        let refused =
            world.request(command, InvokeBody::Json(json!({})), "https://example.org/").unwrap_err();
        assert!(refused.to_string().contains("not allowed"), "{command}: {refused}");
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere_and_runs_nothing_but_its_own_scripts() {
    let security = configuration()["app"]["security"].clone();
    assert_eq!(configuration()["app"]["withGlobalTauri"], false);
    assert_eq!(security["assetProtocol"], json!({ "enable": false, "scope": [] }));
    let policy = security["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    assert_eq!(policy["script-src"], "'self'");
    let own =
        ["'self'", "'none'", "data:", "thumb:", "http://thumb.localhost", "ipc:", "http://ipc.localhost"];
    let own = BTreeSet::from(own);
    for (directive, sources) in policy {
        for source in sources.as_str().unwrap().split(' ') {
            assert!(own.contains(source), "{directive}: {source}");
        }
    }
}
