//! The worked example of `law/README.md` is law: it reads and checks without a fault.
#![allow(clippy::unwrap_used)]

use law::{
    check,
    diagnostic::render_all,
    organ::Organs,
    read,
    source::{self, SourceFile},
    statute::Statutes,
};

const README: &str = include_str!("../../../law/README.md");

/// The code block that follows a line naming its file.
fn block(path: &str) -> SourceFile {
    let after = README.split_once(&format!("`{path}`：\n")).unwrap().1;
    let block = after.split_once("```").unwrap().1.split_once('\n').unwrap().1;
    let text = block.split_once("\n```").unwrap().0.to_owned() + "\n";
    SourceFile { path: path.into(), text }
}

#[test]
fn the_worked_example_is_law() {
    let files = ["procedure.toml", "scenarios.toml", "documents/decision.md"]
        .map(|name| block(&format!("procedures/legal-aid/{name}")));
    let embedded = source::embedded();
    let (statutes, organs) = (Statutes::parse(&embedded).0, Organs::parse(&embedded).0);
    let mut read = read::folder(&files);
    check::definitions(&mut read, &statutes, &organs);
    let [legal_aid] = &read[..] else { panic!("one edition") };
    assert!(legal_aid.faults.is_empty(), "{}", render_all(&legal_aid.faults, &files, false));
    assert_eq!(legal_aid.procedure.scenarios.len(), 3);
}
