//! A screen, looked at from outside, and the memory of what is on it.

use serde_json::{Value, json};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, Window as WindowId};
use x11rb::rust_connection::RustConnection;

use super::processes::running_in;
use super::stage::Stage;
use super::window::is_for_people;

/// The screen of a stage.
pub(crate) struct Screen {
    connection: RustConnection,
    root: WindowId,
}

impl Screen {
    pub(crate) fn of(stage: &Stage) -> Self {
        let (connection, screen) = x11rb::connect(Some(&stage.display)).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// A window is on it that is meant for people.
    pub(crate) fn has_window(&self) -> bool {
        let windows = self.connection.query_tree(self.root).unwrap().reply().unwrap().children;
        windows.into_iter().any(|window| is_for_people(&self.connection, window))
    }

    /// The colours of all pixels of a place: left, top, width, height.
    pub(crate) fn colours(&self, (x, y, width, height): (i16, i16, u16, u16)) -> Vec<u32> {
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX);
        let pixels = image.unwrap().reply().unwrap().data;
        pixels.chunks_exact(4).map(|pixel| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0])).collect()
    }
}

/// The memory of the program and of its web view's processes, in bytes: resident, and with what several share divided among them.
pub(crate) fn memory_of(stage: &Stage) -> Value {
    let mut all = Vec::new();
    for (id, program) in running_in(stage.home.path()) {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("kindred") && !name.starts_with("WebKit") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")) else { continue };
        let bytes = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
        };
        all.push(json!({ "program": name, "rss": bytes("Rss:"), "pss": bytes("Pss:") }));
    }
    json!(all)
}
