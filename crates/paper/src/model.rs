//! 公文的样子: what stands on the paper, before it is known how it is printed.

/// A document. 公文
///
/// Its elements are those of GB/T 9704; each writer (DOCX, PDF, HTML) knows where they belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// 发文机关标志, printed in red above the rule; most forms of case work have none.
    pub mark: Option<String>,
    /// 文号, such as 云政发〔2025〕3号.
    pub number: Option<String>,
    /// 签发人, for reports to a higher organ.
    pub signer: Option<String>,
    /// 标题; a line break divides it where its sense divides.
    pub title: String,
    /// 主送机关, without the colon.
    pub to: Option<String>,
    /// Everything below.
    pub blocks: Vec<Block>,
    /// 版记, at the foot of the last page.
    pub imprint: Option<Imprint>,
}

/// One piece of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading with its ordinal written out: 一、 （一） 1. （1）.
    Heading {
        /// 1 to 4.
        level: u8,
        /// Text.
        runs: Vec<Run>,
    },
    /// A paragraph, indented by two characters.
    Paragraph(Vec<Run>),
    /// One item of a list.
    Item(Vec<Run>),
    /// A table.
    Table(Table),
    /// 附件说明: names of what is attached.
    Attachments(Vec<String>),
    /// 落款: signing organs and, as the last line, the date; or lines to be signed by hand.
    Closing(Vec<String>),
    /// What follows stands on a new page. 另面
    PageBreak,
    /// The beginning of an annex on a new page: 附件 at the margin, its title on the third line.
    Annex {
        /// 附件, with its number if there are several.
        label: String,
        /// Its title.
        title: String,
    },
}

/// A table; all rows have as many cells as the widest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Column names; empty for forms without a head.
    pub head: Vec<String>,
    /// Rows of cells; a cell may hold line breaks.
    pub rows: Vec<Vec<Cell>>,
}

/// The runs of one cell.
pub type Cell = Vec<Run>;

/// Text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// How it is shown.
    pub style: Style,
}

/// How a run is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As the block is.
    #[default]
    Plain,
    /// 加粗.
    Strong,
    /// A number that opens its list, or any other link; paper shows the text only.
    Link(String),
    /// A place that a person still has to fill in, marked so that nobody can overlook it. 待填
    Place,
}

/// 版记.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imprint {
    /// 抄送机关.
    pub copies: Vec<String>,
    /// 印发机关.
    pub organ: String,
    /// 印发日期, written out.
    pub date: String,
}

impl Run {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Plain }
    }

    /// Text that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Link(href.into()) }
    }

    /// Text in bold.
    pub fn strong(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Strong }
    }

    /// A place to be filled in by a person.
    pub fn place(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Place }
    }
}

impl Block {
    /// A heading.
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Block::Heading { level, runs: vec![Run::plain(text)] }
    }

    /// A paragraph of plain text.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Block::Paragraph(vec![Run::plain(text)])
    }
}

impl Table {
    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.rows.iter().map(Vec::len).chain([self.head.len()]).max().unwrap_or(0)
    }
}

impl Paper {
    /// All that stands on the paper as plain text, one line per paragraph or table row. 全文
    ///
    /// This is what mandatory sentences are looked for in and what an issued document's digest
    /// is taken of: it does not depend on fonts or file formats.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        if let Some(mark) = &self.mark {
            // The number stands above the red rule, else below the title.
            lines.push(mark.clone());
            lines.extend(self.number.clone());
            lines.extend(self.signer.as_ref().map(|name| format!("签发人：{name}")));
            lines.push(self.title.clone());
        } else {
            lines.push(self.title.clone());
            lines.extend(self.number.clone());
        }
        lines.extend(self.to.as_ref().map(|to| format!("{to}：")));
        for block in &self.blocks {
            match block {
                Block::Heading { runs, .. } | Block::Paragraph(runs) | Block::Item(runs) => {
                    lines.push(plain(runs));
                }
                Block::Table(table) => {
                    lines.extend((!table.head.is_empty()).then(|| table.head.join("\t")));
                    let row = |row: &Vec<Cell>| {
                        row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("\t")
                    };
                    lines.extend(table.rows.iter().map(row));
                }
                Block::Attachments(names) => lines.extend(attachment_lines(names)),
                Block::Closing(closing) => lines.extend(closing.iter().cloned()),
                Block::PageBreak => {}
                Block::Annex { label, title } => lines.extend([label.clone(), title.clone()]),
            }
        }
        if let Some(imprint) = &self.imprint {
            lines.extend(imprint.lines());
        }
        lines.retain(|line| !line.is_empty());
        // Between the cells of a row stands a tab, which `clean` would take away.
        let cleaned = |line: &String| line.split('\t').map(clean).collect::<Vec<_>>().join("\t");
        lines.iter().map(cleaned).collect::<Vec<_>>().join("\n")
    }
}

impl Imprint {
    /// 抄送 and 印发 as they are printed; the second is organ and date apart.
    pub(crate) fn lines(&self) -> Vec<String> {
        let copies =
            (!self.copies.is_empty()).then(|| format!("抄送：{}。", self.copies.join("，")));
        copies.into_iter().chain([format!("{}　{}印发", self.organ, self.date)]).collect()
    }
}

/// The text of runs without their styles.
pub fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// 附件说明 as lines: one name stands alone, several are numbered. No mark follows a name.
pub(crate) fn attachment_lines(names: &[String]) -> Vec<String> {
    match names {
        [] => Vec::new(),
        [only] => vec![format!("附件：{only}")],
        names => names
            .iter()
            .enumerate()
            .map(|(index, name)| match index {
                0 => format!("附件：1. {name}"),
                _ => format!("{}. {name}", index + 1),
            })
            .collect(),
    }
}

/// Text fit for paper: no control characters, none that reverse the reading order, none that XML
/// or a font cannot hold. Line breaks stay, tabs become spaces.
pub fn clean(text: &str) -> String {
    let fit = |c: char| match c {
        '\n' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() => None,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => None,
        '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' => None,
        c if (c as u32) & 0xFFFE == 0xFFFE => None,
        c => Some(c),
    };
    text.chars().filter_map(fit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_in_the_order_of_the_paper() {
        let paper = Paper {
            mark: Some("云溪县人民政府文件".into()),
            number: Some("云政发〔2025〕3号".into()),
            title: "关于示例的通知".into(),
            to: Some("各镇人民政府".into()),
            blocks: vec![
                Block::heading(1, "一、总体要求"),
                Block::paragraph("正文。"),
                Block::Attachments(vec!["甲表".into(), "乙表".into()]),
                Block::Closing(vec!["云溪县人民政府".into(), "2025年3月1日".into()]),
            ],
            ..Paper::default()
        };
        assert_eq!(
            paper.text(),
            "云溪县人民政府文件\n云政发〔2025〕3号\n关于示例的通知\n各镇人民政府：\n一、总体要求\n\
             正文。\n附件：1. 甲表\n2. 乙表\n云溪县人民政府\n2025年3月1日"
        );
    }

    #[test]
    fn clean_drops_what_paper_cannot_hold() {
        assert_eq!(clean("a\u{0}b\u{1b}[31m\tc\u{202E}d\u{FFFE}e\r\n😀"), "ab[31m cde\n😀");
    }
}
