//! The small Markdown that document templates are written in.
//!
//! | written | means |
//! |---|---|
//! | `# 标题` | title; several in a row are its lines |
//! | `## 一、…` to `##### （1）…` | headings of level 1 to 4, ordinals written out |
//! | `云政发〔2025〕3号` alone below the title | document number |
//! | first line that ends in `：` | 主送机关 |
//! | a line | a paragraph; lines are never joined |
//! | `- …` | an item |
//! | `\| a \| b \|` | a table row; a row of `---` below the first makes that one the head |
//! | `>> …` | 落款, set to the right |
//! | `附件：…`, then `2. …` | what is attached |
//! | `---` | what follows stands on a new page |
//! | `**…**` | bold |
//! | `\` before a sign | the sign itself; `\n` is a line break inside a value |
//!
//! Nothing else has a meaning: `<b>`, `{{` or a link are text.

use crate::model::{Block, Cell, Paper, Run, Style, Table};

/// Reads a rendered template.
pub fn from_markdown(source: &str) -> Paper {
    let mut reader = Reader::default();
    source.lines().for_each(|line| reader.line(line.trim()));
    reader.finish()
}

/// A value as it may stand anywhere in a template without changing its structure.
pub(crate) fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (index, c) in value.replace("\r\n", "\n").chars().enumerate() {
        match c {
            '\n' | '\r' => text.push_str("\\n"),
            '\\' | '|' | '*' => text.extend(['\\', c]),
            '#' | '-' | '>' if index == 0 => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text
}

#[derive(Default)]
struct Reader {
    paper: Paper,
    /// The block that the line before belonged to may be continued.
    open: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let open = std::mem::replace(&mut self.open, !line.is_empty());
        if line.is_empty() {
            return;
        }
        let level = line.chars().take_while(|c| *c == '#').count();
        let (marks, rest) = line.split_at(level);
        let body_begun = !self.paper.blocks.is_empty();
        match marks.len() {
            1 if rest.starts_with(' ') => return self.title(&unescape(rest.trim())),
            2..=5 if rest.starts_with(' ') => {
                let level = level as u8 - 1;
                let runs = runs(rest.trim()).into_iter().map(one_line).collect();
                return self.paper.blocks.push(Block::Heading { level, runs });
            }
            _ => {}
        }
        if line.len() >= 3 && line.bytes().all(|b| b == b'-') {
            self.paper.blocks.push(Block::PageBreak);
        } else if let Some(text) = line.strip_prefix(">>") {
            self.closing(one_line_text(&unescape(text.trim())), open);
        } else if let Some(text) = line.strip_prefix("- ") {
            self.paper.blocks.push(Block::Item(runs(text.trim())));
        } else if let Some(cells) = table_row(line) {
            self.row(cells, open);
        } else if let Some(name) = line.strip_prefix("附件：").filter(|name| !name.is_empty()) {
            let name = unescape(strip_ordinal(name).unwrap_or(name));
            self.paper.blocks.push(Block::Attachments(vec![name]));
        } else if let (true, Some(Block::Attachments(names)), Some(name)) =
            (open, self.paper.blocks.last_mut(), strip_ordinal(line))
        {
            names.push(unescape(name));
        } else if !body_begun && self.paper.number.is_none() && is_number(line) {
            self.paper.number = Some(unescape(line));
        } else if !body_begun && self.paper.to.is_none() && is_addressee(line) {
            self.paper.to = Some(one_line_text(&unescape(line.trim_end_matches(['：', ':']))));
        } else {
            self.paragraphs(line);
        }
    }

    fn title(&mut self, text: &str) {
        if !self.paper.title.is_empty() {
            self.paper.title.push('\n');
        }
        self.paper.title.push_str(text);
    }

    fn closing(&mut self, text: String, open: bool) {
        match self.paper.blocks.last_mut() {
            Some(Block::Closing(lines)) if open => lines.push(text),
            _ => self.paper.blocks.push(Block::Closing(vec![text])),
        }
    }

    fn row(&mut self, cells: Vec<&str>, open: bool) {
        let rule = |cell: &&str| {
            !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')) && cell.contains('-')
        };
        let row = || cells.iter().map(|cell| runs(cell)).collect::<Vec<Cell>>();
        match self.paper.blocks.last_mut() {
            Some(Block::Table(table)) if open => {
                let is_rule = !cells.is_empty() && cells.iter().all(rule);
                if is_rule && table.head.is_empty() && table.rows.len() == 1 {
                    let head = table.rows.remove(0);
                    table.head = head.iter().map(|cell| crate::model::plain(cell)).collect();
                } else {
                    table.rows.push(row());
                }
            }
            _ => {
                self.paper.blocks.push(Block::Table(Table { head: Vec::new(), rows: vec![row()] }))
            }
        }
    }

    /// One line of the template; line breaks inside a value begin further paragraphs.
    fn paragraphs(&mut self, line: &str) {
        let mut paragraph = Vec::new();
        for run in runs(line) {
            let mut lines = run.text.split('\n');
            // `split` yields at least one piece, which continues the paragraph at hand.
            let first = lines.next().unwrap_or_default();
            paragraph.push(Run { text: first.into(), style: run.style.clone() });
            for next in lines {
                self.push_paragraph(std::mem::take(&mut paragraph));
                paragraph.push(Run { text: next.into(), style: run.style.clone() });
            }
        }
        self.push_paragraph(paragraph);
    }

    fn push_paragraph(&mut self, mut runs: Vec<Run>) {
        runs.retain(|run| !run.text.is_empty());
        if runs.iter().any(|run| !run.text.trim().is_empty()) {
            self.paper.blocks.push(Block::Paragraph(runs));
        }
    }

    fn finish(self) -> Paper {
        self.paper
    }
}

/// The runs of a line: `**bold**` and the rest.
fn runs(line: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut rest, mut strong) = (line, false);
    while !rest.is_empty() {
        let next = find_bare(rest, "**");
        // An unpaired `**` is text.
        let next = next.filter(|at| strong || find_bare(&rest[at + 2..], "**").is_some());
        let (text, after) = match next {
            Some(at) => (&rest[..at], &rest[at + 2..]),
            None => (rest, ""),
        };
        if !text.is_empty() {
            let style = if strong { Style::Strong } else { Style::Plain };
            runs.push(Run { text: unescape(text), style });
        }
        strong = next.is_some() && !strong;
        rest = after;
    }
    runs
}

/// Where `sign` first stands without a backslash before it.
fn find_bare(text: &str, sign: &str) -> Option<usize> {
    let mut skip = false;
    for (index, c) in text.char_indices() {
        if skip {
            skip = false;
        } else if c == '\\' {
            skip = true;
        } else if text[index..].starts_with(sign) {
            return Some(index);
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some(sign) if sign.is_ascii_punctuation() => plain.push(sign),
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
            c => plain.push(c),
        }
    }
    plain
}

fn one_line_text(text: &str) -> String {
    text.replace('\n', " ")
}

fn one_line(run: Run) -> Run {
    Run { text: one_line_text(&run.text), ..run }
}

/// The cells of `| a | b |`.
fn table_row(line: &str) -> Option<Vec<&str>> {
    let mut rest = line.strip_prefix('|')?;
    let mut cells = Vec::new();
    while let Some(at) = find_bare(rest, "|") {
        cells.push(rest[..at].trim());
        rest = &rest[at + 1..];
    }
    if !rest.trim().is_empty() {
        cells.push(rest.trim());
    }
    (!cells.is_empty()).then_some(cells)
}

/// What follows `2.` or `2、`.
fn strip_ordinal(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == line.len() {
        return None;
    }
    rest.strip_prefix(['.', '．', '、']).map(str::trim)
}

/// Whether a line is a document number: …〔2025〕3号.
fn is_number(line: &str) -> bool {
    let Some((name, rest)) = line.split_once('〔') else {
        return false;
    };
    // “统一编号：…” is a line of its own kind.
    if name.contains(['：', '*', '，']) {
        return false;
    }
    let Some((year, rest)) = rest.split_once('〕') else {
        return false;
    };
    year.len() == 4
        && year.bytes().all(|b| b.is_ascii_digit())
        && rest.ends_with('号')
        && rest.chars().count() < 16
}

/// Whether a line names whom the document is for: it ends in a colon and is no sentence.
fn is_addressee(line: &str) -> bool {
    line.ends_with(['：', ':'])
        && !line.contains(['，', '。', '；'])
        && !line.ends_with("如下：")
        && line.chars().count() < 80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plain;

    #[test]
    fn a_whole_document() {
        let paper = from_markdown(
            "# 云溪县青石镇人民政府\n# 受理告知书\n\n青访受〔2025〕3号\n\n示例甲：\n\n\
             您于2025年7月1日提出的事项，**现予受理**。\n\n## 一、期限\n- 第一项\n\n\
             | 事项 | 期限 |\n|---|---|\n| 答复 | 60日 |\n\n附件：1. 甲表\n2. 乙表\n\n\
             >> 青石镇人民政府\n>> 2025年7月2日\n---\n送达回证\n",
        );
        assert_eq!(paper.title, "云溪县青石镇人民政府\n受理告知书");
        assert_eq!(paper.number.as_deref(), Some("青访受〔2025〕3号"));
        assert_eq!(paper.to.as_deref(), Some("示例甲"));
        let strong = Run { text: "现予受理".into(), style: Style::Strong };
        assert_eq!(
            paper.blocks,
            vec![
                Block::Paragraph(vec![
                    Run::plain("您于2025年7月1日提出的事项，"),
                    strong,
                    Run::plain("。")
                ]),
                Block::heading(1, "一、期限"),
                Block::Item(vec![Run::plain("第一项")]),
                Block::Table(Table {
                    head: vec!["事项".into(), "期限".into()],
                    rows: vec![vec![vec![Run::plain("答复")], vec![Run::plain("60日")]]],
                }),
                Block::Attachments(vec!["甲表".into(), "乙表".into()]),
                Block::Closing(vec!["青石镇人民政府".into(), "2025年7月2日".into()]),
                Block::PageBreak,
                Block::paragraph("送达回证"),
            ]
        );
    }

    #[test]
    fn an_escaped_value_stays_one_piece_of_text() {
        for hostile in ["# 标题", "- 项", ">> 落款", "| a | b |", "**粗**", "a\\nb\\", "---", "a|b"]
        {
            let paper = from_markdown(&escape(hostile));
            assert_eq!(paper.blocks, vec![Block::paragraph(hostile)], "{hostile}");
            let row = format!("| {} | 尾 |", escape(hostile));
            let Block::Table(table) = &from_markdown(&row).blocks[0] else { panic!("{row}") };
            assert_eq!(plain(&table.rows[0][0]), hostile);
            assert_eq!(table.rows[0].len(), 2, "{hostile}");
        }
    }

    #[test]
    fn a_value_of_several_lines_makes_several_paragraphs() {
        let paper = from_markdown(&format!("诉求：{}", escape("第一段\n\n# 第二段")));
        assert_eq!(
            paper.blocks,
            vec![Block::paragraph("诉求：第一段"), Block::paragraph("# 第二段")]
        );
        let table = from_markdown(&format!("| {} |", escape("上\n下")));
        let Block::Table(table) = &table.blocks[0] else { panic!() };
        assert_eq!(plain(&table.rows[0][0]), "上\n下");
    }

    #[test]
    fn what_looks_like_markup_elsewhere_is_text() {
        for text in ["<b>粗</b>", "[链接](javascript:1)", "{{ x }}", "]]>", "#无空格", "一**半"]
        {
            assert_eq!(plain_text(text), text);
        }
        assert_eq!(plain_text("现将有关事项告知如下："), "现将有关事项告知如下：");
    }

    fn plain_text(source: &str) -> String {
        match &from_markdown(source).blocks[..] {
            [Block::Paragraph(runs)] => plain(runs),
            other => panic!("{other:?}"),
        }
    }
}
