//! 任何文字: whatever people write, it stays what they wrote, in every format.

use std::{fs, path::Path};

use paper::{Block, docx, from_markdown, html, model::clean, pdf, reading, render};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// An answer stands in its paragraph, in its cell, in its heading, and changes nothing else.
    #[test]
    fn an_answer_is_text_wherever_it_is_put(answer in "[#>|*\\\\\\-一：〔〕号 a1{}%<\n\r附件]{0,40}|\\PC{0,40}") {
        let template = "# 题\n\n前{{ a }}后\n\n## 节{{ a }}\n\n| 左 | {{ a }} | 右 |\n\n>> 甲{{ a }}\n";
        let context = std::collections::BTreeMap::from([("a", answer.as_str())]);
        let paper = from_markdown(&render(template, &context).expect("nothing is missing"));
        let shape: Vec<&str> = paper.blocks.iter().map(kind).collect();
        let paragraphs = shape.iter().filter(|kind| **kind == "paragraph").count();
        prop_assert!(paragraphs >= 1);
        prop_assert_eq!(&shape[paragraphs..], ["heading", "table", "closing"]);
        prop_assert_eq!(&paper.title, "题");
        prop_assert!(paper.number.is_none() && paper.to.is_none());
        let Block::Table(table) = &paper.blocks[paragraphs + 1] else { unreachable!() };
        prop_assert_eq!(table.rows[0].len(), 3);

        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let said = solid(&clean(&answer.replace('\r', "\n")));
        let text = solid(&paper.text());
        prop_assert_eq!(text.matches(said.as_str()).count() >= 4, true, "{} in {}", said, text);
        let read = reading::text_of_docx(&docx::write(&paper)).expect("a document");
        prop_assert_eq!(solid(&read), text);
        prop_assert!(!html::standalone(&paper).contains("<script"));
    }
}

fn kind(block: &Block) -> &'static str {
    match block {
        Block::Heading { .. } => "heading",
        Block::Paragraph(_) => "paragraph",
        Block::Table(_) => "table",
        Block::Closing(_) => "closing",
        _ => "other",
    }
}

/// Reports as they were really published, set by our rules: nothing of them is lost.
#[test]
fn published_reports_can_be_printed_again() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(folder) = fs::read_dir(&seeds) else {
        println!("skipped: no published reports beside the workspace");
        return;
    };
    let fonts = pdf::Fonts::installed().ok();
    let texts = folder.flatten().map(|entry| entry.path());
    for path in texts.filter(|path| path.extension().is_some_and(|end| end == "txt")) {
        let text = fs::read_to_string(&path).expect("a readable report");
        // One of them still carries the `**` of its source, which mean bold here.
        let text = text.replace("**", "");
        let paper = from_markdown(&format!("# 报告\n\n{text}"));
        let read = reading::text_of_docx(&docx::write(&paper)).expect("a document");
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let (read, expected) = (solid(&read), solid(&format!("报告{}", clean(&text))));
        let differs = read.chars().zip(expected.chars()).position(|(a, b)| a != b);
        let around = |text: &str, at: usize| {
            text.chars().skip(at.saturating_sub(9)).take(30).collect::<String>()
        };
        if let Some(at) = differs {
            panic!("{}: {} != {}", path.display(), around(&read, at), around(&expected, at));
        }
        assert_eq!(read.len(), expected.len(), "{}", path.display());
        if let Some(fonts) = fonts {
            let printed = pdf::write(&paper, fonts);
            assert!(printed.pages > 3 && printed.missing.is_empty(), "{:?}", printed.missing);
        }
    }
}
