//! Makes a permission of every command, and checks `tauri.conf.json`.

fn main() {
    const COMMANDS: &[&str] = include!("src/commands/names.rs");
    println!("cargo:rerun-if-changed=src-tauri/src/commands/names.rs");
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        println!("cargo::error={error:#}");
    }
}
