//! `cargo xtask dist`: the installer for the system that it is run on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::places::Places;
use crate::{process, setup};

/// What installers are called here, and where Tauri's command puts them below the release build.
const KIND: &str = if cfg!(windows) {
    "nsis"
} else if cfg!(target_os = "macos") {
    "dmg"
} else {
    "deb"
};

/// What Tauri's command puts among the packages by itself.
const FROM_TAURI: [&str; 2] = ["libgtk-3-0", "libwebkit2gtk-4.1-0"];

/// Builds the programs and packs them.
pub(crate) fn dist(places: &Places) -> Result<()> {
    let installer = pack(places)?;
    let bytes = fs::metadata(&installer)?.len();
    println!("{} ({:.1} MB)", installer.display(), bytes as f64 / 1e6);
    Ok(())
}

/// Builds the installer and tells where it is.
pub(crate) fn pack(places: &Places) -> Result<PathBuf> {
    setup::prepare(places, &[])?;
    // `tauri build` would build the one package, with other features of what the workspace shares: all of burn anew. So cargo
    // builds as always, and Tauri's command only packs.
    process::run(process::cargo(places).args(["build", "--release", "--workspace", "--bins"]))?;
    let folder = places.target.join("release/bundle").join(KIND);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    let node = if cfg!(windows) { "node.exe" } else { "node" };
    let mut tauri = Command::new(node);
    tauri.current_dir(&places.root).env("CARGO_TARGET_DIR", &places.target);
    tauri.arg(places.root.join("ui/node_modules/@tauri-apps/cli/tauri.js"));
    // Patching would write into the program that cargo has built; only an updater would read what it writes.
    tauri.args(["bundle", "--ci", "--no-sign", "--no-binary-patching", "--bundles", KIND]);
    if cfg!(target_os = "linux") {
        tauri.arg("--config").arg(for_debian(places)?.to_string());
    }
    process::run(&mut tauri)?;
    let found = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let files = found.filter_map(|entry| Some(entry.ok()?.path()));
    let mut installers = files.filter(|path| path.is_file());
    installers.next().with_context(|| format!("no installer is in {}", folder.display()))
}

/// What only Debian's package has: the command-line program, licences, and the packages of the libraries that both link.
fn for_debian(places: &Places) -> Result<Value> {
    let mut packages = Vec::new();
    for program in [places.window(), places.kindred()] {
        packages.extend(packages_of(&program)?);
    }
    packages.retain(|package| !FROM_TAURI.contains(&package.as_str()));
    packages.sort();
    packages.dedup();
    let root = |name: &str| places.root.join(name);
    Ok(json!({ "bundle": { "linux": { "deb": {
        "depends": packages,
        "section": "graphics",
        "files": {
            "/usr/bin/kindred": places.kindred(),
            "/usr/share/doc/kindred/LICENSE-MIT": root("LICENSE-MIT"),
            "/usr/share/doc/kindred/LICENSE-APACHE": root("LICENSE-APACHE"),
            "/usr/share/doc/kindred/guide.md": root("docs/guide.md"),
            "/usr/share/doc/kindred/screenshots": root("docs/screenshots"),
        },
    } } } }))
}

/// The Debian packages that hold what a program links.
fn packages_of(program: &Path) -> Result<Vec<String>> {
    let linked = process::output(Command::new("readelf").args(["--dynamic", "--wide"]).arg(program))?;
    let places = process::output(Command::new("ldd").arg(program))?;
    let mut packages = Vec::new();
    for library in needed(&linked) {
        let Some(path) = place_of(library, &places) else {
            bail!("{} links {library}, which is not here", program.display())
        };
        // Packages name their files where those were before `/lib` became a link to `/usr/lib`, or behind that link.
        let path = fs::canonicalize(path).with_context(|| path.to_owned())?;
        let without_usr = path.strip_prefix("/usr").map(|rest| Path::new("/").join(rest));
        let owner = [Some(path.clone()), without_usr.ok()].into_iter().flatten().find_map(|path| {
            let output = Command::new("dpkg-query").arg("--search").arg(path).output().ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            Some(text.split_once(':')?.0.to_owned())
        });
        packages.push(owner.with_context(|| format!("no package has {}", path.display()))?);
    }
    Ok(packages)
}

/// The libraries that `readelf --dynamic` says are needed.
fn needed(linked: &str) -> impl Iterator<Item = &str> {
    linked
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split_once('[')?.1.split_once(']').map(|(name, _)| name))
}

/// Where `ldd` found a library.
fn place_of<'a>(library: &str, ldd: &'a str) -> Option<&'a str> {
    ldd.lines().find_map(|line| {
        let (name, rest) = line.trim().split_once(' ')?;
        // The loader itself is named by its path.
        let is_it = name == library || name.rsplit('/').next() == Some(library);
        let path = rest.strip_prefix("=> ").map_or(name, |path| path.split(' ').next().unwrap_or(path));
        (is_it && path.starts_with('/')).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKED: &str = "
Dynamic section at offset 0x1 contains 3 entries:
  Tag        Type                         Name/Value
 0x0000000000000001 (NEEDED)             Shared library: [libdav1d.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [ld-linux-x86-64.so.2]
 0x000000000000000c (INIT)               0x5000
";
    const FOUND: &str = "
	linux-vdso.so.1 (0x00007ffc)
	libdav1d.so.6 => /lib/x86_64-linux-gnu/libdav1d.so.6 (0x00007f43)
	libgone.so.1 => not found
	/lib64/ld-linux-x86-64.so.2 (0x00007f44)
";

    #[test]
    fn what_a_program_links_is_found() {
        let found: Vec<_> = needed(LINKED).map(|name| place_of(name, FOUND)).collect();
        assert_eq!(found, [Some("/lib/x86_64-linux-gnu/libdav1d.so.6"), Some("/lib64/ld-linux-x86-64.so.2")]);
        assert_eq!(place_of("libgone.so.1", FOUND), None);
    }
}
