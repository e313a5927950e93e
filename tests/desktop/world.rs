//! A window without a screen, over a library of drawn pictures.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kindred_core::DeviceChoice;
use kindred_desktop::{Options, Shell, builder, context};
use kindred_scenes::{Colour, Figure, Layout, Scene, Shape, Size, View};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Manager, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// Long enough for a network on a busy machine; reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(300);
/// Where the page comes from.
pub(crate) const PAGE: &str = if cfg!(windows) { "http://tauri.localhost/" } else { "tauri://localhost/" };

/// What the pictures of [`World::with_photos`] show.
pub(crate) const SCENES: [(&str, Scene); 4] = [
    ("circle.bmp", figure(Colour::Red, Shape::Circle)),
    ("square.bmp", figure(Colour::Blue, Shape::Square)),
    ("sea/sunset.bmp", Scene::View(View::SunsetOverTheSea)),
    ("sea/mountain.bmp", Scene::View(View::SnowyMountain)),
];

const fn figure(colour: Colour, shape: Shape) -> Scene {
    Scene::Figure(Figure { colour, shape, layout: Layout::One(Size::Usual), background: Colour::White })
}

/// One window and everything behind it.
pub(crate) struct World {
    pub(crate) shell: Arc<Shell>,
    webview: WebviewWindow<MockRuntime>,
    app: App<MockRuntime>,
    /// Channel, place in it, and what was sent.
    sent: Receiver<(u32, usize, Value)>,
    dir: TempDir,
}

impl World {
    /// A window over a library that does not exist yet.
    pub(crate) fn new() -> Self {
        Self::over(tempfile::tempdir().unwrap())
    }

    /// A window over whatever is in a folder.
    pub(crate) fn over(dir: TempDir) -> Self {
        let (send, sent) = channel();
        let builder = mock_builder().channel_interceptor(move |_, CallbackFn(id), place, body| {
            let InvokeResponseBody::Json(text) = body else { panic!("an event is JSON") };
            let _ = send.send((id, place, serde_json::from_str(text).unwrap()));
            true
        });
        let app = self::builder(builder).build(context()).unwrap();
        let shell = Shell::new(Options {
            library: dir.path().join("library"),
            models: dir.path().join("models"),
            config: dir.path().join("config"),
            device: Some(DeviceChoice::Cpu),
        });
        app.manage(Arc::clone(&shell));
        let webview = WebviewWindowBuilder::new(&app, "main", Default::default()).build().unwrap();
        Self { shell, webview, app, sent, dir }
    }

    /// A window over a library of a few drawn pictures, indexed.
    pub(crate) fn with_photos() -> Self {
        let world = Self::new();
        SCENES.iter().for_each(|(name, scene)| drop(world.draw(name, scene)));
        world.watch(1);
        world.ok("add_folders", json!({ "paths": [world.path("photos")] }));
        let done = world.until(is_end);
        assert_eq!(done["phase"], "done", "{done}");
        world
    }

    /// Ends the window and gives the folder of everything.
    pub(crate) fn close(self) -> TempDir {
        self.shell.finish();
        drop((self.webview, self.app, self.shell));
        self.dir
    }

    /// A place in the world's own folder.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    /// So many drawn pictures among the photos, each another one.
    pub(crate) fn draw_many(&self, count: u64) {
        let folder = self.path("photos");
        fs::create_dir_all(&folder).unwrap();
        for number in 0..count {
            let drawn = SCENES[3].1.draw(160, 120, number);
            fs::write(folder.join(format!("{number}.bmp")), drawn.bitmap()).unwrap();
        }
    }

    /// A drawn picture among the photos.
    pub(crate) fn draw(&self, name: &str, scene: &Scene) -> PathBuf {
        let path = self.path("photos").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, scene.draw(160, 120, 1).bitmap()).unwrap();
        path
    }

    /// The id of the photo of that name.
    pub(crate) fn id(&self, name: &str) -> i64 {
        let photo = |id: &i64| self.ok("photo", json!({ "id": id }));
        let ids = 1..=SCENES.len() as i64;
        let is_it =
            |id: &i64| photo(id)["path"].as_str().unwrap().replace('\\', "/").ends_with(&format!("/{name}"));
        ids.clone().find(is_it).unwrap_or_else(|| panic!("no photo {name}"))
    }

    /// Calls a command as the page does.
    pub(crate) fn call(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        self.request(command, InvokeBody::Json(arguments), PAGE).map(|body| body.deserialize().unwrap())
    }

    /// Calls a command with bytes.
    pub(crate) fn call_with_bytes(&self, command: &str, bytes: Vec<u8>) -> Result<Value, Value> {
        self.request(command, InvokeBody::Raw(bytes), PAGE).map(|body| body.deserialize().unwrap())
    }

    /// Calls a command that answers in bytes.
    pub(crate) fn bytes(&self, command: &str) -> Vec<u8> {
        match self.request(command, InvokeBody::Json(json!({})), PAGE) {
            Ok(InvokeResponseBody::Raw(bytes)) => bytes,
            other => panic!("{command}: {other:?}"),
        }
    }

    /// What a command answers that must not fail.
    pub(crate) fn ok(&self, command: &str, arguments: Value) -> Value {
        self.call(command, arguments.clone()).unwrap_or_else(|error| panic!("{command} {arguments}: {error}"))
    }

    /// The code and the parts of a command's error.
    pub(crate) fn error(&self, command: &str, arguments: Value) -> (String, Value) {
        match self.call(command, arguments.clone()) {
            Ok(answer) => panic!("{command} {arguments} gave {answer}"),
            Err(error) => {
                assert!(!error["message"].as_str().unwrap_or_default().is_empty(), "{command}: {error}");
                (error["code"].as_str().unwrap().to_owned(), error["params"].clone())
            }
        }
    }

    /// A request from a page of any origin.
    pub(crate) fn request(
        &self,
        command: &str,
        body: InvokeBody,
        origin: &str,
    ) -> Result<InvokeResponseBody, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: origin.parse().unwrap(),
            body,
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.webview, request)
    }

    /// Watches on a channel.
    pub(crate) fn watch(&self, channel: u32) {
        self.ok("watch", json!({ "channel": format!("__CHANNEL__:{channel}") }));
    }

    /// The next event, with its channel and its place in it.
    pub(crate) fn next(&self) -> (u32, usize, Value) {
        self.sent.recv_timeout(PATIENCE).expect("an event")
    }

    /// Drops events until one is as wanted.
    pub(crate) fn until(&self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let (_, _, event) = self.next();
            if is_wanted(&event) {
                return event;
            }
        }
    }

    /// Waits until the library says that it is in a state.
    pub(crate) fn status(&self, state: &str) -> Value {
        loop {
            let status = self.ok("library_status", json!({}));
            if status["state"] == state {
                return status;
            }
            assert_eq!(status["state"], "opening", "{status}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The last event of an indexing job.
pub(crate) fn is_end(event: &Value) -> bool {
    event["kind"] == "index" && (event["phase"] == "done" || event["phase"] == "failed")
}
