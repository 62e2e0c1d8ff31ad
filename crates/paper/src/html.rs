//! HTML: the same paper on a page of the desk, or as a file of its own.

use std::{collections::BTreeSet, fmt::Write, ops::Range};

use crate::{
    model::{Block, Cell, Paper, Run, Style, Table, attachment_lines, clean},
    page,
};

/// The paper as an `article` to stand on a page; numbers are links to their lists.
///
/// Every text is escaped and no element carries a style of its own: the page's stylesheet says
/// how `.paper` looks.
pub fn fragment(paper: &Paper) -> String {
    marked(paper, &[]).0
}

/// The paper as [`fragment`] writes it, with stretches of its [text](Paper::text) marked: each by
/// its number, and where it stands in characters. Stretch 3 begins at `#t3` and leads to `#n3`.
///
/// Title and imprint are not marked; the numbers that are come back with the page.
pub fn marked(paper: &Paper, stretches: &[(usize, Range<usize>)]) -> (String, BTreeSet<usize>) {
    let written = Writer::new(Links::All).article(paper, stretches);
    (written.html, written.shown)
}

/// The paper as a whole file that prints by GB/T 9704. Links into the desk are left out, for they
/// lead nowhere from a file.
pub fn standalone(paper: &Paper) -> String {
    let article = Writer::new(Links::Complete).article(paper, &[]).html;
    let title = escaped(&paper.title.replace('\n', " "));
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{}</style></head>\n<body>{article}</body></html>\n",
        include_str!("html/print.css")
    )
}

#[derive(Clone, Copy)]
enum Links {
    /// Also those within the desk.
    All,
    /// Only those that name a place on the web or in the file itself.
    Complete,
}

impl Links {
    /// Whether an address may be a link; `javascript:` and its like never are.
    fn follow(self, href: &str) -> bool {
        let complete = ["https://", "http://", "#"].iter().any(|start| href.starts_with(start));
        let within = href.starts_with('/') && !href.starts_with("//") && !href.contains('\\');
        complete || within && matches!(self, Links::All)
    }
}

struct Writer<'m> {
    html: String,
    links: Links,
    /// What is marked, by number.
    stretches: &'m [(usize, Range<usize>)],
    /// The numbers of which something has been marked.
    shown: BTreeSet<usize>,
    /// How many characters of the paper's text have been written.
    at: usize,
}

impl<'m> Writer<'m> {
    fn new(links: Links) -> Self {
        Self { html: String::new(), links, stretches: &[], shown: BTreeSet::new(), at: 0 }
    }

    fn article(mut self, paper: &Paper, stretches: &'m [(usize, Range<usize>)]) -> Self {
        self.html.push_str("<article class=\"paper\">");
        self.head(paper);
        let head = Paper { blocks: Vec::new(), imprint: None, ..paper.clone() }.text();
        self.at = head.chars().count() + usize::from(!head.is_empty());
        self.stretches = stretches;
        let mut blocks = paper.blocks.iter().peekable();
        while let Some(block) = blocks.next() {
            if let Block::Item(first) = block {
                let mut items = vec![first];
                while let Some(Block::Item(next)) = blocks.next_if(|b| matches!(b, Block::Item(_)))
                {
                    items.push(next);
                }
                self.html.push_str("<ul>");
                items.into_iter().for_each(|runs| self.line("li", "", runs));
                self.html.push_str("</ul>");
            } else {
                self.block(block);
            }
        }
        self.stretches = &[];
        if let Some(imprint) = &paper.imprint {
            self.html.push_str("<footer class=\"imprint\">");
            for line in imprint.lines() {
                self.line("p", "", &[Run::plain(line)]);
            }
            self.html.push_str("</footer>");
        }
        self.html.push_str("</article>");
        self
    }

    fn head(&mut self, paper: &Paper) {
        self.html.push_str("<header>");
        let number = paper.number.as_deref().map(Run::plain);
        if let Some(mark) = &paper.mark {
            self.element("p", "mark", &[Run::plain(mark.as_str())]);
            let signer = paper.signer.as_ref().map(|name| Run::plain(format!("　签发人：{name}")));
            let runs: Vec<Run> = number.iter().cloned().chain(signer).collect();
            self.element("p", "number", &runs);
            self.html.push_str("<hr>");
        }
        if !paper.title.is_empty() {
            let title = page::title_lines(&clean(&paper.title)).join("\n");
            self.element("h1", "", &[Run::plain(title)]);
        }
        if let (Some(number), None) = (number, &paper.mark) {
            self.element("p", "number", &[number]);
        }
        self.html.push_str("</header>");
        if let Some(to) = &paper.to {
            self.element("p", "to", &[Run::plain(format!("{to}："))]);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, runs } => {
                self.line(["h2", "h3", "h4", "h5"][usize::from(*level).clamp(1, 4) - 1], "", runs);
            }
            Block::Paragraph(runs) => self.line("p", "", runs),
            Block::Item(runs) => self.line("li", "", runs),
            Block::Table(table) => self.table(table),
            Block::Attachments(names) => {
                self.html.push_str("<div class=\"attachments\">");
                for line in attachment_lines(names) {
                    self.line("p", "", &[Run::plain(line)]);
                }
                self.html.push_str("</div>");
            }
            Block::Closing(lines) => {
                self.html.push_str("<div class=\"closing\">");
                for line in lines {
                    self.line("p", "", &[Run::plain(line.as_str())]);
                }
                self.html.push_str("</div>");
            }
            Block::Annex { label, title } => {
                self.line("p", "annex", &[Run::plain(label.as_str())]);
                self.line("h2", "annex", &[Run::plain(title.as_str())]);
            }
            Block::PageBreak => self.html.push_str("<hr class=\"page\">"),
        }
    }

    fn table(&mut self, table: &Table) {
        if table.columns() == 0 {
            return;
        }
        self.html.push_str("<table>");
        if !table.head.is_empty() {
            self.html.push_str("<thead><tr>");
            for name in &table.head {
                self.html.push_str("<th scope=\"col\">");
                self.run(&Run::plain(name.as_str()));
                self.at += 1; // The tab behind a cell, or the end of the row.
                self.html.push_str("</th>");
            }
            self.html.push_str("</tr></thead>");
        }
        self.html.push_str("<tbody>");
        let nothing = Cell::new();
        for row in &table.rows {
            self.html.push_str("<tr>");
            for column in 0..table.columns() {
                self.element("td", "", row.get(column).unwrap_or(&nothing));
                self.at += usize::from(column < row.len());
            }
            self.html.push_str("</tr>");
        }
        self.html.push_str("</tbody></table>");
    }

    /// An element that is a line of the text; the text has no empty ones.
    fn line(&mut self, name: &str, class: &str, runs: &[Run]) {
        let before = self.at;
        self.element(name, class, runs);
        self.at += usize::from(self.at > before);
    }

    fn element(&mut self, name: &str, class: &str, runs: &[Run]) {
        match class {
            "" => self.html.extend(["<", name, ">"]),
            class => self.html.extend(["<", name, " class=\"", class, "\">"]),
        }
        for run in runs {
            self.run(run);
        }
        self.html.extend(["</", name, ">"]);
    }

    fn run(&mut self, run: &Run) {
        let text: Vec<char> = clean(&run.text).chars().collect();
        let mut from = 0;
        while from < text.len() {
            let numbers = self.stretches_at(self.at);
            let same = |one: &usize| self.stretches_at(self.at + one - from) == numbers;
            let to = (from + 1..text.len()).find(|one| !same(one)).unwrap_or(text.len());
            let piece: String = text[from..to].iter().collect();
            match &numbers[..] {
                [] => self.styled(&piece, &run.style),
                numbers => self.marked(numbers, &piece, &run.style),
            }
            self.at += to - from;
            from = to;
        }
    }

    /// The stretches that a character of the text belongs to.
    fn stretches_at(&self, at: usize) -> Vec<usize> {
        let found = self.stretches.iter().filter(|(_, range)| range.contains(&at));
        found.map(|(number, _)| *number).collect()
    }

    fn marked(&mut self, numbers: &[usize], piece: &str, style: &Style) {
        let first: Vec<usize> =
            numbers.iter().copied().filter(|number| self.shown.insert(*number)).collect();
        self.html.push_str("<mark class=\"doubt\">");
        for number in &first {
            let _ = write!(self.html, "<span id=\"t{number}\"></span>");
        }
        self.styled(piece, style);
        for number in &first {
            let _ = write!(self.html, "<sup><a href=\"#n{number}\">{number}</a></sup>");
        }
        self.html.push_str("</mark>");
    }

    fn styled(&mut self, text: &str, style: &Style) {
        let text = escaped(text).replace('\n', "<br>");
        // Writing to a string cannot fail.
        let _ = match style {
            Style::Strong => write!(self.html, "<strong>{text}</strong>"),
            Style::Place => write!(self.html, "<mark>{text}</mark>"),
            Style::Link(href) if self.links.follow(href) => {
                write!(self.html, "<a class=\"figure\" href=\"{}\">{text}</a>", escaped(href))
            }
            Style::Plain | Style::Link(_) => write!(self.html, "{text}"),
        };
    }
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(clean(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::from_markdown;

    #[test]
    fn a_paper_is_semantic_html() {
        let paper = from_markdown(
            "# 甲\n# 乙\n\n青发〔2025〕1号\n\n丙：\n\n正文**粗**\n## 一、丁\n- 项一\n- 项二\n\
             | 戊 |\n|---|\n| 己 |\n\n>> 庚\n",
        );
        assert_eq!(
            fragment(&paper),
            "<article class=\"paper\"><header><h1>甲<br>乙</h1><p class=\"number\">青发〔2025〕1号</p>\
             </header><p class=\"to\">丙：</p><p>正文<strong>粗</strong></p><h2>一、丁</h2>\
             <ul><li>项一</li><li>项二</li></ul><table><thead><tr><th scope=\"col\">戊</th></tr></thead>\
             <tbody><tr><td>己</td></tr></tbody></table><div class=\"closing\"><p>庚</p></div>\
             </article>"
        );
        let file = standalone(&paper);
        assert!(file.starts_with("<!doctype html>") && file.contains("size: A4"));
    }

    #[test]
    fn only_honest_links_are_links() {
        let linked = |href: &str| {
            let runs = vec![Run::link("326件", href)];
            Paper { blocks: vec![Block::Paragraph(runs)], ..Paper::default() }
        };
        assert!(
            fragment(&linked("/figures/a?y=2025&o=1"))
                .contains("href=\"/figures/a?y=2025&amp;o=1\"")
        );
        for href in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "/\\evil"] {
            assert!(!fragment(&linked(href)).contains("href"), "{href}");
        }
        assert!(!standalone(&linked("/figures/a")).contains("href"));
        assert!(standalone(&linked("#a")).contains("href=\"#a\""));
    }

    #[test]
    fn what_is_doubtful_is_marked_in_its_place() {
        let paper = Paper {
            title: "甲\n乙".into(),
            blocks: vec![
                Block::heading(1, "一、举措"),
                Block::paragraph(""),
                Block::Paragraph(vec![
                    Run::plain("成功率"),
                    Run::link("97.24%", "/figures/r"),
                    Run::plain("，余件<5>。"),
                ]),
                Block::Table(Table {
                    head: vec!["指标".into(), "本年".into()],
                    rows: vec![vec![vec![Run::plain("丙")], vec![Run::plain("3件")]]],
                }),
                Block::Closing(vec!["青石镇".into()]),
            ],
            ..Paper::default()
        };
        let text: Vec<char> = paper.text().chars().collect();
        let find = |words: &str| {
            let words: Vec<char> = words.chars().collect();
            let at = text.windows(words.len()).position(|some| *some == words[..]).unwrap();
            at..at + words.len()
        };
        let all = ["率97.24%，余", "件<5>", "3件", "石镇", "乙", "97.24%"];
        let stretches: Vec<_> = (1..).zip(all.map(find)).collect();
        let (html, shown) = marked(&paper, &stretches);
        for piece in [
            "成功<mark class=\"doubt\"><span id=\"t1\"></span>率<sup><a href=\"#n1\">1</a></sup>\
             </mark><mark class=\"doubt\"><span id=\"t6\"></span>\
             <a class=\"figure\" href=\"/figures/r\">97.24%</a><sup><a href=\"#n6\">6</a></sup>\
             </mark><mark class=\"doubt\">，余</mark>",
            "<span id=\"t2\"></span>件&lt;5&gt;<sup>",
            "<td><mark class=\"doubt\"><span id=\"t3\"></span>3件<sup>",
            "<p>青<mark class=\"doubt\"><span id=\"t4\"></span>石镇<sup>",
        ] {
            assert!(html.contains(piece), "{piece}\n{html}");
        }
        assert_eq!(shown.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 6], "titles are not marked");
    }

    #[test]
    fn text_cannot_become_markup() {
        let hostile = "<script>alert(\"1\")</script>&amp;'\u{0}\u{202E}";
        let paper = Paper {
            mark: Some(hostile.into()),
            title: hostile.into(),
            to: Some(hostile.into()),
            blocks: vec![
                Block::paragraph(hostile),
                Block::Closing(vec![hostile.into()]),
                Block::Table(Table { head: vec![hostile.into()], rows: vec![vec![]] }),
            ],
            ..Paper::default()
        };
        let html = standalone(&paper);
        assert!(!html.contains("<script") && !html.contains('\u{0}') && !html.contains('\u{202E}'));
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;&apos;"));
    }
}
