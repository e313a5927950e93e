//! What the window shows, and what a person does there.

use std::time::Duration;

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_RIGHT, MouseActions, PointerAction,
};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use super::until;

/// Nothing but a job takes nearly as long; a window that hangs shall fail its test and not hold up the others.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How WebDriver names an element among other values (Web Driver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys as WebDriver knows them.
pub(crate) mod keys {
    pub(crate) const SHIFT: char = '\u{e008}';
    pub(crate) const ENTER: char = '\u{e007}';
    pub(crate) const ESCAPE: char = '\u{e00c}';
    pub(crate) const PAGE_DOWN: char = '\u{e00f}';
    pub(crate) const END: char = '\u{e010}';
    pub(crate) const HOME: char = '\u{e011}';
    pub(crate) const RIGHT: char = '\u{e014}';
    pub(crate) const DOWN: char = '\u{e015}';
    pub(crate) const F10: char = '\u{e03a}';
}

/// The page in the program's window.
pub(crate) struct Page {
    runtime: Runtime,
    client: Client,
}

/// Something in the window.
#[derive(Clone)]
pub(crate) struct Seen {
    element: Element,
    /// Its accessible name.
    pub(crate) name: String,
}

impl Page {
    /// Starts a session with a driver, which starts the program.
    pub(super) fn open(port: u16, options: Value) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let capabilities: Map<String, Value> =
            [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let address = format!("http://127.0.0.1:{port}");
        let mut last = None;
        let client = until(PATIENCE, || {
            // A driver that has just been started does not listen yet.
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let connecting = builder.capabilities(capabilities.clone()).connect(&address);
            runtime.block_on(connecting).map_err(|error| last = Some(error)).ok()
        });
        let client = client.unwrap_or_else(|| panic!("no session: {last:?}"));
        Self { runtime, client }
    }

    /// Runs a script in the page; a promise is waited for.
    pub(crate) fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.runtime.block_on(self.client.execute(script, arguments)).unwrap()
    }

    /// Everything that can be perceived with that role.
    pub(crate) fn all(&self, role: &str) -> Vec<Seen> {
        self.look(role, Value::Null)
    }

    /// The same, inside of something.
    pub(crate) fn all_in(&self, place: &Seen, role: &str) -> Vec<Seen> {
        self.look(role, json!(place.element))
    }

    /// Waits until there is something of that role and name.
    pub(crate) fn the(&self, role: &str, name: &str) -> Seen {
        self.the_one(role, name, |seen| seen == name)
    }

    /// Waits until there is something of that role whose name begins so.
    pub(crate) fn the_one_like(&self, role: &str, start: &str) -> Seen {
        self.the_one(role, start, |seen| seen.starts_with(start))
    }

    /// Waits until there is something of that role and name inside of something.
    pub(crate) fn the_in(&self, place: &Seen, role: &str, name: &str) -> Seen {
        let found = until(PATIENCE, || self.all_in(place, role).into_iter().find(|seen| seen.name == name));
        found.unwrap_or_else(|| {
            panic!("no {role} \"{name}\" in \"{}\", but {:?}", place.name, self.names_in(place, role))
        })
    }

    /// Something of that role and name is there now.
    pub(crate) fn has(&self, role: &str, name: &str) -> bool {
        self.all(role).iter().any(|seen| seen.name == name)
    }

    /// Waits until nothing of that role and name is there.
    pub(crate) fn waits_without(&self, role: &str, name: &str) {
        let gone = until(PATIENCE, || (!self.has(role, name)).then_some(()));
        gone.unwrap_or_else(|| panic!("the {role} \"{name}\" stays"));
    }

    /// Waits until the window says this somewhere, and for no longer than `patience`.
    pub(crate) fn says_within(&self, patience: Duration, words: &str) {
        let said = until(patience, || self.text().contains(words).then_some(()));
        said.unwrap_or_else(|| panic!("\"{words}\" is not said in:\n{}", self.text()));
    }

    /// Waits until the window says this somewhere.
    pub(crate) fn says(&self, words: &str) {
        self.says_within(PATIENCE, words);
    }

    /// All text that is seen; none where there is no page any more.
    pub(crate) fn text(&self) -> String {
        let text = self.runtime.block_on(self.client.execute("return document.body.innerText", vec![]));
        text.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// What is written at something, such as `aria-pressed`.
    pub(crate) fn attribute(&self, seen: &Seen, name: &str) -> Option<String> {
        self.runtime.block_on(seen.element.attr(name)).unwrap()
    }

    /// How wide it is drawn, in pixels.
    pub(crate) fn width(&self, seen: &Seen) -> f64 {
        let width = self.run("return arguments[0].getBoundingClientRect().width", vec![json!(seen.element)]);
        width.as_f64().unwrap()
    }

    /// All of it lies within the window.
    pub(crate) fn is_in_window(&self, seen: &Seen) -> bool {
        let inside = "const { left, top, right, bottom } = arguments[0].getBoundingClientRect();
            return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight";
        self.run(inside, vec![json!(seen.element)]) == true
    }

    /// What has the focus, if it is of that role.
    pub(crate) fn focused(&self, role: &str) -> Option<Seen> {
        let active = self.run("return document.activeElement", vec![]);
        self.all(role).into_iter().find(|seen| json!(seen.element) == active)
    }

    /// Puts the focus on something, as moving there with Tab does.
    pub(crate) fn focus(&self, seen: &Seen) {
        self.run("arguments[0].focus()", vec![json!(seen.element)]);
    }

    /// Presses the left mouse button on it.
    pub(crate) fn click(&self, seen: &Seen) {
        self.press_mouse(seen, MOUSE_BUTTON_LEFT, 1);
    }

    /// Twice.
    pub(crate) fn double_click(&self, seen: &Seen) {
        self.press_mouse(seen, MOUSE_BUTTON_LEFT, 2);
    }

    /// Presses the right mouse button on it.
    pub(crate) fn right_click(&self, seen: &Seen) {
        self.press_mouse(seen, MOUSE_BUTTON_RIGHT, 1);
    }

    /// Chooses one of several by its label: the control itself may be too small to be hit.
    pub(crate) fn choose(&self, radio: &Seen) {
        let label = self.run("return arguments[0].labels[0]", vec![json!(radio.element)]);
        self.click(&self.seen(&label, &radio.name));
    }

    /// Presses keys one after the other.
    pub(crate) fn press(&self, keys: &[char]) {
        for key in keys {
            self.press_together(&[*key]);
        }
    }

    /// Presses keys, and lets them go in the other order.
    pub(crate) fn press_together(&self, keys: &[char]) {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let actions = down.chain(up).fold(KeyActions::new("keyboard".into()), KeyActions::then);
        self.runtime.block_on(self.client.perform_actions(actions)).unwrap();
    }

    /// Writes a text into a field in place of what is there.
    pub(crate) fn write(&self, field: &Seen, text: &str) {
        self.run("arguments[0].select()", vec![json!(field.element)]);
        self.runtime.block_on(field.element.send_keys(text)).unwrap();
    }

    /// The window's content as a PNG file.
    pub(super) fn screenshot(&self) -> Option<Vec<u8>> {
        self.runtime.block_on(self.client.screenshot()).ok()
    }

    fn the_one(&self, role: &str, shown: &str, is_it: impl Fn(&str) -> bool) -> Seen {
        let found = until(PATIENCE, || self.all(role).into_iter().find(|seen| is_it(&seen.name)));
        found.unwrap_or_else(|| {
            let names: Vec<String> = self.all(role).into_iter().map(|seen| seen.name).collect();
            panic!("no {role} \"{shown}\", but {names:?} in:\n{}", self.text())
        })
    }

    fn names_in(&self, place: &Seen, role: &str) -> Vec<String> {
        self.all_in(place, role).into_iter().map(|seen| seen.name).collect()
    }

    fn look(&self, role: &str, place: Value) -> Vec<Seen> {
        let found = self.run(include_str!("page.js"), vec![json!(role), place]);
        let found = found.as_array().unwrap_or_else(|| panic!("{found}"));
        found.iter().map(|pair| self.seen(&pair[0], pair[1].as_str().unwrap())).collect()
    }

    fn seen(&self, element: &Value, name: &str) -> Seen {
        let id = element[ELEMENT].as_str().unwrap_or_else(|| panic!("{element} is no element")).to_owned();
        Seen {
            element: Element::from_element_id(self.client.clone(), ElementRef::from(id)),
            name: name.to_owned(),
        }
    }

    fn press_mouse(&self, seen: &Seen, button: u64, times: usize) {
        self.run("arguments[0].scrollIntoView({ block: 'nearest' })", vec![json!(seen.element)]);
        let to =
            PointerAction::MoveToElement { element: seen.element.clone(), duration: None, x: 0.0, y: 0.0 };
        let mut actions = MouseActions::new("mouse".into()).then(to);
        for _ in 0..times {
            actions = actions.then(PointerAction::Down { button }).then(PointerAction::Up { button });
        }
        self.runtime.block_on(self.client.perform_actions(actions)).unwrap();
    }
}
