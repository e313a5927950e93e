//! The window from outside, as X11 and a window manager know it.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, EventMask, InputFocus, MapState,
    Window as WindowId,
};
use x11rb::rust_connection::RustConnection;

use super::{PATIENCE, until};

/// The only window on a display.
pub(super) struct Window {
    pub(super) connection: RustConnection,
    pub(super) root: WindowId,
    pub(super) id: WindowId,
}

impl Window {
    /// Waits until the window is on the screen.
    pub(super) fn find(display: &str) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let id = until(PATIENCE, || {
            let windows = connection.query_tree(root).unwrap().reply().unwrap().children;
            windows.into_iter().find(|window| is_for_people(&connection, *window))
        });
        Self { id: id.expect("the program's window"), connection, root }
    }

    /// Gives the window the keyboard, as a window manager does.
    pub(super) fn focus(&self) {
        let set = self.connection.set_input_focus(InputFocus::PARENT, self.id, x11rb::CURRENT_TIME);
        set.unwrap().check().unwrap();
    }

    /// Asks the window to close, as the button in its title bar does.
    pub(super) fn close(&self) {
        let [protocols, delete] = ["WM_PROTOCOLS", "WM_DELETE_WINDOW"].map(|name| self.atom(name));
        self.send(protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
    }

    pub(super) fn atom(&self, name: &str) -> Atom {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    pub(super) fn send(&self, message: Atom, data: [u32; 5]) {
        self.send_to(self.id, message, data);
    }

    /// Sends a message to a window of any program.
    pub(super) fn send_to(&self, window: WindowId, message: Atom, data: [u32; 5]) {
        let event = ClientMessageEvent::new(32, window, message, data);
        self.connection.send_event(false, window, EventMask::NO_EVENT, event).unwrap();
        self.connection.flush().unwrap();
    }

    /// Makes it as large as a user may, who draws at its corner.
    pub(super) fn resize(&self, width: u32, height: u32) {
        let size = ConfigureWindowAux::new().x(0).y(0).width(width).height(height);
        self.connection.configure_window(self.id, &size).unwrap().check().unwrap();
    }

    /// Where its upper left corner is on the screen.
    pub(super) fn corner(&self) -> (i16, i16) {
        let moved = self.connection.translate_coordinates(self.id, self.root, 0, 0).unwrap().reply().unwrap();
        (moved.dst_x, moved.dst_y)
    }
}

/// Seen, and neither a menu nor one of the windows that toolkits keep for themselves.
pub(super) fn is_for_people(connection: &RustConnection, window: WindowId) -> bool {
    let is_seen = || {
        let attributes = connection.get_window_attributes(window).ok()?.reply().ok()?;
        let class = connection.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64);
        let has_class = !class.ok()?.reply().ok()?.value.is_empty();
        Some(attributes.map_state == MapState::VIEWABLE && !attributes.override_redirect && has_class)
    };
    // A window that is gone before it is looked at is none.
    is_seen().unwrap_or(false)
}
