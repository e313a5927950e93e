//! The real pointer, moved by `xdotool`. The driver's own one ends at the window: the system knows nothing of it, and its drag
//! and drop cannot follow it.

use std::time::Duration;

use super::app::App;
use super::desktop::DropTarget;
use super::{PATIENCE, Seen, Stage, until};

/// Between two things that a hand does.
const BEAT: Duration = Duration::from_millis(150);
/// The program answers the page and begins the drag; only then it is worth to go on.
const BEGINNING: Duration = Duration::from_millis(500);
/// A square of the screen, from the window's corner, and its side in pixels.
const OTHER: ((i16, i16), u16) = ((900, 560), 200);

/// The hand at the mouse.
struct Hand<'a>(&'a Stage);

impl Hand<'_> {
    fn does(&self, words: &[&str]) {
        let status = self.0.command("xdotool").args(words).status().unwrap();
        assert!(status.success(), "xdotool {words:?}");
        std::thread::sleep(BEAT);
    }

    fn goes(&self, (x, y): (i16, i16)) {
        self.does(&["mousemove", &x.to_string(), &y.to_string()]);
    }

    fn lets_go(&self) {
        self.does(&["mouseup", "1"]);
    }
}

impl App<'_> {
    /// Drags something out of the window, and drops it on a window of another program; gives the addresses of the files that
    /// this one gets.
    pub(crate) fn drag_out(&self, what: &Seen) -> Vec<String> {
        let ((x, y), size) = OTHER;
        let (left, top) = self.window.corner();
        let target = DropTarget::put(&self.window, (left + x, top + y, size, size));
        let hand = self.begins_to_drag(what);
        let half = size as i16 / 2;
        let middle = (left + x + half, top + y + half);
        hand.goes((middle.0 - 20, middle.1));
        hand.goes(middle);
        let files = target.takes(|| {
            hand.goes((middle.0 + 5, middle.1));
            hand.lets_go();
        });
        self.nothing_is_held(what);
        files
    }

    /// Drags something, and lets it go beyond the window, where nothing takes it.
    pub(crate) fn drag_to_nowhere(&self, what: &Seen) {
        let hand = self.begins_to_drag(what);
        for at in [(1500, 900), (1700, 1000), (1710, 1000)] {
            hand.goes(at);
        }
        hand.lets_go();
        self.nothing_is_held(what);
    }

    /// Drags something onto another place of the window itself; `while_over` is called before it is let go.
    pub(crate) fn drag_within(&self, what: &Seen, to: &Seen, while_over: impl FnOnce()) {
        let hand = self.begins_to_drag(what);
        let (x, y) = self.on_screen(to);
        for at in [(x - 10, y), (x, y), (x + 5, y)] {
            hand.goes(at);
        }
        while_over();
        hand.lets_go();
        self.nothing_is_held(what);
    }

    fn begins_to_drag(&self, what: &Seen) -> Hand<'_> {
        let hand = Hand(self.stage);
        let (x, y) = self.on_screen(what);
        hand.goes((x, y));
        hand.does(&["mousedown", "1"]);
        for step in 1..=4 {
            hand.goes((x + 12 * step, y + 8 * step));
        }
        std::thread::sleep(BEGINNING);
        hand
    }

    /// Moves the pointer over the page: it takes the button for released, and draws nothing.
    fn nothing_is_held(&self, what: &Seen) {
        // A drag that was refused flies back first.
        std::thread::sleep(BEGINNING);
        let hand = Hand(self.stage);
        let (x, y) = self.on_screen(what);
        for at in [(x + 40, y + 40), (x + 20, y + 20), (x, y)] {
            hand.goes(at);
        }
        let state =
            "return [document.querySelectorAll(':active').length, document.querySelectorAll('.band').length,
            String(getSelection())]";
        let state = || self.page.run(state, &[]);
        let is_free = until(PATIENCE / 6, || (state() == serde_json::json!([0, 0, ""])).then_some(()));
        is_free.unwrap_or_else(|| panic!("the page takes something for held: {}", state()));
    }

    fn on_screen(&self, what: &Seen) -> (i16, i16) {
        let ((left, top), (x, y)) = (self.window.corner(), self.page.centre(what));
        (left + x, top + y)
    }
}
