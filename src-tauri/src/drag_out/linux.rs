//! GTK's drag and drop. The files are given at any time until the drag has ended: many programs ask for them only after the
//! drop, and some look at them while they are dragged over.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gtk::gdk::prelude::*;
use gtk::prelude::*;
use gtk::{TargetList, Widget, gdk, gdk_pixbuf, glib};
use tauri::{Runtime, Webview};

use super::Load;

/// What GTK calls the left mouse button.
const LEFT: i32 = 1;
/// The longer side of the picture under the pointer, in pixels of the page.
const ICON: i32 = 128;
/// Forms in which the files are given, as GTK asks for them: addresses, and their paths as text.
const ADDRESSES: u32 = 0;
const TEXT: u32 = 1;

/// Has something done with the web view on the thread that may touch it.
pub(super) fn on_main_thread<R: Runtime>(
    webview: &Webview<R>,
    task: impl FnOnce(&Widget) + Send + 'static,
) -> tauri::Result<()> {
    webview.with_webview(move |view| task(view.inner().upcast_ref()))
}

/// Begins a drag; `ended` is called when it is over, also when it has not begun because the button is up.
pub(super) fn begin(view: &Widget, load: Load, ended: impl Fn() + 'static) -> Result<(), String> {
    if !is_held(view) {
        ended();
        return Ok(());
    }
    let offered = Offered::new(&load.files).map_err(|error| error.to_string())?;
    let forms = TargetList::new(&[]);
    forms.add_uri_targets(ADDRESSES);
    forms.add_text_targets(TEXT);
    // A copy and nothing else: no file manager may move the originals.
    let action = gdk::DragAction::COPY;
    let drag = view
        .drag_begin_with_coordinates(&forms, action, LEFT, None, -1, -1)
        .ok_or("the pointer is held by another program")?;
    if let Some(icon) = load.picture.and_then(|picture| icon(view, &picture)) {
        drag.drag_set_icon_surface(&icon);
    }
    give(view, &drag, offered, ended);
    Ok(())
}

/// Whether the left mouse button is down now. The page was asked, and has asked for the files, since it was seen to be.
fn is_held(view: &Widget) -> bool {
    let pointer = view.display().default_seat().and_then(|seat| seat.pointer());
    let (Some(window), Some(pointer)) = (view.window(), pointer) else { return false };
    let (_, _, _, buttons) = window.device_position(&pointer);
    buttons.contains(gdk::ModifierType::BUTTON1_MASK)
}

/// Answers for the files of this drag until it has ended. The web view has drags of its own, and another may begin while a slow
/// program still takes what was dropped on it, so every drag is told from others.
fn give(view: &Widget, drag: &gdk::DragContext, offered: Offered, ended: impl Fn() + 'static) {
    let own = drag.clone();
    let given = view.connect_drag_data_get(move |_, drag, content, form, _| {
        if *drag == own {
            offered.write(content, form);
        }
    });
    let own = drag.clone();
    let handlers = Rc::new(RefCell::new(vec![given]));
    let all = Rc::clone(&handlers);
    let last = view.connect_drag_end(move |view, drag| {
        if *drag == own {
            ended();
            for handler in all.take() {
                view.disconnect(handler);
            }
        }
    });
    handlers.borrow_mut().push(last);
}

/// The files in each form.
struct Offered {
    addresses: Vec<glib::GString>,
    text: String,
}

impl Offered {
    fn new(files: &[PathBuf]) -> Result<Self, glib::Error> {
        let addresses: Vec<_> =
            files.iter().map(|file| glib::filename_to_uri(file, None)).collect::<Result<_, _>>()?;
        // A name that is no Unicode has no text but its address.
        let texts = files.iter().zip(&addresses).map(|(file, address)| file.to_str().unwrap_or(address));
        let text = texts.collect::<Vec<_>>().join("\n");
        Ok(Self { addresses, text })
    }

    fn write(&self, content: &gtk::SelectionData, form: u32) {
        let is_written = if form == ADDRESSES {
            content.set_uris(&self.addresses.iter().map(glib::GString::as_str).collect::<Vec<_>>())
        } else {
            content.set_text(&self.text)
        };
        if !is_written {
            tracing::warn!("the files that are dragged cannot be given as {}", content.target().name());
        }
    }
}

/// The picture under the pointer, as sharp as the screen.
fn icon(view: &Widget, picture: &Path) -> Option<gtk::cairo::Surface> {
    let scale = view.scale_factor();
    let pixels = gdk_pixbuf::Pixbuf::from_file_at_scale(picture, ICON * scale, ICON * scale, true);
    let pixels = pixels.inspect_err(|error| tracing::warn!("{}: {error}", picture.display())).ok()?;
    pixels.create_surface(scale, view.window().as_ref())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn names_are_written_as_addresses_and_as_text_whatever_is_in_them() {
        let files =
            ["/a/b c/50%25 #1.jpg".into(), "/\u{c0ac}.jpg".into(), OsStr::from_bytes(b"/f\xFCr").into()];
        let offered = Offered::new(&files).unwrap();
        assert_eq!(
            offered.addresses,
            ["file:///a/b%20c/50%2525%20%231.jpg", "file:///%EC%82%AC.jpg", "file:///f%FCr"]
        );
        assert_eq!(offered.text, "/a/b c/50%25 #1.jpg\n/\u{c0ac}.jpg\nfile:///f%FCr");
    }

    #[test]
    fn a_file_without_a_full_path_has_no_address() {
        assert!(Offered::new(&["photo.jpg".into()]).is_err());
    }
}
