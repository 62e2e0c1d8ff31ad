//! The local overlays of the repository: read without errors, their stories come out, and every
//! rule they change names its ground.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use engine::scenario::run;
use law::{
    Law,
    diagnostic::render_all,
    difference::{Change, base, differences},
    source,
};

#[test]
fn the_overlays_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../overlays");
    let mut folders: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    assert!(!folders.is_empty());
    for folder in folders {
        let files = source::overlay(source::embedded(), source::read_folder(&folder).unwrap());
        let (law, faults) = Law::parse(&files);
        let errors: Vec<_> = faults.into_iter().filter(|fault| fault.is_error()).collect();
        assert!(errors.is_empty(), "{}", render_all(&errors, &files, false));
        let locals = law.procedures.values().flatten().filter(|edition| edition.of.is_some());
        let mut seen = 0;
        for local in locals {
            seen += 1;
            for story in &local.scenarios {
                let failures = run(local, story, &law.calendar).failures;
                assert!(failures.is_empty(), "{} {}: {failures:?}", local.key(), story.name);
            }
            let all = differences(base(&law, local).unwrap(), local, &law);
            assert!(!all.is_empty(), "{} changes nothing", local.key());
            for one in all.iter().filter(|one| one.change != Change::Reworded) {
                assert!(!one.basis.is_empty(), "{} {}: no basis", local.key(), one.name);
            }
        }
        assert!(seen > 0, "{} has no overlay", folder.display());
    }
}
