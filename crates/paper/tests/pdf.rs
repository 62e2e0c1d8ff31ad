//! PDF files: text that can be copied, equal bytes, whole tables, no lost character.

#![allow(clippy::unwrap_used)]

use std::{
    io::Write,
    process::{Command, Stdio},
};

use paper::{Block, Paper, Run, Style, Table, from_markdown, pdf};

/// The fonts of this machine, or nothing on one without Chinese fonts.
fn fonts() -> Option<&'static pdf::Fonts> {
    let fonts = pdf::Fonts::installed().ok();
    if fonts.is_none() {
        println!("skipped: no Chinese font on this machine");
    }
    fonts
}

/// What `pdftotext` reads, page by page, white space left out.
fn text(file: &[u8]) -> Option<Vec<String>> {
    let run = Command::new("pdftotext")
        .args(["-raw", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = run else {
        println!("skipped: pdftotext is not installed (poppler-utils)");
        return None;
    };
    child.stdin.take().unwrap().write_all(file).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "a faultless file gives no warnings");
    let text = String::from_utf8(output.stdout).unwrap();
    let solid = |page: &str| page.split_whitespace().collect::<String>();
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(solid).collect())
}

#[test]
fn what_is_printed_can_be_copied() {
    let Some(fonts) = fonts() else { return };
    let body = "经审查，您提出的事项属于本机关职责范围，决定予以受理，并在60日内办结。".repeat(30);
    let paper = from_markdown(&format!(
        "# 受理告知书\n\n青访受〔2025〕3号\n\n示例甲：\n\n{body}\n\n## 一、期限\n\n\
         | 事项 | 期限 |\n|---|---|\n| 答复 | 60日 |\n\n>> 青石镇人民政府\n>> 2025年7月2日"
    ));
    let printed = pdf::write(&paper, fonts);
    assert!(printed.missing.is_empty(), "{:?}", printed.missing);
    let Some(pages) = text(&printed.file) else {
        return;
    };
    assert_eq!(pages.len(), printed.pages);
    assert!(pages[0].starts_with("受理告知书青访受〔2025〕3号示例甲：经审查，"));
    assert!(pages[0].ends_with("—1—"), "{}", pages[0]);
    assert!(pages[1].ends_with("—2—"));
    let mut all = pages.concat();
    (1..=printed.pages).for_each(|page| all = all.replace(&format!("—{page}—"), ""));
    let expected: String = paper.text().split_whitespace().collect();
    assert_eq!(all, expected);
}

#[test]
fn equal_papers_give_equal_bytes() {
    let Some(fonts) = fonts() else { return };
    let paper = from_markdown("# 标题\n\n正文**加粗**。\n\n| 甲 | 乙 |\n");
    assert_eq!(pdf::write(&paper, fonts).file, pdf::write(&paper, fonts).file);
    let again = pdf::Fonts::load().unwrap();
    assert_eq!(pdf::write(&paper, fonts).file, pdf::write(&paper, &again).file);
}

#[test]
fn a_full_page_has_22_lines_of_28_characters() {
    let Some(fonts) = fonts() else { return };
    // The first line is indented by two.
    let lines = |count: usize| "字".repeat(28 * count - 2);
    let paper = |text: String| Paper { blocks: vec![Block::paragraph(text)], ..Paper::default() };
    assert_eq!(pdf::write(&paper(lines(22)), fonts).pages, 1);
    assert_eq!(pdf::write(&paper(lines(22) + "满"), fonts).pages, 2);
}

#[test]
fn long_tables_go_on_with_their_head() {
    let Some(fonts) = fonts() else { return };
    let cell = |text: String| vec![Run::plain(text)];
    let mut rows: Vec<Vec<Vec<Run>>> =
        (1..=120).map(|n| vec![cell(n.to_string()), cell(format!("第{n}行"))]).collect();
    // One row taller than a page.
    rows.push(vec![cell("长".into()), cell("长文".repeat(3_000))]);
    let head = vec!["序号".to_string(), "内容".to_string()];
    let table = Block::Table(Table { head, rows });
    let printed = pdf::write(&Paper { blocks: vec![table], ..Paper::default() }, fonts);
    let Some(pages) = text(&printed.file) else {
        return;
    };
    assert!(pages.len() > 6);
    assert!(pages.iter().all(|page| page.starts_with("序号内容")), "{pages:?}");
    let all = pages.concat();
    assert!((1..=120).all(|n| all.contains(&format!("第{n}行"))));
    assert_eq!(all.matches('文').count(), 3_000);
}

#[test]
fn the_closing_never_stands_alone() {
    let Some(fonts) = fonts() else { return };
    let body = "字".repeat(28 * 21 - 2);
    let paper = from_markdown(&format!("{body}\n\n>> 青石镇人民政府\n>> 2025年7月2日"));
    let Some(pages) = text(&pdf::write(&paper, fonts).file) else {
        return;
    };
    assert_eq!(pages.len(), 2);
    assert!(pages[1].starts_with("字"), "{}", pages[1]);
    assert_eq!(pages[1].matches('字').count(), 56);
}

#[test]
fn hostile_and_rare_text() {
    let Some(fonts) = fonts() else { return };
    let long = "长".repeat(10_000);
    for hostile in [
        "控制\u{0}\u{1}\u{8}\u{b}\u{1f}符",
        "😀\u{FFFE}\u{202E}gnp.exe",
        "(paren) \\ <hex> %comment",
        "，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，",
        "（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（（",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        long.as_str(),
        "",
        "\n\n",
    ] {
        let run = vec![Run { text: hostile.into(), style: Style::Strong }];
        let paper = Paper {
            mark: Some(hostile.into()),
            title: hostile.into(),
            to: Some(hostile.into()),
            blocks: vec![
                Block::Heading { level: 1, runs: run.clone() },
                Block::Paragraph(run.clone()),
                Block::Table(Table { head: vec![], rows: vec![vec![run], vec![]] }),
                Block::Table(Table::default()),
                Block::Attachments(vec![hostile.into()]),
                Block::Closing(vec![hostile.into()]),
            ],
            ..Paper::default()
        };
        let printed = pdf::write(&paper, fonts);
        let Some(pages) = text(&printed.file) else {
            return;
        };
        assert_eq!(pages.len(), printed.pages);
    }
    // A character no font has is reported, not dropped.
    let paper = Paper { blocks: vec![Block::paragraph("甲\u{10FFFD}乙")], ..Paper::default() };
    assert_eq!(pdf::write(&paper, fonts).missing, vec!['\u{10FFFD}']);
}

#[test]
fn without_fonts_the_user_learns_what_to_install() {
    let message = pdf::NoChineseFont.to_string();
    assert!(message.starts_with("未找到中文字体") && message.contains("fonts-noto-cjk"));
}
