//! Korean, and the dark theme: at once, and at the next start.

use crate::harness::{App, Stage, pictures};

#[test]
fn korean_and_the_dark_theme_are_there_at_once_and_stay() {
    let Some(stage) = Stage::set("languages") else { return };
    pictures::draw(&stage.photos());
    let app = stage.open(&[]);
    app.add_and_index(&stage.photos(), pictures::COUNT);
    let page = &app.page;
    page.click(&page.the("button", "Settings"));
    page.the("heading", "Settings");
    app.shot("settings");

    page.choose(&page.the("radio", "한국어"));
    page.the("heading", "설정");
    assert_eq!(page.run("return document.documentElement.lang", &[]), "ko");
    let bright = brightness(&app);
    page.choose(&page.the("radio", "어둡게"));
    let dark = crate::harness::until(crate::harness::PATIENCE, || {
        Some(brightness(&app)).filter(|brightness| *brightness < 0.25 * bright)
    });
    dark.expect("the page turns dark");
    app.shot("settings-in-korean-and-dark");
    for (button, heading) in [("모델", "모델"), ("모든 사진", "")] {
        page.click(&page.the("button", button));
        if !heading.is_empty() {
            page.the("heading", heading);
        }
        app.shot(if heading.is_empty() { "photos-in-korean" } else { "models-in-korean" });
    }
    page.the("grid", "사진");
    page.write(&page.the("combobox", "검색"), "a red circle");
    app.waits_for_first("red-circle", 3);
    page.says("잘 맞는 사진");
    app.shot("search-in-korean");
    no_english(&app);
    app.close();

    let app = stage.open(&[]);
    app.page.the("button", "모든 사진");
    assert!(brightness(&app) < 0.25 * bright, "the theme is remembered");
}

/// Of what the page is painted on, 0 to 255.
fn brightness(app: &App<'_>) -> f64 {
    let colour = "let at = document.elementFromPoint(innerWidth - 4, innerHeight - 4);
        while (at && getComputedStyle(at).backgroundColor === 'rgba(0, 0, 0, 0)') at = at.parentElement;
        const [r, g, b] = getComputedStyle(at ?? document.documentElement).backgroundColor.match(/[\\d.]+/g).map(Number);
        return (r + g + b) / 3";
    app.page.run(colour, &[]).as_f64().unwrap()
}

/// Buttons of the window are Korean, all of them but the names of folders and of the models.
fn no_english(app: &App<'_>) {
    let is_english = |name: &str| {
        name.chars().any(|letter| letter.is_ascii_lowercase()) && !name.chars().any(|letter| letter >= '가')
    };
    let known = ["photos", "a red circle"];
    let english: Vec<String> = app
        .page
        .all("button")
        .into_iter()
        .map(|button| button.name)
        .filter(|name| is_english(name) && !known.iter().any(|known| name.starts_with(known)))
        .collect();
    assert!(english.is_empty(), "{english:?}");
}
