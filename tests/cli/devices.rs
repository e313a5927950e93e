//! What the networks run on, and that it is told.

use crate::fixtures::unpacked;
use crate::program::Home;

/// Whatever this machine has: a GPU that was demanded is used or its absence is an error, never the CPU in silence.
#[test]
fn a_gpu_that_is_demanded_answers_or_the_reason_is_told() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let model = clip.to_str().unwrap();
    let run = home.run(["--json", "embed", "--text", "dog", "--model", model, "--device", "gpu"]);
    let answer = run.object();
    let doctor = home.run(["--json", "doctor", "--device", "gpu"]).object();
    let checks = doctor["checks"].as_array().unwrap();
    let device = checks.iter().find(|check| check["name"] == "device").unwrap();
    if run.code == Some(0) {
        assert_eq!(answer["device"]["kind"], "gpu", "{answer}");
        assert_eq!((&doctor["device"]["kind"], &device["ok"]), (&"gpu".into(), &true.into()), "{doctor}");
    } else {
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert_eq!(answer["error"]["code"], "no-gpu");
        assert!(
            answer["error"]["message"].as_str().unwrap().contains("no GPU can be used, because"),
            "{answer}"
        );
        assert_eq!((&doctor["healthy"], &device["ok"]), (&false.into(), &false.into()), "{doctor}");
        assert!(doctor["device"].is_null(), "{doctor}");
    }
}

#[test]
fn the_device_is_told_when_more_is_asked_for() {
    let home = Home::new();
    let (_clip, clip) = unpacked("clip-f32");
    let line = ["embed", "--text", "dog", "--model", clip.to_str().unwrap(), "--device", "cpu"];
    for (more, told) in [(None, false), (Some("-v"), true)] {
        let run = home.run(line.into_iter().chain(more));
        assert_eq!(run.code, Some(0), "{run:#?}");
        let line = run.stderr.lines().any(|line| line.starts_with("CPU: ") && line.contains("because"));
        assert_eq!(line, told, "{run:#?}");
    }
}
