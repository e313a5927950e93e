//! Pictures by `thumb://`.

use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::json;
use tauri::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use tauri::http::{Method, Request, Response};

use crate::world::{SCENES, World};

fn request(path: &str) -> Request<Vec<u8>> {
    Request::builder().uri(format!("thumb://localhost{path}")).body(Vec::new()).unwrap()
}

fn get(world: &World, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let (reply, answer) = channel();
    world.shell.picture(request, move |response| reply.send(response).unwrap());
    answer.recv_timeout(Duration::from_secs(120)).expect("every request is answered")
}

fn header(response: &Response<Vec<u8>>, name: tauri::http::HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn a_thumbnail_is_given_by_id_and_known_by_its_content() {
    let world = World::with_photos();
    let id = world.id("circle.bmp");
    let small = get(&world, request(&format!("/photo/{id}/256?v=1")));
    assert_eq!(small.status(), 200);
    assert!(small.body().starts_with(b"\xff\xd8\xff"));
    assert_eq!(header(&small, CONTENT_TYPE), "image/jpeg");
    assert!(header(&small, CACHE_CONTROL).contains("immutable"));
    let tag = header(&small, ETAG).to_owned();
    assert!(tag.starts_with('"') && tag.len() > 60, "{tag}");

    // Without a version the same address may mean another picture one day.
    let large = get(&world, request(&format!("/photo/{id}/1024")));
    assert_eq!((large.status().as_u16(), header(&large, CACHE_CONTROL)), (200, "no-cache"));
    assert_ne!(header(&large, ETAG), tag);

    for (sent, status) in [
        (tag.clone(), 304),
        (format!("\"other\", W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let mut again = request(&format!("/photo/{id}/256"));
        again.headers_mut().insert(IF_NONE_MATCH, sent.parse().unwrap());
        let answer = get(&world, again);
        assert_eq!(answer.status(), status, "{sent}");
        assert_eq!(answer.body().is_empty(), status == 304);
        assert_eq!(header(&answer, ETAG), tag);
    }
}

#[test]
fn an_original_is_given_as_it_is_where_a_web_view_shows_it() {
    let world = World::with_photos();
    let id = world.id("sea/sunset.bmp");
    let answer = get(&world, request(&format!("/photo/{id}/full")));
    assert_eq!((answer.status().as_u16(), header(&answer, CONTENT_TYPE)), (200, "image/bmp"));
    assert_eq!(answer.body(), &std::fs::read(world.path("photos/sea/sunset.bmp")).unwrap());
    assert!(!header(&answer, CACHE_CONTROL).contains("immutable"));
}

#[test]
fn a_picture_of_a_query_is_given_by_its_token() {
    let world = World::new();
    let pasted = world.call_with_bytes("paste_picture", SCENES[0].1.draw(400, 300, 1).bitmap()).unwrap();
    let token = pasted["token"].as_str().unwrap();
    let answer = get(&world, request(&format!("/picture/{token}/256")));
    assert_eq!((answer.status().as_u16(), header(&answer, CONTENT_TYPE)), (200, "image/jpeg"));
    assert!(answer.body().starts_with(b"\xff\xd8\xff"));
    world.ok("forget_picture", json!({ "token": token }));
    assert_eq!(get(&world, request(&format!("/picture/{token}/256"))).status(), 404);
}

#[test]
fn what_cannot_be_given_is_refused_with_the_right_word() {
    let world = World::with_photos();
    let id = world.id("circle.bmp");
    let broken = world.draw("broken.bmp", &SCENES[0].1);
    std::fs::write(&broken, b"\xff\xd8\xff\xe0 this is no JPEG").unwrap();
    world.ok("index", json!({ "retryFailed": false }));
    world.until(crate::world::is_end);
    let failed = world.ok("failures", json!({}))[0]["id"].as_i64().unwrap();
    std::fs::remove_file(world.path("photos/square.bmp")).unwrap();
    let gone = world.id("square.bmp");
    for (path, status) in [
        (format!("/photo/{id}/256"), 200),
        (format!("/photo/{id}/512"), 400),
        (format!("/photo/{id}/0"), 400),
        (format!("/photo/{id}"), 404),
        ("/photo/77/256".to_owned(), 404),
        ("/photo/77/full".to_owned(), 404),
        ("/photo/-1/256".to_owned(), 404),
        ("/photo/1099511627776/256".to_owned(), 404),
        ("/photo/9223372036854775808/256".to_owned(), 404),
        ("/photo/../../../etc/passwd".to_owned(), 404),
        ("/photo/..%2f..%2fetc%2fpasswd/256".to_owned(), 404),
        ("/photo/%2e%2e/256".to_owned(), 404),
        ("/picture/..%2f..%2fetc%2fpasswd/256".to_owned(), 404),
        ("/picture//etc/passwd/256".to_owned(), 404),
        ("/picture//256".to_owned(), 404),
        ("/etc/passwd".to_owned(), 404),
        ("/".to_owned(), 404),
        (format!("/photo/{failed}/256"), 415),
        (format!("/photo/{gone}/full"), 410),
        // Its thumbnail is here, so it is shown although its file is gone.
        (format!("/photo/{gone}/256"), 200),
    ] {
        let answer = get(&world, request(&path));
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.body().is_empty(), status != 200, "{path}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let mut other = request(&format!("/photo/{id}/256"));
        *other.method_mut() = method;
        assert_eq!(get(&world, other).status(), 405);
    }
}

#[test]
fn without_a_library_there_is_no_photo() {
    let world = World::new();
    assert_eq!(get(&world, request("/photo/1/256")).status(), 404);
}

#[test]
fn a_thousand_requests_at_once_are_all_answered() {
    let world = World::with_photos();
    // Some are to be made while they are asked for.
    std::fs::remove_dir_all(world.path("library/thumbnails")).unwrap();
    let (reply, answers) = channel();
    for number in 0..1000 {
        let (path, expected) = match number % 10 {
            8 => ("/photo/77/256".to_owned(), 404),
            9 => (format!("/photo/{}/13", number % 4 + 1), 400),
            _ => (format!("/photo/{}/{}", number % 4 + 1, if number % 2 == 0 { 256 } else { 1024 }), 200),
        };
        let reply = reply.clone();
        let sent = path.clone();
        world.shell.picture(request(&path), move |response| reply.send((sent, expected, response)).unwrap());
    }
    drop(reply);
    let mut answered = 0;
    for (path, expected, response) in answers {
        assert_eq!(response.status(), expected, "{path}");
        assert_eq!(response.body().starts_with(b"\xff\xd8\xff"), expected == 200, "{path}");
        answered += 1;
    }
    assert_eq!(answered, 1000);
}
