//! DOCX files are whole, in schema order, equal for equal papers, and hold any text.

#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read};

use paper::{Block, Paper, Run, Style, Table, docx, from_markdown, model::Imprint, reading};
use quick_xml::{Reader, events::Event};

fn everything() -> Paper {
    let mut paper = from_markdown(
        "# 云溪县青石镇人民政府关于2025年法治政府建设情况的报告\n\n云溪县人民政府：\n\n\
         全年共受理**326件**。\n\n## 一、甲\n### （一）乙\n#### 1. 丙\n##### （1）丁\n- 项\n\n\
         | 指标 | 数值 |\n|---|---|\n| 受理 | 326 |\n\n| 无表头 |\n\n附件：1. 甲表\n2. 乙表\n\n\
         >> 云溪县青石镇人民政府\n>> 2026年2月13日\n\n---\n\n另面",
    );
    paper.mark = Some("云溪县青石镇人民政府文件".into());
    paper.number = Some("青政报〔2026〕1号".into());
    paper.signer = Some("示例乙".into());
    paper.imprint = Some(Imprint {
        copies: vec!["县委办公室".into(), "县人大常委会办公室".into()],
        organ: "青石镇党政办公室".into(),
        date: "2026年2月13日".into(),
    });
    paper.blocks.push(Block::Annex { label: "附件".into(), title: "甲表".into() });
    let figure = Run::link("326件", "/figures/x");
    paper.blocks.push(Block::Paragraph(vec![figure, Run::place("【待填】")]));
    paper
}

fn parts(file: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut content = String::new();
            part.read_to_string(&mut content).unwrap();
            (part.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// The children of `w:pPr`, `w:rPr` … must come in the order of the schema.
const ORDER: [(&str, &[&str]); 8] = [
    (
        "w:pPr",
        &[
            "w:pStyle",
            "w:keepNext",
            "w:keepLines",
            "w:pageBreakBefore",
            "w:framePr",
            "w:widowControl",
            "w:pBdr",
            "w:tabs",
            "w:overflowPunct",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:jc",
            "w:outlineLvl",
            "w:rPr",
        ],
    ),
    (
        "w:rPr",
        &[
            "w:rFonts",
            "w:b",
            "w:bCs",
            "w:color",
            "w:spacing",
            "w:kern",
            "w:sz",
            "w:szCs",
            "w:highlight",
            "w:lang",
        ],
    ),
    ("w:tbl", &["w:tblPr", "w:tblGrid", "w:tr"]),
    ("w:tblPr", &["w:tblpPr", "w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblCellMar"]),
    ("w:tblBorders", &["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"]),
    ("w:tcPr", &["w:tcW", "w:vAlign"]),
    ("w:sectPr", &["w:footerReference", "w:pgSz", "w:pgMar", "w:docGrid"]),
    ("w:style", &["w:name", "w:basedOn", "w:next", "w:qFormat", "w:pPr", "w:rPr"]),
];

/// Reads a part to its end, checking that tags match and children stand in order.
fn check(name: &str, xml: &str) {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<(String, usize)> = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}"));
        let (tag, empty) = match &event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let child = tag.name().as_ref().to_string();
        if let Some((parent, reached)) = open.last_mut()
            && let Some((_, order)) = ORDER.iter().find(|(element, _)| element == parent)
        {
            let place = order.iter().position(|known| **known == child);
            let place = place.unwrap_or_else(|| panic!("{name}: {child} in {parent}"));
            assert!(place >= *reached, "{name}: {child} too late in {parent}");
            *reached = place;
        }
        if !empty {
            open.push((child, 0));
        }
    }
    assert!(open.is_empty(), "{name} ends inside {open:?}");
}

#[test]
fn all_parts_are_well_formed_and_in_order() {
    let parts = parts(&docx::write(&everything()));
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[0], "[Content_Types].xml");
    for part in ["word/document.xml", "word/styles.xml", "word/settings.xml", "_rels/.rels"] {
        assert!(names.contains(&part), "{part}");
    }
    for (name, xml) in &parts {
        check(name, xml);
    }
    let content_types = &parts[0].1;
    for name in names.iter().filter(|name| name.ends_with(".xml") && !name.starts_with('[')) {
        assert!(content_types.contains(&format!("PartName=\"/{name}\"")), "{name} has no type");
    }
}

#[test]
fn every_style_that_is_used_is_defined() {
    let parts = parts(&docx::write(&everything()));
    let part = |wanted: &str| &parts.iter().find(|(name, _)| name == wanted).unwrap().1;
    for used in part("word/document.xml").split("<w:pStyle w:val=\"").skip(1) {
        let style = used.split('"').next().unwrap();
        let defined = format!("w:styleId=\"{style}\"");
        assert!(part("word/styles.xml").contains(&defined), "{style}");
    }
}

#[test]
fn equal_papers_give_equal_bytes() {
    assert_eq!(docx::write(&everything()), docx::write(&everything()));
}

#[test]
fn the_layout_is_that_of_the_standard() {
    let parts = parts(&docx::write(&everything()));
    let part = |wanted: &str| &parts.iter().find(|(name, _)| name == wanted).unwrap().1;
    let document = part("word/document.xml");
    for sign in [
        "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>",
        "w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\"",
        "<w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"11\" w:color=\"FF0000\"/>",
    ] {
        assert!(document.contains(sign), "{sign}");
    }
    let styles = part("word/styles.xml");
    for sign in ["w:firstLineChars=\"200\"", "w:line=\"579\" w:lineRule=\"exact\"", "仿宋_GB2312"]
    {
        assert!(styles.contains(sign), "{sign}");
    }
    assert!(part("word/settings.xml").contains("<w:evenAndOddHeaders/>"));
}

#[test]
fn what_is_written_can_be_read() {
    let text = reading::text_of_docx(&docx::write(&everything())).unwrap();
    for line in [
        "云溪县青石镇人民政府文件",
        "\t青政报〔2026〕1号\t签发人：示例乙",
        "云溪县人民政府：",
        "全年共受理326件。",
        "（一）乙",
        "指标\t数值",
        "受理\t326",
        "附件：1. 甲表",
        "2026年2月13日",
        "326件【待填】",
    ] {
        assert!(text.lines().any(|read| read == line), "{line}\n---\n{text}");
    }
    assert!(reading::text_of_docx(b"PK\x03\x04 not a document").is_err());
    assert!(reading::text_of_docx(b"").is_err());
}

#[test]
fn hostile_text_stays_text() {
    let long = "长".repeat(10_000);
    for hostile in [
        "</w:t></w:r></w:p><w:p>",
        "a & b < c > d \" e ' f",
        "]]>",
        "{{ secret }}{% raw %}",
        "控制\u{0}\u{1}\u{8}\u{b}\u{1f}\u{7f}符",
        "😀 👨‍👩‍👧 𠮷 \u{FFFE}",
        "\u{202E}gnp.exe שלום",
        "&#x0; &amp; &lt;",
        long.as_str(),
    ] {
        let paper = Paper {
            mark: Some(hostile.into()),
            number: Some(hostile.into()),
            title: hostile.into(),
            to: Some(hostile.into()),
            blocks: vec![
                Block::paragraph(hostile),
                Block::Table(Table {
                    head: vec![hostile.into()],
                    rows: vec![vec![vec![Run { text: hostile.into(), style: Style::Strong }]]],
                }),
                Block::Attachments(vec![hostile.into()]),
                Block::Closing(vec![hostile.into()]),
            ],
            ..Paper::default()
        };
        let file = docx::write(&paper);
        for (name, xml) in parts(&file) {
            check(&name, &xml);
        }
        let text = reading::text_of_docx(&file).unwrap();
        let expected = paper::model::clean(hostile);
        assert!(text.lines().any(|line| line == expected), "{hostile}: {text}");
        assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
    }
}

#[test]
fn empty_things_are_left_out() {
    let empty = vec![Block::Table(Table::default()), Block::Attachments(vec![])];
    let paper = Paper { title: String::new(), blocks: empty, ..Paper::default() };
    let file = docx::write(&paper);
    parts(&file).iter().for_each(|(name, xml)| check(name, xml));
    assert_eq!(reading::text_of_docx(&file).unwrap(), "");
}
