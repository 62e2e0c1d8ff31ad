//! DOCX: WordprocessingML by GB/T 9704.
//!
//! The page, its styles and its fonts are the fixed parts beside this file; only the body is
//! written here. Equal papers give equal bytes.

use std::io::{Cursor, Write};

use quick_xml::escape::escape;
use zip::{DateTime, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use crate::{
    model::{Block, Imprint, Paper, Run, Style, Table, attachment_lines, clean},
    page,
};

/// What a browser calls such a file.
pub const MEDIA_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Writes a paper as a DOCX file.
pub fn write(paper: &Paper) -> Vec<u8> {
    // Writing to memory cannot fail, and the ten names are short and distinct.
    pack(&body(paper), &properties(paper)).expect("a zip archive in memory")
}

fn pack(document: &str, properties: &str) -> ZipResult<Vec<u8>> {
    let parts: [(&str, &str); 10] = [
        ("[Content_Types].xml", include_str!("docx/content-types.xml")),
        ("_rels/.rels", include_str!("docx/package.rels")),
        ("docProps/core.xml", properties),
        ("word/document.xml", document),
        ("word/_rels/document.xml.rels", include_str!("docx/document.rels")),
        ("word/styles.xml", include_str!("docx/styles.xml")),
        ("word/settings.xml", include_str!("docx/settings.xml")),
        ("word/fontTable.xml", include_str!("docx/fontTable.xml")),
        ("word/footer1.xml", include_str!("docx/footer-odd.xml")),
        ("word/footer2.xml", include_str!("docx/footer-even.xml")),
    ];
    let options = SimpleFileOptions::default().last_modified_time(DateTime::DEFAULT);
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(16 * 1024)));
    for (name, content) in parts {
        zip.start_file(name, options)?;
        zip.write_all(content.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Twips (twentieths of a point) of so many characters of the body.
fn twips(chars: f32) -> u32 {
    (chars * page::CHAR * 20.0).round() as u32
}

/// Hundredths of a character, the unit in which Word keeps indents when the font changes.
fn hundredths(chars: f32) -> u32 {
    (chars * 100.0).round() as u32
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

fn properties(paper: &Paper) -> String {
    let title = clean(&paper.title).replace('\n', " ");
    format!(
        "{DECLARATION}<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title>\
         </cp:coreProperties>",
        escape(title)
    )
}

fn body(paper: &Paper) -> String {
    let mut body = Body { xml: String::with_capacity(8 * 1024) };
    body.xml.push_str(DECLARATION);
    body.xml.push_str(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>",
    );
    body.head(paper);
    for (index, block) in paper.blocks.iter().enumerate() {
        let next = paper.blocks.get(index + 1);
        // 落款 never stands alone on a page: the end of the body goes with it.
        let keep = matches!(next, Some(Block::Closing(_)));
        body.block(block, index > 0, keep);
        if matches!((block, next), (Block::Table(_), None | Some(Block::Table(_)))) {
            // Two tables in a row would become one; a table may not end the body.
            body.blank();
        }
    }
    if let Some(imprint) = &paper.imprint {
        body.imprint(imprint);
    }
    body.xml.push_str(SECTION);
    body.xml.push_str("</w:body></w:document>");
    body.xml
}

/// A4, the margins of GB/T 9704, 22 lines of 28.95 points; 28 characters come from the character
/// spacing of the styles, which every program honours, not from a grid of characters.
const SECTION: &str = "<w:sectPr>\
    <w:footerReference w:type=\"default\" r:id=\"rId4\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"/>\
    <w:footerReference w:type=\"even\" r:id=\"rId5\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"/>\
    <w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
    <w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" \
    w:header=\"851\" w:footer=\"1388\" w:gutter=\"0\"/>\
    <w:docGrid w:type=\"lines\" w:linePitch=\"579\"/></w:sectPr>";

/// Width of the text area in twips: 156 mm.
const AREA: u32 = 8844;

struct Body {
    xml: String,
}

impl Body {
    fn head(&mut self, paper: &Paper) {
        if let Some(mark) = &paper.mark {
            self.mark(mark, paper);
        }
        let titled = self.title(&paper.title);
        if let (Some(number), None) = (&paper.number, &paper.mark) {
            self.paragraph("Number", "", &[Run::plain(number.as_str())]);
        }
        if titled {
            self.blank();
        }
        if let Some(to) = &paper.to {
            self.paragraph("Addressee", "", &[Run::plain(format!("{to}："))]);
        }
    }

    /// A title; says whether there was one.
    fn title(&mut self, title: &str) -> bool {
        let lines = page::title_lines(&clean(title));
        if !lines.is_empty() {
            self.open("Title", "");
            for (index, line) in lines.iter().enumerate() {
                if index > 0 {
                    self.xml.push_str("<w:r><w:br/></w:r>");
                }
                self.run(&Run::plain(line.as_str()));
            }
            self.close();
        }
        !lines.is_empty()
    }

    /// 版头: the mark 35 mm below the text area's edge, two lines down the number, 4 mm below it
    /// the red rule, two lines down the title.
    fn mark(&mut self, mark: &str, paper: &Paper) {
        let size = page::mark_size(mark);
        self.open("Mark", "<w:spacing w:before=\"1984\"/>");
        let font = format!("<w:rPr><w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/></w:rPr>", size * 2);
        self.xml.push_str(&format!("<w:r>{font}{}</w:r>", text(mark)));
        self.close();
        self.blank();
        self.blank();
        let number = paper.number.clone().unwrap_or_default();
        let rule = "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"11\" \
                    w:color=\"FF0000\"/></w:pBdr>";
        match &paper.signer {
            None => self.paragraph("Number", rule, &[Run::plain(number)]),
            Some(signer) => {
                // 上行文: number and signer one character from either edge; tabs, not an indent,
                // which would shorten the rule.
                let tabs = format!(
                    "{rule}<w:tabs><w:tab w:val=\"left\" w:pos=\"{0}\"/>\
                     <w:tab w:val=\"right\" w:pos=\"{1}\"/></w:tabs><w:jc w:val=\"left\"/>",
                    twips(1.0),
                    AREA - twips(1.0),
                );
                self.open("Number", &tabs);
                self.xml.push_str("<w:r><w:tab/></w:r>");
                self.run(&Run::plain(number));
                self.xml.push_str("<w:r><w:tab/></w:r>");
                self.run(&Run::plain("签发人："));
                let kai = "<w:rPr><w:rFonts w:ascii=\"楷体_GB2312\" w:hAnsi=\"楷体_GB2312\" \
                           w:eastAsia=\"楷体_GB2312\" w:cs=\"楷体_GB2312\"/></w:rPr>";
                self.xml.push_str(&format!("<w:r>{kai}{}</w:r>", text(signer)));
                self.close();
            }
        }
        self.blank();
        self.blank();
    }

    fn block(&mut self, block: &Block, begun: bool, keep: bool) {
        let keep = if keep { "<w:keepNext/>" } else { "" };
        match block {
            Block::Heading { level, runs } => {
                self.paragraph(&format!("Heading{}", level.clamp(&1, &4)), "", runs);
            }
            Block::Paragraph(runs) => self.paragraph("Body", keep, runs),
            Block::Item(runs) => self.paragraph("Item", keep, runs),
            Block::Table(table) => self.table(table),
            Block::Attachments(names) => self.attachments(names, keep),
            Block::Closing(lines) => self.closing(lines, begun),
            Block::Annex { label, title } => {
                self.paragraph("Annex", "", &[Run::plain(label.as_str())]);
                self.blank();
                self.title(title);
                self.blank();
            }
            Block::PageBreak => self.xml.push_str("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>"),
        }
    }

    /// One line below the body; a name that runs over hangs below its first character.
    fn attachments(&mut self, names: &[String], keep: &str) {
        if names.is_empty() {
            return;
        }
        self.blank();
        let lead = page::width("附件：");
        let number = if names.len() > 1 { page::width("1. ") } else { 0.0 };
        for (index, line) in attachment_lines(names).into_iter().enumerate() {
            let hang = number + if index == 0 { lead } else { 0.0 };
            let left = 2.0 + lead + number;
            let indent = format!(
                "{keep}<w:ind w:leftChars=\"{}\" w:left=\"{}\" w:hangingChars=\"{}\" w:hanging=\"{}\"/>",
                hundredths(left),
                twips(left),
                hundredths(hang),
                twips(hang),
            );
            self.paragraph("Attachment", &indent, &[Run::plain(line)]);
        }
    }

    fn closing(&mut self, lines: &[String], begun: bool) {
        if begun {
            self.xml.push_str("<w:p><w:pPr><w:keepNext/></w:pPr></w:p>");
        }
        let indents = page::closing_indents(lines);
        for (index, (line, indent)) in lines.iter().zip(indents).enumerate() {
            let keep = if index + 1 < lines.len() { "<w:keepNext/>" } else { "" };
            let indent = format!(
                "{keep}<w:ind w:rightChars=\"{}\" w:right=\"{}\"/>",
                hundredths(indent),
                twips(indent)
            );
            self.paragraph("Closing", &indent, &[Run::plain(line.as_str())]);
        }
    }

    fn table(&mut self, table: &Table) {
        let columns = table.columns();
        if columns == 0 {
            return;
        }
        let shares = page::column_shares(table);
        let widths: Vec<u32> = shares.iter().map(|share| (share * AREA as f32) as u32).collect();
        self.xml.push_str(
            "<w:tbl><w:tblPr><w:tblW w:w=\"8844\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
             <w:tblBorders>",
        );
        for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
            self.xml.push_str(&format!(
                "<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>"
            ));
        }
        self.xml.push_str(
            "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar>\
             <w:left w:w=\"85\" w:type=\"dxa\"/><w:right w:w=\"85\" w:type=\"dxa\"/>\
             </w:tblCellMar></w:tblPr><w:tblGrid>",
        );
        for width in &widths {
            self.xml.push_str(&format!("<w:gridCol w:w=\"{width}\"/>"));
        }
        self.xml.push_str("</w:tblGrid>");
        if !table.head.is_empty() {
            self.xml.push_str("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
            for (column, width) in widths.iter().enumerate() {
                let name = table.head.get(column).map(String::as_str).unwrap_or_default();
                self.cell(*width, "TableHead", "", &[Run::plain(name)]);
            }
            self.xml.push_str("</w:tr>");
        }
        let centred: Vec<bool> = (0..columns).map(|at| page::is_short_column(table, at)).collect();
        for row in &table.rows {
            self.xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for (column, width) in widths.iter().enumerate() {
                let align = if centred[column] { "<w:jc w:val=\"center\"/>" } else { "" };
                let runs = row.get(column).map(Vec::as_slice).unwrap_or_default();
                self.cell(*width, "TableText", align, runs);
            }
            self.xml.push_str("</w:tr>");
        }
        self.xml.push_str("</w:tbl>");
    }

    fn cell(&mut self, width: u32, style: &str, align: &str, runs: &[Run]) {
        self.xml.push_str(&format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/>\
             </w:tcPr>"
        ));
        self.paragraph(style, align, runs);
        self.xml.push_str("</w:tc>");
    }

    /// 版记: a table that floats to the foot of the text area; thick rules outside, thin between.
    fn imprint(&mut self, imprint: &Imprint) {
        self.xml.push_str(
            "<w:tbl><w:tblPr><w:tblpPr w:vertAnchor=\"margin\" w:horzAnchor=\"margin\" \
             w:tblpXSpec=\"left\" w:tblpYSpec=\"bottom\"/><w:tblW w:w=\"8844\" w:type=\"dxa\"/>\
             <w:tblBorders>",
        );
        for (side, size) in [("top", 8), ("bottom", 8), ("insideH", 6)] {
            self.xml.push_str(&format!(
                "<w:{side} w:val=\"single\" w:sz=\"{size}\" w:space=\"0\" w:color=\"000000\"/>"
            ));
        }
        self.xml.push_str(
            "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar>\
             <w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar>\
             </w:tblPr><w:tblGrid><w:gridCol w:w=\"8844\"/></w:tblGrid>",
        );
        let cell = "<w:tr><w:tc><w:tcPr><w:tcW w:w=\"8844\" w:type=\"dxa\"/></w:tcPr>";
        if !imprint.copies.is_empty() {
            self.xml.push_str(cell);
            // A second line of names begins below the first name, not below 抄送.
            let hang = "<w:ind w:leftChars=\"400\" w:left=\"1120\" w:rightChars=\"100\" \
                        w:right=\"280\" w:hangingChars=\"300\" w:hanging=\"840\"/>";
            let copies = format!("抄送：{}。", imprint.copies.join("，"));
            self.paragraph("Imprint", hang, &[Run::plain(copies)]);
            self.xml.push_str("</w:tc></w:tr>");
        }
        self.xml.push_str(cell);
        let tab = format!("<w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs>", AREA - 280);
        self.open("Imprint", &tab);
        self.run(&Run::plain(imprint.organ.as_str()));
        self.xml.push_str("<w:r><w:tab/></w:r>");
        self.run(&Run::plain(format!("{}印发", imprint.date)));
        self.close();
        self.xml.push_str("</w:tc></w:tr></w:tbl>");
        // A paragraph must follow for the table to float beside; a line of it might need a page.
        self.xml
            .push_str("<w:p><w:pPr><w:spacing w:line=\"20\" w:lineRule=\"exact\"/></w:pPr></w:p>");
    }

    fn paragraph(&mut self, style: &str, properties: &str, runs: &[Run]) {
        self.open(style, properties);
        runs.iter().for_each(|run| self.run(run));
        self.close();
    }

    fn blank(&mut self) {
        self.xml.push_str("<w:p/>");
    }

    /// `properties` follow the style in the order of the schema.
    fn open(&mut self, style: &str, properties: &str) {
        let open = format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>");
        self.xml.push_str(&open);
    }

    fn close(&mut self) {
        self.xml.push_str("</w:p>");
    }

    fn run(&mut self, run: &Run) {
        let properties = match run.style {
            Style::Plain | Style::Link(_) => "",
            Style::Strong => "<w:rPr><w:b/><w:bCs/></w:rPr>",
            Style::Place => "<w:rPr><w:highlight w:val=\"yellow\"/></w:rPr>",
        };
        let text = text(&run.text);
        if !text.is_empty() {
            self.xml.push_str(&format!("<w:r>{properties}{text}</w:r>"));
        }
    }
}

/// Text with its line breaks.
fn text(content: &str) -> String {
    let mut xml = String::with_capacity(content.len() + 40);
    for (index, line) in clean(content).split('\n').enumerate() {
        if index > 0 {
            xml.push_str("<w:br/>");
        }
        if !line.is_empty() {
            xml.push_str("<w:t xml:space=\"preserve\">");
            xml.push_str(&escape(line));
            xml.push_str("</w:t>");
        }
    }
    xml
}
