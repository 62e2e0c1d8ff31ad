//! The guide `docs/guides/add-a-procedure.md` tells the truth: its files are read, pass their own
//! examination, and lose no guard unnoticed.

use std::sync::Arc;

use engine::{
    mutate::survivors,
    scenario::{never_refused, run},
};
use law::{Law, diagnostic::render_all, source, source::SourceFile};

const GUIDE: &str = include_str!("../../../docs/guides/add-a-procedure.md");

#[test]
fn the_procedure_of_the_guide_can_be_used_as_it_stands() {
    let written = blocks();
    let paths: Vec<&str> = written.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "procedures/disclosure/procedure.toml",
            "procedures/disclosure/documents/answer.md",
            "procedures/disclosure/scenarios.toml",
        ]
    );
    let files = source::overlay(source::embedded(), written);
    let (law, faults) = Law::parse(&files);
    let ours: Vec<_> = faults
        .into_iter()
        .filter(|fault| fault.path.starts_with("procedures/disclosure/"))
        .collect();
    assert!(ours.is_empty(), "\n{}", render_all(&ours, &files, false));

    let procedure: &Arc<_> = law.newest().find(|one| &*one.id == "disclosure").unwrap();
    let runs: Vec<_> =
        procedure.scenarios.iter().map(|story| run(procedure, story, &law.calendar)).collect();
    for run in &runs {
        assert_eq!(run.failures, []);
    }
    assert_eq!(never_refused(procedure, &runs), []);
    assert_eq!(survivors(procedure, &law.calendar), [""; 0]);
}

/// The fenced blocks that name a file after their language: `toml law/procedures/…`.
fn blocks() -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    let mut inside = false;
    for line in GUIDE.lines() {
        match line.strip_prefix("```") {
            Some(fence) => {
                let path = fence.split_once(" law/").map(|(_, path)| path);
                inside = path.is_some();
                files
                    .extend(path.map(|path| SourceFile { path: path.into(), text: String::new() }));
            }
            None if inside => {
                if let Some(file) = files.last_mut() {
                    file.text += line;
                    file.text.push('\n');
                }
            }
            None => {}
        }
    }
    files
}
