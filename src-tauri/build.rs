//! Makes a permission of every command, checks `tauri.conf.json`, and has the program built again when its page was.

use std::path::Path;

const COMMANDS: &[&str] = include!("src/commands/names.rs");

fn main() {
    println!("cargo::rerun-if-changed=src-tauri/src/commands/names.rs");
    println!("cargo::rerun-if-changed=ui/dist");
    if !Path::new("ui/dist/index.html").is_file() {
        println!("cargo::error=the window's page is not built; `cargo xtask setup` does it");
        return;
    }
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        println!("cargo::error={error:#}");
    }
}
