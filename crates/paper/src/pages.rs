//! 分页: a paper laid out on the grid, page by page.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    fonts::{Font, Fonts, Glyphs},
    lines::{Line, Look, Styled, lines},
    model::{Block, Imprint, Paper, Run, Style, Table, attachment_lines, clean},
    page::{self, AREA, CHAR, LINE},
};

/// A laid out paper.
pub(crate) struct Pages {
    pub(crate) glyphs: Glyphs,
    /// What stands on each page; places are in points from the text area's upper left corner.
    pub(crate) pages: Vec<Vec<Mark>>,
}

/// One thing on a page.
pub(crate) enum Mark {
    /// A line of text.
    Text { line: Line, x: f32, baseline: f32 },
    /// A straight rule.
    Rule { from: (f32, f32), to: (f32, f32), width: f32, red: bool },
}

/// Lays a paper out with the fonts of this machine.
pub(crate) fn lay_out(paper: &Paper, fonts: &Fonts) -> Pages {
    let pieces = pieces(paper);
    let glyphs = fonts.resolve(&wanted(&pieces));
    let mut press = Press { glyphs: &glyphs, pages: vec![Vec::new()], y: 0.0 };
    for (index, piece) in pieces.iter().enumerate() {
        press.place(piece, pieces.get(index + 1));
    }
    press.number();
    let pages = press.pages;
    Pages { pages, glyphs }
}

/// A part of the paper in the order of print.
enum Piece {
    Text(Text),
    /// So many empty lines of the grid.
    Blank(f32),
    /// So many points.
    Gap(f32),
    /// The red rule of the 版头.
    RedRule,
    Table(Laid),
    /// Lines that stand together on one page. 落款
    Together(Vec<Text>),
    Break,
    Imprint(Vec<(Text, Option<Text>)>),
}

struct Text {
    styled: Vec<Styled>,
    align: Align,
    /// Space kept free at either side.
    left: f32,
    right: f32,
    /// Of the first line, beyond `left`; negative where it hangs out.
    indent: f32,
    height: f32,
    /// A heading does not stand last on a page.
    keep: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Align {
    Justified,
    Left,
    Centre,
    Right,
}

struct Laid {
    widths: Vec<f32>,
    /// The first row is repeated on every page.
    headed: bool,
    rows: Vec<Vec<Text>>,
}

impl Text {
    fn body(styled: Vec<Styled>) -> Self {
        let indent = 2.0 * CHAR;
        Self { indent, ..Self::line(styled, Align::Justified) }
    }

    fn line(styled: Vec<Styled>, align: Align) -> Self {
        Self { styled, align, left: 0.0, right: 0.0, indent: 0.0, height: LINE, keep: false }
    }

    fn lines(&self, glyphs: &Glyphs, width: f32) -> Vec<Line> {
        let room = width - self.left - self.right;
        lines(&self.styled, glyphs, room, self.indent, self.align == Align::Justified)
    }

    /// Where a line begins.
    fn x(&self, line: &Line, width: f32) -> f32 {
        match self.align {
            Align::Justified | Align::Left => self.left,
            Align::Centre => self.left + (width - self.left - self.right - line.width) / 2.0,
            Align::Right => width - self.right - line.width,
        }
    }
}

fn styled(text: &str, look: Look) -> Vec<Styled> {
    clean(text).chars().map(|c| (c, look)).collect()
}

fn styled_runs(runs: &[Run], look: Look) -> Vec<Styled> {
    let of_run = |run: &Run| {
        let strong = look.strong || run.style == Style::Strong;
        styled(&run.text, Look { strong, place: run.style == Style::Place, ..look })
    };
    runs.iter().flat_map(of_run).collect()
}

fn pieces(paper: &Paper) -> Vec<Piece> {
    let mut pieces = Vec::new();
    head(paper, &mut pieces);
    for block in &paper.blocks {
        match block {
            Block::Heading { level, runs } => {
                let font = match level {
                    1 => Font::Hei,
                    2 => Font::Kai,
                    _ => Font::Fang,
                };
                let text = Text::body(styled_runs(runs, Look::body(font)));
                pieces.push(Piece::Text(Text { keep: true, ..text }));
            }
            Block::Paragraph(runs) | Block::Item(runs) => {
                pieces.push(Piece::Text(Text::body(styled_runs(runs, Look::body(Font::Fang)))));
            }
            Block::Table(table) if table.columns() == 0 => {}
            Block::Table(table) => pieces.push(Piece::Table(laid(table))),
            Block::Attachments(names) => attachments(names, &mut pieces),
            Block::Closing(lines) => pieces.push(closing(lines, pieces.is_empty())),
            Block::PageBreak => pieces.push(Piece::Break),
            Block::Annex { label, title: name } => {
                pieces.push(Piece::Break);
                let label = styled(label, Look::body(Font::Hei));
                pieces.push(Piece::Text(Text::line(label, Align::Left)));
                pieces.push(Piece::Blank(1.0));
                title(name, &mut pieces);
                pieces.push(Piece::Blank(1.0));
            }
        }
    }
    if let Some(imprint) = &paper.imprint {
        pieces.push(Piece::Imprint(imprint_rows(imprint)));
    }
    pieces
}

fn head(paper: &Paper, pieces: &mut Vec<Piece>) {
    let body = Look::body(Font::Fang);
    if let Some(mark) = &paper.mark {
        let size = page::mark_size(mark) as f32;
        let look = Look { red: true, ..Look::of(Font::Title, size) };
        pieces.push(Piece::Gap(page::mm(35.0)));
        let text = Text::line(styled(mark, look), Align::Centre);
        pieces.push(Piece::Text(Text { height: size * 1.1, ..text }));
        pieces.push(Piece::Blank(2.0));
        let number = styled(paper.number.as_deref().unwrap_or_default(), body);
        match &paper.signer {
            None => pieces.push(Piece::Text(Text::line(number, Align::Centre))),
            Some(signer) => {
                let number = Text { left: CHAR, ..Text::line(number, Align::Left) };
                let mut name = styled("签发人：", body);
                name.extend(styled(signer, Look::body(Font::Kai)));
                let signer = Text { right: CHAR, ..Text::line(name, Align::Right) };
                // Both stand on one line.
                pieces.push(Piece::Text(number));
                pieces.push(Piece::Gap(-LINE));
                pieces.push(Piece::Text(signer));
            }
        }
        pieces.push(Piece::RedRule);
        pieces.push(Piece::Blank(2.0));
    }
    let titled = title(&paper.title, pieces);
    if let (Some(number), None) = (&paper.number, &paper.mark) {
        pieces.push(Piece::Text(Text::line(styled(number, body), Align::Centre)));
    }
    if titled {
        pieces.push(Piece::Blank(1.0));
    }
    if let Some(to) = &paper.to {
        let to = styled(&format!("{to}："), body);
        pieces.push(Piece::Text(Text::line(to, Align::Justified)));
    }
}

/// A title; says whether there was one.
fn title(title: &str, pieces: &mut Vec<Piece>) -> bool {
    let lines = page::title_lines(&clean(title));
    for line in &lines {
        let look = Look::of(Font::Title, page::SIZE_2);
        pieces.push(Piece::Text(Text::line(styled(line, look), Align::Centre)));
    }
    !lines.is_empty()
}

fn attachments(names: &[String], pieces: &mut Vec<Piece>) {
    if names.is_empty() {
        return;
    }
    pieces.push(Piece::Blank(1.0));
    let lead = page::width("附件：") * CHAR;
    let number = if names.len() > 1 { page::width("1. ") * CHAR } else { 0.0 };
    for (index, line) in attachment_lines(names).into_iter().enumerate() {
        let hang = number + if index == 0 { lead } else { 0.0 };
        let text = Text::line(styled(&line, Look::body(Font::Fang)), Align::Left);
        let left = 2.0 * CHAR + lead + number;
        pieces.push(Piece::Text(Text { left, indent: -hang, ..text }));
    }
}

fn closing(lines: &[String], first: bool) -> Piece {
    let look = Look::body(Font::Fang);
    let indents = page::closing_indents(lines);
    let line = |(line, indent): (&String, f32)| Text {
        right: indent * CHAR,
        ..Text::line(styled(line, look), Align::Right)
    };
    let mut texts: Vec<Text> = lines.iter().zip(indents).map(line).collect();
    if !first {
        texts.insert(0, Text::line(Vec::new(), Align::Left));
    }
    Piece::Together(texts)
}

fn laid(table: &Table) -> Laid {
    let columns = table.columns();
    let cell =
        |runs: Vec<Styled>, align: Align| Text { height: TABLE_LINE, ..Text::line(runs, align) };
    let mut rows = Vec::with_capacity(table.rows.len() + 1);
    if !table.head.is_empty() {
        let look = Look::of(Font::Hei, page::SIZE_TABLE);
        let name = |at: usize| table.head.get(at).map(String::as_str).unwrap_or_default();
        rows.push((0..columns).map(|at| cell(styled(name(at), look), Align::Centre)).collect());
    }
    let look = Look::of(Font::Fang, page::SIZE_TABLE);
    let aligns: Vec<Align> = (0..columns)
        .map(|at| if page::is_short_column(table, at) { Align::Centre } else { Align::Left })
        .collect();
    for row in &table.rows {
        let text = |at: usize| row.get(at).map(|runs| styled_runs(runs, look)).unwrap_or_default();
        rows.push((0..columns).map(|at| cell(text(at), aligns[at])).collect());
    }
    let widths = page::column_shares(table).into_iter().map(|share| share * AREA.0).collect();
    Laid { widths, headed: !table.head.is_empty(), rows }
}

fn imprint_rows(imprint: &Imprint) -> Vec<(Text, Option<Text>)> {
    let look = Look::of(Font::Fang, page::SIZE_4);
    let text = |content: &str, align: Align| Text {
        left: page::SIZE_4,
        right: page::SIZE_4,
        height: IMPRINT_LINE,
        ..Text::line(styled(content, look), align)
    };
    let mut rows = Vec::new();
    if !imprint.copies.is_empty() {
        let copies = format!("抄送：{}。", imprint.copies.join("，"));
        let hang = 3.0 * page::SIZE_4;
        let row = text(&copies, Align::Left);
        rows.push((Text { left: page::SIZE_4 + hang, indent: -hang, ..row }, None));
    }
    let date = text(&format!("{}印发", imprint.date), Align::Right);
    rows.push((text(&imprint.organ, Align::Left), Some(date)));
    rows
}

const TABLE_LINE: f32 = 18.0;
/// Between the rules of a table and its text.
const TABLE_PAD: f32 = 4.0;
const IMPRINT_LINE: f32 = 24.0;
const PAGE_NUMBER: Look = Look::of(Font::Song, page::SIZE_4);

/// Every character that will be printed, by face.
fn wanted(pieces: &[Piece]) -> BTreeMap<Font, BTreeSet<char>> {
    let mut wanted: BTreeMap<Font, BTreeSet<char>> = BTreeMap::new();
    let mut want = |text: &Text| {
        for (c, look) in &text.styled {
            wanted.entry(look.font).or_default().insert(*c);
        }
    };
    want(&Text::line(styled("— 0123456789", PAGE_NUMBER), Align::Left));
    for piece in pieces {
        match piece {
            Piece::Text(text) => want(text),
            Piece::Together(texts) => texts.iter().for_each(&mut want),
            Piece::Table(table) => table.rows.iter().flatten().for_each(&mut want),
            Piece::Imprint(rows) => {
                rows.iter()
                    .flat_map(|(left, right)| [Some(left), right.as_ref()])
                    .flatten()
                    .for_each(&mut want);
            }
            Piece::Blank(_) | Piece::Gap(_) | Piece::RedRule | Piece::Break => {}
        }
    }
    wanted
}

struct Press<'a> {
    glyphs: &'a Glyphs,
    pages: Vec<Vec<Mark>>,
    /// How far the page is filled.
    y: f32,
}

impl Press<'_> {
    fn place(&mut self, piece: &Piece, next: Option<&Piece>) {
        match piece {
            Piece::Text(text) => self.text(text, next),
            Piece::Blank(lines) => self.y += lines * LINE,
            Piece::Gap(points) => self.y += points,
            Piece::RedRule => {
                // 4 mm below the number, whose line has some space of its own.
                let y = self.y - (LINE - page::SIZE_3) / 2.0 + page::mm(4.0);
                self.rule((0.0, y), (AREA.0, y), 1.5, true);
                self.y = y;
            }
            Piece::Table(table) => self.table(table),
            Piece::Together(texts) => self.together(texts),
            Piece::Break => self.turn(),
            Piece::Imprint(rows) => self.imprint(rows),
        }
    }

    fn text(&mut self, text: &Text, next: Option<&Piece>) {
        let lines = text.lines(self.glyphs, AREA.0);
        if text.keep && next.is_some() {
            let needed = text.height * lines.len() as f32 + LINE;
            self.make_room(needed.min(AREA.1));
        }
        for line in lines {
            self.make_room(text.height);
            self.line(text, line, 0.0, self.y, AREA.0);
            self.y += text.height;
        }
    }

    fn line(&mut self, text: &Text, line: Line, left: f32, top: f32, width: f32) {
        if line.signs.is_empty() {
            return;
        }
        let size = line.signs.iter().map(|sign| sign.look.size).fold(0.0, f32::max);
        // A 汉字 fills its square from 0.88 above to 0.12 below the baseline.
        let baseline = top + text.height / 2.0 + size * 0.38;
        let x = left + text.x(&line, width);
        self.page().push(Mark::Text { line, x, baseline });
    }

    fn page(&mut self) -> &mut Vec<Mark> {
        if self.pages.is_empty() {
            self.pages.push(Vec::new());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = 0.0;
    }

    fn make_room(&mut self, height: f32) {
        // Half a point of rounding must not cost a page its last line.
        if self.y + height > AREA.1 + 0.5 && self.y > 0.0 {
            self.turn();
        }
    }

    fn rule(&mut self, from: (f32, f32), to: (f32, f32), width: f32, red: bool) {
        self.page().push(Mark::Rule { from, to, width, red });
    }

    /// 落款 stands on one page, and never alone: two lines of the body go with it.
    fn together(&mut self, texts: &[Text]) {
        let set: Vec<(&Text, Vec<Line>)> =
            texts.iter().map(|text| (text, text.lines(self.glyphs, AREA.0))).collect();
        let height: f32 = set.iter().map(|(text, lines)| text.height * lines.len() as f32).sum();
        if self.y + height > AREA.1 + 0.5 && self.y > 0.0 {
            let taken = self.take_last_lines();
            self.turn();
            let on_first_line = LINE / 2.0 + page::SIZE_3 * 0.38;
            let mut shift = None;
            for mut mark in taken {
                if let Mark::Text { baseline, .. } = &mut mark {
                    // Empty lines between them stay.
                    *baseline += *shift.get_or_insert(on_first_line - *baseline);
                    self.y = *baseline - on_first_line + LINE;
                }
                self.page().push(mark);
            }
        }
        for (text, lines) in set {
            for line in lines {
                self.make_room(text.height);
                self.line(text, line, 0.0, self.y, AREA.0);
                self.y += text.height;
            }
        }
    }

    /// The last two lines of the body, if the page can spare them.
    fn take_last_lines(&mut self) -> Vec<Mark> {
        let page = self.page();
        let is_body = |mark: &Mark| {
            let Mark::Text { line, .. } = mark else {
                return false;
            };
            line.signs.iter().all(|sign| sign.look.size == page::SIZE_3)
        };
        let body = page.iter().rev().take_while(|mark| is_body(mark)).count();
        let taken = if body > 4 { 2 } else { 0 };
        page.split_off(page.len() - taken)
    }

    fn table(&mut self, table: &Laid) {
        let pad = TABLE_PAD;
        let mut edges = vec![0.0_f32];
        edges.extend(table.widths.iter().scan(0.0, |x, width| {
            *x += width;
            Some(*x)
        }));
        let glyphs = self.glyphs;
        let set = |row: &Vec<Text>| -> Vec<Vec<Line>> {
            let cells = row.iter().zip(&table.widths);
            cells.map(|(cell, width)| cell.lines(glyphs, width - 2.0 * pad)).collect()
        };
        let head = table.rows.first().filter(|_| table.headed);
        let fits = |lines: usize| lines as f32 * TABLE_LINE + 2.0 * pad;
        for (index, row) in table.rows.iter().enumerate() {
            let cells = set(row);
            let tallest = cells.iter().map(Vec::len).max().unwrap_or(1);
            let turned = self.pages.len();
            // The head does not stand without a row below it.
            let below =
                if table.headed && index == 0 && table.rows.len() > 1 { fits(2) } else { 0.0 };
            self.make_room((fits(tallest) + below).min(AREA.1 / 2.0));
            // A page that goes on with the table repeats its head.
            let repeat = |press: &mut Self| {
                if let Some(head) = head.filter(|_| index > 0) {
                    let cells = set(head);
                    let tallest = cells.iter().map(Vec::len).max().unwrap_or(1);
                    press.row(head, &cells, 0..tallest, &edges);
                }
            };
            if self.pages.len() > turned {
                repeat(self);
            }
            let mut from = 0;
            while from < tallest {
                let room = ((AREA.1 + 0.5 - self.y - 2.0 * pad) / TABLE_LINE).floor() as usize;
                if room == 0 {
                    self.turn();
                    repeat(self);
                    continue;
                }
                let to = tallest.min(from + room);
                self.row(row, &cells, from..to, &edges);
                from = to;
            }
        }
        // Back to the grid, with a little air.
        self.y = ((self.y + 6.0) / LINE).ceil() * LINE;
    }

    /// Some lines of a row with the rules around them.
    fn row(
        &mut self,
        row: &[Text],
        cells: &[Vec<Line>],
        part: std::ops::Range<usize>,
        edges: &[f32],
    ) {
        let height = part.len() as f32 * TABLE_LINE + 2.0 * TABLE_PAD;
        let (top, bottom) = (self.y, self.y + height);
        for (column, (text, lines)) in row.iter().zip(cells).enumerate() {
            let left = edges[column] + TABLE_PAD;
            let width = edges[column + 1] - edges[column] - 2.0 * TABLE_PAD;
            let shown = lines.iter().take(part.end).skip(part.start);
            let spare = part.len() - shown.len();
            let mut y = top + TABLE_PAD + spare as f32 * TABLE_LINE / 2.0;
            for line in shown {
                self.line(text, line.clone(), left, y, width);
                y += TABLE_LINE;
            }
        }
        for x in edges {
            self.rule((*x, top), (*x, bottom), 0.5, false);
        }
        self.rule((0.0, top), (AREA.0, top), 0.5, false);
        self.rule((0.0, bottom), (AREA.0, bottom), 0.5, false);
        self.y = bottom;
    }

    /// 版记 ends where the text area ends.
    fn imprint(&mut self, rows: &[(Text, Option<Text>)]) {
        let set: Vec<(Vec<Line>, &Text, Option<&Text>)> = rows
            .iter()
            .map(|(left, right)| (left.lines(self.glyphs, AREA.0), left, right.as_ref()))
            .collect();
        let height: f32 = set.iter().map(|(lines, ..)| lines.len() as f32 * IMPRINT_LINE).sum();
        self.make_room(height + 6.0);
        let mut y = (AREA.1 - height).max(0.0);
        for (index, (lines, left, right)) in set.into_iter().enumerate() {
            // 首条粗，中间细.
            let width = page::mm(if index == 0 { 0.35 } else { 0.25 });
            self.rule((0.0, y), (AREA.0, y), width, false);
            if let Some(right) = right {
                for line in right.lines(self.glyphs, AREA.0) {
                    self.line(right, line, 0.0, y, AREA.0);
                }
            }
            for line in lines {
                self.line(left, line, 0.0, y, AREA.0);
                y += IMPRINT_LINE;
            }
        }
        self.rule((0.0, y), (AREA.0, y), page::mm(0.35), false);
        self.y = AREA.1;
    }

    /// — 1 —: its dashes 7 mm below the text area, one character from the outer edge.
    fn number(&mut self) {
        for index in 0..self.pages.len() {
            let text = format!("— {} —", index + 1);
            let align = if index % 2 == 0 { Align::Right } else { Align::Left };
            let text = Text::line(styled(&text, PAGE_NUMBER), align);
            let text = Text { left: page::SIZE_4, right: page::SIZE_4, ..text };
            for line in text.lines(self.glyphs, AREA.0) {
                let x = text.x(&line, AREA.0);
                let baseline = AREA.1 + page::mm(7.0) + page::SIZE_4 * 0.38;
                self.pages[index].push(Mark::Text { line, x, baseline });
            }
        }
    }
}
