//! What the window shows, and what a person does there.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::until;
use super::webdriver::Session;

/// Nothing but a job takes nearly as long; a window that hangs shall fail its test and not hold up the others.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How WebDriver marks an element among other values.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How WebDriver says that something is not where it can be pressed.
const AWAY: [&str; 2] = ["not interactable", "move target out of bounds"];

/// How the driver says that it cannot hand over what a script has answered.
const LOST: [&str; 2] = ["create the node handle", "Could not parse script result"];

/// Mouse buttons as WebDriver counts them.
const LEFT: u8 = 0;
const RIGHT: u8 = 2;

/// Keys as WebDriver knows them.
pub(crate) mod keys {
    pub(crate) const SHIFT: char = '\u{e008}';
    pub(crate) const ENTER: char = '\u{e007}';
    pub(crate) const ESCAPE: char = '\u{e00c}';
    pub(crate) const PAGE_UP: char = '\u{e00e}';
    pub(crate) const PAGE_DOWN: char = '\u{e00f}';
    pub(crate) const END: char = '\u{e010}';
    pub(crate) const HOME: char = '\u{e011}';
    pub(crate) const RIGHT: char = '\u{e014}';
    pub(crate) const DOWN: char = '\u{e015}';
    pub(crate) const CONTROL: char = '\u{e009}';
    pub(crate) const F2: char = '\u{e032}';
    pub(crate) const F10: char = '\u{e03a}';
}

/// The page in the program's window.
pub(crate) struct Page {
    session: Session,
}

/// Something in the window.
#[derive(Clone)]
pub(crate) struct Seen {
    /// As WebDriver knows it.
    element: Value,
    /// Its accessible name.
    pub(crate) name: String,
}

impl Page {
    /// Starts a session with a driver, which starts the program.
    pub(super) fn open(port: u16, options: &Value) -> Self {
        let mut last = String::new();
        // A driver that has just been started does not listen yet.
        let session =
            until(PATIENCE, || Session::open(port, options.clone()).map_err(|error| last = error).ok());
        Self { session: session.unwrap_or_else(|| panic!("no session: {last}")) }
    }

    /// Runs a script in the page; a promise is waited for. It may run again: of a page that changes meanwhile, the driver sometimes cannot
    /// hand over the answer.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let parameters = json!({ "script": script, "args": arguments });
        let answer = until(Duration::from_secs(5), || {
            let answer = self.session.post("execute/sync", &parameters);
            let is_lost = answer.as_ref().is_err_and(|error| LOST.iter().any(|lost| error.contains(lost)));
            (!is_lost).then_some(answer)
        });
        match answer {
            Some(Ok(answer)) => answer,
            Some(Err(error)) => panic!("{error} in {script}"),
            None => panic!("the answer is lost again and again: {script}"),
        }
    }

    /// Runs a script on something, which it finds in `arguments[0]`.
    fn run_on(&self, seen: &Seen, script: &str) -> Value {
        self.run(script, std::slice::from_ref(&seen.element))
    }

    /// Everything that can be perceived with that role.
    pub(crate) fn all(&self, role: &str) -> Vec<Seen> {
        self.look(role, Value::Null)
    }

    /// The same, inside of something.
    pub(crate) fn all_in(&self, place: &Seen, role: &str) -> Vec<Seen> {
        self.look(role, place.element.clone())
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
        let script = json!({ "script": "return document.body.innerText", "args": [] });
        let text = self.session.post("execute/sync", &script);
        text.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// What is written at something, such as `aria-pressed`.
    pub(crate) fn attribute(&self, seen: &Seen, name: &str) -> Option<String> {
        let value =
            self.run("return arguments[0].getAttribute(arguments[1])", &[seen.element.clone(), json!(name)]);
        value.as_str().map(str::to_owned)
    }

    /// How wide it is drawn, in pixels.
    pub(crate) fn width(&self, seen: &Seen) -> f64 {
        let width = self.run_on(seen, "return arguments[0].getBoundingClientRect().width");
        width.as_f64().unwrap()
    }

    /// The pixel in its middle.
    pub(crate) fn centre(&self, seen: &Seen) -> (i16, i16) {
        let middle = "const { left, top, right, bottom } = arguments[0].getBoundingClientRect();
            return [(left + right) / 2, (top + bottom) / 2]";
        let middle = self.run_on(seen, middle);
        let pixel = |at: usize| middle[at].as_f64().unwrap() as i16;
        (pixel(0), pixel(1))
    }

    /// All of it lies within the window.
    pub(crate) fn is_in_window(&self, seen: &Seen) -> bool {
        let inside = "const { left, top, right, bottom } = arguments[0].getBoundingClientRect();
            return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight";
        self.run_on(seen, inside) == true
    }

    /// What has the focus, if it is of that role.
    pub(crate) fn focused(&self, role: &str) -> Option<Seen> {
        let active = self.run("return document.activeElement", &[]);
        self.all(role).into_iter().find(|seen| seen.element == active)
    }

    /// Puts the focus on something, as moving there with Tab does.
    pub(crate) fn focus(&self, seen: &Seen) {
        self.run_on(seen, "arguments[0].focus()");
    }

    /// Presses the left mouse button on it.
    pub(crate) fn click(&self, seen: &Seen) {
        self.press_mouse(seen, LEFT, 1);
    }

    /// Twice.
    pub(crate) fn double_click(&self, seen: &Seen) {
        self.press_mouse(seen, LEFT, 2);
    }

    /// Presses the right mouse button on it.
    pub(crate) fn right_click(&self, seen: &Seen) {
        self.press_mouse(seen, RIGHT, 1);
    }

    /// Chooses one of several by its label: the control itself may be too small to be hit.
    pub(crate) fn choose(&self, radio: &Seen) {
        let label = self.run_on(radio, "return arguments[0].labels[0]");
        self.click(&seen(&label, &radio.name));
    }

    /// Chooses from a list that opens, which the system draws where no driver reaches it.
    pub(crate) fn select(&self, list: &Seen, option: &str) {
        let script = "const [list, option] = arguments;
            const index = [...list.options].findIndex(({ text }) => text === option);
            if (index < 0) return false;
            list.focus();
            list.selectedIndex = index;
            return list.dispatchEvent(new Event('change', { bubbles: true }))";
        assert_eq!(self.run(script, &[list.element.clone(), json!(option)]), json!(true), "{option}");
    }

    /// Presses keys one after the other.
    pub(crate) fn press(&self, keys: &[char]) {
        for key in keys {
            self.press_together(&[*key]);
        }
    }

    /// Presses keys, and lets them go in the other order.
    pub(crate) fn press_together(&self, keys: &[char]) {
        let down = keys.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(up).collect();
        self.act(&json!({ "type": "key", "id": "keyboard", "actions": actions }));
    }

    /// Writes a text into a field in place of what is there, as an input method does: after keys that were pressed one by one the
    /// driver types capitals and colons without the shift key.
    pub(crate) fn write(&self, field: &Seen, text: &str) {
        let insert = "arguments[0].focus(); arguments[0].select();
            return document.execCommand('insertText', false, arguments[1])";
        assert_eq!(self.run(insert, &[field.element.clone(), json!(text)]), json!(true), "{text}");
    }

    /// The window's content as a PNG file.
    pub(super) fn screenshot(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.session.get("screenshot").ok()?.as_str()?).ok()
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
        let found = self.run(include_str!("page.js"), &[json!(role), place]);
        let found = found.as_array().unwrap_or_else(|| panic!("{found}"));
        found.iter().map(|pair| seen(&pair[0], pair[1].as_str().unwrap())).collect()
    }

    /// Draws a line with the left mouse button along the edges of something, just within them, from its upper right corner on.
    pub(crate) fn draw_around(&self, seen: &Seen) {
        const INSET: f64 = 6.0;
        let edges = "const { left, top, right, bottom } = arguments[0].getBoundingClientRect();
            return [left, top, right, bottom]";
        let edges = self.run_on(seen, edges);
        let edge = |at: usize, inset: f64| (edges[at].as_f64().unwrap() + inset) as i64;
        let (left, top, right, bottom) = (edge(0, INSET), edge(1, INSET), edge(2, -INSET), edge(3, -INSET));
        let to = |(x, y): (i64, i64)| json!({ "type": "pointerMove", "origin": "viewport", "duration": 60, "x": x, "y": y });
        let corners = [(left, top), (left, bottom), (right, bottom), (right, top + 2)];
        let mut actions = vec![to((right, top)), json!({ "type": "pointerDown", "button": LEFT })];
        actions.extend(corners.map(to));
        actions.push(json!({ "type": "pointerUp", "button": LEFT }));
        self.act(&json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions
        }));
    }

    fn press_mouse(&self, seen: &Seen, button: u8, times: usize) {
        let to = json!({ "type": "pointerMove", "origin": seen.element, "x": 0, "y": 0 });
        let presses = ["pointerDown", "pointerUp"].map(|kind| json!({ "type": kind, "button": button }));
        let mut actions = vec![to];
        actions.extend(std::iter::repeat_n(presses, times).flatten());
        let source = json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions
        });
        // What comes into sight may be laid out anew, and is then somewhere else: it is pressed once it holds still.
        let hold_still = "const [it] = arguments;
            const place = () => {
                it.scrollIntoView({ block: 'center', behavior: 'instant' });
                return JSON.stringify(it.getBoundingClientRect());
            };
            return new Promise((resolve) => {
                const look = (before, left) => {
                    const now = place();
                    if (now === before || left === 0) resolve();
                    else setTimeout(look, 40, now, left - 1);
                };
                look(null, 50);
            })";
        let pressed = until(Duration::from_secs(5), || {
            self.run_on(seen, hold_still);
            let pressed = self.session.post("actions", &json!({ "actions": [source] }));
            let is_away = pressed.as_ref().is_err_and(|error| AWAY.iter().any(|away| error.contains(away)));
            (!is_away).then_some(pressed)
        });
        match pressed {
            Some(Ok(_)) => {}
            Some(Err(error)) => panic!("{error}: {}", seen.name),
            None => panic!("\"{}\" stays out of sight", seen.name),
        }
    }

    fn act(&self, source: &Value) {
        self.session
            .post("actions", &json!({ "actions": [source] }))
            .unwrap_or_else(|error| panic!("{error}: {source}"));
    }
}

fn seen(element: &Value, name: &str) -> Seen {
    assert!(element[ELEMENT].is_string(), "{element} is no element");
    Seen { element: element.clone(), name: name.to_owned() }
}
