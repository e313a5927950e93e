//! The models on this machine. No file that is drawn can pass for one: that a good one is taken is tested in
//! `tests/models`, with a manifest of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::world::World;

/// A server that begins to send a model and falls silent.
fn silent_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 102540417\r\n\r\n0123456789");
            open.push(stream);
        }
    });
    url
}

fn model(world: &World, id: &str) -> Value {
    let models = world.ok("models", json!({}));
    models.as_array().unwrap().iter().find(|model| model["id"] == id).unwrap().clone()
}

fn ended(event: &Value) -> bool {
    event["kind"] == "model" && ["done", "paused", "failed"].contains(&event["phase"].as_str().unwrap())
}

#[test]
fn every_model_is_told_of_with_what_it_costs() {
    let world = World::new();
    let starter = model(&world, "starter");
    assert_eq!((&starter["state"], &starter["inUseFor"]), (&json!("built-in"), &json!(["meaning", "look"])));
    assert_eq!(starter["source"], Value::Null);
    let clip = model(&world, "clip-vit-b-32");
    assert_eq!((&clip["state"], &clip["bytesHere"]), (&json!("missing"), &json!(0)));
    assert!(clip["bytes"].as_u64().unwrap() > 500_000_000);
    assert!(clip["source"].as_str().unwrap().starts_with("https://"), "{clip}");
    assert!(!clip["licence"].as_str().unwrap().is_empty());
    assert_eq!(clip["inUseFor"], json!([]));
}

#[test]
fn a_mirror_is_kept_and_a_wrong_one_refused() {
    let world = World::new();
    assert_eq!(world.ok("mirror", json!({})), Value::Null);
    world.ok("set_mirror", json!({ "address": "http://nas.example" }));
    assert!(world.ok("mirror", json!({})).as_str().unwrap().starts_with("http://nas.example"));
    assert_eq!(world.error("set_mirror", json!({ "address": "no address" })).0, "mirror");
    world.ok("set_mirror", json!({ "address": null }));
    assert_eq!(world.ok("mirror", json!({})), Value::Null);
}

#[test]
fn a_download_is_held_and_its_beginning_stays_until_it_is_cancelled() {
    if ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
    {
        println!("skipped: a proxy is set, and it does not know the server of this test");
        return;
    }
    let world = World::new();
    world.watch(1);
    world.ok("set_mirror", json!({ "address": silent_server() }));
    world.ok("model_get", json!({ "id": "resnet50" }));
    // A second call changes nothing: it is being fetched.
    world.ok("model_get", json!({ "id": "resnet50" }));
    world.until(|event| event["kind"] == "model" && event["bytes"] == 10);
    world.ok("model_pause", json!({ "id": "resnet50" }));
    let end = world.until(ended);
    assert_eq!((&end["phase"], &end["bytes"]), (&json!("paused"), &json!(10)), "{end}");
    let resnet = model(&world, "resnet50");
    assert_eq!((&resnet["state"], &resnet["bytesHere"]), (&json!("partial"), &json!(10)), "{resnet}");
    world.ok("model_cancel", json!({ "id": "resnet50" }));
    assert_eq!(model(&world, "resnet50")["state"], "missing");

    world.ok("model_get", json!({ "id": "resnet50" }));
    world.until(|event| event["kind"] == "model" && event["bytes"] == 10);
    world.ok("model_cancel", json!({ "id": "resnet50" }));
    world.until(ended);
    assert_eq!(model(&world, "resnet50")["state"], "missing");
}

#[test]
fn a_file_that_is_not_the_models_is_refused_with_its_reason() {
    let world = World::new();
    world.watch(1);
    let file = world.path("wrong.safetensors");
    std::fs::write(&file, b"not the weights").unwrap();
    world.ok("model_import", json!({ "id": "resnet50", "path": file }));
    let end = world.until(ended);
    assert_eq!((&end["phase"], &end["error"]["code"]), (&json!("failed"), &json!("wrong-file")), "{end}");
    assert_eq!(model(&world, "resnet50")["state"], "missing");
}

#[test]
fn a_model_that_nobody_knows_is_refused() {
    let world = World::new();
    for (command, arguments) in [
        ("model_get", json!({ "id": "nonsense" })),
        ("model_cancel", json!({ "id": "../starter" })),
        ("model_import", json!({ "id": "nonsense", "path": "/a" })),
        ("model_remove", json!({ "id": "nonsense" })),
        ("model_remove", json!({ "id": "starter" })),
        ("pick_model_file", json!({ "id": "nonsense" })),
    ] {
        assert_eq!(world.error(command, arguments).0, "model", "{command}");
    }
    // It is there already, and there is nothing to hold.
    world.ok("model_get", json!({ "id": "starter" }));
    world.ok("model_pause", json!({ "id": "starter" }));
}
