//! Every view in both languages, both themes and two sizes of the window.

use serde_json::json;

use crate::harness::{App, Stage, keys, pictures};

/// What is cut off: words that are longer than what they stand on, where nothing says so by an ellipsis; and a page that is
/// wider than the window.
const CUT: &str = "
    const isEllipsis = (element) => getComputedStyle(element).textOverflow === 'ellipsis';
    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.clientWidth > 1;
    const all = [...document.querySelectorAll('button, h1, h2, h3, label, [role=menuitem], .card, dd')];
    const cut = all.filter((element) => isSeen(element) && !isEllipsis(element) &&
        ![...element.querySelectorAll('*')].some(isEllipsis) && element.scrollWidth > element.clientWidth + 1);
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
    return [...wide, ...cut.map((element) => element.innerText || element.outerHTML)];";

/// Nothing is being worked out, and the pictures in sight are there.
const FOUND: &str = "
    const isInSight = (image) => image.getBoundingClientRect().top < innerHeight;
    const pictures = [...document.querySelectorAll('main img')].filter(isInSight);
    return document.querySelector('[role=progressbar]') === null &&
        pictures.every((image) => image.complete && image.naturalWidth > 0)";

/// A language with the names of what is pressed in it.
struct Words {
    name: &'static str,
    /// Its place among the languages in the settings.
    choice: usize,
    settings: &'static str,
    models: &'static str,
    all: &'static str,
    search: &'static str,
    activity: &'static str,
    /// Pages that need no question.
    pages: [&'static str; 5],
}

const LANGUAGES: [Words; 2] = [
    Words {
        name: "en",
        choice: 1,
        settings: "Settings",
        models: "Models",
        all: "All photos",
        search: "Search",
        activity: "Up to date",
        pages: ["People", "Map", "Themes", "Duplicates", "Outliers"],
    },
    Words {
        name: "ko",
        choice: 2,
        settings: "설정",
        models: "모델",
        all: "모든 사진",
        search: "검색",
        activity: "최신 상태",
        pages: ["사람", "지도", "주제", "중복 사진", "동떨어진 사진"],
    },
];
const PAGES: [&str; 5] = ["people", "map", "themes", "duplicates", "outliers"];
const THEMES: [(&str, usize); 2] = [("light", 1), ("dark", 2)];
const SIZES: [(u32, u32); 2] = [(1280, 800), (2560, 1440)];

#[test]
fn nothing_is_cut_off_in_any_view_in_any_language_theme_or_size() {
    let Some(stage) = Stage::set("looks") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    app.makes_photos_middling();
    let mut before = &LANGUAGES[0];
    for (width, height) in SIZES {
        app.resize(width, height);
        for words in &LANGUAGES {
            app.page.click(&app.page.the("button", before.settings));
            chooses(&app, 0, words.choice);
            app.page.the("button", words.settings);
            before = words;
            for (theme, choice) in THEMES {
                app.page.click(&app.page.the("button", words.settings));
                chooses(&app, 1, choice);
                looks_at_all(&app, words, &format!("{width}-{theme}"));
            }
        }
    }
}

fn looks_at_all(app: &App<'_>, words: &Words, which: &str) {
    let page = &app.page;
    let look = |view: &str| {
        let cut = page.run(CUT, &[]);
        assert_eq!(cut, json!([]), "{view} {} {which}", words.name);
        app.shot(&format!("{which}-{}-{view}", words.name));
    };
    page.the("heading", words.settings);
    look("settings");
    page.click(&page.the("button", words.models));
    page.the("heading", words.models);
    look("models");
    for (page_name, view) in words.pages.into_iter().zip(PAGES) {
        page.click(&page.the("button", page_name));
        until_there(app, FOUND);
        look(view);
    }
    page.click(&page.the("button", words.all));
    app.waits_for_pictures();
    look("library");
    page.click(&page.the_one_like("button", words.activity));
    look("activity");
    page.press(&[keys::ESCAPE]);
    let bar = page.the("combobox", words.search);
    page.write(&bar, "date:");
    page.the_one_like("option", "2024");
    look("suggestions");
    page.write(&bar, "a red circle");
    page.press(&[keys::ENTER]);
    app.waits_for_first("red-circle", 3);
    look("results");
    let cell = app.cells().swap_remove(0);
    page.right_click(&cell);
    look("menu");
    page.press(&[keys::ESCAPE]);
    page.focus(&cell);
    page.press(&['c']);
    until_there(app, "return document.querySelectorAll('main img, section img').length > 4");
    look("compare");
    page.press(&[keys::ESCAPE]);
    page.double_click(&app.cells()[0]);
    until_there(app, "return document.querySelector('[role=dialog] img, dialog img')?.complete === true");
    page.press(&['i']);
    until_there(app, "return document.querySelector('[role=dialog] aside, dialog aside') !== null");
    look("viewer");
    page.press(&[keys::ESCAPE, keys::ESCAPE]);
    page.press_together(&[keys::SHIFT, '?']);
    until_there(app, "return document.querySelector('dialog[open], [role=dialog]') !== null");
    look("shortcuts");
    page.press(&[keys::ESCAPE]);
    page.write(&page.the("combobox", words.search), "folder:nowhere");
    page.press(&[keys::ENTER]);
    until_there(app, "return document.querySelectorAll('[role=gridcell]').length === 0");
    look("nothing-found");
    page.press(&[keys::ESCAPE, keys::ESCAPE]);
}

fn until_there(app: &App<'_>, script: &str) {
    let there =
        crate::harness::until(crate::harness::PATIENCE, || (app.page.run(script, &[]) == true).then_some(()));
    there.unwrap_or_else(|| panic!("not {script} in:\n{}", app.page.text()));
}

/// Makes a choice in the settings, whatever it is called: the first is the language, the second the theme.
fn chooses(app: &App<'_>, which: usize, choice: usize) {
    let script = "document.querySelectorAll('input[type=radio]')[arguments[0]].click()";
    crate::harness::until(crate::harness::PATIENCE, || {
        let radios = "return document.querySelectorAll('input[type=radio]').length > 5";
        (app.page.run(radios, &[]) == true).then_some(())
    })
    .expect("the settings");
    app.page.run(script, &[json!(3 * which + choice)]);
}
