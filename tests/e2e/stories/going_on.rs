//! A job that is paused, a program that is closed, and the next start.

use crate::harness::{App, PATIENCE, Stage, pictures, until};

/// So many that most are still to be done when the first ones are.
const COUNT: u32 = 1200;

/// What a person does who watches the activity and pauses the job as soon as a photo can be found. It is done in one turn,
/// within the page: a driver takes so long for each of its steps that a fast machine may have ended the job meanwhile.
const PAUSE: &str = "
    const frame = () => new Promise(requestAnimationFrame);
    const button = (name) => [...document.querySelectorAll('button')].find((each) => each.innerText.includes(name));
    const appears = async (name) => {
        for (;;) {
            const found = button(name);
            if (found) return found;
            await frame();
        }
    };
    const ready = async () => (await __TAURI_INTERNALS__.invoke('library_status')).photos.ready;
    return (async () => {
        (await appears('Looking at photos')).click();
        const pause = await appears('Pause indexing');
        while ((await ready()) === 0) await frame();
        pause.click();
        await appears('Resume indexing');
        return ready();
    })();";

#[test]
fn a_paused_job_goes_on_at_the_next_start_where_it_stopped() {
    let Some(stage) = Stage::set("going-on") else { return };
    pictures::draw_many(&stage.photos(), COUNT);
    let app = stage.open(&[&stage.photos()]);
    let page = &app.page;
    // Some are done, and most are not.
    let found = page.run(PAUSE, &[]);
    assert!(
        found.as_u64().is_some_and(|found| found > 0),
        "{found} photos can be found when the job is paused"
    );
    let activity = page.the("dialog", "Activity");
    page.the_in(&activity, "button", "Resume indexing");
    page.says("Paused");
    app.shot("paused");
    // The batch at hand comes to its end; after that nothing moves.
    let still = until(PATIENCE, || {
        let before = progress(&app);
        std::thread::sleep(std::time::Duration::from_secs(2));
        (progress(&app) == before).then_some(before)
    });
    let (done, total) = still.expect("a paused job stands still").expect("how far it is");
    assert!(0 < done && done < total && total == u64::from(COUNT), "{done} of {total}");
    app.is_accessible("activity");
    app.close();

    let app = stage.open(&[]);
    // What was done is there before the job has begun anew, and it does only the rest.
    let first =
        until(PATIENCE, || Some(searchable(&app)).filter(|count| *count > 0)).expect("searchable photos");
    assert!(first >= done, "{first} photos searchable, {done} had been done");
    app.shot("started-again");
    if let Some((_, total)) = progress(&app) {
        assert!(total <= u64::from(COUNT) - done, "{total} to do, {done} of {COUNT} had been done");
    }
    app.waits_for_the_end(COUNT as usize);
    app.shot("done");
}

/// Photos that can be found, as the library says.
fn searchable(app: &App<'_>) -> u64 {
    let status = "return __TAURI_INTERNALS__.invoke('library_status')";
    app.page.run(status, &[])["photos"]["ready"].as_u64().unwrap()
}

/// `12 of 1,200`, as the window says; none where no job runs.
fn progress(app: &App<'_>) -> Option<(u64, u64)> {
    let text = app.page.text();
    let line =
        text.lines().find(|line| line.contains(" of ") && line.starts_with(|c: char| c.is_ascii_digit()))?;
    let (done, rest) = line.split_once(" of ")?;
    let total = rest.split(' ').next()?;
    let number = |text: &str| text.replace(',', "").parse().ok();
    Some((number(done)?, number(total)?))
}
