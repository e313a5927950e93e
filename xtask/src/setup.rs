//! What cargo needs before it can build: the system's packages, installed on Debian and its relatives and named
//! elsewhere, and the window's page.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::places::Places;
use crate::{process, ui};

/// Something the system must have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// The Debian package.
    package: &'static str,
    /// The same with Homebrew, on macOS; empty where only Linux has the need.
    homebrew: &'static str,
    /// What it is for, for people on other systems.
    purpose: &'static str,
    /// How to see that it is there.
    seen_by: SeenBy,
}

#[derive(Debug, Clone, Copy)]
enum SeenBy {
    /// One of these programs is in the search path.
    Program(&'static [&'static str]),
    /// One of these files or folders exists. Only Linux keeps them there; elsewhere the need does not arise.
    LinuxPath(&'static [&'static str]),
    /// `pkg-config` knows this library.
    Library(&'static str),
    /// `python3` runs this without an error.
    Python(&'static str),
}

const C_COMPILER: Need = Need {
    package: "build-essential",
    homebrew: "llvm",
    purpose: "a C and C++ compiler, for SQLite, libjpeg-turbo and libheif",
    seen_by: SeenBy::Program(&["c++"]),
};
const CMAKE: Need = Need {
    package: "cmake",
    homebrew: "cmake",
    purpose: "builds libjpeg-turbo and libheif",
    seen_by: SeenBy::Program(&["cmake"]),
};
const NASM: Need = Need {
    package: "nasm",
    homebrew: "nasm",
    purpose: "the assembler of libjpeg-turbo's fast paths",
    seen_by: SeenBy::Program(&["nasm", "yasm"]),
};
const PKG_CONFIG: Need = Need {
    package: "pkg-config",
    homebrew: "pkgconf",
    purpose: "finds the system's libraries",
    seen_by: SeenBy::Program(&["pkg-config", "pkgconf"]),
};
const LIBDE265: Need = Need {
    package: "libde265-dev",
    homebrew: "libde265",
    purpose: "the decoder of HEIC photos",
    seen_by: SeenBy::Library("libde265"),
};
const DAV1D: Need = Need {
    package: "libdav1d-dev",
    homebrew: "dav1d",
    purpose: "the decoder of AVIF photos",
    seen_by: SeenBy::Library("dav1d"),
};
const WEBKIT: Need = Need {
    package: "libwebkit2gtk-4.1-dev",
    homebrew: "",
    purpose: "the web view that the window is made of",
    seen_by: SeenBy::Library("webkit2gtk-4.1"),
};
const DBUS: Need = Need {
    package: "libdbus-1-dev",
    homebrew: "",
    purpose: "tells the window whether the desktop is light or dark",
    seen_by: SeenBy::Library("dbus-1"),
};
const VIRTUAL_DISPLAY: Need = Need {
    package: "xvfb",
    homebrew: "",
    purpose: "a display for windows on a machine without one",
    seen_by: SeenBy::LinuxPath(&["/usr/bin/Xvfb"]),
};
const WEB_DRIVER: Need = Need {
    package: "webkit2gtk-driver",
    homebrew: "",
    purpose: "drives the window in tests",
    seen_by: SeenBy::LinuxPath(&["/usr/bin/WebKitWebDriver"]),
};
const POINTER: Need = Need {
    package: "xdotool",
    homebrew: "",
    purpose: "moves the pointer, to drag photos out of the window",
    seen_by: SeenBy::LinuxPath(&["/usr/bin/xdotool"]),
};
const DBUS_SESSION: Need = Need {
    package: "dbus-daemon",
    homebrew: "",
    purpose: "the session that a window on a desktop lives in",
    seen_by: SeenBy::LinuxPath(&["/usr/bin/dbus-run-session"]),
};
const KOREAN_FONT: Need = Need {
    package: "fonts-noto-cjk",
    homebrew: "",
    purpose: "Korean letters on the tests' screenshots",
    seen_by: SeenBy::LinuxPath(&["/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk"]),
};
const SOFTWARE_VULKAN: Need = Need {
    package: "mesa-vulkan-drivers",
    homebrew: "",
    purpose: "Vulkan in software: the tests run the GPU path on it",
    seen_by: SeenBy::LinuxPath(&["/usr/share/vulkan/icd.d"]),
};
const VULKAN_LOADER: Need = Need {
    package: "libvulkan1",
    homebrew: "",
    purpose: "the Vulkan loader",
    seen_by: SeenBy::LinuxPath(&[
        "/usr/lib/x86_64-linux-gnu/libvulkan.so.1",
        "/usr/lib/aarch64-linux-gnu/libvulkan.so.1",
        "/usr/lib64/libvulkan.so.1",
        "/usr/lib/libvulkan.so.1",
    ]),
};
const PYTHON_VENV: Need = Need {
    package: "python3-venv",
    homebrew: "python",
    purpose: "Python, for the peers that Kindred is compared with",
    seen_by: SeenBy::Python("import ensurepip"),
};
const PYTHON_HEADERS: Need = Need {
    package: "python3-dev",
    homebrew: "python",
    purpose: "Python's headers, for hnswlib, which is built where it is installed",
    seen_by: SeenBy::Python("import sysconfig; open(sysconfig.get_path('include') + '/Python.h')"),
};

/// What a release build of Kindred needs. On Windows the compiler is found by the build itself, and libheif comes with
/// its decoders from vcpkg, which only the build can look into.
const BUILDING: &[Need] = if cfg!(windows) {
    &[CMAKE, NASM]
} else if cfg!(target_os = "macos") {
    &[C_COMPILER, CMAKE, NASM, PKG_CONFIG, LIBDE265, DAV1D]
} else {
    &[C_COMPILER, CMAKE, NASM, PKG_CONFIG, LIBDE265, DAV1D, WEBKIT, DBUS]
};
/// What the tests need besides.
pub(crate) const TESTING: &[Need] =
    &[VULKAN_LOADER, SOFTWARE_VULKAN, VIRTUAL_DISPLAY, WEB_DRIVER, POINTER, DBUS_SESSION, KOREAN_FONT];
/// What comparing with Python's libraries needs besides.
pub(crate) const COMPARING: &[Need] = &[PYTHON_VENV, PYTHON_HEADERS];

/// Encoders under the GPL that libheif's build takes in where it finds them.
const GPL_ENCODERS: [&str; 2] = ["x264", "x265"];

/// Has everything there that cargo needs: what is to be installed, and the window's page.
pub(crate) fn prepare(places: &Places, besides: &[Need]) -> Result<()> {
    install(besides)?;
    ui::build(places)
}

/// Installs what is missing of building and of `besides`, or says what to install.
pub(crate) fn install(besides: &[Need]) -> Result<()> {
    note_on_libheif();
    let missing: Vec<&Need> =
        BUILDING.iter().chain(besides).filter(|need| !need.seen_by.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if !try_to_install(&packages)? {
        let (whose, name): (_, fn(&Need) -> &'static str) = match cfg!(target_os = "macos") {
            true => ("Homebrew's", |need| need.homebrew),
            false => ("Debian's", |need| need.package),
        };
        let list: Vec<String> =
            missing.iter().map(|need| format!("  {} ({})", name(need), need.purpose)).collect();
        bail!("please install these first; the names are {whose}:\n{}", list.join("\n"));
    }
    Ok(())
}

/// Installs Debian packages; false where that is not possible without asking.
pub(crate) fn try_to_install(packages: &[&str]) -> Result<bool> {
    let Some(apt) = apt_get() else { return Ok(false) };
    eprintln!("installing {}", packages.join(", "));
    process::run(command(&apt).args(["update", "-qq"]))?;
    process::run(command(&apt).args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))?;
    Ok(true)
}

/// What nothing here can see or change about the build of libheif.
fn note_on_libheif() {
    if cfg!(windows) {
        eprintln!(
            "note: libheif, for HEIC and AVIF, must be there from vcpkg (`vcpkg install libheif:x64-windows-static-md`); \
             as it comes it contains GPL encoders, so do not pass such a build on under Kindred's licence"
        );
        return;
    }
    let found: Vec<&str> = GPL_ENCODERS.into_iter().filter(|name| SeenBy::Library(name).is_there()).collect();
    if !found.is_empty() {
        eprintln!(
            "note: libheif will be built with {}, which is under the GPL: do not pass such a build on under Kindred's \
             licence",
            found.join(" and ")
        );
    }
}

impl SeenBy {
    fn is_there(&self) -> bool {
        match *self {
            SeenBy::Program(names) => names.iter().any(|name| in_search_path(name)),
            SeenBy::LinuxPath(paths) => {
                !cfg!(target_os = "linux") || paths.iter().any(|path| is_filled(Path::new(path)))
            }
            SeenBy::Library(name) => process::succeeds(Command::new("pkg-config").args(["--exists", name])),
            SeenBy::Python(code) => process::succeeds(Command::new("python3").args(["-c", code])),
        }
    }
}

/// A program of that name can be run.
pub(crate) fn in_search_path(program: &str) -> bool {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(&name).is_file()))
}

/// A file that exists, or a folder with something in it.
fn is_filled(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => path.is_file(),
    }
}

/// How to call `apt-get` with the right to install; `None` where that is not possible without asking.
fn apt_get() -> Option<Vec<&'static str>> {
    if !in_search_path("apt-get") {
        return None;
    }
    let user = process::output(Command::new("id").arg("-u")).ok()?;
    if user.trim() == "0" {
        return Some(vec!["apt-get"]);
    }
    // `-n`: sudo that would ask for a password is not used behind the user's back.
    process::succeeds(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo", "-n", "apt-get"])
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
