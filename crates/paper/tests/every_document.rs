//! 每一份文书都能套打: every document that a scenario issues is filled in from the case as it
//! stood that day, and says every sentence that the law requires of it.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path, sync::Arc};

use engine::{case::Case, document, scenario, show::NoNames};
use law::{calendar::Calendar, read, source::SourceFile};

#[test]
fn every_document_of_every_scenario_says_what_the_law_requires() {
    let files = law_folder();
    let (calendar, _) = Calendar::parse(&files);
    let mut wrong = Vec::new();
    let mut rendered = 0;
    let folders = files.iter().filter_map(|file| file.path.strip_suffix("/procedure.toml"));
    for folder in folders {
        let inside: Vec<SourceFile> = files
            .iter()
            .filter(|file| file.path.starts_with(&format!("{folder}/")))
            .cloned()
            .collect();
        for definition in read::folder(&inside) {
            let procedure = Arc::new(definition.procedure);
            let mut never: Vec<&law::Id> = procedure.documents.keys().collect();
            for story in &procedure.scenarios {
                let Some(case) = scenario::run(&procedure, story, &calendar).case else {
                    continue;
                };
                for (index, recorded) in case.facts().iter().enumerate() {
                    let so_far = case.facts()[..=index].to_vec();
                    let Some(then) = Case::from_facts("case".into(), procedure.clone(), so_far)
                    else {
                        continue;
                    };
                    for issued in &recorded.fact.issued {
                        let definition = &procedure.documents[&issued.document];
                        never.retain(|document| **document != issued.document);
                        let facts = document::context(
                            &then,
                            recorded,
                            Some("示例〔2025〕1号"),
                            &calendar,
                            &NoNames,
                        );
                        let place = format!("{folder} {} 《{}》", issued.document, story.name);
                        match paper::render(&definition.template, facts) {
                            Err(fault) => wrong.push(format!("{place}：{fault}")),
                            Ok(text) => {
                                rendered += 1;
                                let paper = paper::from_markdown(&text);
                                let file = paper::docx::write(&paper);
                                let read = paper::reading::text_of_docx(&file).unwrap_or_default();
                                // A long title stands on several lines.
                                let read: String =
                                    read.chars().filter(|c| !c.is_whitespace()).collect();
                                let title: String =
                                    paper.title.chars().filter(|c| !c.is_whitespace()).collect();
                                if title.is_empty() || !read.contains(&title) {
                                    wrong.push(format!("{place}：DOCX里没有标题"));
                                }
                                for sentence in paper::missing_sentences(&text, &definition.says) {
                                    wrong.push(format!("{place}：缺少“{sentence}”"));
                                }
                            }
                        }
                    }
                }
            }
            for document in never {
                wrong.push(format!("{folder} {document}：没有考题出过这份文书"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rendered > 0, "一份文书也没有套打");
}

fn law_folder() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap().to_string_lossy().into();
            files.push(SourceFile { path, text });
        }
    }
}
