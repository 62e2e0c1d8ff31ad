//! 读网页: what stands on a page, without what stands on every page of its site.
//!
//! Menus and footers are known by their elements and by what their authors called them. A name may
//! mislead: what holds a good part of all words on the page is no menu, whatever it is called. Nor
//! is a row of short links a paragraph.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer, emitters::default::DefaultEmitter};

use super::{Unread, encoding};

/// Elements whose content is never text.
const MUTE: &[&str] = &[
    "script", "style", "noscript", "template", "head", "svg", "select", "textarea", "button",
    "iframe", "object", "map",
];
/// Elements around the text of a page.
const AROUND: &[&str] = &["nav", "footer", "aside", "header"];
/// What authors call such elements.
const AROUND_NAMES: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "footer",
    "foot",
    "bottom",
    "copyright",
    "sidebar",
    "aside",
    "header",
    "topbar",
    "toolbar",
    "share",
    "search",
    "login",
    "links",
    "friendlink",
    "pagination",
    "pager",
    "qrcode",
    "related",
];
/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "footer",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "tr",
    "ul",
    "aside",
];
/// Words that stand at the foot of a site and nowhere else.
const FOOT_WORDS: &[&str] =
    &["ICP备", "公网安备", "网站标识码", "版权所有：", "版权所有:", "Copyright"];
/// So many links in a row, each alone in its line, are a menu.
const MENU: usize = 3;
/// A longer link may be a sentence.
const SHORT_LINK: usize = 30;

/// Whether bytes are a page.
pub(super) fn is_html(file: &[u8]) -> bool {
    let start = ascii(&file[..file.len().min(4096)]);
    let start = start.trim_start().trim_start_matches("<?xml");
    ["<!doctype html", "<html", "<head", "<body", "<meta "].iter().any(|tag| start.contains(tag))
        && start.find('<').is_some_and(|first| first < 1024)
}

/// The text of a page, one block a line.
pub(super) fn text_of(file: &[u8]) -> Result<String, Unread> {
    let page = encoding::decode(file, said_encoding(file))?;
    let mut reader = Page::default();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(page.as_str(), emitter) {
        match token {
            Ok(Token::StartTag(tag)) => {
                let name = String::from_utf8_lossy(&tag.name);
                let named: Vec<String> = tag
                    .attributes
                    .iter()
                    .filter(|(key, _)| matches!(key.as_slice(), b"class" | b"id" | b"role"))
                    .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
                    .collect();
                reader.open(&name, &named, tag.self_closing);
            }
            Ok(Token::EndTag(tag)) => reader.close(&String::from_utf8_lossy(&tag.name)),
            Ok(Token::String(text)) => reader.write(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    Ok(reader.finish())
}

fn said_encoding(file: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let start = ascii(&file[..file.len().min(4096)]);
    let said = &start[start.find("charset=")? + "charset=".len()..];
    let said = said.trim_start_matches(['"', '\'']);
    let end = said.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(said.len());
    encoding_rs::Encoding::for_label(&said.as_bytes()[..end])
}

/// Bytes as lower-case ASCII; what is none becomes blanks and zeros vanish, as UTF-16 has them.
fn ascii(bytes: &[u8]) -> String {
    let kept = bytes.iter().filter(|byte| **byte != 0);
    kept.map(|byte| if byte.is_ascii() { byte.to_ascii_lowercase() as char } else { ' ' }).collect()
}

/// A page that is being read.
#[derive(Default)]
struct Page {
    lines: Vec<Line>,
    line: Line,
    /// How deep in mute elements, and the element that began it.
    mute: Option<(String, usize)>,
    /// Regions that are perhaps no text, and where each stands: element, its depth of equals.
    regions: Vec<Region>,
    open: Vec<(usize, String, usize)>,
    in_article: usize,
    in_link: bool,
    blank: bool,
}

#[derive(Default)]
struct Line {
    text: String,
    /// Characters that stand in links.
    linked: usize,
    region: Option<usize>,
    letters: usize,
}

struct Region {
    within: Option<usize>,
    letters: usize,
}

impl Page {
    fn open(&mut self, name: &str, named: &[String], closed: bool) {
        if let Some((mute, depth)) = &mut self.mute {
            *depth += usize::from(mute == name && !closed);
            return;
        }
        if MUTE.contains(&name) && !closed {
            self.mute = Some((name.to_owned(), 1));
            return;
        }
        match name {
            "br" => self.end_line(),
            "td" | "th" if !self.line.text.is_empty() => self.line.text.push('\t'),
            "a" => self.in_link = true,
            "article" | "main" => self.in_article += 1,
            _ => {}
        }
        if BLOCKS.contains(&name) {
            self.end_line();
        }
        for (_, element, depth) in &mut self.open {
            *depth += usize::from(element == name && !closed);
        }
        let around = AROUND.contains(&name) && (name != "header" || self.in_article == 0);
        let called = named.iter().any(|names| is_called_around(names));
        let can_hold = BLOCKS.contains(&name) && !matches!(name, "html" | "main" | "article");
        if (around || (called && can_hold)) && !closed && self.open.len() < 64 {
            let within = self.open.last().map(|(region, ..)| *region);
            self.regions.push(Region { within, letters: 0 });
            self.open.push((self.regions.len() - 1, name.to_owned(), 1));
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((mute, depth)) = &mut self.mute {
            *depth -= usize::from(mute == name);
            if *depth == 0 {
                self.mute = None;
            }
            return;
        }
        match name {
            "a" => self.in_link = false,
            "article" | "main" => self.in_article = self.in_article.saturating_sub(1),
            _ => {}
        }
        if BLOCKS.contains(&name) {
            self.end_line();
        }
        for (_, element, depth) in &mut self.open {
            *depth -= usize::from(element == name);
        }
        if let Some(shut) = self.open.iter().position(|(_, _, depth)| *depth == 0) {
            self.open.truncate(shut);
        }
    }

    /// Text, blanks as a browser shows them; a line break between two Chinese letters is none.
    fn write(&mut self, text: &str) {
        if self.mute.is_some() {
            return;
        }
        for c in text.chars() {
            if matches!(c, ' ' | '\n' | '\r' | '\t' | '\u{c}') {
                self.blank = true;
                continue;
            }
            let joins = self
                .line
                .text
                .chars()
                .next_back()
                .is_none_or(|last| last == '\t' || (!last.is_ascii() && !c.is_ascii()));
            if std::mem::take(&mut self.blank) && !joins {
                self.line.text.push(' ');
            }
            self.line.text.push(c);
            self.line.letters += 1;
            self.line.linked += usize::from(self.in_link);
        }
    }

    fn end_line(&mut self) {
        self.blank = false;
        let mut line = std::mem::take(&mut self.line);
        line.text.truncate(line.text.trim_end().len());
        if line.text.is_empty() {
            return;
        }
        line.region = self.open.last().map(|(region, ..)| *region);
        let mut region = line.region;
        while let Some(place) = region {
            self.regions[place].letters += line.letters;
            region = self.regions[place].within;
        }
        self.lines.push(line);
    }

    fn finish(mut self) -> String {
        self.end_line();
        let all: usize = self.lines.iter().map(|line| line.letters).sum();
        // What holds a good part of the page is no menu.
        let mut dropped: BTreeMap<usize, bool> = BTreeMap::new();
        for (place, region) in self.regions.iter().enumerate() {
            let outside = region.within.is_some_and(|within| dropped[&within]);
            dropped.insert(place, outside || region.letters * 10 < all * 4);
        }
        let kept: Vec<&Line> = self
            .lines
            .iter()
            .filter(|line| !line.region.is_some_and(|region| dropped[&region]))
            .filter(|line| !FOOT_WORDS.iter().any(|word| line.text.contains(word)))
            .collect();
        let mut text = String::new();
        for run in kept.chunk_by(|one, next| is_menu_line(one) == is_menu_line(next)) {
            if run.len() >= MENU && is_menu_line(run[0]) {
                continue;
            }
            for line in run {
                text.push_str(&line.text);
                text.push('\n');
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// A line that is nothing but a short link.
fn is_menu_line(line: &Line) -> bool {
    line.letters <= SHORT_LINK && line.linked * 10 >= line.letters * 8
}

/// Whether one of the words of `class="site-footer clearfix"` is a name of something around text.
fn is_called_around(names: &str) -> bool {
    let mut words = Vec::new();
    for name in names.split_whitespace() {
        let mut word = String::new();
        for c in name.chars() {
            if matches!(c, '-' | '_')
                || c.is_ascii_digit()
                || (c.is_uppercase() && !word.is_empty())
            {
                words.push(std::mem::take(&mut word));
            }
            if c.is_alphabetic() {
                word.extend(c.to_lowercase());
            }
        }
        words.push(word);
    }
    words.iter().any(|word| AROUND_NAMES.contains(&word.as_str()))
}
