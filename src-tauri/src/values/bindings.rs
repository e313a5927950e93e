//! The TypeScript side of the values, written and compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ts_rs::{Config, TS};

use super::*;

/// Set to anything, the test writes the files instead of comparing: `cargo xtask bindings` does.
const WRITE: &str = "KINDRED_WRITE_BINDINGS";

/// Every type that a command takes or gives, and the event; what they are made of comes with them.
fn all() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let config = Config::new().with_large_int("number");
    add::<AppInfo>(&config, &mut files);
    add::<Settings>(&config, &mut files);
    add::<Licence>(&config, &mut files);
    add::<CommandError>(&config, &mut files);
    add::<LibraryStatus>(&config, &mut files);
    add::<ModelStatus>(&config, &mut files);
    add::<PhotoDetails>(&config, &mut files);
    add::<Failure>(&config, &mut files);
    add::<PeopleStatus>(&config, &mut files);
    add::<PersonDetails>(&config, &mut files);
    add::<PhotoFace>(&config, &mut files);
    add::<Suggestion>(&config, &mut files);
    add::<Named>(&config, &mut files);
    add::<SearchRequest>(&config, &mut files);
    add::<SimilarRequest>(&config, &mut files);
    add::<Answer>(&config, &mut files);
    add::<Completion>(&config, &mut files);
    add::<PickedPicture>(&config, &mut files);
    add::<ExploreRequest>(&config, &mut files);
    add::<OutliersRequest>(&config, &mut files);
    add::<ListFormat>(&config, &mut files);
    add::<Duplicates>(&config, &mut files);
    add::<Outliers>(&config, &mut files);
    add::<Themes>(&config, &mut files);
    add::<Event>(&config, &mut files);
    let names = files.keys().filter_map(|path| path.file_stem()?.to_str());
    let index: String = names.map(|name| format!("export type {{ {name} }} from \"./{name}\";\n")).collect();
    files.insert(
        "index.ts".into(),
        format!("// Written by `cargo xtask bindings`. Do not change.\n\n{index}"),
    );
    files
}

fn add<T: TS + 'static>(config: &Config, files: &mut BTreeMap<PathBuf, String>) {
    struct Dependencies<'a>(&'a Config, &'a mut BTreeMap<PathBuf, String>);
    impl ts_rs::TypeVisitor for Dependencies<'_> {
        fn visit<D: TS + 'static + ?Sized>(&mut self) {
            let Some(path) = D::output_path() else { return };
            if !self.1.contains_key(&path) {
                self.1.insert(path, text::<D>(self.0));
                D::visit_dependencies(self);
            }
        }
    }
    let path = T::output_path().expect("a type of its own file");
    files.insert(path, text::<T>(config));
    T::visit_dependencies(&mut Dependencies(config, files));
}

fn text<T: TS + 'static + ?Sized>(config: &Config) -> String {
    let text = T::export_to_string(config).expect("the type can be written");
    let (_, body) = text.split_once('\n').expect("a first line that says who wrote it");
    format!("// Written by `cargo xtask bindings`. Do not change.\n{body}")
}

#[test]
fn the_bindings_of_the_page_are_those_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/host/bindings");
    let files = all();
    if env::var_os(WRITE).is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (path, text) in &files {
            fs::write(folder.join(path), text).unwrap();
        }
    }
    let mut found: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the bindings are committed")
        .map(|entry| entry.unwrap().file_name().into())
        .collect();
    found.sort();
    assert_eq!(found, files.keys().cloned().collect::<Vec<_>>(), "run `cargo xtask bindings`");
    for (path, text) in &files {
        let committed = fs::read_to_string(folder.join(path)).unwrap();
        assert_eq!(&committed, text, "{}: run `cargo xtask bindings`", path.display());
    }
}

#[test]
fn numbers_of_the_page_are_numbers() {
    for (path, text) in all() {
        assert!(!text.contains("bigint"), "{}: {text}", path.display());
    }
}
