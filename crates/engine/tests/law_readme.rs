//! The worked example of `law/README.md` passes its own examination, every condition included.

use std::sync::Arc;

use engine::{
    mutate::survivors,
    scenario::{never_refused, run},
};
use law::{
    calendar::Calendar,
    read,
    source::{self, SourceFile},
};

const README: &str = include_str!("../../../law/README.md");

/// The code block that follows a line naming its file.
fn block(path: &str) -> SourceFile {
    let block =
        README.split_once(&format!("`{path}`：\n")).and_then(|(_, after)| after.split_once("```"));
    let text = block
        .and_then(|(_, block)| block.split_once('\n'))
        .and_then(|(_, text)| text.split_once("\n```"));
    let text = text.map(|(text, _)| format!("{text}\n")).unwrap_or_default();
    SourceFile { path: path.into(), text }
}

#[test]
fn the_worked_example_passes_its_examination() {
    let files = ["procedure.toml", "scenarios.toml", "documents/decision.md"]
        .map(|name| block(&format!("procedures/legal-aid/{name}")));
    let procedure = Arc::new(read::procedure(&files).0.expect("checked in the law crate"));
    let (calendar, _) = Calendar::parse(&source::embedded());
    let runs: Vec<_> =
        procedure.scenarios.iter().map(|scenario| run(&procedure, scenario, &calendar)).collect();
    let failures: Vec<String> = runs
        .iter()
        .flat_map(|run| &run.failures)
        .map(|failure| format!("第{}行 {failure}", failure.line))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(never_refused(&procedure, &runs), []);
    assert_eq!(survivors(&procedure, &calendar), [""; 0]);
}
