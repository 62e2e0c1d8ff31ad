//! HTML: the same paper on a page of the desk, or as a file of its own.

use std::fmt::Write;

use crate::{
    model::{Block, Cell, Paper, Run, Style, Table, attachment_lines, clean},
    page,
};

/// The paper as an `article` to stand on a page; numbers are links to their lists.
///
/// Every text is escaped and no element carries a style of its own: the page's stylesheet says
/// how `.paper` looks.
pub fn fragment(paper: &Paper) -> String {
    Writer { html: String::new(), links: Links::All }.article(paper)
}

/// The paper as a whole file that prints by GB/T 9704. Links into the desk are left out, for they
/// lead nowhere from a file.
pub fn standalone(paper: &Paper) -> String {
    let article = Writer { html: String::new(), links: Links::Complete }.article(paper);
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

struct Writer {
    html: String,
    links: Links,
}

impl Writer {
    fn article(mut self, paper: &Paper) -> String {
        self.html.push_str("<article class=\"paper\">");
        self.head(paper);
        let mut blocks = paper.blocks.iter().peekable();
        while let Some(block) = blocks.next() {
            if let Block::Item(first) = block {
                let mut items = vec![first];
                while let Some(Block::Item(next)) = blocks.next_if(|b| matches!(b, Block::Item(_)))
                {
                    items.push(next);
                }
                self.html.push_str("<ul>");
                items.into_iter().for_each(|runs| self.element("li", "", runs));
                self.html.push_str("</ul>");
            } else {
                self.block(block);
            }
        }
        if let Some(imprint) = &paper.imprint {
            self.html.push_str("<footer class=\"imprint\">");
            for line in imprint.lines() {
                self.element("p", "", &[Run::plain(line)]);
            }
            self.html.push_str("</footer>");
        }
        self.html.push_str("</article>");
        self.html
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
                self.element(
                    ["h2", "h3", "h4", "h5"][usize::from(*level).clamp(1, 4) - 1],
                    "",
                    runs,
                );
            }
            Block::Paragraph(runs) => self.element("p", "", runs),
            Block::Item(runs) => self.element("li", "", runs),
            Block::Table(table) => self.table(table),
            Block::Attachments(names) => {
                self.html.push_str("<div class=\"attachments\">");
                for line in attachment_lines(names) {
                    self.element("p", "", &[Run::plain(line)]);
                }
                self.html.push_str("</div>");
            }
            Block::Closing(lines) => {
                self.html.push_str("<div class=\"closing\">");
                for line in lines {
                    self.element("p", "", &[Run::plain(line.as_str())]);
                }
                self.html.push_str("</div>");
            }
            Block::Annex { label, title } => {
                self.element("p", "annex", &[Run::plain(label.as_str())]);
                self.element("h2", "annex", &[Run::plain(title.as_str())]);
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
            }
            self.html.push_str("</tr>");
        }
        self.html.push_str("</tbody></table>");
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
        let text = escaped(&run.text).replace('\n', "<br>");
        // Writing to a string cannot fail.
        let _ = match &run.style {
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
