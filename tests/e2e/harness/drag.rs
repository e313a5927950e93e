//! Files dragged from another program and dropped on the window: the source's side of XDND, version 5
//! (<https://freedesktop.org/wiki/Specifications/XDND/>).

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt, EventMask, PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent,
    SelectionRequestEvent, Window as WindowId, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::window::Window;
use super::{PATIENCE, until};

const VERSION: u32 = 5;
/// The flag in `XdndStatus` that says: it may be dropped here.
const ACCEPTED: u32 = 1;

/// A drag that is over the window.
pub(super) struct Drag<'a> {
    window: &'a Window,
    own: WindowId,
    selection: Atom,
    uri_list: Atom,
    content: Vec<u8>,
}

impl<'a> Drag<'a> {
    /// Drags files to a place of the window, in its pixels, and waits until it says that they may be dropped there.
    pub(super) fn over(window: &'a Window, files: &[&Path], (x, y): (u32, u32)) -> Self {
        let connection = &window.connection;
        let own = connection.generate_id().unwrap();
        connection
            .create_window(
                0,
                own,
                window.root,
                -1,
                -1,
                1,
                1,
                0,
                WindowClass::INPUT_ONLY,
                0,
                &Default::default(),
            )
            .unwrap();
        let (selection, uri_list) = (window.atom("XdndSelection"), window.atom("text/uri-list"));
        connection.set_selection_owner(own, selection, x11rb::CURRENT_TIME).unwrap();
        let content = files.iter().flat_map(|file| address(file).into_bytes()).collect();
        let drag = Self { window, own, selection, uri_list, content };

        window.send(window.atom("XdndEnter"), [own, VERSION << 24, uri_list, 0, 0]);
        let (position, copy) = (window.atom("XdndPosition"), window.atom("XdndActionCopy"));
        let status = window.atom("XdndStatus");
        let accepted = until(PATIENCE, || {
            window.send(position, [own, 0, x << 16 | y, x11rb::CURRENT_TIME, copy]);
            std::thread::sleep(std::time::Duration::from_millis(100));
            drag.serve()
                .into_iter()
                .any(|(kind, data)| kind == status && data[1] & ACCEPTED != 0)
                .then_some(())
        });
        accepted.expect("the window takes what is dragged over it");
        drag
    }

    /// Lets go.
    pub(super) fn drop(self) {
        self.window.send(self.window.atom("XdndDrop"), [self.own, 0, x11rb::CURRENT_TIME, 0, 0]);
        let finished = self.window.atom("XdndFinished");
        let done =
            until(PATIENCE, || self.serve().into_iter().any(|(kind, _)| kind == finished).then_some(()));
        done.expect("the window took what was dropped");
        self.window.connection.destroy_window(self.own).unwrap().check().unwrap();
    }

    /// Hands the files over to who asks for them, and gives what the window says.
    fn serve(&self) -> Vec<(Atom, [u32; 5])> {
        let mut said = Vec::new();
        while let Some(event) = self.window.connection.poll_for_event().unwrap() {
            match event {
                Event::ClientMessage(message) => said.push((message.type_, message.data.as_data32())),
                Event::SelectionRequest(request) if request.selection == self.selection => {
                    self.hand_over(&request)
                }
                _ => {}
            }
        }
        said
    }

    fn hand_over(&self, request: &SelectionRequestEvent) {
        let connection = &self.window.connection;
        let targets = self.window.atom("TARGETS");
        let (requestor, property) = (request.requestor, request.property);
        let known = if request.target == self.uri_list {
            connection
                .change_property8(PropMode::REPLACE, requestor, property, self.uri_list, &self.content)
                .unwrap();
            true
        } else if request.target == targets {
            let all = [self.uri_list];
            connection
                .change_property32(PropMode::REPLACE, requestor, property, AtomEnum::ATOM, &all)
                .unwrap();
            true
        } else {
            false
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor,
            selection: request.selection,
            target: request.target,
            property: if known { property } else { x11rb::NONE },
        };
        connection.send_event(false, requestor, EventMask::NO_EVENT, answer).unwrap();
        connection.flush().unwrap();
    }
}

/// A line of `text/uri-list`.
pub(super) fn address(file: &Path) -> String {
    let escaped: String = file
        .as_os_str()
        .as_bytes()
        .iter()
        .map(|byte| match byte {
            b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("file://{escaped}\r\n")
}
