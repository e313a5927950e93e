//! What else is on a desktop, as far as the window speaks with it: a file manager, the program that opens files, the clipboard,
//! and a window of another program that files are dropped on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt, CreateWindowAux, EventMask, PropMode, Property,
    Timestamp, Window as WindowId, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::stage::Stage;
use super::window::Window;
use super::{PATIENCE, until};

/// The highest version of XDND that is spoken.
const VERSION: u32 = 5;
/// Milliseconds between two looks for an event.
const BEAT: Duration = Duration::from_millis(10);

/// A file manager that shows nothing and tells what it was to show.
pub(crate) struct FileManager {
    shown: Receiver<Vec<String>>,
    _connection: zbus::blocking::Connection,
}

/// <https://www.freedesktop.org/wiki/Specifications/file-manager-interface/>
struct Service {
    shown: Sender<Vec<String>>,
}

#[zbus::interface(name = "org.freedesktop.FileManager1")]
impl Service {
    fn show_items(&self, addresses: Vec<String>, _startup_id: String) {
        let _ = self.shown.send(addresses);
    }
}

impl FileManager {
    /// The addresses of the files that it is asked to show next.
    pub(crate) fn next(&self) -> Vec<String> {
        self.shown.recv_timeout(PATIENCE).expect("the file manager is asked to show something")
    }
}

impl Stage {
    /// Puts a file manager on the session's bus.
    pub(crate) fn file_manager(&self) -> FileManager {
        let (send, shown) = channel();
        let connection = zbus::blocking::connection::Builder::address(self.bus_address().as_str())
            .and_then(|builder| builder.name("org.freedesktop.FileManager1"))
            .and_then(|builder| builder.serve_at("/org/freedesktop/FileManager1", Service { shown: send }))
            .and_then(zbus::blocking::connection::Builder::build);
        FileManager { shown, _connection: connection.unwrap() }
    }

    /// Installs the desktop's command that opens files. It opens none, and leaves their paths in the file that is given back.
    pub(crate) fn opener(&self) -> PathBuf {
        let (opened, program) = (self.home.path().join("opened"), self.folder("bin").join("xdg-open"));
        fs::write(&program, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{}'\n", opened.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        opened
    }
}

impl Window {
    /// What is on the clipboard in that form, such as `UTF8_STRING`.
    pub(super) fn clipboard(&self, form: &str) -> Vec<u8> {
        let own = self.small_window(&CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE));
        let content = until(PATIENCE, || self.ask_for("CLIPBOARD", form, own, x11rb::CURRENT_TIME));
        self.connection.destroy_window(own).unwrap();
        content.unwrap_or_else(|| panic!("there is no {form} on the clipboard"))
    }

    fn small_window(&self, with: &CreateWindowAux) -> WindowId {
        let own = self.connection.generate_id().unwrap();
        let class = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(0, own, self.root, 0, 0, 1, 1, 0, class, 0, with).unwrap();
        own
    }

    /// Asks the owner of a selection for its content; none when it has nothing in that form.
    fn ask_for(&self, selection: &str, form: &str, own: WindowId, time: Timestamp) -> Option<Vec<u8>> {
        let [selection, form, place] = [selection, form, "KINDRED_CONTENT"].map(|name| self.atom(name));
        self.connection.convert_selection(own, selection, form, place, time).unwrap();
        let answered = self.next_event(|event| match event {
            Event::SelectionNotify(answer) if answer.requestor == own => Some(answer.property),
            _ => None,
        })?;
        if answered == x11rb::NONE {
            return None;
        }
        let (kind, content) = self.take_property(own, place);
        if kind != self.atom("INCR") {
            return Some(content);
        }
        // A long content comes in pieces, the next when the last has been taken; an empty one ends it.
        let mut whole = Vec::new();
        loop {
            self.next_event(|event| match event {
                Event::PropertyNotify(change) => {
                    (change.window == own && change.atom == place && change.state == Property::NEW_VALUE)
                        .then_some(())
                }
                _ => None,
            })?;
            let (_, piece) = self.take_property(own, place);
            if piece.is_empty() {
                return Some(whole);
            }
            whole.extend(piece);
        }
    }

    fn take_property(&self, own: WindowId, place: Atom) -> (Atom, Vec<u8>) {
        let property =
            self.connection.get_property(true, own, place, AtomEnum::ANY, 0, u32::MAX / 4).unwrap();
        let property = property.reply().unwrap();
        (property.type_, property.value)
    }

    /// Waits for an event that is wanted; others are dropped.
    fn next_event<T>(&self, wanted: impl Fn(&Event) -> Option<T>) -> Option<T> {
        self.connection.flush().unwrap();
        until(Duration::from_secs(5), || {
            while let Some(event) = self.connection.poll_for_event().unwrap() {
                if let Some(found) = wanted(&event) {
                    return Some(found);
                }
            }
            std::thread::sleep(BEAT);
            None
        })
    }
}

/// A window of another program that takes files which are dropped on it.
pub(super) struct DropTarget<'a> {
    window: &'a Window,
    id: WindowId,
}

impl<'a> DropTarget<'a> {
    /// Puts it over everything else at a place of the screen.
    pub(super) fn put(window: &'a Window, (x, y, width, height): (i16, i16, u16, u16)) -> Self {
        let connection = &window.connection;
        let id = connection.generate_id().unwrap();
        let with = CreateWindowAux::new().override_redirect(1).background_pixel(0x00_66_99_cc);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(0, id, window.root, x, y, width, height, 0, class, 0, &with).unwrap();
        let aware = window.atom("XdndAware");
        connection.change_property32(PropMode::REPLACE, id, aware, AtomEnum::ATOM, &[VERSION]).unwrap();
        let heard = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection.change_window_attributes(id, &heard).unwrap();
        connection.map_window(id).unwrap().check().unwrap();
        Self { window, id }
    }

    /// Says that it takes what is dragged over it, until that is dropped; gives the addresses of the files. `let_go` is called
    /// once the drag is over the window.
    pub(super) fn takes(self, let_go: impl FnOnce()) -> Vec<String> {
        let window = self.window;
        let [position, drop, status, finished, copy] =
            ["XdndPosition", "XdndDrop", "XdndStatus", "XdndFinished", "XdndActionCopy"]
                .map(|name| window.atom(name));
        let mut let_go = Some(let_go);
        let message = || {
            window.next_event(|event| match event {
                Event::ClientMessage(message) if message.window == self.id => {
                    Some((message.type_, message.data.as_data32()))
                }
                _ => None,
            })
        };
        loop {
            let (kind, data) = message().expect("something is dragged over the other window");
            let source = data[0];
            if kind == position {
                self.tell(source, status, [self.id, 1, 0, 0, copy]);
                if let Some(let_go) = let_go.take() {
                    let_go();
                }
            } else if kind == drop {
                let content = window.ask_for("XdndSelection", "text/uri-list", self.id, data[2]);
                self.tell(source, finished, [self.id, 1, copy, 0, 0]);
                window.connection.destroy_window(self.id).unwrap().check().unwrap();
                let text = String::from_utf8(content.expect("the drag has files")).unwrap();
                return text.lines().map(str::to_owned).collect();
            }
        }
    }

    fn tell(&self, source: WindowId, kind: Atom, data: [u32; 5]) {
        self.window.send_to(source, kind, data);
    }
}

/// The address of a file, with everything in its name that an address cannot have written otherwise.
pub(crate) fn address(file: &Path) -> String {
    super::drag::address(file).trim_end().to_owned()
}
